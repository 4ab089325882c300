"""Calibration: weights as close as possible to those before that meet known totals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.errors import UnequalLengthsError
from analysis.results import Note
from analysis.weights.diagnostics import Fit, KnownTotals
from analysis.weights.distance import Bounds, Distance, DistanceKind, distance_of
from analysis.weights.errors import (
    BadBoundsError,
    BadTotalError,
    CalibrationImpossibleError,
    CalibrationNotConvergedError,
)
from analysis.weights.newton import Problem, Solution, is_impossible, solve
from analysis.weights.step import Adjusted, Plain, Regression, checked

Values = NDArray[np.float64]

TOLERANCE: Final = 1e-10
MAX_ITERATIONS: Final = 100


class BoundsOn(StrEnum):
    """What bounds are about: the ratio of weights, or the weight after."""

    RATIO = "ratio"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True, eq=False)
class Calibrate(Plain):
    """Calibrate to totals of auxiliary variables; made by ``Calibrate.to``.

    Attributes
    ----------
    auxiliary : ndarray of float64, shape (n, p)
    target : ndarray of float64, shape (p,)
        Known totals.
    names : tuple of str
        Of the totals.
    distance : DistanceKind
    bounds : tuple of float
        Lower and upper, infinite where there is none.
    bounds_on : BoundsOn
    tolerance : float
        Largest distance from a total that is good enough, relative to the
        total (or to the sum without signs where terms cancel).
    max_iterations : int
    regression : Regression
        For the variance.
    times : ndarray of float64, shape (n,), optional
        How many respondents with weight each row stands for; one without it.

    Notes
    -----
    [DevilleSarndal1992; DevilleSarndalSautory1993]. Bounded linear and bounded
    raking cut ratios off at the bounds, as ``calibrate(bounds =)`` of R ``survey``
    does. Variables may depend on each other as long as their totals do too.
    """

    name: ClassVar[str] = "calibrate"

    auxiliary: Values
    target: Values
    names: tuple[str, ...]
    distance: DistanceKind = DistanceKind.LINEAR
    bounds: tuple[float, float] = (-np.inf, np.inf)
    bounds_on: BoundsOn = BoundsOn.RATIO
    tolerance: float = TOLERANCE
    max_iterations: int = MAX_ITERATIONS
    regression: Regression = Regression.BEFORE
    times: Values | None = None

    @classmethod
    def to(
        cls,
        auxiliary: Values,
        target: Values,
        names: tuple[str, ...] | None = None,
        *,
        distance: DistanceKind = DistanceKind.LINEAR,
        bounds: tuple[float | None, float | None] = (None, None),
        bounds_on: BoundsOn = BoundsOn.RATIO,
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
        regression: Regression = Regression.BEFORE,
    ) -> Calibrate:
        """Prepare calibration.

        Parameters
        ----------
        auxiliary : ndarray of numbers, shape (n, p)
            Finite; a column of ones calibrates to the size of the population.
        target : ndarray of float, shape (p,)
        names : tuple of str, optional
            For messages; without it, numbers from 1.
        distance, bounds, bounds_on, tolerance, max_iterations, regression
            See the attributes; None for no bound.

        Raises
        ------
        UnequalLengthsError
            Variables, totals and names are not equally many.
        BadTotalError
            A variable or a total is not finite.
        BadBoundsError
            The bounds are in the wrong order, or missing for ``LOGIT``; or the
            derivative is asked for with bounds on weights, which have no such form.
        """
        columns = np.asarray(auxiliary, dtype=np.float64)
        totals = np.asarray(target, dtype=np.float64)
        called = names or tuple(str(number + 1) for number in range(len(totals)))
        if columns.ndim != 2 or not columns.shape[1] == len(totals) == len(called):
            raise UnequalLengthsError(auxiliary=columns.shape, totals=len(totals))
        finite = np.isfinite(totals) & np.isfinite(columns).all(axis=0)
        if not finite.all():
            raise BadTotalError(total=called[int(np.argmin(finite))])
        ends = (
            -np.inf if bounds[0] is None else float(bounds[0]),
            np.inf if bounds[1] is None else float(bounds[1]),
        )
        step = cls(
            columns,
            totals,
            called,
            distance,
            ends,
            bounds_on,
            tolerance,
            max_iterations,
            regression,
        )
        if bounds_on is BoundsOn.RATIO:
            step._distance(np.ones(1))
        elif regression is Regression.DERIVATIVE and np.isfinite(ends).any():
            raise BadBoundsError(reason="derivative-needs-bounds-on-ratio")
        return step

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,); who has none gets none.

        Raises
        ------
        CalibrationImpossibleError
            No weights within the bounds meet the totals.
        CalibrationNotConvergedError
            They were not found in the iterations allowed.
        BadBoundsError
            Bounds on the weight leave a weight no room.
        """
        before = checked(weight, len(self.auxiliary))
        there = before > 0
        base = before[there]
        problem = Problem(
            self.auxiliary if there.all() else self.auxiliary[there], base, self.target, self.names
        )
        distance = self._distance(base)
        found = solve(
            problem, distance, tolerance=self.tolerance, max_iterations=self.max_iterations
        )
        if not found.distance <= self.tolerance:
            self._refuse(problem, distance, found)
        after = before.copy()
        after[there] = base * found.ratio
        known = KnownTotals(
            self.names, self.target, problem.totals(base), problem.totals(after[there])
        )
        fit = Fit(found.iterations, found.distance, found.multipliers)
        times = None if self.times is None else self.times[there]
        notes = self._notes(found.ratio, distance.bounds, times)
        slope = None
        if self.regression is Regression.DERIVATIVE:
            slope = np.zeros(len(before))
            slope[there] = base * distance.slope(problem.auxiliary @ found.multipliers)
        return Adjusted(self, before, after, None, known, fit, notes, slope)

    def calibration(self, before: Values) -> Calibration:
        """Return the auxiliary variables."""
        return Calibration(self.auxiliary, before)

    def _distance(self, base: Values) -> Distance:
        scale = base if self.bounds_on is BoundsOn.WEIGHT else np.ones(())
        bounds = Bounds(np.asarray(self.bounds[0] / scale), np.asarray(self.bounds[1] / scale))
        return distance_of(self.distance, bounds)

    def _refuse(self, problem: Problem, distance: Distance, found: Solution) -> None:
        if is_impossible(problem, distance):
            raise CalibrationImpossibleError(
                reason="bounds", farthest=found.worst, distance=found.distance
            )
        raise CalibrationNotConvergedError(
            step=self.name,
            iterations=found.iterations,
            distance=found.distance,
            worst=found.worst,
        )

    @staticmethod
    def _notes(ratio: Values, bounds: Bounds, times: Values | None) -> tuple[Note, ...]:
        each = np.ones(len(ratio)) if times is None else times
        notes: tuple[Note, ...] = ()
        n_negative = int(each[ratio < 0].sum())
        if n_negative:
            notes = (*notes, Note("negative-weights", str(n_negative)))
        n_bound = int(each[(ratio <= bounds.lower) | (ratio >= bounds.upper)].sum())
        if n_bound:
            notes = (*notes, Note("at-bounds", str(n_bound)))
        return notes
