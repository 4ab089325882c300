"""Confidence intervals, elementwise over arrays.

Without degrees of freedom the ends are NaN, never narrow. ``share_interval``
chooses: logit inside, Korn and Graubard's beta where nothing varies.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, stdtrit

Values: TypeAlias = NDArray[np.float64]
Ends: TypeAlias = tuple[Values, Values]

EDGE = 1e-12
"""Shares closer than this to 0 or 1 are taken for 0 or 1."""


def t_quantile(df: Values, level: float) -> Values:
    """Return the upper quantile of Student's t for a two-sided interval.

    Parameters
    ----------
    df : ndarray of float
        Degrees of freedom; NaN is returned where there are none.
    level : float
        Confidence level between 0 and 1.
    """
    known = np.where(df > 0, df, np.nan)
    return np.asarray(stdtrit(known, (1.0 + level) / 2.0), dtype=np.float64)


def mean_interval(value: Values, standard_error: Values, df: Values, level: float) -> Ends:
    """Value plus and minus t standard errors [Lohr2021, ch. 2].

    Units of the value; may leave the range that is possible.
    """
    half = t_quantile(df, level) * standard_error
    return value - half, value + half


def logit_interval(share: Values, standard_error: Values, df: Values, level: float) -> Ends:
    """Interval made on the log-odds scale [KornGraubard1998; Lumley2010].

    As ``svyciprop(method = "logit")`` of R. NaN at shares 0 and 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        half = t_quantile(df, level) * standard_error / (share * (1.0 - share))
        centre = logit(share)
        return expit(centre - half), expit(centre + half)


def beta_interval(share: Values, effective_n: Values, n: Values, df: Values, level: float) -> Ends:
    """Clopper and Pearson's interval on the effective size [KornGraubard1998].

    Parameters
    ----------
    share : ndarray of float
        Between 0 and 1, ends included.
    effective_n : ndarray of float
        ``share * (1 - share) / variance``; at the ends, where that is 0 / 0,
        a size the caller stands for, e.g. ``kish_n``.
    n : ndarray of float
        Contributing respondents; the effective size is corrected by the
        squared ratio of the t quantiles for ``n - 1`` and ``df``.
    df : ndarray of float
        Degrees of freedom of the design.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        As ``svyciprop(method = "beta")`` of R for shares inside (0, 1); at 0
        and 1 the outer end is the share itself, the inner one is not.
    """
    tail = (1.0 - level) / 2.0
    size = effective_n * (t_quantile(n - 1.0, level) / t_quantile(df, level)) ** 2
    with np.errstate(invalid="ignore"):
        low = betaincinv(size * share, size * (1.0 - share) + 1.0, tail)
        high = betaincinv(size * share + 1.0, size * (1.0 - share), 1.0 - tail)
    known = ~np.isnan(size)
    low = np.where(known & (share <= 0), 0.0, low)
    high = np.where(known & (share >= 1), 1.0, high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def wilson_interval(share: Values, effective_n: Values, df: Values, level: float) -> Ends:
    """Wilson's score interval on the effective size, with t for z [Franco2019; Kott2017]."""
    z = t_quantile(df, level) ** 2 / effective_n
    centre = (share + z / 2.0) / (1.0 + z)
    half = np.sqrt(z * (share * (1.0 - share) + z / 4.0)) / (1.0 + z)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def kish_n(weight: Values, squared_weight: Values) -> Values:
    """Kish's size of an unclustered sample with these weights [Kish1992].

    ``sum(w) ** 2 / sum(w ** 2)``: the limit of ``p (1 - p) / variance`` for
    people who answer independently, so it can stand in where nobody, or
    everybody, has the trait. NaN without weight.
    """
    return weight**2 / np.where(squared_weight > 0, squared_weight, np.nan)


def does_not_vary(share: Values, standard_error: Values) -> NDArray[np.bool_]:
    """Say where the sample shows no variation, so no interval can be built on it."""
    at_end = (share <= EDGE) | (share >= 1.0 - EDGE)
    return at_end | (standard_error <= EDGE)
