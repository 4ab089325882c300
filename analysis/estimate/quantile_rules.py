"""What a quantile of weighted values is: twelve definitions by name.

The distribution function of weighted values has steps, and between two steps
there is no one answer. The definitions are those of ``svyquantile(qrule =)``
of R ``survey``, after Hyndman and Fan's nine for values without weights
[HyndmanFan1996; Lumley2010].
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]

TIE: Final = 1e-11
"""Shares of the total weight closer than this are taken for equal: sums round."""


class QuantileRule(StrEnum):
    """A definition; printed beside the quantile.

    With ``C_k`` the sum of the first ``k`` weights, in order of the values,
    and ``p`` the share wanted:

    ``MATH``, ``HF1``
        Smallest value with ``C_k / C_n >= p``: the inverse of the distribution
        function.
    ``SCHOOL``, ``HF2``
        The same; where ``C_k / C_n`` is exactly ``p``, half way to the next.
    ``HF3``
        Where ``C_k / C_n`` is exactly ``p`` for the ``k``-th distinct value,
        that one if ``k`` is even and the next if it is odd; elsewhere as
        ``MATH``. So does R, whose manual promises Hyndman and Fan's third,
        the value with the nearest even number; it is not.
    ``HF4`` … ``HF9``
        On the straight lines through ``(p_k, value_k)``, with ``p_k``: ``HF4``
        ``C_k / C_n``; ``HF5`` ``(C_k - w_k / 2) / C_n``; ``HF6``
        ``C_k / (C_n + w_n)``; ``HF7`` ``C_{k-1} / C_{n-1}``; ``HF8``
        ``(C_k - w_k / 3) / (C_n + w_n / 3)``; ``HF9``
        ``(C_k - 3 w_k / 8) / (C_n + w_n / 4)``. People with the same value and
        different weights are taken in the order of the rows, which may matter
        beside them.
    ``SHAHVAISH``
        Largest value with ``(C_k + 1/2 - w_k / 2) / (n + 1) <= p``, weights
        scaled to mean 1.
    """

    MATH = "math"
    SCHOOL = "school"
    SHAHVAISH = "shahvaish"
    HF1 = "hf1"
    HF2 = "hf2"
    HF3 = "hf3"
    HF4 = "hf4"
    HF5 = "hf5"
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


def quantiles_of_sorted(
    values: Values, weight: Values, shares: Values, rule: QuantileRule
) -> Values:
    """Return quantiles of values in ascending order.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Never decreasing, no NaN.
    weight : ndarray of float64, shape (n,)
        Rows of weight zero are left out. Calibrated weights may be negative;
        then a share is reached where it is not lost again.
    shares : ndarray of float64, shape (k,)
        Between 0 and 1; outside, the smallest or largest value. NaN gives NaN.
    rule : QuantileRule

    Returns
    -------
    ndarray of float64, shape (k,)
        In units of the values; NaN without any row, and where weights are NaN,
        as in a replicate that could not be adjusted.

    Notes
    -----
    ``survey`` 4.1-1 and newer versions depart from their definitions in three
    places, which are not followed. For a share below that of the first row,
    ``math``, ``school`` and ``hf3`` give the second value and ``hf4`` one
    below the smallest; here it is the smallest. ``hf4`` has no value at 1.
    ``shahvaish`` subtracts half of the weight before scaling, so that the
    answer depends on the unit of the weights; with weights of mean 1 both are
    the same. Where a sum of weights meets the share exactly, R leaves it to
    rounding whether it notices; here sums that agree to 1e-11 are equal.
    """
    counted = weight != 0
    if not counted.all():
        values, weight = values[counted], weight[counted]
    if len(values) == 0 or np.isnan(weight).any():
        return np.full(len(shares), np.nan)
    if rule is QuantileRule.HF3:
        first = np.flatnonzero(np.diff(values, prepend=-np.inf) > 0)
        values, weight = values[first], np.add.reduceat(weight, first)
    known = np.where(np.isnan(shares), 0.5, shares)
    if rule in _STEPS:
        found = _step(values, _reached(np.cumsum(weight)), known, rule)
    else:
        found = _between(values, _points(weight, rule), known, rule)
    return np.where(np.isnan(shares), np.nan, found)


_STEPS: Final = frozenset(
    {
        QuantileRule.MATH,
        QuantileRule.HF1,
        QuantileRule.SCHOOL,
        QuantileRule.HF2,
        QuantileRule.HF3,
    }
)


def _reached(cumulated: Values) -> Values:
    """Return the distribution function, never decreasing."""
    share = cumulated / cumulated[-1]
    return np.asarray(np.minimum.accumulate(share[::-1])[::-1])


def _step(values: Values, reached: Values, shares: Values, rule: QuantileRule) -> Values:
    """Read quantiles off the steps of the distribution function."""
    last = np.searchsorted(reached, shares + TIE, side="right") - 1
    upper = values[np.minimum(last + 1, len(values) - 1)]
    at = np.maximum(last, 0)
    is_tie = (last >= 0) & (np.abs(reached[at] - shares) <= TIE)
    lower = values[at]
    match rule:
        case QuantileRule.SCHOOL | QuantileRule.HF2:
            on_tie = lower + (upper - lower) / 2.0
        case QuantileRule.HF3:
            on_tie = np.where(last % 2 == 1, lower, upper)
        case _:
            on_tie = lower
    return np.where(is_tie, on_tie, upper)


def _points(weight: Values, rule: QuantileRule) -> Values:
    """Return the share at which each value is reached, shape (n,)."""
    cumulated = np.cumsum(weight)
    total, last = cumulated[-1], weight[-1]
    match rule:
        case QuantileRule.HF5:
            points = (cumulated - weight / 2.0) / total
        case QuantileRule.HF6:
            points = cumulated / (total + last)
        case QuantileRule.HF7:
            before = total - last if len(weight) > 1 else total
            points = (cumulated - weight) / before
        case QuantileRule.HF8:
            points = (cumulated - weight / 3.0) / (total + last / 3.0)
        case QuantileRule.HF9:
            points = (cumulated - 3.0 * weight / 8.0) / (total + last / 4.0)
        case QuantileRule.SHAHVAISH:
            scale = len(weight) / total
            points = ((cumulated - weight / 2.0) * scale + 0.5) / (len(weight) + 1.0)
        case _:
            points = cumulated / total
    return np.asarray(points, dtype=np.float64)


def _between(values: Values, points: Values, shares: Values, rule: QuantileRule) -> Values:
    """Read quantiles off the lines, or for Shah and Vaish the steps, through points."""
    if (np.diff(points) < 0).any():
        order = np.argsort(points, kind="stable")
        points, values = points[order], values[order]
    at = np.clip(np.searchsorted(points, shares + TIE, side="right") - 1, 0, len(points) - 1)
    if rule is QuantileRule.SHAHVAISH:
        return values[at]
    on_point = np.abs(points[at] - shares) <= TIE
    return np.where(on_point, values[at], np.interp(shares, points, values))
