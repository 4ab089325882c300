"""Drawing a sample by a plan from a frame, with chance from a public seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surveys.sampling import positions
from surveys.sampling.chance import UNIT, Chance
from surveys.sampling.circle import start_of
from surveys.sampling.drawing import StageDrawing
from surveys.sampling.evaluate import chances_of
from surveys.sampling.frame import CIRCLE, Frame
from surveys.sampling.layout import Groups, Layout, StageLayout, groups_of, lay_out, position_groups
from surveys.sampling.methods.ordered import Picked
from surveys.sampling.plan_faults import PlanRefusedError
from surveys.sampling.plan_fit import fit
from surveys.sampling.schema import ALL, Plan, Reserves, joined
from surveys.sampling.selection import Selection, StageDraw
from surveys.sampling.takes import Takes, takes_of

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]


def select(plan: Plan, frame: Frame, chance: Chance) -> Selection:
    """Draw a sample.

    Parameters
    ----------
    plan : Plan
    frame : Frame
    chance : Chance
        The same gives the same sample, on any machine.

    Returns
    -------
    Selection

    Raises
    ------
    PlanRefusedError
        The plan has faults, or does not fit the frame.
    """
    faults, layout = fit(plan, frame)
    if layout is None:
        raise PlanRefusedError(faults)
    if plan.one_per_person:
        layout = lay_out(plan, frame, chance)
    drawing = _Drawing(layout, chance)
    for number in range(len(plan.stages)):
        drawing.draw(number)
    return drawing.selection()


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """Units drawn at a stage, by group and in the order drawn; see ``StageDraw``."""

    unit: Whole
    above: Whole
    picked: Picked
    draw: StageDraw


class _Drawing:
    """A draw under way: stage after stage."""

    def __init__(self, layout: Layout, chance: Chance) -> None:
        self.layout, self.chance = layout, chance
        self.drawn: list[_Drawn] = []
        self.is_drawn: Flags | None = None
        self.carried: Real | None = None
        self.start = start_of(layout.plan, chance)

    def draw(self, number: int) -> None:
        """Draw the units of a stage within those drawn before."""
        layout, here = self.layout, self.layout.stages[number]
        is_last = number == len(layout.stages) - 1
        reserves = layout.plan.reserves if is_last else None
        if here.is_position:
            groups = position_groups(layout, self.is_drawn)
            takes = takes_of(layout, number, groups, self.carried, self.chance)
            self.drawn.append(self._positions(here, groups, takes, reserves))
            return
        groups = groups_of(layout, number, self.is_drawn)
        takes = takes_of(layout, number, groups, self.carried, self.chance)
        chances = chances_of(here, groups, takes)
        stage = StageDrawing(self.chance, layout, here, groups, takes, chances)
        if is_last and self.start is not None:
            stage.uniform = self._permanent(groups.unit)
        picked = stage.pick(reserves)
        place = picked.place
        p = chances.at(place, picked.group)
        is_certain = None if chances.is_certain is None else chances.is_certain[place]
        found = self._found(here, groups, picked, groups.unit[place], p, is_certain)
        self.drawn.append(found)
        if not is_last:
            self._carry(here, found)

    def _permanent(self, row: Whole) -> Real:
        """Return permanent numbers as seen from where the draw begins, from 0 below 1."""
        person = self.layout.frame.measures["prn"][row]
        return np.multiply((person - (self.start or 0)) % CIRCLE, UNIT, dtype=np.float64)

    def _found(
        self,
        here: StageLayout,
        groups: Groups,
        picked: Picked,
        unit: Whole,
        probability: Real,
        is_certain: Flags | None = None,
    ) -> _Drawn:
        group = picked.group
        if is_certain is None:
            is_certain = np.full(len(group), here.stage.method == ALL)
        draw = StageDraw(
            name=here.stage.unit,
            method=here.stage.method,
            unit=unit,
            stratum=groups.stratum[group],
            strata=groups.strata,
            probability=probability,
            population=groups.population[group],
            drawn=np.bincount(group[picked.reserve == 0], minlength=groups.n)[group],
            certain=np.bincount(group[is_certain], minlength=groups.n)[group],
            is_certain=is_certain,
        )
        return _Drawn(draw.unit, groups.parent[group], picked, draw)

    def _positions(
        self, here: StageLayout, groups: Groups, takes: Takes, reserves: Reserves | None
    ) -> _Drawn:
        """Draw positions within each unit drawn before."""
        paths = self._paths(here, groups.parent)
        p = takes.expected / groups.population
        picked = positions.draw(here, groups.population, takes.n, p, paths, self.chance, reserves)
        return self._found(here, groups, picked, picked.place + 1, p[picked.group])

    def _paths(self, here: StageLayout, unit: Whole) -> list[str]:
        """Return the codes of some units above positions, after those of the units above them."""
        found: list[list[str]] = []
        for layout in reversed(self.layout.stages[: here.number - 1]):
            found.insert(0, layout.units.codes(self.layout.frame, unit))
            unit = layout.units.parent[unit].astype(np.int64)
        return [joined(path) for path in zip(*found, strict=True)]

    def _carry(self, here: StageLayout, found: _Drawn) -> None:
        """Keep which units were drawn, and their probabilities, for the next stage."""
        before = 1.0 if self.carried is None else self.carried[found.above]
        self.is_drawn = np.zeros(here.units.n, dtype=np.bool_)
        self.is_drawn[found.unit] = True
        self.carried = np.zeros(here.units.n)
        self.carried[found.unit] = before * found.draw.probability

    def selection(self) -> Selection:
        """Put the stages together, one element per case."""
        last = self.drawn[-1]
        draws = [last.draw]
        unit = last.above
        for number in range(len(self.drawn) - 2, -1, -1):
            found = self.drawn[number]
            place = np.zeros(self.layout.stages[number].units.n, dtype=np.int64)
            place[found.unit] = np.arange(len(found.unit))
            draws.insert(0, _at(found.draw, place[unit]))
            unit = self.layout.stages[number].units.parent[unit].astype(np.int64)
        here = self.layout.stages[-1]
        is_position = here.is_position
        row = here.units.row[last.above if is_position else last.unit]
        position = last.draw.unit if is_position else np.zeros(len(row), dtype=np.int64)
        person = self.layout.person_probability
        overall = np.ones(len(row)) if person is None else person[row]
        chosen = None if person is None else overall
        for draw in draws:
            overall = overall * draw.probability
        return Selection(
            layout=self.layout,
            chance=self.chance,
            row=row,
            position=position,
            stages=tuple(draws),
            group=last.picked.group.astype(np.int64),
            order=last.picked.order,
            reserve=last.picked.reserve,
            person_probability=chosen,
            probability=overall,
            start=self.start,
        )


def _at(draw: StageDraw, place: Whole) -> StageDraw:
    return replace(
        draw,
        unit=draw.unit[place],
        stratum=draw.stratum[place],
        probability=draw.probability[place],
        population=draw.population[place],
        drawn=draw.drawn[place],
        certain=draw.certain[place],
        is_certain=draw.is_certain[place],
    )
