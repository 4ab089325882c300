"""Survey-weighted generalised linear models: the estimator behind a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.models.basis import Basis, not_converged
from analysis.models.families import Family
from analysis.models.newton import Ascent, Curve, maximise
from analysis.models.rows import cross, predictor, weighted_mean
from analysis.products import multiply
from analysis.variables import Mask, Values


@dataclass(frozen=True, slots=True, eq=False)
class GlmEstimator:
    """Coefficients that solve ``sum(w * x * (y - mean(x @ beta))) = 0``.

    Attributes
    ----------
    family : Family
    response : ndarray of float64, shape (n_rows,)
    basis : Basis
        Of the model matrix, shape (n_rows, p).
    rows : ndarray of int64, shape (n_rows,)
        Respondents the model is about.
    n : int
        Respondents of the design.
    start : ndarray of float64, shape (p,), optional
        Coefficients of the basis to start from.
    """

    family: Family
    response: Values
    basis: Basis
    rows: NDArray[np.int64]
    n: int
    start: Values | None = None

    @property
    def contributes(self) -> Mask:
        """Respondents the model is about, shape (n,)."""
        inside = np.zeros(self.n, dtype=np.bool_)
        inside[self.rows] = True
        return inside

    def value(self, weight: Values) -> Values:
        """Return the coefficients, shape (p,); NaN where the weights allow none."""
        ascent = self._ascent(weight)
        if not ascent.converged:
            return np.full(len(ascent.theta), np.nan)
        return self.basis.back @ ascent.theta

    def influence(self, weight: Values, value: Values) -> Values:
        """Return ``A^-1 x (y - mean)`` with ``A = sum(w * variance * x x')``, shape (n, p).

        The sandwich comes from these [Binder1983].
        """
        theta = self.basis.forth @ value
        curve = _Weighted(self, weight[self.rows]).curve(theta)
        left = self.response - self.family.mean(predictor(self.basis.values, theta))
        bread = self.basis.back @ np.linalg.inv(curve.information) / weight[self.rows].sum()
        found = np.zeros((self.n, len(value)))
        found[self.rows] = multiply(self.basis.values * left[:, None], bread.T)
        return found

    def linear_predictor(self, value: Values) -> Values:
        """Return ``x @ beta``, shape (n_rows,)."""
        return predictor(self.basis.values, self.basis.forth @ value)

    @property
    def n_predicted(self) -> int:
        """Numbers predicted for each respondent: the mean."""
        return 1

    def predict(self, value: Values, matrix: Values) -> Values:
        """Return the mean of each respondent under other explanatory variables.

        Parameters
        ----------
        value : ndarray of float64, shape (p,)
            Coefficients.
        matrix : ndarray of float64, shape (n_rows, p)

        Returns
        -------
        ndarray of float64, shape (n_rows, 1)
        """
        return self.family.mean(predictor(matrix, value))[:, None]

    def mean_slope(self, value: Values, matrix: Values, shares: Values) -> Values:
        """Return the average derivative of the predictions by the coefficients, (1, p)."""
        slope = shares * self.family.variance(predictor(matrix, value))
        return cross(slope[:, None], matrix)

    def deviance(self, weight: Values, value: Values) -> float:
        """Return twice the log-likelihood short of the largest there can be.

        Weights are scaled to a mean of 1 over the rows.
        """
        eta = self.linear_predictor(value)
        each = self.family.saturated(self.response) - (
            self.response * eta - self.family.cumulant(eta)
        )
        return 2.0 * len(each) * weighted_mean(each, weight[self.rows])

    def naive_covariance(self, weight: Values, value: Values) -> Values:
        """Return the inverse information with weights scaled to a mean of 1, shape (p, p)."""
        curve = _Weighted(self, weight[self.rows]).curve(self.basis.forth @ value)
        back = self.basis.back
        return np.asarray(back @ np.linalg.inv(curve.information) @ back.T / len(self.rows))

    def dispersion(self, weight: Values, value: Values) -> float:
        """Return the variance of the Pearson residuals in the population."""
        eta = self.linear_predictor(value)
        left = (self.response - self.family.mean(eta)) / np.sqrt(self.family.variance(eta))
        w, n = weight[self.rows], len(self.rows)
        centred = left - weighted_mean(left, w)
        return weighted_mean(centred**2, w) * n / (n - 1) if n > 1 else np.nan

    def warmed(self, weight: Values, names: Sequence[str]) -> GlmEstimator:
        """Return the same estimator starting from its own solution.

        Raises
        ------
        NotConvergedError
            There is none; names the coefficients that were still growing.
        """
        ascent = self._ascent(weight)
        if not ascent.converged:
            raise not_converged(self.basis, ascent.step, names)
        return replace(self, start=ascent.theta)

    def _ascent(self, weight: Values) -> Ascent:
        likelihood = _Weighted(self, weight[self.rows])
        if not likelihood.total > 0:
            nowhere = np.zeros(self.basis.values.shape[1])
            return Ascent(nowhere, nowhere, converged=False)
        with np.errstate(over="ignore", invalid="ignore"):
            start = likelihood.first_guess() if self.start is None else self.start
            return maximise(likelihood, start)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighted:
    """The log-likelihood of a model under some weights, per unit of weight."""

    model: GlmEstimator
    weight: Values

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    def first_guess(self) -> Values:
        near = self.weight * self.model.family.first_guess(self.model.response)
        return cross(self.model.basis.values, near[:, None])[:, 0] / self.total

    def loss(self, theta: Values) -> float:
        eta = predictor(self.model.basis.values, theta)
        loss = weighted_mean(
            self.model.family.cumulant(eta) - self.model.response * eta, self.weight
        )
        return loss if np.isfinite(loss) else np.inf

    def curve(self, theta: Values) -> Curve:
        z = self.model.basis.values
        eta = predictor(z, theta)
        left = self.weight * (self.model.response - self.model.family.mean(eta))
        spread = self.weight * self.model.family.variance(eta)
        score = cross(z, left[:, None])[:, 0]
        return Curve(score / self.total, cross(z * spread[:, None], z) / self.total)
