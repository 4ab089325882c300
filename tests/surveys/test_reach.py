"""Whether a rule can ever hold: hand cases, then the search against trying everything."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.instrument.model import ChoiceList, Item, Kind, Page, Scale
from surveys.instrument.reach import Reach
from surveys.instrument.rules import All, Answered, AnyOf, AtLeast, Is, Not, holds

RATING = Scale("rating", (1, 2, 3), not_rated=(9,))
LIST = ChoiceList("list", ("a", "b", "c", "none"), exclusive=("none",))
ITEMS = (
    Item("rating", Kind.SCALE, scale=RATING),
    Item("job", Kind.SINGLE, choices=LIST),
    Item("jobs", Kind.MULTIPLE, choices=LIST),
    Item("late", Kind.YES_NO),
    Item("told", Kind.YES_NO, when=Is("late", "yes")),
    Item("sorry", Kind.YES_NO, required=False, when=Is("told", "yes")),
    Item("trips", Kind.INTEGER, minimum=0, maximum=5),
    Item("hours", Kind.DECIMAL, minimum=Decimal("0.5"), maximum=Decimal("7.5")),
    Item("any_number", Kind.INTEGER),
    Item("any_decimal", Kind.DECIMAL),
    Item("day", Kind.DATE),
    Item("opinion", Kind.LONG_TEXT, required=False),
)
REACH = Reach((Page("first", ITEMS[:3]), Page("second", ITEMS[3:])))


@pytest.mark.parametrize(
    ("rule", "possible"),
    [
        (Answered("rating"), True),
        (Not(Answered("rating")), False),
        (Not(Answered("opinion")), True),
        (Not(Answered("told")), True),
        (Not(Answered("sorry")), True),
        (All((Answered("told"), Is("late", "no"))), False),
        (All((Answered("sorry"), Is("late", "no"))), False),
        (All((Not(Answered("sorry")), Is("told", "yes"))), True),
        (All((Answered("sorry"), Not(Is("told", "yes")))), False),
        (AtLeast("rating", 3, (9,)), True),
        (AtLeast("rating", 4, (9,)), False),
        (All((AtLeast("rating", 2, (9,)), Is("rating", 9))), False),
        (All((Not(AtLeast("rating", 1, (9,))), Answered("rating"))), True),
        (All((Is("job", "a"), Is("job", "b"))), False),
        (All((Is("jobs", "a"), Is("jobs", "b"))), True),
        (All((Is("jobs", "a"), Is("jobs", "none"))), False),
        (All((Is("jobs", "a"), AnyOf("jobs", ("b", "c")), Not(Is("jobs", "b")))), True),
        (All((AnyOf("jobs", ("a", "b")), Not(Is("jobs", "a")), Not(Is("jobs", "b")))), False),
        (All((AnyOf("job", ("a", "b")), Not(Is("job", "a")))), True),
        (All((Not(AnyOf("job", ("a", "b", "c"))), Not(Is("job", "none")))), False),
        (AtLeast("trips", 5), True),
        (AtLeast("trips", 6), False),
        (All((AtLeast("trips", 3), Not(AtLeast("trips", 4)), Not(Is("trips", 3)))), False),
        (All((AtLeast("trips", 3), Not(AtLeast("trips", 5)), Not(Is("trips", 3)))), True),
        (All((Is("any_number", 10**17), Not(AtLeast("any_number", -5)))), False),
        (Not(AtLeast("any_number", -5)), True),
        (AtLeast("hours", Decimal("7.5")), True),
        (AtLeast("hours", 8), False),
        (Not(AtLeast("hours", Decimal("0.5"))), False),
        (All((AtLeast("hours", 2), Not(AtLeast("hours", Decimal("2.1"))))), True),
        (All((AtLeast("hours", 2), Not(AtLeast("hours", 2)))), False),
        (Not(AtLeast("any_decimal", Decimal("-5.5"))), True),
        (Answered("day"), True),
        (Not(Answered("day")), False),
    ],
)
def test_what_respondents_can_make_hold(rule, possible):
    assert REACH.possible((rule,)) is possible


def test_two_rules_must_hold_together():
    assert not REACH.possible((Is("late", "yes"), Is("late", "no")))
    assert REACH.possible((Is("late", "yes"), Is("told", "no")))


def test_a_rule_over_an_item_that_could_not_be_read_is_not_judged():
    assert REACH.possible((Not(Answered("unread")), Not(Answered("rating"))))


def test_long_chains_are_followed():
    items = [Item("q0", Kind.YES_NO)]
    items += [Item(f"q{n}", Kind.YES_NO, when=Is(f"q{n - 1}", "yes")) for n in range(1, 50)]
    reach = Reach((Page("only", tuple(items)),))
    assert reach.possible((Is("q49", "no"),))
    assert not reach.possible((Answered("q49"), Not(Is("q25", "yes"))))


def test_wide_rules_are_decided_without_trying_everything():
    items = tuple(Item(f"q{n}", Kind.YES_NO) for n in range(60))
    reach = Reach((Page("only", items),))
    every_no = All(tuple(Is(item.code, "no") for item in items))
    assert reach.possible((every_no,))
    assert not reach.possible((every_no, Is("q30", "yes")))


def mirrored(answers):
    """Rules by which the first and the last of 40 items differ, and so on inwards."""
    return tuple(
        Not(All((Is(f"q{n}", one), Is(f"q{39 - n}", one)))) for n in range(20) for one in answers
    )


def test_when_the_search_grows_too_large_the_rule_is_taken_to_hold():
    reach = Reach((Page("only", tuple(Item(f"q{n}", Kind.YES_NO) for n in range(40))),))
    same_ends = (
        Not(All((Is("q0", "yes"), Is("q39", "no")))),
        Not(All((Is("q0", "no"), Is("q39", "yes")))),
    )
    assert reach.possible((*mirrored(("yes", "no")), *same_ends))  # not so, but not found out


def test_a_whole_instrument_has_a_budget_too(monkeypatch):
    monkeypatch.setattr("surveys.instrument.reach._STEPS_IN_ALL", 3_000)
    items = tuple(Item(f"q{n}", Kind.YES_NO) for n in range(40))
    reach = Reach((Page("only", items),))
    impossible = (Is("q5", "yes"), Is("q5", "no"))
    assert not reach.possible(impossible)
    for _ in range(2):
        assert reach.possible((*mirrored(("yes", "no")), Is("q39", "yes"), Is("q0", "yes")))
    assert reach.possible(impossible)  # the budget is spent: no judgement


def test_a_multiple_choice_told_apart_in_too_many_ways_is_taken_to_hold():
    codes = tuple(f"c{n}" for n in range(12))
    jobs = Item("jobs", Kind.MULTIPLE, choices=ChoiceList("list", codes))
    reach = Reach((Page("only", (jobs,)),))
    assert reach.possible((Not(Answered("jobs")), *(Not(Is("jobs", code)) for code in codes)))


# Against trying everything


def every_answer(item):
    """Every answer an item of the small instruments below may have."""
    if item.kind is Kind.MULTIPLE:
        free = [code for code in item.options if code not in item.choices.exclusive]
        for size in range(1, len(free) + 1):
            yield from (list(chosen) for chosen in combinations(free, size))
        yield from ([code] for code in item.choices.exclusive)
    elif item.kind is Kind.INTEGER:
        yield from range(item.minimum, item.maximum + 1)
    elif item.kind is Kind.SCALE:
        yield from item.scale.offered
    else:
        yield from item.options
    if not item.required:
        yield None


def every_respondent(pages):
    """Answers of every respondent there can be, each with the pages and items asked."""
    asked = [(page, item) for page in pages for item in page.items]

    def walk(position, answers, seen):
        if position == len(asked):
            yield seen
            return
        page, item = asked[position]
        if not (holds(page.when, answers_before(page, answers)) and holds(item.when, answers)):
            yield from walk(position + 1, answers, seen)
            return
        for value in every_answer(item):
            given_answers = answers if value is None else {**answers, item.code: value}
            yield from walk(position + 1, given_answers, seen | {page.code, item.code})

    def answers_before(page, answers):
        here = {item.code for item in page.items}
        return {code: value for code, value in answers.items() if code not in here}

    yield from walk(0, {}, frozenset())


def atoms(item):
    """Rules of one operator over an item, possible and impossible ones."""
    choices = [st.just(Answered(item.code))]
    if item.kind is Kind.INTEGER:
        numbers = st.integers(-1, 4)
        choices += [
            numbers.map(lambda number: Is(item.code, number)),
            numbers.map(lambda number: AtLeast(item.code, number)),
            st.lists(numbers, min_size=1, max_size=3).map(lambda n: AnyOf(item.code, tuple(n))),
        ]
    else:
        codes = st.sampled_from(item.scale.offered if item.scale else item.options)
        choices += [
            codes.map(lambda code: Is(item.code, code)),
            st.lists(codes, min_size=1, max_size=3).map(lambda n: AnyOf(item.code, tuple(n))),
        ]
        if item.scale:
            bounds = st.integers(0, 4)
            outside = item.scale.not_rated
            choices.append(bounds.map(lambda bound: AtLeast(item.code, bound, outside)))
    return st.one_of(choices)


def rules(items):
    """Rules over the items given."""
    return st.recursive(
        st.sampled_from(items).flatmap(atoms),
        lambda inner: st.one_of(
            inner.map(Not), st.lists(inner, min_size=2, max_size=3).map(lambda r: All(tuple(r)))
        ),
        max_leaves=5,
    )


@st.composite
def small_questionnaires(draw):
    """Pages of a few items with few answers, under any rules over earlier ones."""
    pages, before = [], []
    for number in range(draw(st.integers(1, 3))):
        page_rule = draw(st.none() | rules(before)) if before else None
        items = []
        for index in range(draw(st.integers(1, 2))):
            kind = draw(
                st.sampled_from([Kind.YES_NO, Kind.SCALE, Kind.SINGLE, Kind.MULTIPLE, Kind.INTEGER])
            )
            item = Item(
                f"q{number}_{index}",
                kind,
                scale=RATING if kind is Kind.SCALE else None,
                choices=LIST if kind in {Kind.SINGLE, Kind.MULTIPLE} else None,
                required=draw(st.booleans()),
                when=draw(st.none() | rules([*before, *items])) if before or items else None,
                minimum=0 if kind is Kind.INTEGER else None,
                maximum=3 if kind is Kind.INTEGER else None,
            )
            items.append(item)
        before += items
        pages.append(Page(f"p{number}", tuple(items), page_rule))
        if len(before) >= 4:
            break
    return tuple(pages)


@settings(max_examples=150, deadline=None)
@given(small_questionnaires())
def test_the_search_agrees_with_trying_every_respondent(pages):
    reach = Reach(pages)
    reached = frozenset().union(*every_respondent(pages))
    for page in pages:
        for item in page.items:
            conditions = tuple(rule for rule in (page.when, item.when) if rule is not None)
            assert reach.possible(conditions) is (item.code in reached)
