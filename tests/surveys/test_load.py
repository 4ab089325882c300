"""What is read from the files, and the hash of what they say."""

import json
import re
import tomllib
import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from surveys.instrument import catalogue
from surveys.instrument.faults import InstrumentFaults
from surveys.instrument.load import load, load_files, read
from surveys.instrument.model import ChoiceList, Item, Kind, Scale

AREA = ChoiceList("area", ("urban", "rural"))
SATISFACTION = Scale("satisfaction", (1, 2, 3), (3,), (2,), (1,))


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ("scale", Item("politeness", Kind.SCALE, scale=SATISFACTION)),
        ("optional", Item("politeness", Kind.SCALE, scale=SATISFACTION, required=False)),
        ("group", Item("seats", Kind.SCALE, scale=SATISFACTION, group="access")),
        (
            "single",
            Item("sex", Kind.SINGLE, choices=ChoiceList("sex", ("male", "female")), profile=True),
        ),
        (
            "exclusive",
            Item(
                "channels",
                Kind.MULTIPLE,
                choices=ChoiceList(
                    "channel", ("radio", "meeting", "internet", "none"), exclusive=("none",)
                ),
            ),
        ),
        (
            "other_option",
            Item(
                "job",
                Kind.SINGLE,
                choices=ChoiceList("job", ("retired", "private", "else"), other="else"),
            ),
        ),
        ("yes_no", Item("late", Kind.YES_NO)),
        ("integer", Item("trips", Kind.INTEGER, minimum=0, maximum=20)),
        ("decimal", Item("hours", Kind.DECIMAL, minimum=Decimal(0), maximum=Decimal("7.5"))),
        (
            "date",
            Item("received", Kind.DATE, minimum=date(2024, 1, 1), maximum=date(2024, 9, 30)),
        ),
        ("short_text", Item("village", Kind.SHORT_TEXT, max_length=10)),
        ("long_text", Item("opinion", Kind.LONG_TEXT, required=False, max_length=20)),
        ("note", Item("hello", Kind.NOTE, required=False)),
        ("profile", Item("area", Kind.SINGLE, choices=AREA, profile=True)),
    ],
)
def test_the_first_item_is_read_as_written(tiny, feature, expected):
    assert tiny(feature).items[0] == expected


def test_texts_have_a_length_of_their_own(tiny):
    assert tiny("short_text").item("street").max_length == 200
    assert tiny("long_text").item("more").max_length == 2_000


def test_bounds_have_the_type_of_their_item(tiny):
    assert type(tiny("integer").item("trips").maximum) is int
    assert type(tiny("decimal").item("hours").minimum) is Decimal
    assert tiny("integer").item("any").minimum is None


def test_one_value_may_be_the_whole_range(tiny_files):
    files = tiny_files("integer")
    files["instrument.toml"] = files["instrument.toml"].replace("minimum = 0", "minimum = 20")
    trips = load_files(files).item("trips")
    assert trips.minimum == trips.maximum == 20


def test_a_scale_need_not_measure_satisfaction(tiny):
    interest = tiny("scale_plain").scales["interest"]
    assert interest == Scale("interest", (1, 2, 3))


def test_the_head_is_read(tiny):
    instrument = tiny("two_languages")
    assert (instrument.code, instrument.version) == ("two_languages", "1")
    assert (instrument.languages, instrument.minutes) == (("vi", "en"), 1)
    assert instrument.scales == {"satisfaction": SATISFACTION}
    assert instrument.choices == {}


def test_options_are_offered_in_order_and_with_those_outside_the_scale(tiny):
    assert tiny("scale_not_rated").item("feedback").options == ("1", "2", "3", "9")
    assert tiny("exclusive").item("channels").options == ("radio", "meeting", "internet", "none")
    assert tiny("yes_no").item("late").options == ("yes", "no")
    assert tiny("integer").item("trips").options == ()


def test_free_texts_are_known_apart(tiny):
    assert tiny("other_option").free_texts == {"job_other", "past_jobs_other"}
    assert tiny("long_text").free_texts == {"opinion", "more"}
    assert tiny("scale").free_texts == frozenset()
    assert tiny("other_option").item("job").other == "job_other"
    assert tiny("single").item("sex").other is None


def test_items_and_pages_are_found_by_code(tiny):
    instrument = tiny("page_routing")
    assert [item.code for item in instrument.items] == [
        "visited",
        "when_visited",
        "why_not",
        "again",
    ]
    assert instrument.item("why_not").kind is Kind.LONG_TEXT
    assert instrument.page("no_visit").items == (instrument.item("why_not"),)
    for look_up in (instrument.item, instrument.page):
        with pytest.raises(KeyError):
            look_up("nothing")


def test_an_instrument_cannot_be_changed(tiny):
    with pytest.raises(AttributeError):
        tiny("scale").version = "2"
    with pytest.raises(TypeError):
        tiny("scale").scales["satisfaction"] = None
    with pytest.raises(TypeError):
        tiny("scale").wording["vi"] = None


def test_instruments_are_equal_when_their_content_is(tiny, tiny_files):
    again = load_files(tiny_files("scale"))
    assert again == tiny("scale")
    assert hash(again) == hash(tiny("scale"))
    assert again != tiny("single")
    assert again != "scale"


# The hash


def content_hash(files):
    return load_files(files).content_hash


def test_the_hash_has_its_form(tiny, every_feature):
    assert re.fullmatch("sha256:[0-9a-f]{64}", tiny(every_feature).content_hash)


def test_the_hash_stays_what_it_was_when_instruments_were_published(tiny):
    """Published versions are found by this hash: it may never come out otherwise."""
    assert tiny("two_languages").content_hash == (
        "sha256:e3a7f4fce73a2df28eff070fcddc379d923f470ecf006cb861b73209182a3076"
    )


def test_numbers_count_for_what_they_are(tiny, tiny_files):
    files = tiny_files("decimal")
    files["instrument.toml"] = files["instrument.toml"].replace("7.5", "7.50")
    assert content_hash(files) == tiny("decimal").content_hash


def test_every_tiny_instrument_has_its_own_hash(tiny, every_feature):
    instrument = tiny(every_feature)
    assert (instrument == tiny("scale")) is (every_feature == "scale")


def shuffled(text: str) -> str:
    """The same TOML with the keys of every table in the opposite order."""

    def write(value: object) -> str:
        if isinstance(value, dict):
            inside = (f"{json.dumps(key)} = {write(each)}" for key, each in reversed(value.items()))
            return "{ " + ", ".join(inside) + " }"
        if isinstance(value, list):
            return "[" + ", ".join(map(write, value)) + "]"
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        return json.dumps(value, ensure_ascii=False)

    tables = tomllib.loads(text, parse_float=Decimal)
    return "\n".join(f"{key} = {write(each)}" for key, each in reversed(tables.items()))


@pytest.mark.parametrize(
    "rewrite",
    [
        shuffled,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# Ghi chú\n\n" + text.replace(" = ", "  =  "),
        lambda text: "\ufeff" + text,
        lambda text: unicodedata.normalize("NFD", text),
    ],
    ids=["key order", "line endings", "comments and space", "byte order mark", "decomposed"],
)
def test_the_hash_does_not_depend_on_how_it_is_written(tiny, tiny_files, every_feature, rewrite):
    files = {name: rewrite(text) for name, text in tiny_files(every_feature).items()}
    assert files != tiny_files(every_feature)
    assert content_hash(files) == tiny(every_feature).content_hash


def test_line_endings_inside_a_text_do_not_count(tiny_files):
    files = tiny_files("scale")
    lines = {**files, "vi.toml": files["vi.toml"].replace('"Để thử."', '"""Để thử.\nHai dòng."""')}
    windows = {name: text.replace("\n", "\r\n") for name, text in lines.items()}
    assert content_hash(lines) == content_hash(windows) != content_hash(files)


def texts(files, name):
    """Places of every quoted value in a file, one by one."""
    return list(re.finditer(r'= "([^"]+)"', files[name]))


@pytest.mark.parametrize("instrument", ["tiny", *catalogue.names()])
def test_the_hash_depends_on_every_word(tiny_files, instrument):
    files = (
        tiny_files("two_languages") if instrument == "tiny" else read(catalogue.folder(instrument))
    )
    before = content_hash(files)
    changed = set()
    for name in ("vi.toml", "en.toml"):
        found = texts(files, name)
        assert len(found) > 10
        for place in found[:: 1 if instrument == "tiny" else 7]:
            text = files[name]
            edited = text[: place.start(1)] + "Z" + text[place.start(1) + 1 :]
            changed.add(content_hash({**files, name: edited}))
    assert before not in changed
    assert len(changed) >= 11


@pytest.mark.parametrize(
    ("feature", "old", "new"),
    [
        ("scale", 'version = "1"', 'version = "2"'),
        ("scale", "minutes = 1", "minutes = 2"),
        ("scale", "satisfied = [3]\nneutral = [2]", "satisfied = [2, 3]"),
        ("scale", 'kind = "scale"', 'kind = "scale"\nrequired = false'),
        ("rule_is", '"yes"] }', '"no"] }'),
        ("integer", "maximum = 20", "maximum = 21"),
        ("date", "2024-01-01", "2024-01-02"),
        ("decimal", "7.5", "7.6"),
        ("exclusive", 'exclusive = ["none"]', ""),
        ("multiple", '["radio", "meeting", "internet"]', '["meeting", "radio", "internet"]'),
    ],
)
def test_the_hash_depends_on_the_structure(tiny, tiny_files, feature, old, new):
    files = tiny_files(feature)
    changed = files["instrument.toml"].replace(old, new)
    assert changed != files["instrument.toml"]
    assert content_hash({**files, "instrument.toml": changed}) != tiny(feature).content_hash


def test_supplied_words_for_yes_and_no_count_as_written(tiny, tiny_files):
    files = tiny_files("yes_no")
    written = {**files, "vi.toml": files["vi.toml"] + '[yes_no]\nyes = "Có"\nno = "Không"\n'}
    assert load_files(written).wording["vi"].yes_no == tiny("yes_no").wording["vi"].yes_no
    other = {**files, "vi.toml": files["vi.toml"] + '[yes_no]\nyes = "Có"\nno = "Chưa"\n'}
    assert len({content_hash(each) for each in (files, written, other)}) == 2


def test_the_method_and_the_sources_do_not_count(tiny, tiny_files):
    files = {**tiny_files("scale"), "method.toml": "code = 1", "SOURCE.md": "# Nguồn"}
    assert content_hash(files) == tiny("scale").content_hash


# The catalogue and folders


@pytest.mark.parametrize("name", catalogue.names())
def test_the_instruments_of_the_catalogue_are_sound(name):
    instrument = catalogue.open_(name)
    assert instrument.code == name
    assert instrument.languages[0] == "vi"
    assert "en" in instrument.languages
    assert load(catalogue.folder(name)) == instrument
    assert tomllib.loads(catalogue.method_text(name))["instrument"] == name


def test_the_catalogue_has_its_three_instruments():
    assert set(catalogue.names()) >= {"counter_2026", "sipas_2017", "sipas_2023"}


@pytest.mark.parametrize("name", ["nothing", "", "..", "../instrument", "counter_2026/"])
@pytest.mark.parametrize("access", [catalogue.folder, catalogue.open_, catalogue.method_text])
def test_what_is_not_in_the_catalogue_is_refused(name, access):
    with pytest.raises(KeyError):
        access(name)


def test_what_is_kept_loads_again(tiny, tiny_files, every_feature):
    kept = json.loads(json.dumps(tiny_files(every_feature)))
    assert load_files(kept) == tiny(every_feature)


def test_reading_refuses_what_is_not_utf8(tmp_path):
    (tmp_path / "instrument.toml").write_bytes(b'code = "\xff"')
    with pytest.raises(InstrumentFaults, match="not-utf8"):
        read(tmp_path)
