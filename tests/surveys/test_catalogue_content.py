"""What the catalogue's questionnaires must say, whoever edits them next."""

import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest

from surveys.instrument import catalogue
from surveys.instrument.model import AnswerValue, Instrument, Kind
from surveys.instrument.route import path

ALL = ("counter_2026", "sipas_2017", "sipas_2023")
COMPONENTS = ("access", "procedures", "officials", "results", "feedback")
LEVELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
POLICIES = (
    "Phát triển kinh tế - xã hội",
    "Khám, chữa bệnh",
    "Giáo dục phổ thông",
    "Trật tự, an toàn xã hội",
    "Giao thông đường bộ",
    "Điện sinh hoạt",
    "Nước sinh hoạt",
    "An sinh xã hội",
)
# Vietnamese words that really have no letter outside ASCII.
PLAIN_WORDS = {"Nam", "Kinh", "Internet"}
# Typing without an input method, or with a half-finished one, leaves these behind.
UNFINISHED = re.compile(
    r"\b(?:khong|hai long|nguoi|thu tuc|cong chuc|duoc|ong/ba|[Óó]ng/bà|[Ôô]ng/ba)\b"
)


def wording_texts(instrument: Instrument, language: str) -> Iterator[tuple[str, str]]:
    """Every string a respondent may read, with its place."""
    words = instrument.wording[language]
    yield from (
        ("title", words.title()),
        ("purpose", words.purpose),
        ("retention", words.retention),
        ("consent", words.consent),
        ("thanks", words.thanks),
    )
    for page in instrument.pages:
        yield page.code, words.title(page)
        yield f"{page.code}.intro", words.intro(page)
    for group in {item.group for item in instrument.items if item.group}:
        yield group, words.group(group)
    for item in instrument.items:
        yield item.code, words.label(item)
        yield f"{item.code}.hint", words.hint(item)
        for code in item.options:
            yield f"{item.code}.{code}", words.option(item, code)


def asked(instrument: Instrument, **answers: AnswerValue) -> set[str]:
    return {item.code for item in path(instrument, answers).items}


def in_component(instrument: Instrument) -> Counter[str]:
    """Number of satisfaction items in each group."""
    return Counter(
        item.group for item in instrument.items if item.kind is Kind.SCALE and item.group
    )


def experience(instrument: Instrument, *had: str) -> dict[str, AnswerValue]:
    """Answers to question 8: ``had`` are the things ever done."""
    codes = [item.code for item in instrument.items if item.code.startswith("c8_")]
    assert set(had) <= set(codes)
    return {code: "yes" if code in had else "no" for code in codes}


def test_the_catalogue_holds_the_three_forms() -> None:
    assert set(ALL) <= set(catalogue.names())


@pytest.mark.parametrize("name", ALL)
def test_vietnamese_comes_first_and_english_is_there(name: str) -> None:
    assert catalogue.open_(name).languages == ("vi", "en")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("file", ["vi.toml", "en.toml", "method.toml", "SOURCE.md"])
def test_every_text_is_composed_unicode(name: str, file: str) -> None:
    text = (catalogue.folder(name) / file).read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("name", ALL)
def test_vietnamese_is_written_with_its_marks(name: str) -> None:
    texts = list(wording_texts(catalogue.open_(name), "vi"))
    bare = {place: text for place, text in texts if text.isascii() and text not in PLAIN_WORDS}
    assert {place for place, text in bare.items() if text} == set()
    assert [place for place, text in texts if UNFINISHED.search(text)] == []


@pytest.mark.parametrize("name", ALL)
def test_english_is_not_left_in_vietnamese(name: str) -> None:
    vietnamese = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
    texts = wording_texts(catalogue.open_(name), "en")
    assert [place for place, text in texts if vietnamese.search(text.lower())] == []


@pytest.mark.parametrize("name", ALL)
def test_each_text_is_translated_not_repeated(name: str) -> None:
    instrument = catalogue.open_(name)
    english = dict(wording_texts(instrument, "en"))
    same = {text for place, text in wording_texts(instrument, "vi") if english[place] == text}
    assert same <= {"", "Kinh", "Internet", "18–24", "25–34", "35–49", "50–60"}


@pytest.mark.parametrize("name", ALL)
def test_every_satisfaction_scale_has_the_five_official_levels(name: str) -> None:
    instrument = catalogue.open_(name)
    words = instrument.wording["vi"]
    rated = [item for item in instrument.items if item.kind is Kind.SCALE]
    assert rated
    for item in rated:
        assert item.scale is not None
        assert item.scale.codes == (1, 2, 3, 4, 5)
        assert item.scale.satisfied == (4, 5)
        assert item.scale.neutral == (3,)
        assert tuple(words.option(item, code) for code in item.scale.codes) == LEVELS


@pytest.mark.parametrize("name", ALL)
def test_the_respondent_is_told_the_law_that_it_is_voluntary_and_for_how_long(name: str) -> None:
    instrument = catalogue.open_(name)
    vi, en = instrument.wording["vi"], instrument.wording["en"]
    for phrase in ("91/2025/QH15", "tự nguyện", "ẩn danh", "rút"):
        assert phrase in vi.consent
    for phrase in ("91/2025/QH15", "oluntary", "anonymous", "withdrawn"):
        assert phrase in en.consent
    assert re.findall(r"\d+", vi.retention) == re.findall(r"\d+", en.retention) == ["5", "24"]


@pytest.mark.parametrize("name", ALL)
def test_free_text_asks_for_no_names_and_is_never_required(name: str) -> None:
    instrument = catalogue.open_(name)
    comment = instrument.item("comment")
    assert not comment.required
    assert "họ tên" in instrument.wording["vi"].hint(comment)


@pytest.mark.parametrize("name", ["sipas_2017", "sipas_2023"])
def test_ethnicity_is_named_sensitive_and_may_be_left_out(name: str) -> None:
    instrument = catalogue.open_(name)
    assert not instrument.item("ethnicity").required
    assert "nhạy cảm" in instrument.wording["vi"].hint("ethnicity")
    assert "nhạy cảm" in instrument.wording["vi"].consent
    assert "sensitive" in instrument.wording["en"].hint("ethnicity")


@pytest.mark.parametrize("name", ALL)
def test_the_source_of_every_item_is_stated(name: str) -> None:
    text = (catalogue.folder(name) / "SOURCE.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-z0-9_]+)` \|", text, re.MULTILINE))
    instrument = catalogue.open_(name)
    assert {item.code for item in instrument.items} - rows == set()
    assert all(tag in text for tag in ("[doc]", "[inf]", "[bg]", "unverified"))


@pytest.mark.parametrize("name", ALL)
def test_criteria_quoted_in_the_source_are_the_wording_of_the_form(name: str) -> None:
    text = (catalogue.folder(name) / "SOURCE.md").read_text(encoding="utf-8")
    quoted = dict(re.findall(r"^\| `([a-z0-9_]+)` \| ([^|]+?) \|", text, re.MULTILINE))
    instrument = catalogue.open_(name)
    words = instrument.wording["vi"]
    criteria = [item for item in instrument.items if item.kind is Kind.SCALE]
    assert {item.code: quoted[item.code] for item in criteria} == {
        item.code: words.label(item) for item in criteria
    }


def test_sipas_2017_has_22_criteria_split_4_5_6_3_4() -> None:
    split = in_component(catalogue.open_("sipas_2017"))
    assert [split[component] for component in COMPONENTS] == [4, 5, 6, 3, 4]
    assert split.total() == 22


def test_sipas_2017_is_only_for_people_who_dealt_with_the_agency_and_got_a_result() -> None:
    form = catalogue.open_("sipas_2017")
    assert asked(form) == {"direct"}
    assert asked(form, direct="no") == {"direct", "not_eligible_note"}
    assert asked(form, direct="yes", received="no") == {"direct", "received", "not_eligible_note"}
    eligible = asked(form, direct="yes", received="yes")
    assert "not_eligible_note" not in eligible
    assert {"respondent_type", "access_1", "feedback_4", "improvements", "comment"} <= eligible


def test_sipas_2017_distinguishes_citizens_and_representatives_of_organisations() -> None:
    item = catalogue.open_("sipas_2017").item("respondent_type")
    assert item.options == ("citizen", "organisation")
    assert item.profile


@pytest.mark.parametrize("result_time", ["early", "on_time", "late"])
def test_sipas_2017_asks_about_notice_and_apology_only_after_a_late_result(
    result_time: str,
) -> None:
    seen = asked(
        catalogue.open_("sipas_2017"), direct="yes", received="yes", result_time=result_time
    )
    assert {"told", "apologised"} & seen == (
        {"told", "apologised"} if result_time == "late" else set()
    )


def test_counter_asks_about_notice_and_apology_only_of_the_late() -> None:
    form = catalogue.open_("counter_2026")
    order = [item.code for item in form.items]
    assert order.index("late") < order.index("told") < order.index("apologised")
    assert {"told", "apologised"} & asked(form, late="no") == set()
    assert {"told", "apologised"} <= asked(form, late="yes")
    assert "apologised" in asked(form, late="yes", told="no")


def test_nobody_must_say_whether_they_were_harassed_or_paid() -> None:
    form = catalogue.open_("sipas_2017")
    assert not form.item("harassed").required
    assert not form.item("paid_extra").required


def test_sipas_2023_asks_33_satisfaction_items_in_nine_elements() -> None:
    form = catalogue.open_("sipas_2023")
    rated = [item.code for item in form.items if item.code.startswith("c9_")]
    assert len(rated) == 33
    split = in_component(form)
    assert [split[e] for e in ("accountability", "participation", "quality", "outcome")] == [
        2, 2, 8, 2,
    ]  # fmt: skip
    assert [split[component] for component in COMPONENTS] == [4, 4, 5, 3, 3]


def test_sipas_2023_asks_interest_and_quality_of_the_same_8_policies() -> None:
    form = catalogue.open_("sipas_2023")
    words = form.wording["vi"]
    interest = [item for item in form.items if item.code.startswith("c1_")]
    assert tuple(words.label(item) for item in interest) == POLICIES
    for item in interest:
        subject = words.label(item)[0].lower() + words.label(item)[1:]
        quality = words.label(item.code.replace("c1_", "c9_quality_"))
        assert quality == f"Chính sách về {subject} phù hợp"


def test_sipas_2023_has_all_ten_questions_in_order() -> None:
    form = catalogue.open_("sipas_2023")
    numbers = [int(m[1]) for i in form.items if (m := re.match(r"c(\d+)_", i.code))]
    assert numbers == sorted(numbers)
    assert dict(Counter(numbers)) == {
        1: 8, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 7, 9: 33, 10: 9,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("had", "blocks"),
    [
        ((), set()),
        (("c8_school", "c8_health", "c8_policy_comment"), set()),
        (("c8_agency",), {"access", "officials"}),
        (("c8_procedure",), {"access", "procedures", "officials", "results"}),
        (("c8_petition",), {"feedback"}),
        (("c8_reply",), {"feedback"}),
        (("c8_agency", "c8_procedure", "c8_petition"), set(COMPONENTS)),
    ],
)
def test_sipas_2023_asks_about_services_only_people_with_the_experience(
    had: tuple[str, ...], blocks: set[str]
) -> None:
    form = catalogue.open_("sipas_2023")
    seen = path(form, experience(form, *had)).items
    rated = {item.group for item in seen if item.code.startswith("c9_")}
    assert rated & set(COMPONENTS) == blocks
    assert {"accountability", "participation", "quality", "outcome"} <= rated


def test_the_counter_form_has_five_components_and_eight_to_ten_criteria() -> None:
    split = in_component(catalogue.open_("counter_2026"))
    assert set(split) == set(COMPONENTS)
    assert 8 <= split.total() <= 10


def test_the_counter_form_is_one_page_of_one_minute_with_optional_profile() -> None:
    form = catalogue.open_("counter_2026")
    assert form.minutes == 1
    assert len(form.pages) == 1
    profile = [item for item in form.items if item.profile]
    assert {item.code for item in profile} == {"respondent_type", "sex", "age_group"}
    assert not any(item.required for item in profile)


@pytest.mark.parametrize("component", ["results", "feedback"])
def test_a_visitor_without_result_or_feedback_can_say_so_outside_the_rate(component: str) -> None:
    form = catalogue.open_("counter_2026")
    for item in form.items:
        if item.group == component:
            assert item.scale is not None
            assert item.scale.not_rated == (9,)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_counter_labels_fit_a_narrow_phone(language: str) -> None:
    form = catalogue.open_("counter_2026")
    words = form.wording[language]
    criteria = [item for item in form.items if item.group in COMPONENTS]
    assert max(len(words.label(item)) for item in criteria) <= 40
    options = [words.option(item, code) for item in form.items for code in item.options]
    assert max(map(len, options)) <= 32


@pytest.mark.parametrize("language", ["vi", "en"])
def test_counter_text_leaves_room_in_a_14_kilobyte_page(language: str) -> None:
    form = catalogue.open_("counter_2026")
    # Options are written out under every question, as in the page.
    text = "\n".join(text for _, text in wording_texts(form, language))
    assert len(gzip.compress(text.encode(), mtime=0)) < 3_000
