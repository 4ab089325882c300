"""Successive difference replication: for samples drawn from an ordered list."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.errors import LonelyPsuError, UnequalLengthsError
from analysis.variance.replicate.degrees import replicate_df
from analysis.variance.replicate.errors import TooFewReplicatesError
from analysis.variance.replicate.factors import (
    ReplicateFactors,
    ReplicateMethod,
    Values,
    check_size,
    checked_fraction,
    checked_strata,
    open_share,
)
from analysis.variance.replicate.hadamard import hadamard, hadamard_order

USUAL_REPLICATES: Final = 80
STEP: Final = 2.0**-1.5


def successive_difference(
    psu_stratum: NDArray[Any],
    order: NDArray[Any] | None = None,
    *,
    n_replicates: int | None = None,
    fraction: Values | None = None,
) -> ReplicateFactors:
    """Compare each PSU with the next one of its stratum, the last with the first.

    A PSU has two rows ``a`` and ``b`` of a Hadamard matrix and is multiplied
    by ``1 + 2**-1.5 (a - b)``; the next PSU's first row is this one's second.
    Scale ``4 / R`` [FayTrain1995]. With as many free rows as PSUs the variance
    of a total is ``sum((z_i - z_{i+1})**2) / 2`` around the closed chain,
    which for PSUs in random order has the variance between PSUs as its
    expectation [Ash2014]. With fewer rows they are used again in other
    combinations; the expectation stays, the variance is less stable.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, 0 to ``n_strata - 1``, at least two in each. All
        zero for one list through all strata.
    order : ndarray of numbers, shape (n_psu,), optional
        Place on the list the sample was drawn from; ties and a missing column
        are in the order given.
    n_replicates : int, optional
        At least four, raised to the next order of a Hadamard matrix. Without
        it: more than there are PSUs, but 80 if there are 80 or more PSUs.
    fraction : ndarray of float64, shape (n_strata,), optional
        Share of each stratum's PSUs that was drawn; deviations from 1 shrink
        by ``sqrt(1 - f_h)``.

    Returns
    -------
    ReplicateFactors

    Raises
    ------
    LonelyPsuError, UnequalLengthsError, TooFewReplicatesError,
    BadFractionError, EmptySampleError, TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    place = np.arange(len(strata)) if order is None else np.asarray(order)
    if len(place) != len(strata):
        raise UnequalLengthsError(order=len(place), psu_stratum=len(strata))
    drawn = np.bincount(strata)
    share = open_share(checked_fraction(fraction, len(drawn)))
    is_lonely = (drawn == 1) & (share > 0)
    if is_lonely.any():
        raise LonelyPsuError(strata=int(is_lonely.sum()), stage=1)
    if n_replicates is not None and n_replicates < 4:
        raise TooFewReplicatesError(n_replicates=n_replicates)
    usual = min(max(len(strata) + 1, 4), USUAL_REPLICATES)
    size = hadamard_order(usual if n_replicates is None else n_replicates)
    check_size(len(strata), size)
    rows = hadamard(size)[1:].astype(np.float64)
    chain = np.lexsort((place, strata))
    first, second = _rows(drawn, len(rows))
    factor = np.empty((len(strata), size))
    factor[chain] = STEP * (rows[first] - rows[second])
    factor *= np.sqrt(share)[strata][:, None]
    factor += 1.0
    df = min(len(strata) - len(drawn), replicate_df(factor))
    return ReplicateFactors(factor, 4.0 / size, np.ones(size), ReplicateMethod.SDR, df)


def _rows(drawn: NDArray[np.int64], n_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give two rows to each PSU of the chain, shape (n_psu,) each.

    Within a loop every row is the first of one PSU and the second of its
    neighbour. When all rows are used up, the next loop goes through them in
    wider steps, so that the same two rows meet as seldom as possible.
    """
    steps = [step for step in range(1, n_rows // 2 + 1) if gcd(step, n_rows) == 1]
    round_, used, begin = 0, 0, 0
    first: list[NDArray[np.int64]] = []
    second: list[NDArray[np.int64]] = []
    for length in _loops(drawn, n_rows):
        if used + length > n_rows:
            round_, used = round_ + 1, 0
        step = steps[round_ % len(steps)]
        rows = (begin + step * np.arange(length)) % n_rows
        begin, used = (begin + step * length) % n_rows, used + length
        first.append(rows)
        second.append(np.roll(rows, -1))
    return np.concatenate(first), np.concatenate(second)


def _loops(drawn: NDArray[np.int64], n_rows: int) -> Iterator[int]:
    """Yield lengths of closed chains: strata, cut where they exceed the rows."""
    for n in drawn.tolist():
        n_loops = -(-n // n_rows)
        for loop in range(n_loops):
            yield n // n_loops + (loop < n % n_loops)
