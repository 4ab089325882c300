"""Drawing the units of one stage: columns or rows of a frame, within groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.chance import Chance
from surveys.sampling.frame import Frame
from surveys.sampling.layout import Groups, Layout, StageLayout
from surveys.sampling.methods import listed, ordered, sampford
from surveys.sampling.methods.ordered import CERTAIN, MAIN, REST, Picked
from surveys.sampling.methods.probabilities import Probabilities
from surveys.sampling.schema import (
    ALL,
    CIRCULAR,
    PARETO,
    PPS,
    PPS_SYSTEMATIC,
    RANDOM_SIZE,
    SAMPFORD,
    SRS,
    Reserves,
)
from surveys.sampling.takes import PARTS, Takes

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]


def reserves_of(reserves: Reserves | None, main: Whole) -> Whole:
    """Return the number of reserves for numbers of main units; none where there is none."""
    if reserves is None:
        return np.zeros(len(main), dtype=np.int64)
    if reserves.share is None:
        return np.where(main > 0, reserves.take or 0, 0)
    return -(-int(reserves.share * PARTS) * main // PARTS)


class StageDrawing:
    """The draw of one stage of columns or rows."""

    def __init__(
        self,
        chance: Chance,
        layout: Layout,
        here: StageLayout,
        groups: Groups,
        takes: Takes,
        chances: Probabilities,
    ) -> None:
        self.chance, self.layout, self.here = chance, layout, here
        self.groups, self.takes, self.chances = groups, takes, chances
        self.uniform: Real | None = None

    def numbers(self) -> Real:
        """Return the random number of each unit that can be drawn."""
        if self.uniform is not None:
            return self.uniform
        return self._stream("stage")

    def _stream(self, name: str) -> Real:
        label = f"{name}/{self.here.number}"
        return self.chance.uniform(label, self.here.units.n, self.groups.unit)

    def pick(self, reserves: Reserves | None) -> Picked:
        """Draw main units and reserves."""
        method = self.here.stage.method
        if method in (SRS, PARETO, ALL):
            return self._by_order(reserves)
        return self._by_rule(reserves)

    def _by_order(self, reserves: Reserves | None) -> Picked:
        """Draw the first units in the order of a key; what follows are the reserves."""
        group, n, chances = self.groups.group, self.takes.n, self.chances
        place = None
        if self.here.stage.method == ALL:
            keys, rank = np.zeros(len(group)), None
        elif self.here.stage.method == SRS:
            keys, rank = self.numbers(), _rank(chances.is_certain)
            if chances.is_certain is not None:
                keys[chances.is_certain] = 0.0
        else:
            keys, rank, place = self._pareto()
            group = group[place]
            n = np.minimum(n, np.bincount(group, minlength=len(n)))
        spare = reserves_of(reserves, n)
        if chances.of_group is not None:
            # Where only certain units are drawn, nobody else has a chance to stand in for.
            spare = np.where(chances.of_group > 0, spare, 0)
        picked = ordered.first_of(group, keys, rank, n, spare)
        return picked if place is None else replace(picked, place=place[picked.place])

    def _pareto(self) -> tuple[Real, NDArray[np.int8] | None, Whole]:
        p = self.chances.at(np.arange(len(self.groups.unit)), self.groups.group)
        place = np.flatnonzero(p > 0)
        rank = _rank(self.chances.is_certain)
        keys = ordered.pareto_key(self.numbers()[place], p[place])
        return keys, None if rank is None else rank[place], place

    def _by_rule(self, reserves: Reserves | None) -> Picked:
        """Draw main units first, then reserves among the rest."""
        groups = self.groups
        everything = np.arange(len(groups.unit))
        p = self.chances.at(everything, groups.group)
        certain = self.chances.is_certain
        is_certain = np.zeros(len(p), dtype=np.bool_) if certain is None else certain
        rest = np.flatnonzero(~is_certain & (p > 0))
        is_main, main_key, rest_key = self._rule(rest, p)
        rank = np.full(len(p), REST, dtype=np.int8)
        rank[rest[is_main]] = MAIN
        rank[is_certain] = CERTAIN
        keys = np.zeros(len(p))
        keys[rest] = np.where(is_main, main_key, rest_key)
        can = np.flatnonzero(p > 0)
        n = np.bincount(groups.group[rank < REST], minlength=groups.n)
        picked = ordered.first_of(
            groups.group[can], keys[can], rank[can], n, reserves_of(reserves, n)
        )
        return replace(picked, place=can[picked.place])

    def _rule(self, rest: Whole, p: Real) -> tuple[Flags, Real, Real]:
        """Return who is drawn of those left to chance, their order, and that of the others."""
        method = self.here.stage.method
        if method in RANDOM_SIZE:
            u = self.numbers()[rest]
            key = u / p[rest]
            return u < p[rest], key, key
        other = self._stream("reserves")[rest]
        if method in PPS:
            other = ordered.pareto_key(other, p[rest])
        if method == SAMPFORD:
            return self._sampford(rest, p), np.arange(len(rest), dtype=np.float64), other
        group = self.groups.group[rest]
        order = list_of(self.here, self.layout.frame, self.groups.unit[rest], group, self.chance)
        main_key = np.empty(len(rest))
        main_key[order] = np.arange(len(rest))
        return self._intervals(rest, order), main_key, other

    def _left(self) -> Whole:
        """Return how many units of each group are left to chance, shape (n_groups,)."""
        certain = self.chances.is_certain
        if certain is None:
            return self.takes.n
        count = np.bincount(self.groups.group[certain], minlength=self.groups.n)
        return np.maximum(np.subtract(self.takes.n, count, dtype=np.int64), 0)

    def _sampford(self, rest: Whole, p: Real) -> Flags:
        u = self.numbers()[rest]
        group, left = self.groups.group[rest], self._left()
        by_group = np.argsort(group, kind="stable")
        ends = np.cumsum(np.bincount(group, minlength=self.groups.n))
        found = np.zeros(len(rest), dtype=np.bool_)
        for number, place in enumerate(np.split(by_group, ends[:-1])[: self.groups.n]):
            if left[number] > 0 and len(place) > 0:
                found[place] = sampford.draw(p[rest][place], int(left[number]), u[place])
        return found

    def _intervals(self, rest: Whole, order: Whole) -> Flags:
        groups = self.groups
        first = np.zeros(groups.n, dtype=np.int64)
        first[groups.group[::-1]] = np.arange(len(groups.group) - 1, -1, -1)
        start, group = self.numbers()[first], groups.group[rest]
        if self.here.stage.method == CIRCULAR:
            return listed.round_the_circle(order, group, self._left(), start)
        size = np.ones(len(rest), dtype=np.int64)
        if self.here.stage.method == PPS_SYSTEMATIC and self.here.size is not None:
            size = self.here.size[groups.unit[rest]]
        return listed.at_intervals(order, group, size, self._left(), start)


def list_of(
    here: StageLayout, frame: Frame, unit: Whole, group: NDArray[np.int32], chance: Chance
) -> Whole:
    """Return the order in which a stage lists units, group after group, shape (m,)."""
    stage = here.stage
    columns: list[Whole] = []
    for name in stage.order:
        if name in frame.measures:
            columns.append(here.units.total(frame.measures[name])[unit])
        else:
            columns.append(frame.categories[name].codes[here.units.row[unit]].astype(np.int64))
    ties = None
    if stage.ties == "random":
        ties = chance.whole(f"ties/{here.number}", here.units.n, unit)
    return listed.list_order(group, columns, ties, is_serpentine=stage.sort == "serpentine")


def _rank(is_certain: Flags | None) -> NDArray[np.int8] | None:
    if is_certain is None:
        return None
    return np.where(is_certain, CERTAIN, MAIN).astype(np.int8)
