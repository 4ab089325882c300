"""Trimming: extreme weights are cut off, the rest is given to the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from analysis.results import Note
from analysis.weights.cells import Cells
from analysis.weights.errors import BadBoundsError, TrimmingImpossibleError
from analysis.weights.step import Adjusted, FixedFactor, Uncalibrated, WeightStep, checked

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

MAX_ROUNDS: Final = 10_000
NOTHING: Final = 1e-15
"""Share of the total that may be cut off in the last round without being given to anybody."""


class Redistribution(StrEnum):
    """Who gets what was cut off.

    ``EQUALLY``: the same amount for everybody who was not trimmed, as
    ``trimWeights`` of R ``survey`` does. ``PROPORTIONALLY``: in proportion to
    their weights. ``NONE``: nobody, the total changes.
    """

    EQUALLY = "equally"
    PROPORTIONALLY = "proportionally"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Trim(Uncalibrated):
    """Cut weights off at bounds.

    Attributes
    ----------
    lower, upper : float
        Bounds on the weights.
    quantiles : tuple of float, optional
        Then the bounds are these quantiles of the weights that are not zero
        (linear interpolation), within ``lower`` and ``upper``.
    strict : bool
        Repeat until nobody is outside; otherwise what is given to the others
        may carry them over a bound.
    redistribution : Redistribution
    within : Cells, optional
        Keep the total of each of these cells, not only of all.
    redo : bool
        Trim replicate weights at the same bounds. By default they get the
        factors of the full sample: weights that a replicate doubles are not
        extreme.

    Notes
    -----
    [Potter1990; KaltonFloresCervantes2003; Valliant2018, ch. 14]. Rows without
    weight stay without.
    """

    name: ClassVar[str] = "trim"

    lower: float = -np.inf
    upper: float = np.inf
    quantiles: tuple[float, float] | None = None
    strict: bool = True
    redistribution: Redistribution = Redistribution.EQUALLY
    within: Cells | None = None
    redo: bool = False

    def __post_init__(self) -> None:
        if not self.lower < self.upper:
            raise BadBoundsError(lower=self.lower, upper=self.upper)
        if self.quantiles is not None and not 0 <= self.quantiles[0] < self.quantiles[1] <= 1:
            raise BadBoundsError(quantiles=self.quantiles)

    def bounds(self, weight: Values) -> tuple[float, float]:
        """Return the bounds for some weights of shape (n,)."""
        if self.quantiles is None:
            return self.lower, self.upper
        low, high = np.quantile(weight[weight != 0], self.quantiles)
        return max(float(low), self.lower), min(float(high), self.upper)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        TrimmingImpossibleError
            The total of a cell cannot be kept within the bounds.
        """
        before = checked(weight, len(weight), signed=True)
        cells = self.within or Cells.whole(len(before))
        lower, upper = self.bounds(before)
        there = before != 0
        outside = there & ((before < lower) | (before > upper))
        after = before
        if outside.any():
            self._check_room(before, there, cells, (lower, upper))
            after = self._trimmed(before, there, cells, (lower, upper))
        left = int((there & ((after < lower) | (after > upper))).sum())
        notes: tuple[Note, ...] = (Note("trimmed", str(int(outside.sum()))),)
        if left:
            notes = (*notes, Note("outside-bounds", str(left)))
        return Adjusted(self, before, after, notes=notes)

    def repeat(self, adjusted: Adjusted) -> WeightStep:
        """Keep the factors of the full sample, unless told to trim again."""
        if not self.redo:
            return FixedFactor(adjusted.factor)
        lower, upper = self.bounds(adjusted.before)
        return Trim(lower, upper, None, self.strict, self.redistribution, self.within, redo=True)

    def _check_room(
        self, weight: Values, there: Mask, cells: Cells, bounds: tuple[float, float]
    ) -> None:
        if self.redistribution is Redistribution.NONE:
            return
        total = cells.sums(weight)
        n = cells.counts(there)
        with np.errstate(invalid="ignore"):
            least, most = (
                np.nan_to_num(n * bounds[0], nan=0.0),
                np.nan_to_num(n * bounds[1], nan=0.0),
            )
        tight = (total < least) | (total > most)
        if self.strict and tight.any():
            raise TrimmingImpossibleError(
                [cells.labels[cell] for cell in np.flatnonzero(tight)],
                lower=bounds[0],
                upper=bounds[1],
            )

    def _trimmed(
        self, weight: Values, there: Mask, cells: Cells, bounds: tuple[float, float]
    ) -> Values:
        total = float(np.abs(weight).sum())
        for _ in range(MAX_ROUNDS if self.strict else 1):
            outside = there & ((weight < bounds[0]) | (weight > bounds[1]))
            if not outside.any():
                return weight
            clipped = np.where(there, np.clip(weight, *bounds), weight)
            excess = cells.sums(weight - clipped)
            if (
                self.redistribution is Redistribution.NONE
                or np.abs(excess).sum() <= NOTHING * total
            ):
                return clipped
            weight = self._given(clipped, there & ~outside, cells, excess)
        if self.strict and np.any(there & ((weight < bounds[0]) | (weight > bounds[1]))):
            raise TrimmingImpossibleError(cells.labels, rounds=MAX_ROUNDS)
        return weight

    def _given(self, weight: Values, takes: Mask, cells: Cells, excess: Values) -> Values:
        """Give what was cut off in each cell to those who take."""
        measure = takes.astype(np.float64)
        if self.redistribution is Redistribution.PROPORTIONALLY:
            measure = np.where(takes, weight, 0.0)
        base = cells.sums(measure)
        nobody = (base == 0) & (excess != 0)
        if nobody.any():
            raise TrimmingImpossibleError([cells.labels[cell] for cell in np.flatnonzero(nobody)])
        return weight + cells.multiply(excess / np.where(base == 0, 1.0, base), measure)
