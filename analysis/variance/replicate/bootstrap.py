"""Bootstraps: PSUs drawn again from the PSUs that were drawn."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.errors import LonelyPsuError
from analysis.variance.replicate.errors import TooFewReplicatesError
from analysis.variance.replicate.factors import (
    ALL_DRAWN,
    ReplicateFactors,
    ReplicateMethod,
    Values,
    check_size,
    checked_fraction,
    checked_strata,
    open_share,
)

DRAWS_AT_ONCE: Final = 2**22


def rao_wu_yue(
    psu_stratum: NDArray[Any],
    n_replicates: int = 500,
    *,
    seed: int,
    fraction: Values | None = None,
) -> ReplicateFactors:
    """Draw one PSU fewer than there are, with replacement, in every stratum.

    A PSU drawn ``t`` times is multiplied by ``1 + sqrt(1 - f_h) (t n_h /
    (n_h - 1) - 1)``; without ``fraction`` that is ``t n_h / (n_h - 1)``, the
    rescaled bootstrap of Rao, Wu and Yue and ``"subbootstrap"`` of R
    ``survey`` (which drops the finite population correction silently). The
    expectation of the variance of a total is the one between PSUs
    [RaoWu1988; RaoWuYue1992]. Scale ``1 / (R - 1)``.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, 0 to ``n_strata - 1``; at least two in each, but
        for strata that were drawn whole.
    n_replicates : int
    seed : int
        Same seed, same order of PSUs: same factors. Fewer replicates are the
        first ones of more.
    fraction : ndarray of float64, shape (n_strata,), optional
        Share of each stratum's PSUs that was drawn.

    Returns
    -------
    ReplicateFactors

    Raises
    ------
    LonelyPsuError, TooFewReplicatesError, BadFractionError,
    UnequalLengthsError, EmptySampleError, TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    drawn = np.bincount(strata)
    share = open_share(checked_fraction(fraction, len(drawn)))
    _check(len(strata), n_replicates, (drawn == 1) & (share > 0))
    times = _drawn_again(strata, np.maximum(drawn - 1, 1), n_replicates, seed)
    size = drawn[strata].astype(np.float64)
    stretch = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    length = np.sqrt(share)[strata]
    times *= (stretch * length)[:, None]
    times += (1.0 - length)[:, None]
    return _factors(times, 1.0 / (n_replicates - 1), drawn)


def canty_davison(
    psu_stratum: NDArray[Any],
    n_replicates: int = 500,
    *,
    seed: int,
    fraction: Values | None = None,
) -> ReplicateFactors:
    """Draw as many PSUs as there are in every stratum: ``"bootstrap"`` of R ``survey``.

    With replacement; with ``fraction``, without replacement from a stratum
    made of copies of its PSUs [CantyDavison1999]. Drawing ``n_h`` shrinks the
    spread by ``(n_h - 1) / n_h``, which one scale for all strata can mend only
    on average: ``m / ((m - 1) (R - 1))`` with ``m`` the harmonic mean of
    ``n_h``. Exact where all strata have the same number of PSUs; with few PSUs
    per stratum and unequal numbers take ``rao_wu_yue``.

    Parameters
    ----------
    psu_stratum : ndarray of int, shape (n_psu,)
        Stratum of each PSU, 0 to ``n_strata - 1``; at least two in each.
    n_replicates : int
    seed : int
    fraction : ndarray of float64, shape (n_strata,), optional
        Share of each stratum's PSUs that was drawn; its population is rounded
        to a whole number of PSUs.

    Returns
    -------
    ReplicateFactors

    Raises
    ------
    LonelyPsuError, TooFewReplicatesError, BadFractionError,
    UnequalLengthsError, EmptySampleError, TooManyReplicatesError
    """
    strata = checked_strata(psu_stratum)
    drawn = np.bincount(strata)
    shares = checked_fraction(fraction, len(drawn))
    _check(len(strata), n_replicates, drawn == 1)
    if fraction is None:
        times = _drawn_again(strata, drawn, n_replicates, seed)
    else:
        times = _from_copies(strata, drawn, shares, n_replicates, seed)
    m = len(drawn) / float(np.sum(1.0 / drawn))
    return _factors(times, m / ((m - 1.0) * (n_replicates - 1)), drawn)


def _check(n_psu: int, n_replicates: int, is_lonely: NDArray[np.bool_]) -> None:
    if n_replicates < 2:
        raise TooFewReplicatesError(n_replicates=n_replicates)
    if is_lonely.any():
        raise LonelyPsuError(strata=int(is_lonely.sum()), stage=1)
    check_size(n_psu, n_replicates)


def _factors(factor: Values, scale: float, drawn: NDArray[np.int64]) -> ReplicateFactors:
    n_psu, n_replicates = factor.shape
    df = min(n_psu - len(drawn), n_replicates - 1)
    return ReplicateFactors(factor, scale, np.ones(n_replicates), ReplicateMethod.BOOTSTRAP, df)


def _drawn_again(
    strata: NDArray[np.int64], n_draws: NDArray[np.int64], n_replicates: int, seed: int
) -> Values:
    """Count how often each PSU is drawn with replacement, shape (n_psu, n_replicates)."""
    uniform = np.random.Generator(np.random.PCG64(seed))
    members = np.argsort(strata, kind="stable")
    drawn = np.bincount(strata)
    stratum_of_draw = np.repeat(np.arange(len(drawn)), n_draws)
    begin = (np.cumsum(drawn) - drawn)[stratum_of_draw]
    size = drawn[stratum_of_draw]
    times = np.empty((len(strata), n_replicates))
    step = max(DRAWS_AT_ONCE // len(stratum_of_draw), 1)
    for first in range(0, n_replicates, step):
        n_here = min(step, n_replicates - first)
        place = begin + (uniform.random((n_here, len(size))) * size).astype(np.int64)
        place += (np.arange(n_here) * len(strata))[:, None]
        counts = np.bincount(place.ravel(), minlength=n_here * len(strata))
        times[members, first : first + n_here] = counts.reshape(n_here, -1).T
    return times


def _from_copies(
    strata: NDArray[np.int64],
    drawn: NDArray[np.int64],
    fraction: Values,
    n_replicates: int,
    seed: int,
) -> Values:
    """Count how often each PSU is drawn from copies of its stratum."""
    generator = np.random.Generator(np.random.PCG64(seed))
    times = np.ones((len(strata), n_replicates))
    for stratum, n in enumerate(drawn):
        share = fraction[stratum]
        members = np.flatnonzero(strata == stratum)
        if share >= ALL_DRAWN:
            continue
        if share == 0.0:
            counts = generator.multinomial(n, np.full(n, 1.0 / n), size=n_replicates)
        else:
            counts = _without_replacement(int(n), round(n / share), n_replicates, generator)
        times[members] = counts.T
    return times


def _without_replacement(
    n: int, size: int, n_replicates: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draw n from ``size`` copies of n PSUs, shape (n_replicates, n).

    If the copies do not come out even, chance says in every replicate anew
    which PSUs have one more: otherwise the replicates would be biased.
    """
    whole, rest = divmod(size, n)
    if rest == 0:
        return generator.multivariate_hypergeometric(np.full(n, whole), n, size=n_replicates)
    counts = np.empty((n_replicates, n), dtype=np.int64)
    for replicate in range(n_replicates):
        copies = whole + (generator.permutation(n) < rest)
        counts[replicate] = generator.multivariate_hypergeometric(copies, n)
    return counts
