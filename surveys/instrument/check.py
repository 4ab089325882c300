"""Is this questionnaire well made: rules over items, order, groups, pages one can reach.

The loader reads what is written; this module judges whether it hangs together. An item that
could not be read is known by its code with ``None`` in place of the item, so that one fault
does not make ten.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal

from surveys.instrument.faults import FaultList
from surveys.instrument.model import MAX_INTEGER, Item, Kind, Page
from surveys.instrument.reach import Reach
from surveys.instrument.rules import All, Answered, AnyOf, AtLeast, Is, Not, Rule

_MAX_DEPTH = 8
_COMPARED = frozenset({Kind.SCALE, Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO, Kind.INTEGER})
_ORDERED = frozenset({Kind.SCALE, Kind.INTEGER, Kind.DECIMAL})


class RuleReader:
    """Turns ``when`` tables into rules over the items declared so far.

    ``declared`` grows as the loader goes down the file; ``all_codes`` are the codes of the whole
    file, to tell a later item from one that does not exist.
    """

    def __init__(
        self,
        declared: Mapping[str, Item | None],
        all_codes: Container[str],
        faults: FaultList,
    ) -> None:
        self._declared = declared
        self._all_codes = all_codes
        self._faults = faults

    def read(self, written: object, place: str, depth: int = 1) -> Rule | None:
        """Read one rule; ``None`` if it is absent or faulty."""
        if written is None:
            return None
        if not isinstance(written, dict) or len(written) != 1:
            self._faults.add("rule.malformed", place, written)
            return None
        if depth > _MAX_DEPTH:
            self._faults.add("rule.too-deep", place)
            return None
        ((operator, argument),) = written.items()
        return self._operation(operator, argument, place, depth)

    def _operation(self, operator: str, argument: object, place: str, depth: int) -> Rule | None:
        inside = f"{place}.{operator}"
        match operator:
            case "answered":
                return self._answered(argument, inside)
            case "is" | "any_of" | "at_least":
                return self._compared(operator, argument, inside)
            case "all":
                return self._all(argument, inside, depth)
            case "not":
                rule = self.read(argument, inside, depth + 1)
                return None if rule is None else Not(rule)
        self._faults.add("rule.unknown-operator", place, operator)
        return None

    def _all(self, argument: object, place: str, depth: int) -> Rule | None:
        if not isinstance(argument, list) or not argument:
            self._faults.add("rule.malformed", place, argument)
            return None
        rules = [
            self.read(each, f"{place}[{index}]", depth + 1) for index, each in enumerate(argument)
        ]
        kept = tuple(rule for rule in rules if rule is not None)
        return All(kept) if len(kept) == len(rules) else None

    def _answered(self, argument: object, place: str) -> Rule | None:
        item = self._item(argument, place)
        if item is None:
            return None
        if item.kind is Kind.NOTE:
            self._faults.add("rule.wrong-kind", place, item.code)
            return None
        return Answered(item.code)

    def _compared(self, operator: str, argument: object, place: str) -> Rule | None:
        if not isinstance(argument, list) or len(argument) != 2:
            self._faults.add("rule.malformed", place, argument)
            return None
        item = self._item(argument[0], place)
        if item is None:
            return None
        if item.kind not in (_ORDERED if operator == "at_least" else _COMPARED):
            self._faults.add("rule.wrong-kind", place, item.code)
            return None
        if operator == "at_least":
            return self._at_least(item, argument[1], place)
        return self._equal(operator, item, argument[1], place)

    def _equal(self, operator: str, item: Item, argument: object, place: str) -> Rule | None:
        if operator == "is":
            code = self._code(item, argument, place)
            return None if code is None else Is(item.code, code)
        if not isinstance(argument, list) or not argument:
            self._faults.add("rule.malformed", place, argument)
            return None
        codes = [self._code(item, each, place) for each in argument]
        kept = tuple(code for code in codes if code is not None)
        return AnyOf(item.code, kept) if len(kept) == len(codes) else None

    def _item(self, code: object, place: str) -> Item | None:
        if not isinstance(code, str):
            self._faults.add("rule.malformed", place, code)
        elif code in self._declared:
            return self._declared[code]
        elif code in self._all_codes:
            self._faults.add("rule.later-item", place, code)
        else:
            self._faults.add("rule.unknown-item", place, code)
        return None

    def _code(self, item: Item, code: object, place: str) -> str | int | None:
        """Read a code the item may have as its answer, in the type of that answer."""
        if item.kind is Kind.INTEGER and type(code) is int and abs(code) <= MAX_INTEGER:
            return code
        if item.scale is not None and type(code) is int and code in item.scale.offered:
            return code
        if item.scale is None and isinstance(code, str) and code in item.options:
            return code
        self._faults.add("rule.unknown-code", place, code)
        return None

    def _at_least(self, item: Item, minimum: object, place: str) -> Rule | None:
        if type(minimum) is int and abs(minimum) <= MAX_INTEGER:
            return AtLeast(item.code, minimum, item.scale.not_rated if item.scale else ())
        if item.kind is Kind.DECIMAL and isinstance(minimum, Decimal) and minimum.is_finite():
            return AtLeast(item.code, minimum)
        self._faults.add("value.wrong-type", place, minimum)
        return None


def check_groups(pages: Sequence[Sequence[tuple[str, str | None]]], faults: FaultList) -> None:
    """Report items of a group that do not follow one another on one page.

    ``pages`` holds the place and the group of every item, page by page.
    """
    closed: set[str] = set()
    for items in pages:
        current: str | None = None
        for place, group in items:
            if group == current:
                continue
            if current is not None:
                closed.add(current)
            if group in closed:
                faults.add("group.not-consecutive", f"{place}.group", group)
            current = group
        if current is not None:
            closed.add(current)


def check_reach(
    pages: Sequence[tuple[str, Page]], places: Mapping[str, str], faults: FaultList
) -> None:
    """Report pages and items that no respondent can ever come to.

    ``pages`` holds every page with its place, ``places`` the place of each item.
    """
    reach = Reach(tuple(page for _, page in pages))
    for place, page in pages:
        if page.when is not None and not reach.possible((page.when,)):
            faults.add("page.unreachable", place, page.code)
            continue
        for item in page.items:
            if item.when is None:
                continue
            rules = (item.when,) if page.when is None else (page.when, item.when)
            if not reach.possible(rules):
                faults.add("rule.never-holds", f"{places[item.code]}.when", item.code)
