"""Can a rule ever hold: a search over the answers an instrument allows.

Of every item a rule depends on, directly or through the rules that put that item on the path,
one answer of each kind that rules can tell apart is tried, in the order of the questionnaire.
The answer is exact unless the search grows beyond its budget; then the rule is taken to hold,
because refusing a sound questionnaire is worse than missing a dead page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from surveys.instrument.model import Item, Kind, Page
from surveys.instrument.rules import (
    All,
    Answered,
    AnswerValue,
    AnyOf,
    AtLeast,
    Is,
    Not,
    Rule,
    compile_test,
    decide,
    items_of,
)

_STEPS_A_RULE = 2_000
_STEPS_IN_ALL = 50_000
_MAX_CLASSES = 8
_TINY = Decimal("1e-12")


class Reach:
    """What can be on the path of an instrument, given its pages in order."""

    def __init__(self, pages: tuple[Page, ...]) -> None:
        self._items: dict[str, Item] = {}
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._steps_left = _STEPS_IN_ALL
        for page in pages:
            for item in page.items:
                self._items[item.code] = item
                rules = (page.when, item.when)
                self._rules[item.code] = tuple(rule for rule in rules if rule is not None)

    def possible(self, rules: tuple[Rule, ...]) -> bool:
        """Say whether some respondent can make all of ``rules`` hold."""
        needed = self._needed(rules)
        if not needed <= self._items.keys():
            return True  # a rule over an item that could not be read: no judgement
        order = [code for code in self._items if code in needed]
        atoms = list(_atoms((*rules, *(rule for code in order for rule in self._rules[code]))))
        tried: dict[str, tuple[AnswerValue | None, ...]] = {}
        for code in order:
            values = _representatives(self._items[code], [a for a in atoms if a.item == code])
            if values is None:
                return True
            tried[code] = values
        return self._search(All(rules), order, tried)

    def _search(
        self, goal: Rule, order: list[str], tried: dict[str, tuple[AnswerValue | None, ...]]
    ) -> bool:
        unknown = [frozenset(order[depth:]) for depth in range(len(order) + 1)]
        stack: list[tuple[int, dict[str, AnswerValue]]] = [(0, {})]
        budget = min(_STEPS_A_RULE, self._steps_left)
        while stack:
            if budget == 0:
                return True
            budget -= 1
            self._steps_left -= 1
            depth, answers = stack.pop()
            verdict = decide(goal, answers, unknown[depth])
            if verdict:
                return True
            if verdict is False:
                continue
            code = order[depth]
            asked = all(compile_test(rule)(answers) for rule in self._rules[code])
            stack.extend(
                (depth + 1, answers if value is None else answers | {code: value})
                for value in (tried[code] if asked else (None,))
            )
        return False

    def _needed(self, rules: Iterable[Rule]) -> set[str]:
        """Items the rules depend on, and those which decide whether these are asked."""
        needed: set[str] = set()
        waiting = [code for rule in rules for code in items_of(rule)]
        while waiting:
            code = waiting.pop()
            if code not in needed:
                needed.add(code)
                waiting += [each for rule in self._rules.get(code, ()) for each in items_of(rule)]
        return needed


_Atom = Answered | Is | AnyOf | AtLeast


def _atoms(rules: Iterable[Rule]) -> Iterator[_Atom]:
    for rule in rules:
        match rule:
            case All(rules=inside):
                yield from _atoms(inside)
            case Not(rule=inside_one):
                yield from _atoms((inside_one,))
            case _:
                yield rule


def _representatives(item: Item, atoms: Sequence[_Atom]) -> tuple[AnswerValue | None, ...] | None:
    """One answer for every way the atoms can come out; ``None`` if there are too many."""
    tests = [compile_test(atom) for atom in atoms]
    seen: dict[tuple[bool, ...], AnswerValue] = {}
    candidates = _candidates(item, atoms)
    if candidates is None:
        return None
    for value in candidates:
        answers = {item.code: value}
        seen.setdefault(tuple(test(answers) for test in tests), value)
    values = tuple(seen.values())
    return values if item.required else (*values, None)


def _candidates(item: Item, atoms: Sequence[_Atom]) -> Iterable[AnswerValue] | None:
    match item.kind:
        case Kind.MULTIPLE:
            return _combinations(item, atoms)
        case Kind.INTEGER:
            return _numbers(item, atoms)
        case Kind.DECIMAL:
            return _decimals(item, atoms)
        case Kind.DATE | Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return ("x",)  # rules only ask whether there is an answer
    return item.options if item.scale is None else item.scale.offered


def _combinations(item: Item, atoms: Sequence[_Atom]) -> Iterable[AnswerValue] | None:
    """List sets of options, one option of each kind that the atoms can tell apart."""
    tests = [compile_test(atom) for atom in atoms]
    exclusive = frozenset(item.choices.exclusive if item.choices else ())
    kinds: dict[tuple[bool, ...], str] = {}
    for code in item.options:
        if code not in exclusive:
            kinds.setdefault(tuple(test({item.code: [code]}) for test in tests), code)
    if len(kinds) > _MAX_CLASSES:
        return None
    alone: list[AnswerValue] = [[code] for code in item.options if code in exclusive]
    for size in range(1, len(kinds) + 1):
        alone += [list(chosen) for chosen in combinations(kinds.values(), size)]
    return alone


def _limits(atoms: Sequence[_Atom]) -> Iterator[int | Decimal]:
    for atom in atoms:
        match atom:
            case Is(code=int() as code):
                yield code
            case AnyOf(codes=codes):
                yield from (code for code in codes if isinstance(code, int))
            case AtLeast(minimum=minimum):
                yield minimum


def _numbers(item: Item, atoms: Sequence[_Atom]) -> list[AnswerValue]:
    ends = [bound for bound in (item.minimum, item.maximum) if isinstance(bound, int)]
    points = {int(limit) + step for limit in (*_limits(atoms), *ends, 0) for step in (-1, 0, 1)}
    return [point for point in sorted(points) if _within(item, Decimal(point))]


def _decimals(item: Item, atoms: Sequence[_Atom]) -> list[AnswerValue]:
    ends = [bound for bound in (item.minimum, item.maximum) if isinstance(bound, int | Decimal)]
    points = {
        Decimal(limit) + step for limit in (*_limits(atoms), *ends, 0) for step in (-_TINY, 0)
    }
    return [str(point) for point in sorted(points) if _within(item, point)]


def _within(item: Item, point: Decimal) -> bool:
    if isinstance(item.minimum, int | Decimal) and point < item.minimum:
        return False
    return not (isinstance(item.maximum, int | Decimal) and point > item.maximum)
