"""Checks of inclusion probabilities, alone and in pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.errors import UnequalLengthsError
from analysis.variance.pps.errors import (
    BadProbabilityError,
    JointDiagonalError,
    JointNotSymmetricError,
    JointProbabilityError,
    JointRangeError,
    JointShapeError,
    JointTooLargeError,
    JointTooSmallError,
    TooManyPairsError,
)

Values = NDArray[np.float64]

MOST_UNITS: Final = 20_000
"""PSUs whose pairs are held at most: 3 GiB."""

ROUNDING: Final = 1e-6
"""Relative slack for probabilities that went through a file."""


def check_probability(probability: Values) -> Values:
    """Return inclusion probabilities as floats, shape (n_psu,).

    Raises
    ------
    BadProbabilityError
        One is not above 0 and at most 1.
    """
    checked = np.asarray(probability, dtype=np.float64)
    is_bad = ~((checked > 0.0) & (checked <= 1.0))
    if is_bad.any():
        psu = int(np.argmax(is_bad))
        raise BadProbabilityError(psu=psu, value=checked[psu])
    return checked


def check_joint(
    joint: Values,
    probability: Values | None = None,
    *,
    stratum: NDArray[np.int64] | None = None,
    tolerance: float = ROUNDING,
) -> Values:
    """Return joint inclusion probabilities as floats, if they can be true.

    For every two PSUs of a stratum ``0 < p_ij = p_ji <= min(p_i, p_j)`` and
    ``p_ij >= p_i + p_j - 1``.

    Parameters
    ----------
    joint : ndarray of float64, shape (n_psu, n_psu)
        Probability that both PSUs are drawn; on the diagonal, that one is.
    probability : ndarray of float64, shape (n_psu,), optional
        The PSUs' own probabilities, to be compared with the diagonal.
    stratum : ndarray of int, shape (n_psu,), optional
        Pairs of different strata are not looked at: they were drawn
        independently.
    tolerance : float
        Relative slack.

    Returns
    -------
    ndarray of float64, shape (n_psu, n_psu)

    Raises
    ------
    JointProbabilityError
        Of the class that says what is wrong; names the first such pair.
    BadProbabilityError
        On the diagonal.
    TooManyPairsError, UnequalLengthsError
    """
    pairs = np.asarray(joint, dtype=np.float64)
    if pairs.ndim != 2 or pairs.shape[0] != pairs.shape[1]:
        raise JointShapeError(shape=pairs.shape)
    n_psu = len(pairs)
    if n_psu > MOST_UNITS:
        raise TooManyPairsError(n_psu=n_psu, most=MOST_UNITS)
    own = check_probability(np.diagonal(pairs))
    if probability is not None:
        _check_diagonal(own, check_probability(probability), tolerance)
    if stratum is not None and len(stratum) != n_psu:
        raise UnequalLengthsError(stratum=len(stratum), joint=n_psu)
    for first in range(n_psu):
        row, column = pairs[first], pairs[:, first]
        counts = np.ones(n_psu, dtype=np.bool_) if stratum is None else stratum == stratum[first]
        counts[first] = False
        slack = tolerance * np.minimum(own[first], own)
        _refuse(JointRangeError, counts & ~((row > 0.0) & (row <= 1.0 + tolerance)), first, pairs)
        is_different = np.abs(row - column) > tolerance * np.maximum(row, column)
        _refuse(JointNotSymmetricError, counts & is_different, first, pairs)
        is_above = row > np.minimum(own[first], own) + slack
        _refuse(JointTooLargeError, counts & is_above, first, pairs)
        is_below = row < own[first] + own - 1.0 - tolerance
        _refuse(JointTooSmallError, counts & is_below, first, pairs)
    return pairs


def _check_diagonal(own: Values, probability: Values, tolerance: float) -> None:
    if len(own) != len(probability):
        raise JointShapeError(joint=len(own), probability=len(probability))
    is_other = np.abs(own - probability) > tolerance * probability
    if is_other.any():
        psu = int(np.argmax(is_other))
        raise JointDiagonalError(
            first=psu, second=psu, joint=own[psu], probability=probability[psu]
        )


def _refuse(
    error: type[JointProbabilityError], is_bad: NDArray[np.bool_], first: int, pairs: Values
) -> None:
    if is_bad.any():
        second = int(np.argmax(is_bad))
        raise error(
            first=first,
            second=second,
            joint=pairs[first, second],
            mirrored=pairs[second, first],
            probability_first=pairs[first, first],
            probability_second=pairs[second, second],
        )
