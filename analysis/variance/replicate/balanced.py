"""Balanced repeated replication: half-samples of pairs of PSUs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.variance.replicate.errors import BrrNeedsPairsError
from analysis.variance.replicate.factors import (
    ReplicateFactors,
    ReplicateMethod,
    Values,
    check_size,
    checked_rho,
    checked_strata,
    name_strata,
)
from analysis.variance.replicate.hadamard import hadamard, hadamard_order


def brr(psu_stratum: NDArray[Any]) -> ReplicateFactors:
    """Count one PSU of each pair twice and the other not at all.

    Which one is said by a row of a Hadamard matrix: +1 the first. The first
    row, all ones, is left out, so that every PSU is in half of the replicates
    and every two of different strata together in a quarter: full orthogonal
    balance. The variance of a total is then exactly the one between PSUs, and
    the replicates' mean is the estimate [McCarthy1969; Wolter2007, ch. 3].
    Scale ``1 / R``; no finite population correction, as in R ``survey``.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, each twice.

    Returns
    -------
    ReplicateFactors
        As many replicates as the smallest Hadamard matrix with more rows than
        there are strata.

    Raises
    ------
    BrrNeedsPairsError, EmptySampleError, TooManyReplicatesError
    """
    factor = _half_samples(psu_stratum, 1.0)
    n_psu, n_replicates = factor.shape
    scale, rscales = 1.0 / n_replicates, np.ones(n_replicates)
    return ReplicateFactors(factor, scale, rscales, ReplicateMethod.BRR, n_psu // 2)


def fay(psu_stratum: NDArray[Any], rho: float) -> ReplicateFactors:
    """Count one PSU of each pair ``2 - rho`` times and the other ``rho`` times.

    Nobody is ever left out, so that estimates about few people exist in every
    replicate. Scale ``1 / (R (1 - rho)**2)`` [Judkins1990]; with ``rho`` zero
    it is ``brr``.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, each twice.
    rho : float
        At least 0, below 1; 0.3 or 0.5 are usual.

    Returns
    -------
    ReplicateFactors

    Raises
    ------
    BadRhoError, BrrNeedsPairsError, EmptySampleError, TooManyReplicatesError
    """
    step = 1.0 - checked_rho(rho)
    factor = _half_samples(psu_stratum, step)
    n_psu, n_replicates = factor.shape
    scale, rscales = 1.0 / (n_replicates * step**2), np.ones(n_replicates)
    return ReplicateFactors(factor, scale, rscales, ReplicateMethod.FAY, n_psu // 2)


def _half_samples(psu_stratum: NDArray[Any], step: float) -> Values:
    """Return 1 plus or minus a step for each PSU, shape (n_psu, n_replicates)."""
    strata = checked_strata(psu_stratum)
    drawn = np.bincount(strata)
    if (drawn != 2).any():
        counts = ", ".join(str(count) for count in drawn[drawn != 2][:10])
        raise BrrNeedsPairsError(strata=name_strata(drawn != 2), n_psu=counts)
    order = hadamard_order(len(drawn) + 1)
    check_size(len(strata), order)
    sign = hadamard(order)[1 : len(drawn) + 1] * step
    pair = np.argsort(strata, kind="stable").reshape(-1, 2)
    factor = np.empty((len(strata), order))
    factor[pair[:, 0]] = 1.0 + sign
    factor[pair[:, 1]] = 1.0 - sign
    return factor
