"""Answers from before a reform of units, by the units there are now.

People are counted where they now belong; their rates are not averaged. So a
new unit made of two old ones is a domain like any other: its estimate weighs
everybody by their own weight, and its variance is that between the PSUs of
both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.answers import Column


@dataclass(frozen=True, slots=True)
class Way:
    """That a unit was followed, wholly or in part, by another.

    Attributes
    ----------
    before, after : str
        Codes; the same code before and after need not be the same unit.
    is_whole : bool
        False where the unit was divided among several.
    is_main : bool
        The whole's one successor, or of a divided unit the one that takes its
        place where only one can.
    """

    before: str
    after: str
    is_whole: bool = True
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class Onward:
    """Where the people of each old unit are counted now.

    Attributes
    ----------
    unit : mapping of str to str
        Old unit → new unit.
    approximate : frozenset of str
        New units whose people are not exactly known: a divided unit gave or
        did not give them some.
    """

    unit: Mapping[str, str]
    approximate: frozenset[str]

    def parts(self, code: str) -> tuple[str, ...]:
        """Name the old units counted in a new one, sorted."""
        return tuple(sorted(old for old, new in self.unit.items() if new == code))


def onward(ways: Sequence[Way], unchanged: Collection[str] = ()) -> Onward:
    """Follow every old unit to the one new unit in which its people are counted.

    A divided unit goes whole to its main successor: where in it people live
    is not known. That and the other successors are then approximate.

    Parameters
    ----------
    ways : sequence of Way
        From the old units; each has one main way.
    unchanged : collection of str
        Codes of units that went on as they were.
    """
    unit = {code: code for code in unchanged}
    unit |= {way.before: way.after for way in ways if way.is_main}
    return Onward(unit, frozenset(way.after for way in ways if not way.is_whole))


def then(first: Onward, second: Onward) -> Onward:
    """Follow units over two reforms."""
    unit = {old: second.unit[new] for old, new in first.unit.items() if new in second.unit}
    moved = frozenset(second.unit[code] for code in first.approximate if code in second.unit)
    return Onward(unit, second.approximate | moved)


@dataclass(frozen=True, slots=True)
class Areas:
    """The smallest areas that have the same outline before and after.

    Attributes
    ----------
    before, after : mapping of str to str
        Unit → its area; an area is named after its units now, sorted, with
        ``+`` between.
    """

    before: Mapping[str, str]
    after: Mapping[str, str]


def common_areas(ways: Sequence[Way], unchanged: Collection[str] = ()) -> Areas:
    """Put together what was divided, until nothing crosses a boundary.

    Parameters
    ----------
    ways : sequence of Way
        All ways, divided units with all their successors.
    unchanged : collection of str
        Codes of units that went on as they were.
    """
    links = [*ways, *(Way(code, code) for code in unchanged)]
    root: dict[tuple[str, str], tuple[str, str]] = {}

    def find(unit: tuple[str, str]) -> tuple[str, str]:
        root.setdefault(unit, unit)
        while root[unit] != unit:
            root[unit] = root[root[unit]]
            unit = root[unit]
        return unit

    for way in links:
        root[find(("before", way.before))] = find(("after", way.after))
    units: dict[tuple[str, str], list[str]] = {}
    for time, code in list(root):
        if time == "after":
            units.setdefault(find((time, code)), []).append(code)
    names = {area: "+".join(sorted(codes)) for area, codes in units.items()}
    return Areas(
        {code: names[find((time, code))] for time, code in list(root) if time == "before"},
        {code: names[find((time, code))] for time, code in list(root) if time == "after"},
    )


def recoded(column: Column, unit: Mapping[str, str]) -> Column:
    """Return a column of units by the units they are counted in.

    Parameters
    ----------
    column : ndarray of object, shape (n,)
        Codes; None or ``""`` where nobody knows.
    unit : mapping of str to str
        Whoever's unit is not in it belongs to none.
    """
    return np.array([unit.get(code) if code else None for code in column.tolist()], dtype=object)
