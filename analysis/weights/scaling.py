"""Scaling weights, and putting rounds of a survey together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analysis.weights.cells import Cells
from analysis.weights.diagnostics import CellReport
from analysis.weights.errors import BadShareError, BadTotalError, EmptyCellsError
from analysis.weights.step import Adjusted, FixedFactor, Uncalibrated, WeightStep, checked

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scale(Uncalibrated):
    """Multiply all weights of a cell so that they add up to a total.

    No reservation about variances follows from it: the factor is treated as a
    constant, in replicates it is scaled to the same totals again.

    Attributes
    ----------
    cells : Cells
        E.g. rounds; ``Cells.whole(n)`` for one total.
    totals : ndarray of float64, shape (n_cells,), optional
        Without it, the number of rows with weight: weights of mean one.
    """

    name: ClassVar[str] = "scale"

    cells: Cells
    totals: Values | None = None

    def __post_init__(self) -> None:
        if self.totals is None:
            return
        good = len(self.totals) == self.cells.n_cells and bool(np.all(self.totals > 0))
        if not good or not np.isfinite(self.totals).all():
            raise BadTotalError(step=self.name)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError
            Cells without weight.
        """
        before = checked(weight, self.cells.n, signed=True)
        sums = self.cells.sums(before)
        counts = self.cells.counts(before != 0)
        empty = sums <= 0
        if empty.any():
            raise EmptyCellsError([self.cells.labels[cell] for cell in np.flatnonzero(empty)])
        totals = counts.astype(np.float64) if self.totals is None else self.totals
        factor = totals / sums
        report = CellReport(self.cells.labels, counts, sums, totals, factor, minimum=0)
        return Adjusted(self, before, self.cells.multiply(factor, before), report)

    def repeat(self, adjusted: Adjusted) -> WeightStep:
        """Scale to the totals of the full sample."""
        if adjusted.cells is None:
            return self
        return Scale(self.cells, adjusted.cells.after)


class Shares(StrEnum):
    """How much each round counts.

    ``EFFECTIVE``: in proportion to Kish's effective size, which is best for
    means that do not change. ``SAMPLE``: to the number of respondents.
    ``EQUAL``: the same, which is the mean of the rounds.
    """

    EFFECTIVE = "effective"
    SAMPLE = "sample"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True, eq=False)
class CombineRounds(Uncalibrated):
    """Weigh rounds of a survey together: weights times the share of their round.

    The weights of each round stand for its whole population; afterwards all
    rounds together stand for the mean of their populations, weighted by the
    shares, and a total is the same mean of the totals of the rounds.

    Attributes
    ----------
    rounds : Cells
    shares : Shares, or ndarray of float64, shape (n_rounds,)
        Given shares are not negative and add up to one.

    Notes
    -----
    [ThomasWannell2009]. In replicates the shares are
    those of the full sample.
    """

    name: ClassVar[str] = "combine"

    rounds: Cells
    shares: Shares | Values = Shares.EFFECTIVE

    def __post_init__(self) -> None:
        if isinstance(self.shares, Shares):
            return
        good = len(self.shares) == self.rounds.n_cells and bool(np.all(self.shares >= 0))
        if not good or abs(float(self.shares.sum()) - 1.0) > 1e-9:
            raise BadShareError(shares=self.shares.tolist())

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError
            Rounds without weight.
        """
        before = checked(weight, self.rounds.n, signed=True)
        sums = self.rounds.sums(before)
        if np.any(sums <= 0):
            empty = np.flatnonzero(sums <= 0)
            raise EmptyCellsError([self.rounds.labels[cell] for cell in empty])
        factor = self._shares(before)
        counts = self.rounds.counts(before != 0)
        report = CellReport(self.rounds.labels, counts, sums, sums * factor, factor, minimum=0)
        return Adjusted(self, before, self.rounds.multiply(factor, before), report)

    def repeat(self, adjusted: Adjusted) -> WeightStep:
        """Multiply by the same shares."""
        return FixedFactor(adjusted.factor)

    def _shares(self, weight: Values) -> Values:
        if not isinstance(self.shares, Shares):
            return self.shares
        if self.shares is Shares.EQUAL:
            size = np.ones(self.rounds.n_cells)
        elif self.shares is Shares.SAMPLE:
            size = self.rounds.counts(weight != 0).astype(np.float64)
        else:
            size = self.rounds.sums(weight) ** 2 / self.rounds.sums(weight**2)
        return np.asarray(size / size.sum())
