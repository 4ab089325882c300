"""Routing rules: when a page or an item is asked, as data over earlier items.

A rule sees an item that was not answered, or that is itself off the path, as
unanswered. Nothing here knows about pages; see :mod:`surveys.instrument.route`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, assert_never

AnswerValue: TypeAlias = int | str | list[str]
"""A stored answer: ``int`` (scale, integer), ``list[str]`` (multiple) or ``str`` (all others)."""

Answers: TypeAlias = Mapping[str, AnswerValue]
"""Stored answers by item code; an item without an answer has no key."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The item has an answer, whatever it is."""

    item: str


@dataclass(frozen=True, slots=True)
class Is:
    """The answer is ``code``; for a multiple choice, ``code`` is among the chosen."""

    item: str
    code: str | int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The answer is one of ``codes``; for a multiple choice, at least one of them is chosen."""

    item: str
    codes: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The answer is ``minimum`` or more; codes outside the scale ("no opinion") never are.

    ``outside`` holds those codes, so that the rule can be decided without the instrument.
    """

    item: str
    minimum: int | Decimal
    outside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """Every one of ``rules`` holds."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``rule`` does not hold, which is also so when its item was not asked."""

    rule: Rule


Rule: TypeAlias = Answered | Is | AnyOf | AtLeast | All | Not
Test: TypeAlias = Callable[[Answers], bool]


def items_of(rule: Rule) -> Iterator[str]:
    """Yield the code of every item the rule looks at, in the order written."""
    match rule:
        case All(rules=rules):
            for each in rules:
                yield from items_of(each)
        case Not(rule=inner):
            yield from items_of(inner)
        case _:
            yield rule.item


def holds(rule: Rule | None, answers: Answers) -> bool:
    """Say whether a rule holds for the answers given; ``None`` always holds."""
    return rule is None or compile_test(rule)(answers)


def compile_test(rule: Rule) -> Test:
    """Turn a rule into a function of the answers, so that nothing is decided twice."""
    match rule:
        case Answered(item=item):
            return lambda answers: item in answers
        case Is(item=item, code=code):
            return _one_of(item, frozenset((code,)))
        case AnyOf(item=item, codes=codes):
            return _one_of(item, frozenset(codes))
        case AtLeast(item=item, minimum=minimum, outside=outside):
            return _at_least(item, minimum, frozenset(outside))
        case All(rules=rules):
            tests = tuple(compile_test(each) for each in rules)
            return lambda answers: all(test(answers) for test in tests)
        case Not(rule=inner):
            test = compile_test(inner)
            return lambda answers: not test(answers)
        case _:
            assert_never(rule)


def decide(rule: Rule, answers: Answers, unknown: Container[str]) -> bool | None:
    """Say whether a rule holds while the answers to ``unknown`` items are not known yet.

    ``None``: it depends on them. A rule that holds, or does not, whatever each of them turns out
    to be is decided; how they hang together is not looked at.
    """
    match rule:
        case All(rules=rules):
            parts = [decide(each, answers, unknown) for each in rules]
            if False in parts:
                return False
            return None if None in parts else True
        case Not(rule=inner):
            part = decide(inner, answers, unknown)
            return None if part is None else not part
        case _:
            return None if rule.item in unknown else compile_test(rule)(answers)


def as_data(rule: Rule) -> dict[str, object]:
    """Write a rule as it stands in ``instrument.toml``, e.g. ``{"is": ["x", "yes"]}``."""
    match rule:
        case Answered(item=item):
            return {"answered": item}
        case Is(item=item, code=code):
            return {"is": [item, code]}
        case AnyOf(item=item, codes=codes):
            return {"any_of": [item, list(codes)]}
        case AtLeast(item=item, minimum=minimum):
            return {"at_least": [item, minimum]}
        case All(rules=rules):
            return {"all": [as_data(each) for each in rules]}
        case Not(rule=inner):
            return {"not": as_data(inner)}
        case _:
            assert_never(rule)


def _one_of(item: str, codes: frozenset[str | int]) -> Test:
    def test(answers: Answers) -> bool:
        value = answers.get(item)
        if value is None:
            return False
        if isinstance(value, list):
            return not codes.isdisjoint(value)
        return value in codes

    return test


def _at_least(item: str, minimum: int | Decimal, outside: frozenset[int]) -> Test:
    def test(answers: Answers) -> bool:
        value = answers.get(item)
        if value is None or isinstance(value, list) or value in outside:
            return False
        return (Decimal(value) if isinstance(value, str) else value) >= minimum

    return test
