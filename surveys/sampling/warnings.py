"""What an official should know of a plan that can be drawn all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.drawing import reserves_of
from surveys.sampling.evaluate import Stand
from surveys.sampling.layout import Layout
from surveys.sampling.schema import ALL, PPS, ROW
from surveys.sampling.takes import PARTS

EXAMPLES = 5
"""How many places a warning names."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to know.

    Attributes
    ----------
    code : str
        One of ``CODES``.
    stage : int
        From 1; 0 for the plan as a whole.
    count : int
        How many groups, units or rows it is about.
    places : tuple of str
        Some of them.
    """

    CODES: ClassVar[frozenset[str]] = frozenset(
        {
            "take.above-population",  # a group has fewer units than wanted: all are drawn
            "take.zero",  # nobody of a group is drawn though it has units
            "stratum.one-unit",  # one PSU drawn by chance: no variance without help
            "size.zero",  # units of size 0 cannot be drawn
            "unit.empty",  # a unit that may be drawn has nothing in it
            "probability.capped",  # too large for its probability: drawn with certainty
            "label.empty",  # rows whose unit or stratum is not known
            "reserves.short",  # a group cannot give all reserves
            "coordination.room-short",  # a group reaches beyond the room of the plan
            "person.several",  # dossiers of a person who has another one in the frame
            "sample.empty",
        }
    )

    code: str
    stage: int
    count: int
    places: tuple[str, ...] = ()


def warnings_of(layout: Layout, stands: tuple[Stand, ...]) -> tuple[Warned, ...]:
    """Return what is to be known of a plan over a frame."""
    found: list[Warned] = []
    for stand in stands:
        found += _of_groups(stand)
        found += _of_sizes(layout, stand)
        found += _of_labels(layout, stand)
    found += _of_reserves(layout, stands[-1])
    found += _of_people(layout)
    last = stands[-1]
    if not (last.above * last.takes.expected > 0).any():
        found.append(Warned("sample.empty", 0, 1))
    return tuple(found)


def _of_groups(stand: Stand) -> list[Warned]:
    groups, takes, here = stand.groups, stand.takes, stand.here
    found = [
        _strata("take.above-population", stand, takes.wanted > groups.population),
        _strata("take.zero", stand, takes.expected == 0),
    ]
    if here.number == 1 and here.stage.method != ALL:
        certain = np.zeros(groups.n, dtype=np.int64)
        if stand.chances is not None and stand.chances.is_certain is not None:
            certain = np.bincount(
                groups.group[stand.chances.is_certain], minlength=groups.n
            ).astype(np.int64)
        by_chance = takes.n - certain
        is_one = (by_chance == 1) & (groups.population - certain > 1)
        found.append(_strata("stratum.one-unit", stand, is_one))
    return [one for one in found if one.count]


def _strata(code: str, stand: Stand, is_so: NDArray[np.bool_]) -> Warned:
    numbers = np.flatnonzero(is_so)
    names = dict.fromkeys(stand.groups.strata[int(stand.groups.stratum[n])] for n in numbers)
    return Warned(code, stand.here.number, len(numbers), tuple(names)[:EXAMPLES])


def _of_sizes(layout: Layout, stand: Stand) -> list[Warned]:
    here = stand.here
    if here.size is None:
        return []
    if here.is_position:
        return _some("unit.empty", layout, stand, np.flatnonzero(here.size == 0))
    found: list[Warned] = []
    if here.stage.method in PPS:
        found += _some("size.zero", layout, stand, np.flatnonzero(here.size == 0))
    if stand.chances is not None and stand.chances.is_certain is not None:
        unit = stand.groups.unit[stand.chances.is_certain]
        is_capped = np.zeros(here.units.n, dtype=np.bool_)
        is_capped[unit] = True
        if here.is_named is not None:
            is_capped &= ~here.is_named
        found += _some("probability.capped", layout, stand, np.flatnonzero(is_capped))
    return found


def _some(code: str, layout: Layout, stand: Stand, units: NDArray[np.int64]) -> list[Warned]:
    if len(units) == 0:
        return []
    names = stand.here.units.codes(layout.frame, units[:EXAMPLES])
    return [Warned(code, stand.here.number, len(units), tuple(names))]


def _of_labels(layout: Layout, stand: Stand) -> list[Warned]:
    """Count rows without a code where one tells units or strata apart."""
    stage = stand.here.stage
    names = [name for name in (stage.unit, *stage.strata) if name in layout.frame.categories]
    found: list[Warned] = []
    for name in names:
        column = layout.frame.categories[name]
        if column.labels[:1] == ("",):
            count = int((column.codes == 0).sum())
            found.append(Warned("label.empty", stand.here.number, count, (name,)))
    return found


def _of_reserves(layout: Layout, last: Stand) -> list[Warned]:
    n, population = last.takes.n, last.groups.population
    reserves = reserves_of(layout.plan.reserves, n)
    found = [_strata("reserves.short", last, (reserves > population - n) & (n < population))]
    coordination = layout.plan.coordination
    if coordination is not None and coordination.avoid:
        room = int(coordination.room * PARTS)
        is_short = (n + reserves) * PARTS > room * population
        found.append(_strata("coordination.room-short", last, is_short))
    return [one for one in found if one.count]


def _of_people(layout: Layout) -> list[Warned]:
    """Count dossiers of people who have several, if each may be drawn."""
    person = layout.frame.measures["prn"]
    plan = layout.plan
    if plan.one_per_person or plan.frame != "dossier" or plan.last.unit != ROW:
        return []
    known = np.sort(person[person > 0])
    same = known[1:] == known[:-1]
    count = int((np.append(same, False) | np.append(False, same)).sum()) if len(known) else 0
    return [Warned("person.several", 0, count)] if count else []
