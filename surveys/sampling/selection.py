"""What a draw gives: the cases, with everything that is known of their chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.chance import Chance
from surveys.sampling.frame import CIRCLE, Frame
from surveys.sampling.layout import Layout
from surveys.sampling.schema import POSITION, Plan, joined

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StageDraw:
    """What one stage says of each of the n cases.

    Attributes
    ----------
    name : str
        What was drawn: a column of the frame, ``"row"`` or ``"position"``.
    method : str
    unit : ndarray of int64, shape (n,)
        Number of the unit among all of the stage; the position itself, from 1.
    stratum : ndarray of int64, shape (n,)
        Stratum within the unit above, a number in ``strata``.
    strata : tuple of str
    probability : ndarray of float64, shape (n,)
        Inclusion probability given the units above.
    population : ndarray of int64, shape (n,)
        Units of the group the unit was drawn from.
    drawn : ndarray of int64, shape (n,)
        Main units drawn from the group.
    certain : ndarray of int64, shape (n,)
        Of them, drawn whatever happens.
    is_certain : ndarray of bool, shape (n,)
        Whether the unit is one of these.
    """

    name: str
    method: str
    unit: Whole
    stratum: Whole
    strata: tuple[str, ...]
    probability: Real
    population: Whole
    drawn: Whole
    certain: Whole
    is_certain: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The cases of a draw, group after group, in the order they were drawn within each.

    Any first part of the main cases and reserves of a group drawn by simple random sampling is a
    simple random sample itself.

    Attributes
    ----------
    layout : Layout
        The plan laid over its frame.
    chance : Chance
        That decided.
    row : ndarray of int64, shape (n,)
        Row of the frame; for positions, a row of the unit they lie in.
    position : ndarray of int64, shape (n,)
        From 1; 0 where rows are drawn.
    stages : tuple of StageDraw
    group : ndarray of int64, shape (n,)
        Group of the last stage, from 0; a reserve stands in within its group only.
    order : ndarray of int64, shape (n,)
        Order of the draw within the group, from 1.
    reserve : ndarray of int64, shape (n,)
        0 for main cases; 1, 2, … the order among the reserves of the group.
    person_probability : ndarray of float64, shape (n,), optional
        Chance of the dossier among those of its person, where one was chosen of each.
    probability : ndarray of float64, shape (n,)
        Overall: of being among the main cases.
    start : int, optional
        Where on the circle of permanent numbers the draw began.
    """

    layout: Layout
    chance: Chance
    row: Whole
    position: Whole
    stages: tuple[StageDraw, ...]
    group: Whole
    order: Whole
    reserve: Whole
    person_probability: Real | None
    probability: Real
    start: int | None

    @property
    def plan(self) -> Plan:
        """The plan that was followed."""
        return self.layout.plan

    @property
    def frame(self) -> Frame:
        """The frame that was drawn from."""
        return self.layout.frame

    @property
    def n(self) -> int:
        """Number of cases, reserves included."""
        return len(self.row)

    @property
    def n_main(self) -> int:
        """Number of main cases."""
        return int((self.reserve == 0).sum())

    @property
    def weight(self) -> Real:
        """Base weight: 1 over the overall probability, shape (n,)."""
        return np.divide(1.0, self.probability)

    def codes(self, number: int) -> list[str]:
        """Return the code of each case's unit of a stage, counted from 0, as the frame has it."""
        here = self.stages[number]
        if here.name == POSITION:
            return [str(place) for place in here.unit.tolist()]
        distinct, inverse = np.unique(here.unit, return_inverse=True)
        names = self.layout.stages[number].units.codes(self.frame, distinct)
        return [names[code] for code in inverse.tolist()]

    def paths(self, number: int) -> list[str]:
        """Return the codes from the first stage to one, joined by ``|``."""
        parts = [self.codes(stage) for stage in range(number + 1)]
        return [joined(path) for path in zip(*parts, strict=True)]

    def strata(self, number: int) -> list[str]:
        """Return the stratum of each case at a stage, its columns joined by ``|``."""
        here = self.stages[number]
        return [here.strata[code] for code in here.stratum.tolist()]

    def keys(self) -> list[str]:
        """Return the key of each case's row of the frame."""
        return self.frame.names(self.row)

    def groups(self) -> list[str]:
        """Return the code of each case's group: the units above and the stratum, joined."""
        last = len(self.stages) - 1
        parts = [*(self.codes(number) for number in range(last)), self.strata(last)]
        return [joined(path) for path in zip(*parts, strict=True)]


def used_arc(selection: Selection) -> tuple[int, int] | None:
    """Return the arc of permanent numbers a co-ordinated draw used, reserves included.

    It belongs into ``coordination.avoid`` of the rounds that are to spare these people.
    Units drawn with certainty are not counted.

    Returns
    -------
    tuple of int or None
        Begin and end, the end not included; None if the draw was not co-ordinated or
        drew nobody by chance.
    """
    if selection.start is None:
        return None
    person = selection.frame.measures["prn"][selection.row]
    further = (person - selection.start) % CIRCLE
    by_chance = further[~selection.stages[-1].is_certain]
    if len(by_chance) == 0:
        return None
    end = (selection.start + int(by_chance.max()) + 1) % CIRCLE
    return selection.start, end
