"""Answers that came in bursts: more within a few days than the other days explain.

Stored answers know their day, not their hour, so days are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

WIDTHS: Final = (1, 2, 3, 5, 7)
"""Lengths of the windows, in days."""


@dataclass(frozen=True, slots=True, eq=False)
class Bursts:
    """The window of each unit that is least like the rest, arrays of shape (n_units,).

    Attributes
    ----------
    first, last : ndarray of int
        Its first and last day, counted from 0.
    found : ndarray of int
        Answers in it.
    expected : ndarray of float
        Answers expected in it, of as many as the unit has.
    p_value : ndarray of float
        Of so dense a window anywhere.
    dispersion : float
        How much more days vary than by chance, in the middle of the units; at
        least 1.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    found: NDArray[np.int64]
    expected: Values
    p_value: Values
    dispersion: float


def expected_shares(counts: NDArray[np.int64], is_open: NDArray[np.bool_]) -> Values:
    """Say how the answers of each unit should fall on the days, by those of the other units.

    Parameters
    ----------
    counts : ndarray of int, shape (n_units, n_days)
        Answers by unit and day.
    is_open : ndarray of bool, shape (n_days,)
        Days on which answers are taken at all.

    Returns
    -------
    ndarray of float, shape (n_units, n_days)
        Shares that add up to 1. One answer for each open day is added, so
        that a day without answers elsewhere is rare, not impossible.
    """
    others = counts.sum(axis=0, dtype=np.float64) - counts + is_open
    return np.asarray(others / others.sum(axis=1, keepdims=True))


def scan(
    counts: NDArray[np.int64],
    shares: Values,
    *,
    widths: Sequence[int] = WIDTHS,
    dispersion: float | None = None,
) -> Bursts:
    """Look for the densest window of each unit.

    Parameters
    ----------
    counts : ndarray of int, shape (n_units, n_days)
        Answers by unit and day.
    shares : ndarray of float, shape (n_units, n_days)
        How they should fall on the days; rows add up to 1.
    widths : sequence of int
        Lengths of the windows; those longer than the period are left out.
    dispersion : float, optional
        How much more days vary than by chance; estimated when not given.

    Returns
    -------
    Bursts

    Notes
    -----
    A scan statistic with windows of several lengths [Naus1965]
    [GlazNausWallenstein2001]: the least of the binomial tail probabilities of
    all windows, given the unit's number of answers. Its p value is bounded by
    the number of windows times that probability (Bonferroni), which needs no
    simulation, reaches far enough for thousands of units and is never too
    small. Days of honest units vary more than by chance (families come
    together, offices make campaigns), so counts are divided by the dispersion,
    the median over units of Pearson's statistic over its degrees of freedom,
    before the tail is taken (quasi-binomial [McCullaghNelder1989, sec. 4.5]).
    """
    n_units, n_days = counts.shape
    if dispersion is None:
        dispersion = day_dispersion(counts, shares)
    total = counts.sum(axis=1).astype(np.float64)
    summed = np.hstack([np.zeros((n_units, 1)), np.cumsum(counts, axis=1)])
    share_to = np.hstack([np.zeros((n_units, 1)), np.cumsum(shares, axis=1)])
    least = np.full(n_units, np.inf)
    first = np.zeros(n_units, dtype=np.int64)
    length = np.ones(n_units, dtype=np.int64)
    n_windows = np.zeros(n_units)
    for width in (w for w in widths if w <= n_days):
        inside = summed[:, width:] - summed[:, :-width]
        share = np.clip(share_to[:, width:] - share_to[:, :-width], 0.0, 1.0)
        n_windows += (share > 0.0).sum(axis=1)
        tail = _tail(inside, total[:, None], share, dispersion)
        at = tail.argmin(axis=1)
        here = tail[np.arange(n_units), at]
        is_less = here < least
        least = np.where(is_less, here, least)
        first = np.where(is_less, at, first)
        length = np.where(is_less, width, length)
    rows = np.arange(n_units)
    found = summed[rows, first + length] - summed[rows, first]
    expected = total * (share_to[rows, first + length] - share_to[rows, first])
    p_value = np.where(total > 0, np.minimum(n_windows * least, 1.0), 1.0)
    return Bursts(
        first, first + length - 1, found.astype(np.int64), expected, p_value, dispersion
    )  # fmt: skip


def day_dispersion(counts: NDArray[np.int64], shares: Values) -> float:
    """Say how much more the days of units vary than by chance; 1 when not more.

    Parameters
    ----------
    counts, shares : ndarray, shape (n_units, n_days)
    """
    total = counts.sum(axis=1, dtype=np.float64)
    expected = total[:, None] * shares
    is_day = shares > 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        squared = np.where(is_day, (counts - expected) ** 2 / expected, 0.0)
    df = is_day.sum(axis=1) - 1.0
    known = (total > 0) & (df > 0)
    if not known.any():
        return 1.0
    return max(1.0, float(np.median(squared.sum(axis=1)[known] / df[known])))


def _tail(inside: Values, total: Values, share: Values, dispersion: float) -> Values:
    """Return the probability of so many or more in each window, counts divided by dispersion."""
    from scipy.special import betainc

    with np.errstate(invalid="ignore"):
        tail = betainc(inside / dispersion, (total - inside) / dispersion + 1.0, share)
    return np.where(inside > 0.0, tail, 1.0)
