"""Rules over earlier answers, operator by operator, and what they see of items off the path."""

import tomllib
from decimal import Decimal

import pytest

from surveys.instrument.answers import check_all
from surveys.instrument.route import path
from surveys.instrument.rules import (
    All,
    Answered,
    AnyOf,
    AtLeast,
    Is,
    Not,
    as_data,
    decide,
    holds,
    items_of,
)

EVERY = All(
    (
        Answered("a"),
        Not(Is("b", "yes")),
        AnyOf("c", ("x", "y")),
        AtLeast("d", 4, (9,)),
        Not(All((AtLeast("e", Decimal("1.5")), Is("b", "no")))),
    )
)


@pytest.mark.parametrize(
    ("feature", "raw", "follows"),
    [
        ("rule_answered", {}, False),
        ("rule_answered", {"opinion": "Tốt"}, True),
        ("rule_answered", {"opinion": "  "}, False),
        ("rule_is", {}, False),
        ("rule_is", {"late": "yes"}, True),
        ("rule_is", {"late": "no"}, False),
        ("rule_is_chosen", {}, False),
        ("rule_is_chosen", {"channels": ["radio"]}, True),
        ("rule_is_chosen", {"channels": ["internet", "radio"]}, True),
        ("rule_is_chosen", {"channels": ["internet", "meeting"]}, False),
        ("rule_any_of", {}, False),
        ("rule_any_of", {"channels": ["meeting"]}, False),
        ("rule_any_of", {"channels": ["internet"]}, True),
        ("rule_any_of", {"channels": ["meeting", "radio"]}, True),
        ("rule_any_of_single", {"score": "1"}, True),
        ("rule_any_of_single", {"score": "2"}, True),
        ("rule_any_of_single", {"score": "3"}, False),
        ("rule_at_least", {}, False),
        ("rule_at_least", {"trips": "2"}, False),
        ("rule_at_least", {"trips": "3"}, True),
        ("rule_at_least", {"trips": "10"}, True),
        ("rule_at_least", {"trips": "-4"}, False),
        ("rule_at_least_decimal", {"hours": "1,4"}, False),
        ("rule_at_least_decimal", {"hours": "1,5"}, True),
        ("rule_at_least_decimal", {"hours": "10"}, True),
        ("rule_all", {"late": "yes", "told": "no"}, True),
        ("rule_all", {"late": "yes", "told": "yes"}, False),
        ("rule_all", {"told": "no"}, False),
        ("rule_not", {}, True),
        ("rule_not", {"late": "yes"}, True),
        ("rule_not", {"late": "no"}, False),
    ],
)
def test_a_rule_opens_its_page(tiny, feature, raw, follows):
    answers = check_all(tiny(feature), raw).answers
    pages = [visible.page.code for visible in path(tiny(feature), answers).pages]
    assert pages == (["only", "second"] if follows else ["only"])


@pytest.mark.parametrize(("rating", "asked"), [("2", False), ("3", True), ("9", False)])
def test_no_opinion_is_not_at_least_anything(tiny, rating, asked):
    instrument = tiny("scale_not_rated")
    answers = check_all(instrument, {"feedback": rating}).answers
    assert ("good" in {item.code for item in path(instrument, answers).items}) is asked


def test_a_rule_sees_an_item_off_the_path_as_unanswered(tiny):
    stale = {"first": "no", "second": "yes", "third": "yes"}
    assert [item.code for item in path(tiny("chain"), stale).items] == ["first", "otherwise"]
    assert [item.code for item in path(tiny("chain"), {**stale, "first": "yes"}).items] == [
        "first",
        "second",
        "third",
    ]


def test_rules_are_read_as_the_types_they_stand_for(tiny):
    def rule(feature):
        return tiny(feature).pages[1].when

    assert rule("rule_answered") == Answered("opinion")
    assert rule("rule_is") == Is("late", "yes")
    assert rule("rule_any_of_single") == AnyOf("score", (1, 2))
    assert rule("rule_at_least_decimal") == AtLeast("hours", Decimal("1.5"))
    assert rule("rule_all") == All((Is("late", "yes"), Is("told", "no")))
    assert rule("rule_not") == Not(Is("late", "no"))
    assert tiny("scale_not_rated").item("good").when == AtLeast("feedback", 3, (9,))


def test_the_items_of_a_rule_are_found_however_deep():
    assert list(items_of(EVERY)) == ["a", "b", "c", "d", "e", "b"]


def test_no_rule_always_holds():
    assert holds(None, {})


def test_an_empty_all_would_hold():
    assert holds(All(()), {})


def test_a_whole_rule_is_decided():
    answers = {"a": "x", "b": "no", "c": ["y", "z"], "d": 4, "e": "1.4"}
    assert holds(EVERY, answers)
    assert not holds(EVERY, {**answers, "b": "yes"})
    assert not holds(EVERY, {**answers, "c": ["z"]})
    assert not holds(EVERY, {**answers, "d": 9})
    assert not holds(EVERY, {**answers, "e": "1.50"})


def test_a_rule_is_written_as_in_the_file():
    written = as_data(EVERY)
    assert written == {
        "all": [
            {"answered": "a"},
            {"not": {"is": ["b", "yes"]}},
            {"any_of": ["c", ["x", "y"]]},
            {"at_least": ["d", 4]},
            {"not": {"all": [{"at_least": ["e", Decimal("1.5")]}, {"is": ["b", "no"]}]}},
        ]
    }


def test_what_is_written_back_is_what_was_read(tiny, tiny_files, every_feature):
    written = tomllib.loads(tiny_files(every_feature)["instrument.toml"], parse_float=Decimal)
    pages = tiny(every_feature).pages
    for page, table in zip(pages, written["pages"], strict=True):
        assert (page.when and as_data(page.when)) == table.get("when")
        for item, inner in zip(page.items, table["items"], strict=True):
            assert (item.when and as_data(item.when)) == inner.get("when")


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (Is("known", "yes"), True),
        (Is("known", "no"), False),
        (Is("open", "yes"), None),
        (Not(Is("open", "yes")), None),
        (Not(Is("known", "no")), True),
        (All((Is("open", "yes"), Is("known", "no"))), False),
        (All((Is("open", "yes"), Is("known", "yes"))), None),
        (All((Answered("known"), Is("known", "yes"))), True),
    ],
)
def test_a_rule_over_answers_to_come_is_decided_only_when_they_do_not_matter(rule, verdict):
    assert decide(rule, {"known": "yes"}, {"open"}) is verdict
