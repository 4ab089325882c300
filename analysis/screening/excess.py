"""Units where something is far more frequent than in the others.

Units differ honestly: one serves older people, another has a queue. How much
they differ is estimated from the units themselves, by the middle of them, so
that a few that stand out do not hide one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MEDIAN_CHI2: Final = 0.45493642311957283
"""Median of the square of a standard normal variable."""
FAR: Final = 2.5
"""Standardised distance above which a unit does not count as typical."""
ROUNDS: Final = 20
FEWEST_UNITS: Final = 8
"""Fewer units than this cannot say how much units differ."""
MOST_CORRELATION: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """What the units say about one another.

    Attributes
    ----------
    share : float
        Of the typical unit.
    correlation : float
        How much more alike two answers of one unit are, by honest differences
        between units; 0 when units differ no more than by chance.
    expected : ndarray of float, shape (n_units,)
        What would be found in a typical unit of this size.
    p_value : ndarray of float, shape (n_units,)
        Probability to find as many or more in a typical unit.
    """

    share: float
    correlation: float
    expected: Values
    p_value: Values


def excess(found: NDArray[np.int64], n: NDArray[np.int64]) -> Excess:
    """Compare how often something was found in units.

    Parameters
    ----------
    found, n : ndarray of int, shape (n_units,)
        How often, of how many; ``0 <= found <= n``.

    Returns
    -------
    Excess
        p values of units without anything to look at are 1.

    Notes
    -----
    Upper tail of a beta-binomial distribution [Skellam1948]. The share is
    pooled over the units within 2.5 standard deviations above it; the
    correlation makes the median of squared standardised distances what it is
    for a normal variable, which half of the units could not upset
    [Huber2009, ch. 5].
    """
    counted, size = np.asarray(found, dtype=np.float64), np.asarray(n, dtype=np.float64)
    is_typical = size > 0
    share = correlation = 0.0
    for _ in range(ROUNDS):
        pooled, total = counted[is_typical].sum(), size[is_typical].sum()
        # Half an answer of each kind, so that nothing is impossible.
        share = float((pooled + 0.5) / (total + 1.0))
        correlation = _correlation(counted[size > 0], size[size > 0], share)
        spread = np.sqrt(_variance(size, share, correlation))
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = (counted - size * share) / spread
        now = (size > 0) & (distance <= FAR)
        if (now == is_typical).all():
            break
        is_typical = now
    p_value = _upper_tail(counted, size, share, correlation)
    return Excess(share, correlation, size * share, p_value)


def _variance(size: Values, share: float, correlation: float) -> Values:
    return np.asarray(size * share * (1.0 - share) * (1.0 + (size - 1.0) * correlation))


def _correlation(counted: Values, size: Values, share: float) -> float:
    """Find the correlation at which the middle of the units is as far out as it should be."""
    chance = size * share * (1.0 - share)
    # Where less than one is expected, counts are too coarse to say.
    is_told = chance >= 1.0
    if is_told.sum() < FEWEST_UNITS:
        return 0.0
    squared = (counted[is_told] - size[is_told] * share) ** 2 / chance[is_told]
    more = size[is_told] - 1.0

    def middle(correlation: float) -> float:
        return float(np.median(squared / (1.0 + more * correlation)))

    if middle(0.0) <= MEDIAN_CHI2:
        return 0.0
    low, high = 0.0, MOST_CORRELATION
    for _ in range(50):
        half = (low + high) / 2.0
        low, high = (half, high) if middle(half) > MEDIAN_CHI2 else (low, half)
    return high


def _upper_tail(counted: Values, size: Values, share: float, correlation: float) -> Values:
    from scipy.stats import betabinom, binom

    if correlation <= 0.0:
        p = binom.sf(counted - 1.0, size, share)
    else:
        strength = 1.0 / correlation - 1.0
        p = betabinom.sf(counted - 1.0, size, share * strength, (1.0 - share) * strength)
    return np.where(counted <= 0.0, 1.0, np.clip(p, 0.0, 1.0))
