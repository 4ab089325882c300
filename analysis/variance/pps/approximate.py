"""Variances from the PSUs' own probabilities, the joint ones being approximated.

Within a stratum both approximations here make the weight of a pair a constant
plus a slope times ``p_i + p_j``: sums over all pairs are then products of sums
over PSUs, and no matrix of pairs is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import UnequalLengthsError
from analysis.sums import sum_rows
from analysis.variance.pps.errors import BadProbabilityError, NoPairsError
from analysis.variance.pps.joint import PairVariance
from analysis.variance.pps.validity import check_probability

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LowRankPairs:
    """Weights ``constant_h + slope_h (p_i + p_j)`` of pairs within strata.

    Attributes
    ----------
    stratum : ndarray of int64, shape (n_psu,)
        0 to ``n_strata - 1``.
    probability : ndarray of float64, shape (n_psu,)
    is_open : ndarray of bool, shape (n_psu,)
        Whether the PSU could have been left out; if not, it adds nothing.
    constant, slope : ndarray of float64, shape (n_strata,)
    diagonal : ndarray of float64, shape (n_psu,)
        What the weight of a PSU with itself has in addition.
    is_fixed : bool
        Whether rows add up to zero within strata (Yates–Grundy).
    """

    stratum: NDArray[np.int64]
    probability: Values
    is_open: NDArray[np.bool_]
    constant: Values
    slope: Values
    diagonal: Values
    is_fixed: bool

    def quadratic(self, influence: Values) -> Values:
        """Return ``z' D z`` for influences of all PSUs, in O(n k**2).

        Parameters
        ----------
        influence : ndarray of float64, shape (n_psu, k)

        Returns
        -------
        ndarray of float64, shape (k, k)
        """
        z = np.where(self.is_open[:, None], influence, 0.0)
        n_strata = len(self.constant)
        total = sum_rows(z, self.stratum, n_strata)
        if self.is_fixed:
            # Differences alone matter: take them from the mean, before squaring.
            n_open = np.bincount(self.stratum, self.is_open, minlength=n_strata)
            mean = total / np.maximum(n_open, 1.0)[:, None]
            z = np.where(self.is_open[:, None], z - mean[self.stratum], 0.0)
            total = sum_rows(z, self.stratum, n_strata)
        tilted = sum_rows(z * self.probability[:, None], self.stratum, n_strata)
        product = total.T @ (self.constant[:, None] * total / 2.0 + self.slope[:, None] * tilted)
        product += (z * self.diagonal[:, None]).T @ z / 2.0
        return np.asarray(product + product.T)

    def dense(self) -> Values:
        """Return the matrix itself, shape (n_psu, n_psu); for small samples."""
        p = np.where(self.is_open, self.probability, 0.0)
        weight = self.constant[self.stratum] + self.slope[self.stratum] * (p[:, None] + p)
        weight[self.stratum[:, None] != self.stratum] = 0.0
        weight[~self.is_open] = 0.0
        weight[:, ~self.is_open] = 0.0
        return np.asarray(weight + np.diag(np.where(self.is_open, self.diagonal, 0.0)))


def hartley_rao(
    probability: Values,
    stratum: NDArray[np.int64] | None = None,
    *,
    kind: PairVariance,
    constant: float | Values | None = None,
) -> LowRankPairs:
    """Approximate joint probabilities as for systematic samples of a shuffled list.

    ``p_i p_j / p_ij = (n - p_i - p_j + q) / (n - 1)``, with ``q`` the sum of
    ``p**2`` over the population divided by ``n``. With Yates–Grundy that is
    the estimator of Hartley and Rao, ``sum_{i<j} (1 - p_i - p_j + q)
    (z_i - z_j)**2 / (n - 1)`` [HartleyRao1962].

    PSUs drawn with certainty neither vary nor count in ``n`` and ``q``.
    R ``survey`` counts them, and takes a pair for independent where
    ``p_i + p_j`` is exactly 1; its default is Horvitz–Thompson's form.

    Parameters
    ----------
    probability : ndarray of float64, shape (n_psu,)
    stratum : ndarray of int, shape (n_psu,), optional
        0 to ``n_strata - 1``.
    kind : PairVariance
    constant : float or ndarray of float64, shape (n_strata,), optional
        ``q``; without it the mean of ``p`` over the sample, which estimates
        it.

    Returns
    -------
    LowRankPairs

    Raises
    ------
    BadProbabilityError, UnequalLengthsError
    NoPairsError
        A stratum has one PSU that was not drawn with certainty.
    """
    p, strata, is_open, n = _strata(probability, stratum)
    if constant is None:
        sums = np.bincount(strata, np.where(is_open, p, 0.0), minlength=len(n))
        square = np.divide(sums, n, out=np.zeros_like(n), where=n > 0)
    else:
        square = np.asarray(constant, dtype=np.float64)
        if square.ndim == 1 and len(square) != len(n):
            raise UnequalLengthsError(constant=len(square), strata=len(n))
        square = np.broadcast_to(square, n.shape)
        if not ((square >= 0.0) & (square <= 1.0)).all():
            raise BadProbabilityError(constant=constant)
    others = np.maximum(n - 1.0, 1.0)
    return _low_rank(p, strata, is_open, -(1.0 + square) / others, 1.0 / others, kind)


def overton(
    probability: Values,
    stratum: NDArray[np.int64] | None = None,
    *,
    kind: PairVariance,
) -> LowRankPairs:
    """Approximate joint probabilities as Overton does, from the sample alone.

    ``p_i p_j / p_ij = (n - (p_i + p_j) / 2) / (n - 1)`` [StehmanOverton1994].
    PSUs drawn with certainty neither vary nor count in ``n``; R ``survey``
    counts them, and its default is Horvitz–Thompson's form.

    Parameters
    ----------
    probability : ndarray of float64, shape (n_psu,)
    stratum : ndarray of int, shape (n_psu,), optional
        0 to ``n_strata - 1``.
    kind : PairVariance

    Returns
    -------
    LowRankPairs

    Raises
    ------
    BadProbabilityError, UnequalLengthsError
    NoPairsError
        A stratum has one PSU that was not drawn with certainty.
    """
    p, strata, is_open, n = _strata(probability, stratum)
    others = np.maximum(n - 1.0, 1.0)
    return _low_rank(p, strata, is_open, -1.0 / others, 0.5 / others, kind)


def brewer_fraction(probability: Values) -> Values:
    """Return each PSU's own probability as its drawn share, shape (n_psu,).

    Brewer's estimator is the variance between PSUs with a finite population
    correction for each: ``n / (n - 1) sum((1 - p_i) (z_i - mean(z))**2)``,
    within strata [Brewer2002, ch. 9; BrewerDonadio2003]. It is that of a
    ``Stage`` with these as ``unit_fraction``, and of ``pps = "brewer"`` in R
    ``survey``.

    Raises
    ------
    BadProbabilityError
    """
    return check_probability(probability)


def _strata(
    probability: Values, stratum: NDArray[np.int64] | None
) -> tuple[Values, NDArray[np.int64], NDArray[np.bool_], Values]:
    """Check the columns and count the PSUs of each stratum that vary."""
    p = check_probability(probability)
    strata = np.zeros(len(p), dtype=np.int64) if stratum is None else np.asarray(stratum)
    if len(strata) != len(p):
        raise UnequalLengthsError(stratum=len(strata), probability=len(p))
    is_open = p < 1.0
    n = np.bincount(strata, is_open).astype(np.float64)
    if (n == 1).any():
        raise NoPairsError(strata=int((n == 1).sum()), stage=1)
    return p, strata.astype(np.int64), is_open, n


def _low_rank(
    p: Values,
    stratum: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    constant: Values,
    slope: Values,
    kind: PairVariance,
) -> LowRankPairs:
    """Complete the weights of pairs by those of PSUs with themselves."""
    is_fixed = kind is PairVariance.YATES_GRUNDY
    if is_fixed:
        n = np.bincount(stratum, is_open, minlength=len(constant))
        sums = np.bincount(stratum, np.where(is_open, p, 0.0), minlength=len(constant))
        own = -(n * constant + slope * sums)[stratum] - (n * slope)[stratum] * p
    else:
        own = 1.0 - p - constant[stratum] - 2.0 * slope[stratum] * p
    return LowRankPairs(stratum, p, is_open, constant, slope, own, is_fixed)
