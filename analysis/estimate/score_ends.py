"""Intervals of quantiles by inverting a test [FranciscoFuller1991]."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.estimate.shares_below import SharesBelow, shares_below
from analysis.finish import Options
from analysis.intervals import beta_interval, does_not_vary, t_quantile

if TYPE_CHECKING:
    from analysis.estimate.quantile import Quantiles

Values = NDArray[np.float64]


def score_ends(
    quantiles: Quantiles, design: Design, counts: SharesBelow, options: Options
) -> tuple[Values, Values]:
    """Return the smallest and largest values that a test does not reject.

    A value ``x`` is rejected as the quantile at ``p`` where the share ``F`` at
    or below it is more than ``t`` of its own standard errors away from ``p``;
    where ``F`` does not vary in the sample, where ``p`` is outside the interval
    of such a share. As ``F`` jumps at the values of the sample and stays
    between them, the ends are values of the sample; they are found by halving,
    all domains and shares at the same time.

    Parameters
    ----------
    quantiles : Quantiles
    design : Design
    counts : SharesBelow
        Of the same domains, for its sizes and degrees of freedom.
    options : Options
        Level and policy.

    Returns
    -------
    low, high : ndarray of float64, shape (n_domains, k)
        NaN where the sample holds no value beyond which all are rejected.

    Notes
    -----
    ``svyquantile(interval.type = "score")`` of R seeks the same jumps with a
    root finder that stops to the left or the right of them, and then looks up
    the unweighted share of respondents there in the weighted distribution
    function; with equal weights its ends are these or the next smaller value,
    with unequal weights they may be anywhere.
    """
    distinct = [np.unique(quantiles.sorted.values[here]) for _, here in quantiles.sorted.each()]
    k = len(quantiles.shares)
    n, kish, df = (column[:, None] for column in (counts.n, counts.kish_n, counts.df))
    t = t_quantile(df, options.level)
    size = np.array([len(values) for values in distinct])[:, None]
    # Places whose value is known to be on this side of the end, and on that one.
    before = np.full((len(distinct), 2 * k), -1)
    after = np.repeat(size, 2 * k, axis=1)
    while (after - before > 1).any():
        middle = (before + after) // 2
        at = _values_at(distinct, middle)
        below = shares_below(quantiles.is_at_most(at), quantiles.domains, design, options)
        half = t * below.standard_error
        flat = beta_interval(np.clip(below.value, 0.0, 1.0), kish, n, df, options.level)
        is_flat = does_not_vary(below.value, below.standard_error)
        low = np.where(is_flat, flat[0], below.value - half)[:, k:]
        high = np.where(is_flat, flat[1], below.value + half)[:, :k]
        is_beyond = np.hstack([high >= quantiles.shares, low > quantiles.shares])
        is_open = after - before > 1
        after = np.where(is_open & is_beyond, middle, after)
        before = np.where(is_open & ~is_beyond, middle, before)
    found = np.where(np.isnan(t), np.nan, _values_at(distinct, after))
    # Below the smallest value nobody is left: is that enough to reject it?
    nobody = beta_interval(np.zeros_like(n), kish, n, df, options.level)[1]
    ends_inside = (after[:, :k] > 0) | (quantiles.shares > nobody)
    return np.where(ends_inside, found[:, :k], np.nan), found[:, k:]


def _values_at(distinct: list[Values], place: NDArray[np.int64]) -> Values:
    """Look up values of each domain, NaN beyond the last, shape of ``place``."""
    found = np.full(place.shape, np.nan)
    for domain, values in enumerate(distinct):
        inside = (place[domain] >= 0) & (place[domain] < len(values))
        found[domain, inside] = values[place[domain, inside]]
    return found
