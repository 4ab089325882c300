"""A plan laid over a frame: units, sizes and groups of every stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.chance import Chance
from surveys.sampling.frame import Frame
from surveys.sampling.schema import POSITION, ROW, ROWS, Plan, Stage, joined
from surveys.sampling.units import Units, column_units, number_pairs, row_units, texts_of

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class StageLayout:
    """One stage over the whole frame.

    Attributes
    ----------
    number : int
        From 1.
    stage : Stage
    units : Units
        For positions, the units they are numbered within.
    size : ndarray of int64, shape (units.n,), optional
        For methods with probabilities proportional to size; the number of positions of
        each unit for positions.
    is_named : ndarray of bool, shape (units.n,), optional
        Units the plan names as certain.
    """

    number: int
    stage: Stage
    units: Units
    size: Whole | None
    is_named: Flags | None

    @property
    def is_position(self) -> bool:
        """Whether the stage draws positions within units."""
        return self.stage.unit == POSITION


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """All stages of a plan over a frame.

    Attributes
    ----------
    plan : Plan
    frame : Frame
    stages : tuple of StageLayout
    is_kept : ndarray of bool, shape (n_rows,), optional
        Rows left after one was chosen of each person's; None if all are.
    person_probability : ndarray of float64, shape (n_rows,), optional
        Chance of each row in that choice.
    """

    plan: Plan
    frame: Frame
    stages: tuple[StageLayout, ...]
    is_kept: Flags | None
    person_probability: Real | None


def lay_out(plan: Plan, frame: Frame, chance: Chance | None = None) -> Layout:
    """Lay a plan over a frame; the two fit each other.

    Without chance all dossiers of a person are kept.
    """
    is_kept, probability = None, None
    if plan.one_per_person and chance is not None:
        is_kept, probability = one_per_person(frame.measures["prn"], chance)
    stages: list[StageLayout] = []
    above: Units | None = None
    for number, stage in enumerate(plan.stages, start=1):
        if stage.unit == POSITION and above is not None:
            per_unit = above.total(_measure(frame, stage.positions))
            stages.append(StageLayout(number, stage, above, per_unit, None))
            continue
        if stage.unit == ROW:
            units = row_units(frame, above)
        else:
            units = column_units(frame, stage.unit, above)
        size = size_of(stage, units, frame, is_kept)
        named = named_units(stage, units, frame, tuple(stages))
        stages.append(StageLayout(number, stage, units, size, named))
        above = units
    return Layout(plan, frame, tuple(stages), is_kept, probability)


def _measure(frame: Frame, name: str) -> Whole:
    values = frame.measure(name)
    if values is None:
        raise KeyError(name)
    return values


def one_per_person(person: Whole, chance: Chance) -> tuple[Flags, Real]:
    """Choose one row of each person at random.

    Parameters
    ----------
    person : ndarray of int64, shape (n_rows,)
        Permanent number of each row's person.
    chance : Chance

    Returns
    -------
    is_kept : ndarray of bool, shape (n_rows,)
        The row with the smallest number of the stream ``person``, of each person.
    probability : ndarray of float64, shape (n_rows,)
        One over the number of rows of the person.
    """
    number = chance.whole("person", len(person))
    order = np.argsort(person)
    is_first = np.ones(len(person), dtype=np.bool_)
    is_first[1:] = person[order[1:]] != person[order[:-1]]
    starts = np.flatnonzero(is_first)
    which = np.cumsum(is_first) - 1
    least = np.minimum.reduceat(number[order], starts) if len(starts) else number
    is_least = number[order] == least[which]
    if is_least.sum() > len(starts):  # two numbers of a person are the same
        order = np.lexsort((number, person))
        is_least = is_first
    is_kept = np.empty(len(person), dtype=np.bool_)
    is_kept[order] = is_least
    probability = np.empty(len(person))
    probability[order] = (1.0 / np.bincount(which, minlength=len(starts)))[which]
    return is_kept, probability


def size_of(stage: Stage, units: Units, frame: Frame, is_kept: Flags | None) -> Whole | None:
    """Return the size of each unit of a stage, shape (units.n,); None if none is needed."""
    if not stage.size:
        return None
    is_count = stage.size == ROWS
    size = units.count(is_kept) if is_count else units.total(_measure(frame, stage.size))
    return np.maximum(size, stage.size_floor) if stage.size_floor else size


def named_units(
    stage: Stage, units: Units, frame: Frame, above: tuple[StageLayout, ...]
) -> Flags | None:
    """Return which units a stage names as certain, shape (units.n,); None if it names none."""
    if not stage.has_certainties:
        return None
    is_named = np.zeros(units.n, dtype=np.bool_)
    for unit in units_called(stage.certainty, units, frame, above).values():
        is_named[unit] = True
    for name, values in stage.certainty_where.items():
        column = frame.categories[name]
        is_wanted = np.isin(np.array(column.labels), np.array(values))
        is_named |= is_wanted[column.codes[units.row]]
    return is_named


def units_called(
    names: tuple[str, ...], units: Units, frame: Frame, above: tuple[StageLayout, ...]
) -> dict[str, list[int]]:
    """Find units by their code, or by their code after those of the units above.

    Returns
    -------
    dict of str to list of int
        Units of each name; an empty list if there is none.
    """
    found: dict[str, list[int]] = {name: [] for name in names}
    if not names:
        return found
    everything = np.arange(units.n)
    own = units.codes(frame, everything)
    outer: list[list[str]] = []
    parent = units.parent.astype(np.int64)
    for layout in reversed(above):
        outer.insert(0, layout.units.codes(frame, parent))
        parent = layout.units.parent[parent].astype(np.int64)
    for number, code in enumerate(own):
        path = joined((*(codes[number] for codes in outer), code))
        for name in {code, path}:
            if name in found:
                found[name].append(number)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups that units of a stage are drawn within: strata within units above.

    Attributes
    ----------
    unit : ndarray of int64, shape (m,)
        Units that can be drawn, in their order.
    group : ndarray of int32, shape (m,)
        Group of each.
    parent : ndarray of int64, shape (n,)
        Unit above of each group; groups are in the order of these, then of strata.
    stratum : ndarray of int64, shape (n,)
        Number of each group's stratum in ``strata``.
    strata : tuple of str
    population : ndarray of int64, shape (n,)
        Number of units of each group.
    """

    unit: Whole
    group: NDArray[np.int32]
    parent: Whole
    stratum: Whole
    strata: tuple[str, ...]
    population: Whole

    @property
    def n(self) -> int:
        """Number of groups."""
        return len(self.parent)


def groups_of(layout: Layout, number: int, is_above: Flags | None) -> Groups:
    """Return the groups of a stage.

    Parameters
    ----------
    layout : Layout
    number : int
        Of the stage, from 0; not one of positions.
    is_above : ndarray of bool, optional
        Units of the stage before that were drawn; None takes all.
    """
    here = layout.stages[number]
    units, frame = here.units, layout.frame
    can = None if is_above is None else is_above[units.parent]
    if here.stage.unit == ROW and layout.is_kept is not None:
        can = layout.is_kept if can is None else can & layout.is_kept
    unit = np.arange(units.n) if can is None else np.flatnonzero(can)
    columns = [frame.categories[name] for name in here.stage.strata]
    texts = texts_of(columns, units.row[unit], len(unit))
    parent = units.parent[unit]
    n_parents = int(units.parent.max(initial=0)) + 1
    if n_parents * len(texts.texts) == 1:
        group, pairs = np.zeros(len(unit), dtype=np.int32), np.zeros(min(1, len(unit)), np.int64)
    else:
        group, pairs = number_pairs(parent, texts.codes, n_parents, len(texts.texts))
    return Groups(
        unit=unit,
        group=group,
        parent=pairs // len(texts.texts),
        stratum=pairs % len(texts.texts),
        strata=texts.texts,
        population=np.bincount(group, minlength=len(pairs)),
    )


def position_groups(layout: Layout, is_above: Flags | None) -> Groups:
    """Return the groups of a stage of positions: each unit above that has any."""
    here = layout.stages[-1]
    size = np.zeros(0, dtype=np.int64) if here.size is None else here.size
    can = size > 0
    parent = np.flatnonzero(can if is_above is None else can & is_above)
    return Groups(
        unit=parent,
        group=np.arange(len(parent), dtype=np.int32),
        parent=parent,
        stratum=np.zeros(len(parent), dtype=np.int64),
        strata=("",),
        population=size[parent],
    )
