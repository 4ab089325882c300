"""What holds for every instrument and everything anyone may enter."""

import json
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.instrument.answers import PROBLEM_CODES, check_all, check_page, check_stored
from surveys.instrument.model import ChoiceList, Instrument, Item, Kind, Page, Scale
from surveys.instrument.route import next_page, offered_items, path, previous_page
from surveys.instrument.rules import All, Answered, AnyOf, AtLeast, Is, Not, as_data

RATING = Scale("rating", (1, 2, 3), (3,), (2,), (1,), (99,))
LIST = ChoiceList("list", ("a", "b", "c", "none"), exclusive=("none",), other="c")
BOUNDS = {
    Kind.INTEGER: (0, 20),
    Kind.DECIMAL: (Decimal("0.5"), Decimal("7.5")),
    Kind.DATE: (date(2024, 1, 1), date(2024, 9, 30)),
}
LENGTHS = {Kind.SHORT_TEXT: 10, Kind.LONG_TEXT: 40}
LAW = settings(max_examples=80, deadline=None)


# Any instrument


def atoms(item):
    """Rules of one operator over an item."""
    found = [st.just(Answered(item.code))]
    if item.scale:
        codes = st.sampled_from(item.scale.offered)
        bounds = st.sampled_from(item.scale.codes)
        found.append(bounds.map(lambda bound: AtLeast(item.code, bound, item.scale.not_rated)))
    elif item.kind is Kind.INTEGER:
        codes = st.integers(0, 20)
        found.append(codes.map(lambda bound: AtLeast(item.code, bound)))
    elif item.kind is Kind.DECIMAL:
        bounds = st.decimals(0, 8, places=1)
        return st.one_of(*found, bounds.map(lambda bound: AtLeast(item.code, bound)))
    elif item.options:
        codes = st.sampled_from(item.options)
    else:
        return found[0]
    found.append(codes.map(lambda code: Is(item.code, code)))
    found.append(st.lists(codes, min_size=1).map(lambda many: AnyOf(item.code, tuple(many))))
    return st.one_of(found)


def rules(items):
    """No rule, or any rule over the items given."""
    askable = [item for item in items if item.kind is not Kind.NOTE]
    if not askable:
        return st.none()
    rule = st.recursive(
        st.sampled_from(askable).flatmap(atoms),
        lambda inner: st.one_of(
            inner.map(Not), st.lists(inner, min_size=1).map(lambda many: All(tuple(many)))
        ),
        max_leaves=4,
    )
    return st.none() | rule


@st.composite
def instruments(draw):
    """Pages of items of every kind, under any rules over earlier items."""
    pages, before = [], []
    for number in range(draw(st.integers(1, 4))):
        when = draw(rules(before))
        items = []
        for index in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(Kind))
            low, high = BOUNDS.get(kind, (None, None))
            items.append(
                Item(
                    f"q{number}_{index}",
                    kind,
                    scale=RATING if kind is Kind.SCALE else None,
                    choices=LIST if kind in {Kind.SINGLE, Kind.MULTIPLE} else None,
                    required=kind is not Kind.NOTE and draw(st.booleans()),
                    when=draw(rules([*before, *items])),
                    minimum=low,
                    maximum=high,
                    max_length=LENGTHS.get(kind),
                )
            )
        before += items
        pages.append(Page(f"p{number}", tuple(items), when))
    return Instrument("any", "1", ("vi",), 1, {}, {}, tuple(pages), {}, repr(pages))


# Anything entered

TEXT = st.text(st.characters(), max_size=12)
ANY_TEXT = st.one_of(
    TEXT,
    st.text(st.characters(categories=["Cs", "Cc", "Mn", "Zs", "Nd", "Co"]), max_size=12),
    st.sampled_from(["\0", "\ud800", "x" * 5_000, "\u0301" * 200, "e\u0302\u0323", "1e400", "NaN"]),
)
GOOD = {
    Kind.SCALE: st.sampled_from(["1", "2", "3", "99"]),
    Kind.SINGLE: st.sampled_from(LIST.codes),
    Kind.MULTIPLE: st.sampled_from(LIST.codes),
    Kind.YES_NO: st.sampled_from(["yes", "no"]),
    Kind.INTEGER: st.integers(-1, 21).map(str),
    Kind.DECIMAL: st.decimals(0, 8, places=2).map(str),
    Kind.DATE: st.dates(date(2023, 12, 31), date(2024, 10, 1)).map(date.isoformat),
    Kind.SHORT_TEXT: TEXT,
    Kind.LONG_TEXT: TEXT,
    Kind.NOTE: st.just("x"),
}


@st.composite
def entered(draw, instrument):
    """What may arrive for an instrument: mostly sensible, some of it not, some missing."""
    raw = {}
    for item in instrument.items:
        many = 3 if item.kind is Kind.MULTIPLE else 1
        good = st.lists(GOOD[item.kind], min_size=1, max_size=many)
        bad = st.lists(ANY_TEXT, max_size=3)
        choice = draw(st.integers(0, 9))
        if choice:
            raw[item.code] = draw(bad if choice == 1 else good)
        if item.other and draw(st.booleans()):
            raw[item.other] = draw(st.lists(ANY_TEXT, max_size=2))
    return raw


WITH_ANSWERS = instruments().flatmap(lambda made: st.tuples(st.just(made), entered(made)))


def holds_as_written(rule, answers):
    """The meaning of a rule, read off its written form."""
    ((operator, argument),) = rule.items()
    if operator == "all":
        return False not in [holds_as_written(each, answers) for each in argument]
    if operator == "not":
        return not holds_as_written(argument, answers)
    if operator == "answered":
        return argument in answers
    item, wanted = argument
    if operator == "at_least":
        return answers.get(item, 99) != 99 and Decimal(answers[item]) >= wanted
    value = answers.get(item, [])
    chosen = value if isinstance(value, list) else [value]
    return any(code in chosen for code in (wanted if operator == "any_of" else [wanted]))


def path_as_written(instrument, answers):
    """Items asked, by going down the questionnaire with a pencil."""
    seen, asked = {}, []
    for page in instrument.pages:
        if page.when and not holds_as_written(as_data(page.when), seen):
            continue
        for item in page.items:
            if item.when is None or holds_as_written(as_data(item.when), seen):
                asked.append(item)
                if item.code in answers:
                    seen[item.code] = answers[item.code]
    return asked


@st.composite
def with_stored(draw):
    """An instrument and stored answers to any of its items, on the path or not."""
    instrument = draw(instruments())
    alone = [
        Instrument("one", "1", (), 1, {}, {}, (Page("p", (bare(item),)),), {}, repr(bare(item)))
        for item in instrument.items
    ]
    raw = draw(entered(instrument))
    answers = {}
    for each in alone:
        answers |= check_all(each, raw).answers
    return instrument, answers


def bare(item):
    return Item(
        item.code,
        item.kind,
        scale=item.scale,
        choices=item.choices,
        required=False,
        minimum=item.minimum,
        maximum=item.maximum,
        max_length=item.max_length,
    )


@LAW
@given(with_stored())
def test_the_path_is_what_the_questionnaire_says(case):
    instrument, answers = case
    assert list(path(instrument, answers).items) == path_as_written(instrument, answers)


@LAW
@given(with_stored())
def test_working_out_the_path_again_changes_nothing(case):
    instrument, answers = case
    once = path(instrument, answers)
    on_path = {item.code for item in once.items}
    kept = {code: value for code, value in answers.items() if code in on_path}
    assert path(instrument, kept) == once


@LAW
@given(with_stored())
def test_walking_page_by_page_visits_the_path_both_ways(case):
    instrument, answers = case
    pages = [visible.page.code for visible in path(instrument, answers).pages]
    forward, here = [], None
    while (here := next_page(instrument, answers, here)) is not None:
        forward.append(here)
    back, here = [], None
    while (here := previous_page(instrument, answers, here)) is not None:
        back.append(here)
    assert forward == pages == back[::-1]


@LAW
@given(WITH_ANSWERS)
def test_answers_off_the_path_are_never_in_the_result(case):
    instrument, raw = case
    checked = check_all(instrument, raw)
    asked = path(instrument, checked.answers).items
    allowed = {item.code for item in asked} | {item.other for item in asked}
    assert checked.answers.keys() <= allowed
    assert {problem.item for problem in checked.problems} <= allowed


@LAW
@given(WITH_ANSWERS)
def test_every_item_asked_is_answered_or_a_problem_or_optional(case):
    instrument, raw = case
    checked = check_all(instrument, raw)
    problems = [problem.item for problem in checked.problems]
    assert len(problems) == len(set(problems))
    for item in path(instrument, checked.answers).items:
        states = (item.code in checked.answers) + (item.code in problems)
        assert states == 1 or (states == 0 and not item.required)


@LAW
@given(WITH_ANSWERS)
def test_what_is_stored_passes_unchanged(case):
    instrument, raw = case
    checked = check_all(instrument, raw)
    again = check_stored(instrument, json.loads(json.dumps(checked.answers)))
    assert again.answers == checked.answers
    refused = {problem.item for problem in checked.problems}
    required = {code for code in refused if not code.endswith("_other")}
    assert {(each.item, each.code) for each in again.problems} == {
        (code, "answer.required") for code in required if instrument.item(code).required
    }


@LAW
@given(WITH_ANSWERS)
def test_page_by_page_and_all_at_once_agree(case):
    instrument, raw = case
    answers, problems, page = {}, [], None
    while (page := next_page(instrument, answers, page)) is not None:
        checked = check_page(instrument, page, raw, answers)
        answers |= checked.answers
        problems += checked.problems
    whole = check_all(instrument, raw)
    assert whole.answers == answers
    assert list(whole.problems) == problems


@LAW
@given(WITH_ANSWERS, st.data())
def test_what_is_entered_off_the_path_changes_nothing(case, data):
    instrument, raw = case
    checked = check_all(instrument, raw)
    asked = {item.code for item in path(instrument, checked.answers).items}
    off = [item.code for item in instrument.items if item.code not in asked]
    junk = {code: data.draw(st.lists(ANY_TEXT, max_size=2)) for code in off}
    assert check_all(instrument, {**raw, **junk}) == checked


@LAW
@given(WITH_ANSWERS)
def test_a_page_offers_everything_that_can_be_asked_on_it(case):
    instrument, raw = case
    answers = check_all(instrument, raw).answers
    for visible in path(instrument, answers).pages:
        code = visible.page.code
        here = {item.code for item in visible.page.items}
        earlier = {key: value for key, value in answers.items() if key not in here}
        offered = offered_items(instrument, code, earlier)
        assert set(offered) >= set(visible.items)
        assert offered == offered_items(instrument, code, answers)


@LAW
@given(WITH_ANSWERS)
def test_what_is_stored_is_composed_printable_json(case):
    instrument, raw = case
    for value in check_all(instrument, raw).answers.values():
        assert isinstance(value, int | str | list)
        texts = value if isinstance(value, list) else [str(value)]
        for text in texts:
            assert text == unicodedata.normalize("NFC", text).strip() != ""
            assert not any(unicodedata.category(char) == "Cs" for char in text)
            assert not any(ord(char) < 32 and char not in "\n\t" for char in text)
            text.encode("utf-8")


@pytest.fixture(scope="module")
def everything(tiny):
    """One tiny instrument of each kind of item."""
    features = ("scale", "other_option", "exclusive", "integer", "decimal", "date", "long_text")
    return [tiny(feature) for feature in features]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@LAW
@given(data=st.data())
def test_nothing_entered_ever_raises(everything, data):
    for instrument in everything:
        codes = [item.code for item in instrument.items]
        codes += [item.other for item in instrument.items if item.other]
        keys = st.sampled_from(codes) | ANY_TEXT
        raw = data.draw(st.dictionaries(keys, ANYTHING, max_size=4))
        for checked in (
            check_all(instrument, raw),
            check_stored(instrument, raw),
            check_page(instrument, instrument.pages[0].code, raw, {}),
        ):
            assert {problem.code for problem in checked.problems} <= PROBLEM_CODES
            json.dumps(checked.answers, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "values",
    [
        ["1"] * 100_000,
        [""] * 100_000,
        [str(number) for number in range(100_000)],
        ["\ud800" * 1_000_000],
        [" " * 5_000_000],
        ["\u0301\u0323" * 1_000_000],
        ["9" * 1_000_000],
        ["-" + "0" * 1_000_000],
        ["1." + "0" * 1_000_000],
    ],
    ids=["repeated", "blank", "different", "surrogates", "spaces", "marks", "nines", "zeros", "."],
)
def test_very_large_answers_are_refused_or_blank(everything, values):
    for instrument in everything:
        raw = {item.code: values for item in instrument.items}
        raw |= {item.other: values for item in instrument.items if item.other}
        checked = check_all(instrument, raw)
        assert {problem.code for problem in checked.problems} <= PROBLEM_CODES
        assert not any(len(str(value)) > 2_000 for value in checked.answers.values())


def test_very_many_fields_do_not_matter(tiny):
    raw = {f"field_{number}": ["x"] for number in range(100_000)}
    assert check_all(tiny("scale"), {**raw, "politeness": ["3"]}).answers == {"politeness": 3}
