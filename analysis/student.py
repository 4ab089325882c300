"""Quantiles of Student's t for whole degrees of freedom, without scipy.

Almost every estimate needs one, and importing scipy's special functions takes
longer than adding up a million rows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]

MOST_DF: Final = 2**14
"""Degrees of freedom up to here are summed up; the series has half as many terms."""
MOST_LEVEL: Final = 0.99
STEPS: Final = 60
ENOUGH: Final = 1e-15


def two_sided(df: Values, level: float) -> Values:
    """Return the upper quantile of Student's t for a two-sided interval.

    Parameters
    ----------
    df : ndarray of float
        Degrees of freedom; NaN is returned where they are not positive.
    level : float
        Confidence level between 0 and 1.

    Returns
    -------
    ndarray of float
        To twelve digits, as scipy's ``stdtrit``, which is asked where degrees
        of freedom are fractions or very many, and for levels close to 1.
    """
    distinct, place = np.unique(np.asarray(df, dtype=np.float64), return_inverse=True)
    is_whole = (distinct >= 1) & (distinct <= MOST_DF) & (distinct == np.floor(distinct))
    is_summed = is_whole & (0 < level <= MOST_LEVEL)
    found = np.full(distinct.shape, np.nan)
    for k in np.flatnonzero(is_summed):
        found[k] = _quantile(int(distinct[k]), level)
    others = ~is_summed & (distinct > 0)
    if others.any():
        from scipy.special import stdtrit

        found[others] = stdtrit(distinct[others], (1.0 + level) / 2.0)
    return np.asarray(found[place].reshape(np.shape(df)))


@lru_cache(maxsize=2**12)
def _quantile(df: int, level: float) -> float:
    """Solve for the angle whose tangent is t over the root of df.

    Newton's steps from below: the share within grows ever more slowly with
    the angle, so that no step goes too far.
    """
    log_peak = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) + math.log(2 / math.sqrt(math.pi))
    angle = 0.0
    for _ in range(STEPS):
        slope = math.exp(log_peak + (df - 1) * math.log(math.cos(angle)))
        step = (level - _share_within(angle, df)) / slope
        angle += step
        if abs(step) <= ENOUGH * angle:
            break
    return math.sqrt(df) * math.tan(angle)


def _share_within(angle: float, df: int) -> float:
    """Return the probability of less than t on either side [AbramowitzStegun1964, 26.7]."""
    sine, cosine = math.sin(angle), math.cos(angle)
    if df == 1:
        return angle * 2 / math.pi
    # Every term comes from the one before; all are positive.
    first = 3.0 if df % 2 else 2.0
    lower = np.arange(first, df - 1, 2.0)
    terms = np.cumprod((lower - 1) / lower * cosine**2)
    if df % 2:
        return (angle + sine * cosine * (1.0 + float(terms.sum()))) * 2 / math.pi
    return sine * (1.0 + float(terms.sum()))
