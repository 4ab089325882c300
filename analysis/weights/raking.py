"""Raking: weights that add up to several margins of the population at once.

Rows that share their category in every margin share one factor. So the rows
are added up to joint cells, the cells are raked, and the factors are spread
back over the rows: two passes over the rows, whatever the number of
iterations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.errors import UnequalLengthsError
from analysis.weights.cells import Margin
from analysis.weights.diagnostics import (
    FEW_RESPONDENTS,
    CellReport,
    Fit,
    KnownTotals,
    relative_distance,
)
from analysis.weights.errors import (
    CalibrationNotConvergedError,
    MissingCategoryError,
    TotalsDisagreeError,
)
from analysis.weights.keys import JointCells, multiply_by, sum_by
from analysis.weights.nonresponse import cell_notes
from analysis.weights.step import Adjusted, Plain, Regression, checked

Values = NDArray[np.float64]

TOLERANCE: Final = 1e-10
MAX_ITERATIONS: Final = 200
AGREEMENT: Final = 1e-9
"""Relative difference up to which sums of margins are the same number."""


@dataclass(frozen=True, slots=True, eq=False)
class RakedCells:
    """What became of joint cells.

    Attributes
    ----------
    factor : ndarray of float64, shape (k,)
    iterations : int
        Rounds through all margins.
    distance : float
        Largest relative distance to a total.
    """

    factor: Values
    iterations: int
    distance: float


def rake_cells(
    weight: Values,
    codes: Sequence[NDArray[np.integer]],
    totals: Sequence[Values],
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> RakedCells:
    """Fit a table to its margins by proportions, one margin after the other.

    Parameters
    ----------
    weight : ndarray of float64, shape (k,)
        Weight of each joint cell.
    codes : sequence of ndarray of int, shape (k,)
        Category of each joint cell in each margin.
    totals : sequence of ndarray of float64
        Total of each category of each margin; not checked here.
    tolerance : float
        Largest relative distance to a total that is good enough.
    max_iterations : int
        Rounds through all margins.

    Returns
    -------
    RakedCells
        As far as it came; the caller judges ``distance``.

    Notes
    -----
    Iterative proportional fitting [DemingStephan1940].
    """
    raked = weight.copy()
    distance, iterations = np.inf, 0
    while distance > tolerance and iterations < max_iterations:
        moved = 0.0
        for code, total in zip(codes, totals, strict=True):
            sums = _sum_codes(code, raked, len(total))
            moved = max(moved, float(np.max(relative_distance(sums, total))))
            raked *= (total / np.where(sums > 0, sums, 1.0))[code]
        iterations += 1
        # Looking at all margins together costs as much as a round: not before it may be over.
        if moved <= tolerance or iterations == max_iterations:
            distance = _farthest(raked, codes, totals)
    factor = np.where(weight > 0, raked / np.where(weight > 0, weight, 1.0), 1.0)
    return RakedCells(factor, iterations, distance)


@dataclass(frozen=True, slots=True, eq=False)
class Rake(Plain):
    """Rake to margins; made by ``Rake.to``.

    Attributes
    ----------
    margins : tuple of Margin
    joint : JointCells
        Respondents by their category in all margins.
    tolerance : float
        Largest relative distance to a total that is good enough.
    max_iterations : int
    minimum : int
        Categories with fewer respondents are pointed out.
    regression : Regression
        For the variance; by derivative it is the weights after.
    """

    name: ClassVar[str] = "rake"

    margins: tuple[Margin, ...]
    joint: JointCells
    tolerance: float = TOLERANCE
    max_iterations: int = MAX_ITERATIONS
    minimum: int = FEW_RESPONDENTS
    regression: Regression = Regression.BEFORE

    @classmethod
    def to(
        cls,
        margins: Sequence[Margin],
        *,
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
        reconcile: bool = False,
        minimum: int = FEW_RESPONDENTS,
        regression: Regression = Regression.BEFORE,
    ) -> Rake:
        """Prepare raking.

        Parameters
        ----------
        margins : sequence of Margin
            Of the same respondents and the same population.
        tolerance, max_iterations, minimum, regression
            See the attributes.
        reconcile : bool
            Where margins add up to different totals, scale all to the sum of
            the first, instead of refusing.

        Raises
        ------
        UnequalLengthsError
            Margins are about different numbers of respondents.
        TotalsDisagreeError
            Margins add up to different totals.
        """
        if len({margin.cells.n for margin in margins}) != 1:
            raise UnequalLengthsError(margins=[margin.cells.n for margin in margins])
        sums = [float(np.nansum(margin.totals)) for margin in margins]
        if reconcile:
            margins = [
                Margin(margin.cells, margin.totals * (sums[0] / total), margin.name)
                for margin, total in zip(margins, sums, strict=True)
            ]
        elif max(sums) - min(sums) > AGREEMENT * max(sums):
            raise TotalsDisagreeError(
                **{
                    margin.name or f"margin {number}": total
                    for number, (margin, total) in enumerate(zip(margins, sums, strict=True), 1)
                }
            )
        joint = JointCells.of(
            [margin.cells.key for margin in margins],
            [margin.cells.n_cells + 1 for margin in margins],
        )
        return cls(tuple(margins), joint, tolerance, max_iterations, minimum, regression)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError, CellsWithoutTotalError
            Sample and population do not have the same categories.
        MissingCategoryError
            A respondent with weight has no category in some margin.
        CalibrationNotConvergedError
            The totals were not reached in the iterations allowed; often
            because joint cells are empty in the sample.
        """
        joint = self.joint
        before = checked(weight, len(joint.key))
        cell_weight = sum_by(joint.key, before, joint.size)[joint.present]
        sums = self._sums(cell_weight)
        totals = [margin.checked(found) for margin, found in zip(self.margins, sums, strict=True)]
        raked = self._raked(cell_weight, totals)
        known = KnownTotals(
            tuple(name for margin in self.margins for name in margin.names),
            np.concatenate(totals),
            np.concatenate(sums),
            np.concatenate(self._sums(cell_weight * raked.factor)),
        )
        if raked.distance > self.tolerance:
            raise CalibrationNotConvergedError(
                step=self.name,
                iterations=raked.iterations,
                distance=raked.distance,
                worst=known.names[int(np.argmax(known.distance_after))],
            )
        factor = np.ones(joint.size)
        factor[joint.present] = raked.factor
        after = multiply_by(joint.key, factor, before)
        report = self._report(before, known)
        fit = Fit(raked.iterations, raked.distance, np.empty(0))
        notes = cell_notes(report)
        slope = None if self.regression is Regression.BEFORE else after
        return Adjusted(self, before, after, report, known, fit, notes, slope)

    def calibration(self, before: Values) -> Calibration:
        """Return the indicators of all margins."""
        indicators = [margin.cells.indicators() for margin in self.margins]
        return Calibration(np.concatenate(indicators, axis=1), before)

    def _raked(self, cell_weight: Values, totals: Sequence[Values]) -> RakedCells:
        """Rake the joint cells that hold weight; the others keep factor 1."""
        inside = cell_weight > 0
        raked = rake_cells(
            cell_weight[inside],
            [code[inside] for code in self.joint.codes],
            totals,
            tolerance=self.tolerance,
            max_iterations=self.max_iterations,
        )
        factor = np.ones(len(cell_weight))
        factor[inside] = raked.factor
        return RakedCells(factor, raked.iterations, raked.distance)

    def _sums(self, values: Values) -> list[Values]:
        """Add joint cells up to the categories of each margin."""
        found = []
        for code, margin in zip(self.joint.codes, self.margins, strict=True):
            sums = _sum_codes(code, values, margin.cells.n_cells + 1)
            if sums[-1] > 0:
                raise MissingCategoryError(margin=margin.name, weight=float(sums[-1]))
            found.append(sums[:-1])
        return found

    def _report(self, before: Values, known: KnownTotals) -> CellReport:
        """Describe the categories of all margins, one after the other."""
        joint = self.joint
        counts, times = joint.n, self.margins[0].cells.times
        if times is not None or not before.all():
            each = before > 0 if times is None else (before > 0) * times
            counts = sum_by(joint.key, each, joint.size)[joint.present]
        return CellReport(
            tuple((name,) for name in known.names),
            np.concatenate(self._sums(counts)).astype(np.int64),
            known.before,
            known.after,
            known.after / np.where(known.before > 0, known.before, 1.0),
            self.minimum,
        )


def _farthest(
    weight: Values, codes: Sequence[NDArray[np.integer]], totals: Sequence[Values]
) -> float:
    """Return the largest relative distance to a total."""
    return max(
        float(np.max(relative_distance(_sum_codes(code, weight, len(total)), total)))
        for code, total in zip(codes, totals, strict=True)
    )


def _sum_codes(code: NDArray[np.integer], values: Values, size: int) -> Values:
    return np.bincount(code, weights=values, minlength=size).astype(np.float64, copy=False)
