"""Distributions of weights that are not all held: ranks by counting leading bits.

Positive floats are in the order of their bits. So the numbers at given ranks
are found by counting how many begin with the same 16 bits, then, among those
that begin as they do, the next 16, and so on: four passes, whatever there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.weights.diagnostics import QUANTILES, Spread

Values: TypeAlias = NDArray[np.float64]
Passes: TypeAlias = Callable[[], Iterator[Sequence[Values]]]
"""Goes through all rows: columns of not negative numbers, some rows at a time."""

BITS: Final = 16
LEVELS: Final = 64 // BITS


@dataclass(slots=True)
class _Sums:
    """Of one column."""

    n: int = 0
    n_zero: int = 0
    low: float = np.inf
    high: float = -np.inf
    total: list[float] = field(default_factory=list)
    squares: list[float] = field(default_factory=list)

    def include(self, values: Values) -> None:
        inside = values[values != 0]
        self.n += len(inside)
        self.n_zero += len(values) - len(inside)
        if len(inside):
            self.low = min(self.low, float(inside.min()))
            self.high = max(self.high, float(inside.max()))
            self.total.append(float(inside.sum()))
            self.squares.append(float(inside @ inside))


class _Ranks:
    """Looks for the numbers at some ranks of one column."""

    def __init__(self, ranks: NDArray[np.int64]) -> None:
        self._left = ranks.copy()
        self._begins = np.zeros(len(ranks), dtype=np.uint64)
        self._counts: dict[int, NDArray[np.int64]] = {}

    def count(self, values: Values, level: int) -> None:
        """Count the next bits of those that begin as wanted."""
        bits = (values[values != 0] + 0.0).view(np.uint64)
        shift = np.uint64(64 - BITS * (level + 1))
        begin = bits >> (shift + np.uint64(BITS)) if level else np.zeros_like(bits)
        following = ((bits >> shift) & np.uint64(2**BITS - 1)).astype(np.int64)
        for wanted in np.unique(self._begins):
            here = following[begin == wanted]
            counts = np.bincount(here, minlength=2**BITS)
            self._counts[int(wanted)] = self._counts.get(int(wanted), 0) + counts

    def narrow(self) -> None:
        """Choose the next bits of each rank."""
        for k, begin in enumerate(self._begins.tolist()):
            before = np.cumsum(self._counts[begin])
            found = int(np.searchsorted(before, self._left[k], side="right"))
            self._left[k] -= before[found - 1] if found else 0
            self._begins[k] = np.uint64((begin << BITS) + found)
        self._counts = {}

    @property
    def values(self) -> Values:
        """The numbers, when all bits are known."""
        return self._begins.view(np.float64)


def spreads(passes: Passes, n_columns: int) -> list[Spread]:
    """Describe columns of weights, not negative, as ``Spread.of`` does.

    Parameters
    ----------
    passes : callable
    n_columns : int
    """
    sums = [_Sums() for _ in range(n_columns)]
    for columns in passes():
        for one, values in zip(sums, columns, strict=True):
            one.include(values)
    places = [np.array(QUANTILES) * max(one.n - 1, 0) for one in sums]
    ranks = [
        _Ranks(np.concatenate([np.floor(place), np.ceil(place)]).astype(np.int64))
        for place in places
    ]
    for level in range(LEVELS):
        for columns in passes():
            for looking, values in zip(ranks, columns, strict=True):
                looking.count(values, level)
        for looking, one in zip(ranks, sums, strict=True):
            if one.n:
                looking.narrow()
    found = zip(sums, ranks, places, strict=True)
    return [_spread(one, looking.values, place) for one, looking, place in found]


def _spread(sums: _Sums, values: Values, place: Values) -> Spread:
    if not sums.n:
        nan = float("nan")
        nothing = (nan,) * len(QUANTILES)
        return Spread(0, sums.n_zero, 0, 0.0, nan, nan, nothing, nan, 0.0)
    below, above = values[: len(place)], values[len(place) :]
    quantiles = below + (above - below) * (place - np.floor(place))
    total = fsum(sums.total)
    effective_n = total**2 / fsum(sums.squares)
    return Spread(
        n=sums.n,
        n_zero=sums.n_zero,
        n_negative=0,
        total=total,
        smallest=sums.low,
        largest=sums.high,
        quantiles=tuple(quantiles.tolist()),
        design_effect=sums.n / effective_n,
        effective_n=effective_n,
    )


def spread_of_groups(values: Values, times: Values) -> Spread:
    """Describe numbers that several rows have in common, as ``Spread.of`` does.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
    times : ndarray of float64, shape (n,)
        How many rows have each.
    """
    used = (times > 0) & (values != 0)
    order = np.argsort(values[used])
    inside, each = values[used][order], times[used][order]
    n_zero = int(times[(times > 0) & (values == 0)].sum())
    n = int(each.sum())
    if not n:
        nan = float("nan")
        return Spread(0, n_zero, 0, 0.0, nan, nan, (nan,) * len(QUANTILES), nan, 0.0)
    ends = np.cumsum(each)
    place = np.array(QUANTILES) * (n - 1)
    below, above = (
        inside[np.searchsorted(ends, rank, side="right")]
        for rank in (np.floor(place), np.ceil(place))
    )
    total, squares = float(each @ inside), float(each @ inside**2)
    effective_n = total**2 / squares
    return Spread(
        n=n,
        n_zero=n_zero,
        n_negative=int(each[inside < 0].sum()),
        total=total,
        smallest=float(inside[0]),
        largest=float(inside[-1]),
        quantiles=tuple((below + (above - below) * (place - np.floor(place))).tolist()),
        design_effect=n / effective_n if effective_n > 0 else float("nan"),
        effective_n=effective_n,
    )
