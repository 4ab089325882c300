"""Survey-weighted cumulative (ordinal) models: the estimator behind a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.models.basis import Basis, not_converged
from analysis.models.links import LinkFunctions
from analysis.models.newton import Ascent, Curve, maximise
from analysis.models.rows import cross, predictor, weighted_mean
from analysis.products import multiply
from analysis.variables import Mask, Values


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeEstimator:
    """Coefficients and thresholds of ``share(y <= k) = F(threshold_k - x @ beta)``.

    The pseudo-likelihood of the weighted sample is maximised [McCullagh1980;
    Binder1983]. Values are the p coefficients, then the ``n_levels - 1``
    thresholds, as R's ``svyolr`` has them.

    Attributes
    ----------
    link : LinkFunctions
    level : ndarray of int64, shape (n_rows,)
        Category of each response, 0 to ``n_levels - 1``.
    n_levels : int
    basis : Basis
        Of the centred explanatory variables, shape (n_rows, p).
    centre : ndarray of float64, shape (p,)
        What was taken from each to centre it.
    rows : ndarray of int64, shape (n_rows,)
        Respondents the model is about.
    n : int
        Respondents of the design.
    start : ndarray of float64, shape (p + n_levels - 1,), optional
        Where to start, in coordinates of the basis.
    """

    link: LinkFunctions
    level: NDArray[np.int64]
    n_levels: int
    basis: Basis
    centre: Values
    rows: NDArray[np.int64]
    n: int
    start: Values | None = None

    @property
    def contributes(self) -> Mask:
        """Respondents the model is about, shape (n,)."""
        inside = np.zeros(self.n, dtype=np.bool_)
        inside[self.rows] = True
        return inside

    @property
    def n_coefficients(self) -> int:
        """Number of coefficients without the thresholds."""
        return len(self.centre)

    def value(self, weight: Values) -> Values:
        """Return coefficients and thresholds; NaN where the weights allow none."""
        ascent = self._ascent(weight)
        if not ascent.converged:
            return np.full(len(ascent.theta), np.nan)
        return self._back() @ ascent.theta

    def influence(self, weight: Values, value: Values) -> Values:
        """Return the inverse information times each respondent's score, shape (n, p + q)."""
        likelihood = _Weighted(self, weight[self.rows])
        theta = self._forth(value)
        curve = likelihood.curve(theta)
        bread = self._back() @ np.linalg.inv(curve.information) / likelihood.total
        found = np.zeros((self.n, len(value)))
        found[self.rows] = multiply(likelihood.scores(theta), bread.T)
        return found

    @property
    def n_predicted(self) -> int:
        """Numbers predicted for each respondent: the shares of all categories."""
        return self.n_levels

    def predict(self, value: Values, matrix: Values) -> Values:
        """Return the share of each category under other explanatory variables.

        Parameters
        ----------
        value : ndarray of float64, shape (p + n_levels - 1,)
        matrix : ndarray of float64, shape (n_rows, p)

        Returns
        -------
        ndarray of float64, shape (n_rows, n_levels)
        """
        below = self.link.below(self._to_thresholds(value, matrix))
        ends = np.zeros((len(matrix), 1))
        return np.diff(np.column_stack([ends, below, ends + 1.0]), axis=1)

    def mean_slope(self, value: Values, matrix: Values, shares: Values) -> Values:
        """Return the average derivative of the predictions, (n_levels, p + n_levels - 1)."""
        p, q = self.n_coefficients, self.n_levels - 1
        density = shares[:, None] * self.link.density(self._to_thresholds(value, matrix))
        cumulative = np.zeros((self.n_levels + 1, p + q))
        cumulative[1:-1, :p] = -cross(density, matrix)
        cumulative[1:-1, p:] = np.diag(density.sum(axis=0))
        return np.diff(cumulative, axis=0)

    def _to_thresholds(self, value: Values, matrix: Values) -> Values:
        """Return thresholds minus linear predictors, shape (n_rows, n_levels - 1)."""
        p = self.n_coefficients
        return np.asarray(value[p:] - predictor(matrix, value[:p])[:, None])

    def deviance(self, weight: Values, value: Values) -> float:
        """Return minus twice the log-likelihood, weights scaled to a mean of 1."""
        theta = self._forth(value)
        return 2.0 * len(self.rows) * _Weighted(self, weight[self.rows]).loss(theta)

    def naive_covariance(self, weight: Values, value: Values) -> Values:
        """Return the inverse information with weights scaled to a mean of 1."""
        theta = self._forth(value)
        information = _Weighted(self, weight[self.rows]).curve(theta).information
        back = self._back()
        return np.asarray(back @ np.linalg.inv(information) @ back.T / len(self.rows))

    def warmed(self, weight: Values, names: Sequence[str]) -> CumulativeEstimator:
        """Return the same estimator starting from its own solution.

        Raises
        ------
        NotConvergedError
            There is none; names the coefficients that were still growing.
        """
        ascent = self._ascent(weight)
        if not ascent.converged:
            p = self.n_coefficients
            raise not_converged(self.basis, ascent.step[:p], names[:p])
        return replace(self, start=ascent.theta)

    def _ascent(self, weight: Values) -> Ascent:
        likelihood = _Weighted(self, weight[self.rows])
        with np.errstate(all="ignore"):
            totals = np.bincount(self.level, likelihood.weight, self.n_levels).astype(np.float64)
            if not (totals > 0).all():
                nowhere = np.zeros(self.n_coefficients + self.n_levels - 1)
                return Ascent(nowhere, nowhere, converged=False)
            start = likelihood.first_guess(totals) if self.start is None else self.start
            return maximise(likelihood, start)

    def _forth(self, value: Values) -> Values:
        return np.asarray(np.linalg.solve(self._back(), value))

    def _back(self) -> Values:
        """Return the matrix from coordinates of the basis to coefficients and thresholds."""
        p, q = self.n_coefficients, self.n_levels - 1
        back = np.eye(p + q)
        back[:p, :p] = self.basis.back
        back[p:, :p] = self.centre @ self.basis.back
        return back


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Derivatives of each respondent's log-likelihood by its two thresholds.

    ``upper`` and ``lower`` first, ``twice_upper``, ``twice_lower`` and
    ``mixed`` second; shape (n_rows,) each.
    """

    upper: Values
    lower: Values
    twice_upper: Values
    twice_lower: Values
    mixed: Values


@dataclass(frozen=True, slots=True, eq=False)
class _Weighted:
    """The log-likelihood of a cumulative model under some weights."""

    model: CumulativeEstimator
    weight: Values

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    def first_guess(self, totals: Values) -> Values:
        """Return thresholds that fit the marginal shares on the logit scale."""
        below = np.cumsum(totals)[:-1] / totals.sum()
        return np.concatenate([np.zeros(self.model.n_coefficients), np.log(below / (1.0 - below))])

    def loss(self, theta: Values) -> float:
        if (np.diff(theta[self.model.n_coefficients :]) <= 0).any():
            return np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.log(self._shares(*self._distances(theta)))
        loss = -weighted_mean(np.where(self.weight > 0, shares, 0.0), self.weight)
        return loss if np.isfinite(loss) else np.inf

    def scores(self, theta: Values) -> Values:
        """Return each respondent's gradient, shape (n_rows, p + q)."""
        pieces = self._pieces(theta)
        along = -(pieces.upper + pieces.lower)
        thresholds = self._at(0) * pieces.upper[:, None] + self._at(1) * pieces.lower[:, None]
        return np.column_stack([self.model.basis.values * along[:, None], thresholds])

    def curve(self, theta: Values) -> Curve:
        pieces, z, w = self._pieces(theta), self.model.basis.values, self.weight[:, None]
        upper, lower = self._at(0) * w, self._at(1) * w
        by_upper = (pieces.twice_upper + pieces.mixed)[:, None]
        by_lower = (pieces.twice_lower + pieces.mixed)[:, None]
        mixed = cross(upper * pieces.mixed[:, None], self._at(1))
        second_z = cross(z * (by_upper + by_lower) * w, z)
        second_zt = -cross(z, upper * by_upper + lower * by_lower)
        diagonal = np.sum(
            upper * pieces.twice_upper[:, None] + lower * pieces.twice_lower[:, None], axis=0
        )
        second_t = np.diag(diagonal) + mixed + mixed.T
        second = np.block([[second_z, second_zt], [second_zt.T, second_t]])
        return Curve(cross(self.scores(theta), w)[:, 0] / self.total, -second / self.total)

    def _at(self, below: int) -> Values:
        """Mark each respondent's upper (0) or lower (1) threshold, shape (n_rows, q)."""
        q = self.model.n_levels - 1
        found = self.model.level[:, None] - below == np.arange(q)
        return np.asarray(found, dtype=np.float64)

    def _distances(self, theta: Values) -> tuple[Values, Values]:
        p = self.model.n_coefficients
        ends = np.concatenate([[-np.inf], theta[p:], [np.inf]])
        eta = predictor(self.model.basis.values, theta[:p])
        return ends[self.model.level + 1] - eta, ends[self.model.level] - eta

    def _shares(self, high: Values, low: Values) -> Values:
        link = self.model.link
        return np.asarray(
            np.where(
                low > 0, link.above(low) - link.above(high), link.below(high) - link.below(low)
            )
        )

    def _pieces(self, theta: Values) -> _Pieces:
        high, low = self._distances(theta)
        share = self._shares(high, low)
        of_high, of_low = np.isfinite(high), np.isfinite(low)
        link = self.model.link
        upper = np.where(of_high, link.density(np.where(of_high, high, 0.0)), 0.0) / share
        lower = -np.where(of_low, link.density(np.where(of_low, low, 0.0)), 0.0) / share
        bend_high = np.where(of_high, link.slope(np.where(of_high, high, 0.0)), 0.0) / share
        bend_low = -np.where(of_low, link.slope(np.where(of_low, low, 0.0)), 0.0) / share
        return _Pieces(
            upper=upper,
            lower=lower,
            twice_upper=bend_high - upper**2,
            twice_lower=bend_low - lower**2,
            mixed=-upper * lower,
        )
