"""Confidence intervals, elementwise over arrays.

Without degrees of freedom the ends are NaN, never narrow. ``share_interval``
chooses: the wanted interval inside, Korn and Graubard's beta where nothing
varies. scipy is imported where it is needed: importing it takes longer than
many a file.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.results import IntervalMethod
from analysis.student import two_sided

Values: TypeAlias = NDArray[np.float64]
Ends: TypeAlias = tuple[Values, Values]

EDGE = 1e-12
"""Shares closer than this to 0 or 1 are taken for 0 or 1."""

STEPS: Final = 100
"""Newton steps at most; the likelihood is convex, so that a dozen are enough."""

ENOUGH: Final = 4 * float(np.finfo(np.float64).eps)
"""Relative size of a step after which there is nothing left to gain."""


def t_quantile(df: Values, level: float) -> Values:
    """Return the upper quantile of Student's t for a two-sided interval.

    Parameters
    ----------
    df : ndarray of float
        Degrees of freedom; NaN is returned where there are none.
    level : float
        Confidence level between 0 and 1.
    """
    return two_sided(df, level)


def mean_interval(value: Values, standard_error: Values, df: Values, level: float) -> Ends:
    """Value plus and minus t standard errors [Lohr2021, ch. 2].

    Units of the value; may leave the range that is possible.
    """
    half = t_quantile(df, level) * standard_error
    return value - half, value + half


def logit_interval(share: Values, standard_error: Values, df: Values, level: float) -> Ends:
    """Interval made on the log-odds scale [KornGraubard1998; Lumley2010].

    As ``svyciprop`` of R with ``method = "logit"`` and ``"xlogit"``: the first
    takes the variance of the log-odds from a logistic regression without
    variables, the second from that of the share, and linearised they are the
    same formula. With replicate weights they are not: for ``"logit"`` let
    ``standard_error`` be ``share * (1 - share)`` times the standard error of
    the replicated log-odds. NaN at shares 0 and 1.
    """
    from scipy.special import expit, logit

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
    from scipy.special import betaincinv

    tail = (1.0 - level) / 2.0
    size = effective_n * (t_quantile(n - 1.0, level) / t_quantile(df, level)) ** 2
    with np.errstate(invalid="ignore"):
        low = betaincinv(size * share, size * (1.0 - share) + 1.0, tail)
        high = betaincinv(size * share + 1.0, size * (1.0 - share), 1.0 - tail)
    known = ~np.isnan(size)
    low = np.where(known & (share <= 0), 0.0, low)
    high = np.where(known & (share >= 1), 1.0, high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def asin_interval(share: Values, effective_n: Values, df: Values, level: float) -> Ends:
    """Interval made on the scale of ``asin(sqrt(share))`` [Lumley2010].

    There the standard error is ``1 / (2 * sqrt(effective_n))`` whatever the
    share. As ``svyciprop(method = "asin")`` of R as long as the ends stay
    within the scale; R lets them run over its end and come back, which is an
    end on the wrong side, here they stop at 0 and 1.

    Parameters
    ----------
    share, effective_n, df, level
        As for ``beta_interval``.
    """
    half = t_quantile(df, level) / (2.0 * np.sqrt(effective_n))
    centre = np.arcsin(np.sqrt(share))
    low = np.sin(np.maximum(centre - half, 0.0)) ** 2
    return low, np.sin(np.minimum(centre + half, np.pi / 2.0)) ** 2


def likelihood_interval(
    share: Values, effective_n: Values, n: Values, df: Values, level: float
) -> Ends:
    """Shares whose scaled likelihood is not too far below the largest [RaoScott1984].

    Parameters
    ----------
    share, effective_n, n, df, level
        As for ``beta_interval``.

    Returns
    -------
    tuple of ndarray
        The two shares ``x`` with

            2 * effective_n * (p * log(p / x) + (1 - p) * log((1 - p) / (1 - x)))
                = t ** 2 * n / (n - 1)

        to the last digit; at shares 0 and 1 the outer end is the share itself,
        the inner one is not. NaN with one respondent.

    Notes
    -----
    ``svyciprop(method = "likelihood")`` of R means the same: its scale is the
    variance of the log-odds over the one a binomial sample would have, which
    is ``n / effective_n``, and its dispersion is ``n / (n - 1)``. R reads the
    ends off a spline through some twenty points of the profile, so that its
    own figures are good to five or six digits.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        dispersion = np.where(n > 1, n / (n - 1.0), np.nan)
        distance = t_quantile(df, level) ** 2 * dispersion / (2.0 * effective_n)
    return _likelihood_low(share, distance), 1.0 - _likelihood_low(1.0 - share, distance)


def _likelihood_low(share: Values, distance: Values) -> Values:
    """Solve for the lower end by Newton's method on the log-odds scale.

    With ``d`` the log-odds below those of the share, the distance is
    ``log1p(p * expm1(d)) - p * d``: convex, so that from the second step on
    the solution is approached from below.
    """
    share, distance = np.broadcast_arrays(share, distance)
    inside = (share > 0) & (share < 1) & (distance > 0) & np.isfinite(distance)
    p, wanted = np.where(inside, share, 0.5), np.where(inside, distance, 1.0)
    below = -np.sqrt(2.0 * wanted / (p * (1.0 - p)))
    for _ in range(STEPS):
        odds = np.expm1(below)
        slope = p * (1.0 - p) * odds / (1.0 + p * odds)
        step = (np.log1p(p * odds) - p * below - wanted) / slope
        below = np.minimum(below - step, -np.finfo(np.float64).tiny)
        if (np.abs(step) <= ENOUGH * np.abs(below)).all():
            break
    odds = np.exp(below)
    low = p * odds / (1.0 - p + p * odds)
    low = np.where(inside, low, np.where(share >= 1, np.exp(-distance), 0.0 * distance))
    return np.where(np.isnan(distance) | np.isnan(share), np.nan, low)


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


def share_interval(
    method: IntervalMethod,
    share: Values,
    standard_error: Values,
    *,
    n: Values,
    flat_n: Values,
    df: Values,
    level: float,
) -> tuple[Values, Values, NDArray[np.bool_]]:
    """Return the interval of a share, also where nobody or everybody has the trait.

    Parameters
    ----------
    method : IntervalMethod
        What is wanted where the sample varies.
    share, standard_error : ndarray of float
        Shares between 0 and 1.
    n : ndarray of float
        Contributing respondents.
    flat_n : ndarray of float
        Effective size where nothing varies, ``kish_n``.
    df : ndarray of float
        Degrees of freedom of the design.
    level : float
        Confidence level.

    Returns
    -------
    low, high : ndarray of float
        NaN in both where one is not known.
    is_flat : ndarray of bool
        Where nothing varies: there the ends are those of ``beta_interval`` on
        ``flat_n``, whatever the method, so that the width is never zero.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective_n = share * (1.0 - share) / standard_error**2
        low, high = _inside(method, share, standard_error, effective_n, n, df, level)
        is_flat = does_not_vary(share, standard_error)
        if is_flat.any():
            # Few figures do not vary, and quantiles of the beta distribution are dear.
            here = np.broadcast_to(is_flat, low.shape)
            at_end, size, people, freedom = (
                np.broadcast_to(of, low.shape)[here]
                for of in (np.clip(share, 0.0, 1.0), flat_n, n, df)
            )
            low[here], high[here] = beta_interval(at_end, size, people, freedom, level)
    unknown = np.isnan(low) | np.isnan(high)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high), is_flat


def _inside(
    method: IntervalMethod,
    share: Values,
    error: Values,
    effective_n: Values,
    n: Values,
    df: Values,
    level: float,
) -> Ends:
    """Return the wanted interval; NaN for methods that are not about shares."""
    ends = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    match method:
        case IntervalMethod.MEAN:
            ends = mean_interval(share, error, df, level)
        case IntervalMethod.LOGIT | IntervalMethod.XLOGIT:
            ends = logit_interval(share, error, df, level)
        case IntervalMethod.ASIN:
            ends = asin_interval(share, effective_n, df, level)
        case IntervalMethod.BETA:
            ends = beta_interval(share, effective_n, n, df, level)
        case IntervalMethod.WILSON:
            ends = wilson_interval(share, effective_n, df, level)
        case IntervalMethod.LIKELIHOOD:
            ends = likelihood_interval(share, effective_n, n, df, level)
    return ends
