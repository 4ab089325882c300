"""Drawing positions: numbers from 1 on a list that the frame does not hold.

The people or households of a village stand on a list kept there; the draw says which
lines of it are asked. Each unit has its own stream of random numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.chance import Chance
from surveys.sampling.drawing import reserves_of
from surveys.sampling.layout import StageLayout
from surveys.sampling.methods.ordered import Picked
from surveys.sampling.schema import ALL, BERNOULLI, SRS, SYSTEMATIC, Reserves

Whole = NDArray[np.int64]
Real = NDArray[np.float64]


def draw(
    here: StageLayout,
    population: Whole,
    n: Whole,
    p: Real,
    paths: Sequence[str],
    chance: Chance,
    reserves: Reserves | None,
) -> Picked:
    """Draw positions within units.

    Parameters
    ----------
    here : StageLayout
    population : ndarray of int64, shape (n_units,)
        Positions of each unit, at least one.
    n : ndarray of int64, shape (n_units,)
        Positions to draw, at most as many.
    p : ndarray of float64, shape (n_units,)
        Their probability.
    paths : sequence of str
        What each unit is called, which names its random numbers.
    chance : Chance
    reserves : Reserves, optional

    Returns
    -------
    Picked
        ``place`` is the position, from 0; ``group`` the unit.
    """
    spare = reserves_of(reserves, n)
    main: list[Whole] = []
    further: list[Whole] = []
    for number, path in enumerate(paths):
        label = f"{here.number}/{path}"
        one = _Unit(int(population[number]), int(n[number]), float(p[number]), label, chance)
        drawn, rest = one.draw(here.stage.method, is_rest_needed=reserves is not None)
        if here.stage.method == BERNOULLI:
            spare[number] = reserves_of(reserves, np.array([len(drawn)]))[0]
        main.append(drawn)
        further.append(rest[: spare[number]])
    return _together(main, further)


def _together(main: list[Whole], further: list[Whole]) -> Picked:
    n_main = np.array([len(part) for part in main], dtype=np.int64)
    count = n_main + np.array([len(part) for part in further], dtype=np.int64)
    group = np.repeat(np.arange(len(count), dtype=np.int32), count)
    parts = [part for pair in zip(main, further, strict=True) for part in pair]
    place = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    order = np.arange(len(group)) - (np.cumsum(count) - count)[group] + 1
    return Picked(place, group, order, np.maximum(order - n_main[group], 0))


class _Unit:
    """The list of one unit."""

    def __init__(self, size: int, n: int, p: float, label: str, chance: Chance) -> None:
        self.size, self.n, self.p = size, n, p
        self.label, self.chance = label, chance

    def draw(self, method: str, *, is_rest_needed: bool) -> tuple[Whole, Whole]:
        """Return the positions drawn in the order drawn, and the others as reserves follow."""
        everything = np.arange(self.size)
        if method == ALL or (self.n == 0 and method != BERNOULLI):
            return everything[: self.n], everything[:0]
        u = self.chance.uniform(f"stage/{self.label}", self.size)
        if method == SRS:
            order = np.argsort(u, kind="stable")
            return order[: self.n], order[self.n :]
        if method == BERNOULLI:
            order = np.lexsort((u / self.p, u >= self.p)) if self.p > 0 else everything
            n = int((u < self.p).sum())
            return order[:n], order[n:]
        start = min(int(u[0] * self.size), self.size - 1)
        steps = np.arange(self.n)
        if method == SYSTEMATIC:
            drawn = (start + steps * self.size) // self.n
        else:
            drawn = np.sort((start + steps * self.size // self.n) % self.size)
        if not is_rest_needed:
            return drawn, everything[:0]
        other = self.chance.uniform(f"reserves/{self.label}", self.size)
        rest = np.delete(everything, drawn)
        return drawn, rest[np.argsort(other[rest], kind="stable")]
