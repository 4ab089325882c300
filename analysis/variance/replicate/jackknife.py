"""The jackknife: leaving out one PSU at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import LonelyPsuError
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicate.errors import Jk1NeedsOneStratumError, Jk2NeedsPairsError
from analysis.variance.replicate.factors import (
    ReplicateFactors,
    ReplicateMethod,
    Values,
    check_size,
    checked_fraction,
    checked_strata,
    name_strata,
    open_share,
)


def jk1(psu_stratum: NDArray[Any], *, fraction: Values | None = None) -> ReplicateFactors:
    """Leave out each PSU of an unstratified sample.

    The others are multiplied by ``n / (n - 1)``; scale
    ``(1 - f) (n - 1) / n`` [Wolter2007, ch. 4].

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        All zero.
    fraction : ndarray of float64, shape (1,), optional
        Share of all PSUs that was drawn.

    Returns
    -------
    ReplicateFactors
        One replicate per PSU.

    Raises
    ------
    Jk1NeedsOneStratumError, LonelyPsuError, BadFractionError,
    UnequalLengthsError, EmptySampleError, TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    if strata.any():
        raise Jk1NeedsOneStratumError(strata=len(np.unique(strata)))
    n_psu = len(strata)
    if n_psu < 2:
        raise LonelyPsuError(strata=1, stage=1)
    check_size(n_psu, n_psu)
    factor = np.full((n_psu, n_psu), n_psu / (n_psu - 1.0))
    np.fill_diagonal(factor, 0.0)
    scale = float(open_share(checked_fraction(fraction, 1))[0]) * (n_psu - 1.0) / n_psu
    return ReplicateFactors(factor, scale, np.ones(n_psu), ReplicateMethod.JK1, n_psu - 1)


def jkn(
    psu_stratum: NDArray[Any],
    *,
    fraction: Values | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> ReplicateFactors:
    """Leave out each PSU and let the others of its stratum stand for it.

    They are multiplied by ``n_h / (n_h - 1)``; rscales
    ``(1 - f_h) (n_h - 1) / n_h`` [Wolter2007, ch. 4]. Strata that were drawn
    whole have no replicates. The variance of a total about the estimate is
    exactly the one between PSUs within strata.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, 0 to ``n_strata - 1``.
    fraction : ndarray of float64, shape (n_strata,), optional
        Share of each stratum's PSUs that was drawn.
    lonely : LonelyPolicy
        What strata with one PSU contribute: the same as in the variance
        between PSUs. For ``ADJUST`` the PSU is replaced by the mean of all
        PSUs; for ``AVERAGE`` the other strata are scaled up by the number of
        strata. (R ``survey`` 4.1 leaves out the stratum and compares with the
        mean of stratum totals, or scales by the number of PSUs: neither is
        what it computes without replicates.)

    Returns
    -------
    ReplicateFactors
        One replicate per PSU of the strata with at least two, in the order of
        the PSUs.

    Raises
    ------
    LonelyPsuError, BadFractionError, UnequalLengthsError, EmptySampleError,
    TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    drawn = np.bincount(strata)
    share = open_share(checked_fraction(fraction, len(drawn)))
    is_lonely = (drawn == 1) & (share > 0)
    if is_lonely.any() and lonely is LonelyPolicy.FAIL:
        raise LonelyPsuError(strata=int(is_lonely.sum()), stage=1)
    left_out = np.flatnonzero(_speaks(drawn, share, is_lonely, lonely)[strata])
    check_size(len(strata), len(left_out))
    factor = np.ones((len(strata), len(left_out)))
    rscales = np.empty(len(left_out))
    for replicate, psu in enumerate(left_out):
        stratum = strata[psu]
        if is_lonely[stratum]:
            factor[:, replicate] += 1.0 / len(strata)
            factor[psu, replicate] -= 1.0
            rscales[replicate] = share[stratum]
        else:
            n = float(drawn[stratum])
            factor[strata == stratum, replicate] = n / (n - 1.0)
            factor[psu, replicate] = 0.0
            rscales[replicate] = share[stratum] * (n - 1.0) / n
    scale = 1.0
    if lonely is LonelyPolicy.AVERAGE and is_lonely.any():
        scale = _average_scale(is_lonely)
    df = len(strata) - len(drawn)
    return ReplicateFactors(factor, scale, rscales, ReplicateMethod.JKN, df)


def _speaks(
    drawn: NDArray[np.int64],
    share: Values,
    is_lonely: NDArray[np.bool_],
    lonely: LonelyPolicy,
) -> NDArray[np.bool_]:
    """Say which strata have replicates, shape (n_strata,)."""
    speaks = (drawn > 1) & (share > 0)
    return speaks | is_lonely if lonely is LonelyPolicy.ADJUST else speaks


def _average_scale(is_lonely: NDArray[np.bool_]) -> float:
    """Return strata over strata that can speak; NaN if none can."""
    speaking = int((~is_lonely).sum())
    return len(is_lonely) / speaking if speaking else float("nan")


def jk2(psu_stratum: NDArray[Any], *, fraction: Values | None = None) -> ReplicateFactors:
    """Leave out one PSU of each pair, the first in the order given.

    The other is counted twice; scale 1, rscales ``1 - f_h``
    [Wolter2007, ch. 4]. For totals about the estimate it makes no difference
    which PSU is left out.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, each twice.
    fraction : ndarray of float64, shape (n_strata,), optional
        Share of each stratum's PSUs that was drawn.

    Returns
    -------
    ReplicateFactors
        One replicate per stratum.

    Raises
    ------
    Jk2NeedsPairsError, BadFractionError, UnequalLengthsError,
    EmptySampleError, TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    drawn = np.bincount(strata)
    if (drawn != 2).any():
        raise Jk2NeedsPairsError(strata=name_strata(drawn != 2))
    check_size(len(strata), len(drawn))
    rscales = open_share(checked_fraction(fraction, len(drawn)))
    factor = np.ones((len(strata), len(drawn)))
    pair = np.argsort(strata, kind="stable").reshape(-1, 2)
    stratum = np.arange(len(drawn))
    factor[pair[:, 0], stratum] = 0.0
    factor[pair[:, 1], stratum] = 2.0
    return ReplicateFactors(factor, 1.0, rscales, ReplicateMethod.JK2, len(drawn))
