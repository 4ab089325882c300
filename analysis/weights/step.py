"""One adjustment of weights: what it is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.errors import BadWeightError, UnequalLengthsError
from analysis.results import Note
from analysis.weights.diagnostics import CellReport, Diagnostics, Fit, KnownTotals, Spread

Values = NDArray[np.float64]


class Regression(StrEnum):
    """The weights of the regression whose residuals make the variance.

    ``BEFORE``: those before the step, as R ``survey``.
    ``DERIVATIVE``: those the derivative of the adjusted estimate asks for,
    the weights before times the slope of the distance's function.
    """

    BEFORE = "before"
    DERIVATIVE = "derivative"


class WeightStep(Protocol):
    """An adjustment that was prepared once and can be made to any weights."""

    @property
    def name(self) -> str:
        """Name of the kind of step, e.g. ``"rake"``."""
        ...

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,)."""
        ...

    def repeat(self, adjusted: Adjusted) -> WeightStep:
        """Return what is done to replicate weights after this was done to the full ones.

        Mostly the same step, so that a replicate feels the adjustment; what
        was chosen by looking at the full sample stays chosen.
        """
        ...

    def calibration(self, before: Values) -> Calibration | None:
        """Return what the variance needs, if weights were fitted to known totals."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """Weights before and after a step, and everything worth knowing of it.

    Attributes
    ----------
    step : WeightStep
        What was done.
    before, after : ndarray of float64, shape (n,)
    cells : CellReport, optional
        For steps that work by cells.
    totals : KnownTotals, optional
        For steps that aim at known totals.
    fit : Fit, optional
        For iterative steps.
    notes : tuple of Note
        Reservations.
    regression_weight : ndarray of float64, shape (n,), optional
        See ``Calibration``; only where it is not ``before``.
    described : Diagnostics, optional
        What is to be said of the weights, where rows stand for several respondents.
    """

    step: WeightStep
    before: Values
    after: Values
    cells: CellReport | None = None
    totals: KnownTotals | None = None
    fit: Fit | None = None
    notes: tuple[Note, ...] = ()
    regression_weight: Values | None = None
    described: Diagnostics | None = None

    @property
    def factor(self) -> Values:
        """After over before, shape (n,); 1 where there was no weight."""
        there = self.before != 0
        return np.where(there, self.after / np.where(there, self.before, 1.0), 1.0)

    @property
    def calibration(self) -> Calibration | None:
        """What the variance needs, if weights were fitted to known totals."""
        found = self.step.calibration(self.before)
        if found is None:
            return None
        return replace(found, weight=self.after, regression_weight=self.regression_weight)

    def diagnostics(self) -> Diagnostics:
        """Describe weights before, weights after and the factor among who had weight."""
        if self.described is not None:
            return self.described
        return Diagnostics(
            Spread.of(self.before), Spread.of(self.after), Spread.of(self.factor[self.before != 0])
        )


class Uncalibrated:
    """A step that knows no totals."""

    __slots__ = ()

    def calibration(self, before: Values) -> Calibration | None:  # noqa: ARG002  others use it
        """No totals are known."""
        return None


class Plain(Uncalibrated):
    """A step that knows no totals and is repeated as it is."""

    __slots__ = ()

    def repeat(self, adjusted: Adjusted) -> Self:  # noqa: ARG002  others use it
        """Do the same to replicate weights."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class FixedFactor(Plain):
    """Multiply by factors that are known already.

    Attributes
    ----------
    factor : ndarray of float64, shape (n,)
    """

    name: ClassVar[str] = "factor"

    factor: Values

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,)."""
        before = checked(weight, len(self.factor), signed=True)
        return Adjusted(self, before, before * self.factor)


@dataclass(frozen=True, slots=True, eq=False)
class Restricted:
    """A step made for some rows only; the others keep their weights.

    Attributes
    ----------
    step : WeightStep
        Prepared for the chosen rows alone.
    rows : ndarray of bool, shape (n,)
        Which rows these are.
    """

    step: WeightStep
    rows: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """Name of the step."""
        return self.step.name

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,)."""
        before = checked(weight, len(self.rows), signed=True)
        inner = self._applied(before)
        after = before.copy()
        after[self.rows] = inner.after
        regression = None
        if inner.regression_weight is not None:
            regression = np.zeros(len(before))
            regression[self.rows] = inner.regression_weight
        return Adjusted(
            self, before, after, inner.cells, inner.totals, inner.fit, inner.notes, regression
        )

    def _applied(self, before: Values) -> Adjusted:
        """Adjust the weights of the chosen rows; an error names the row among all."""
        try:
            return self.step.apply(before[self.rows])
        except BadWeightError as error:
            row = np.flatnonzero(self.rows)[int(error.context["row"])]
            raise BadWeightError(row=row, value=error.context["value"]) from error

    def repeat(self, adjusted: Adjusted) -> Restricted:
        """Repeat the step for the same rows."""
        inner = Adjusted(
            self.step,
            adjusted.before[self.rows],
            adjusted.after[self.rows],
            adjusted.cells,
            adjusted.totals,
            adjusted.fit,
        )
        return Restricted(self.step.repeat(inner), self.rows)

    def calibration(self, before: Values) -> Calibration | None:
        """Return the step's own, zero for the other rows."""
        inner = self.step.calibration(before[self.rows])
        if inner is None:
            return None
        auxiliary = np.zeros((len(self.rows), inner.auxiliary.shape[1]))
        auxiliary[self.rows] = inner.auxiliary
        return Calibration(auxiliary, before)


def checked(weight: Values, n: int, *, signed: bool = False) -> Values:
    """Return weights as floating point.

    Raises
    ------
    UnequalLengthsError
        There are not n of them.
    BadWeightError
        One is not finite, or negative where ``signed`` is false.
    """
    weights = np.asarray(weight, dtype=np.float64)
    if weights.shape != (n,):
        raise UnequalLengthsError(weight=weights.shape, rows=n)
    if len(weights):
        # Not a number is neither above nor below anything, and comes through both.
        least, most = float(weights.min()), float(weights.max())
        if not (isfinite(least) and isfinite(most)) or (least < 0 and not signed):
            row = int(np.argmax(~np.isfinite(weights) | (weights < 0)))
            raise BadWeightError(row=row, value=weights[row])
    return weights
