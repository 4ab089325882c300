"""Variances from known joint inclusion probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.products import multiply
from analysis.variance.pps.errors import NoPairsError, NotFixedSizeError
from analysis.variance.pps.validity import check_joint

Values = NDArray[np.float64]

INDEPENDENT: Final = 1e-9
"""Weights of pairs below this are the rounding of independent selection."""


class PairVariance(StrEnum):
    """Which of the two unbiased estimators.

    ``HORVITZ_THOMPSON`` for any design. ``YATES_GRUNDY`` for samples of fixed
    size: steadier, and zero where all PSUs have the same influence
    [HorvitzThompson1952; YatesGrundy1953; Sarndal1992, ch. 2].
    """

    HORVITZ_THOMPSON = "horvitz-thompson"
    YATES_GRUNDY = "yates-grundy"


@dataclass(frozen=True, slots=True, eq=False)
class DensePairs:
    """Weights of all pairs.

    Attributes
    ----------
    matrix : ndarray of float64, shape (n_psu, n_psu)
        Symmetric.
    """

    matrix: Values

    def quadratic(self, influence: Values) -> Values:
        """Return ``z' D z`` for influences of all PSUs.

        Both estimators can be negative in a sample, which says that it is too
        small to tell; nothing is hidden here.

        Parameters
        ----------
        influence : ndarray of float64, shape (n_psu, k)

        Returns
        -------
        ndarray of float64, shape (k, k)
        """
        present = np.flatnonzero(influence.any(axis=1))
        matrix = self.matrix
        if 2 * len(present) < len(influence):
            influence, matrix = influence[present], matrix[np.ix_(present, present)]
        product = influence.T @ multiply(matrix, influence)
        return np.asarray((product + product.T) / 2.0)


def pair_matrix(
    joint: Values,
    kind: PairVariance,
    *,
    probability: Values | None = None,
    stratum: NDArray[np.int64] | None = None,
) -> DensePairs:
    """Turn joint inclusion probabilities into weights of pairs.

    Horvitz–Thompson: ``D_ij = (p_ij - p_i p_j) / p_ij``, ``D_ii = 1 - p_i``.
    Yates–Grundy: the same off the diagonal, and on it what makes every row add
    up to zero, so that ``z' D z = -sum_{i<j} D_ij (z_i - z_j)**2``
    [HorvitzThompson1952; YatesGrundy1953; Sarndal1992, ch. 2].

    R ``survey``'s ``ppsmat`` takes weights of pairs below its ``tolerance``
    (1e-4) for zero; here none is.

    Parameters
    ----------
    joint : ndarray of float64, shape (n_psu, n_psu)
        See ``check_joint``; in the order of the design's PSUs.
    kind : PairVariance
    probability : ndarray of float64, shape (n_psu,), optional
        To be compared with the diagonal.
    stratum : ndarray of int, shape (n_psu,), optional
        Strata were drawn independently: ``D_ij = 0`` between them, whatever
        ``joint`` says there.

    Returns
    -------
    DensePairs

    Raises
    ------
    JointProbabilityError, BadProbabilityError, TooManyPairsError,
    UnequalLengthsError
        See ``check_joint``.
    NoPairsError
        A stratum has one PSU, and others could have been drawn.
    NotFixedSizeError
        Yates–Grundy for a PSU drawn independently of all others.
    """
    pairs = check_joint(joint, probability, stratum=stratum)
    own = np.diagonal(pairs).copy()
    check_lonely(own, np.zeros(len(own), dtype=np.int64) if stratum is None else stratum)
    weights = np.empty_like(pairs)
    is_fixed = kind is PairVariance.YATES_GRUNDY
    for psu, row in enumerate(pairs):
        both = row if stratum is None else np.where(stratum == stratum[psu], row, own[psu] * own)
        weight = 1.0 - own[psu] * own / both
        weight[psu] = 0.0
        if is_fixed and own[psu] < 1.0 and np.abs(weight).max() < INDEPENDENT:
            raise NotFixedSizeError(psu=psu)
        weight[psu] = -weight.sum() if is_fixed else 1.0 - own[psu]
        weights[psu] = weight
    return DensePairs(weights)


def check_lonely(probability: Values, stratum: NDArray[np.int64]) -> None:
    """Refuse strata with one PSU that was not drawn with certainty.

    Raises
    ------
    NoPairsError
    """
    drawn = np.bincount(stratum, minlength=1)
    is_lonely = (drawn[stratum] == 1) & (probability < 1.0)
    if is_lonely.any():
        raise NoPairsError(strata=int(is_lonely.sum()), stage=1)
