"""Sharing a total out in proportion, within bounds."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

NEGLIGIBLE: Final = 1e-12
"""Part of the largest measure below which a stratum waits until the others are full."""


def share_within_bounds(
    total: float,
    measure: Values,
    lower: Values,
    upper: Values,
    *,
    unit_cost: Values | None = None,
    fallback: Values | None = None,
) -> Values:
    """Share a total out in proportion to a measure, as far as bounds allow.

    The shares are ``clip(t * measure, lower, upper)`` with the one ``t`` that
    uses up the total. With ``measure = N * S`` they have the least variance of
    all shares within the bounds, and with ``N * S / sqrt(cost)`` the least for
    the money [Wesolowski2024].

    Parameters
    ----------
    total : float
        Between the sums of the bounds (times costs).
    measure : ndarray of float64, shape (n_strata,)
        Not negative.
    lower, upper : ndarray of float64, shape (n_strata,)
        ``0 <= lower <= upper``, finite.
    unit_cost : ndarray of float64, shape (n_strata,), optional
        Positive; then ``sum(unit_cost * shares)`` is the total.
    fallback : ndarray of float64, shape (n_strata,), optional
        Measure of the strata whose ``measure`` is next to nothing, used for what
        the others have no room for; all alike by default.

    Returns
    -------
    ndarray of float64, shape (n_strata,)

    Notes
    -----
    What is used up is a line with a bend at every bound, so ``t`` is found by
    sorting the bounds: exact, without iteration.
    """
    cost = np.ones_like(measure) if unit_cost is None else unit_cost
    shares = lower.astype(np.float64).copy()
    counts = measure > NEGLIGIBLE * float(measure.max(initial=0.0))
    with_measure = counts & (upper > lower)
    most = float(cost @ np.where(with_measure, upper, lower))
    if with_measure.any():
        inside = total - float(cost[~with_measure] @ lower[~with_measure])
        shares[with_measure] = _clipped(
            inside, measure[with_measure], lower[with_measure], upper[with_measure],
            cost[with_measure],
        )  # fmt: skip
    rest = ~counts & (upper > lower)
    if total > most and rest.any():
        spread = np.ones_like(measure) if fallback is None else fallback
        taken = float(cost[~rest] @ shares[~rest])
        shares[rest] = _clipped(total - taken, spread[rest], lower[rest], upper[rest], cost[rest])
    return shares


def _clipped(total: float, measure: Values, lower: Values, upper: Values, cost: Values) -> Values:
    """Return ``clip(t * measure, lower, upper)`` that costs the total."""
    if total <= float(cost @ lower):
        return lower.copy()
    if total >= float(cost @ upper):
        return upper.copy()
    # Each stratum starts to rise at lower / measure and stops at upper / measure.
    bends = np.concatenate([lower / measure, upper / measure])
    slopes = np.concatenate([cost * measure, -cost * measure])
    order = np.argsort(bends, kind="stable")
    bends, slope = bends[order], np.cumsum(slopes[order])
    used = float(cost @ lower) + np.concatenate([[0.0], np.cumsum(slope[:-1] * np.diff(bends))])
    before = int(np.searchsorted(used, total, side="right")) - 1
    t = bends[before]
    if slope[before] > 0:
        t += (total - used[before]) / slope[before]
    return np.asarray(np.clip(t * measure, lower, upper))
