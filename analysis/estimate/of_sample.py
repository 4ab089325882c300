"""Estimates about one variable, over all respondents or those of a domain.

Respondents outside the domain, and respondents who did not answer, keep their
place in the design and contribute zero: no PSU is dropped with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.design import Design
from analysis.errors import EmptyDomainError, UnequalLengthsError
from analysis.finish import Estimand, Options, finish
from analysis.linear import Linear
from analysis.reduce import Units, reduce
from analysis.results import Estimate, IntervalMethod
from analysis.variance.lonely import LonelyPolicy


def total(
    values: Column,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
    *,
    level: float = 0.95,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Estimate:
    """Estimate the total of a variable in the population.

    Parameters
    ----------
    values : ndarray of float or bool, shape (n,)
        The variable; NaN where it is not known.
    design : Design
        How the n respondents were drawn.
    domain : ndarray of bool, shape (n,), optional
        Who belongs to the part of the population that is meant.
    level : float
        Confidence level.
    lonely : LonelyPolicy
        What a stratum with one PSU contributes to the variance.

    Returns
    -------
    Estimate
        Units of the variable times people. Where nothing varies the interval
        is NaN: a total has no largest possible value to reason from.

    Raises
    ------
    UnequalLengthsError, EmptyDomainError, LonelyPsuError

    Notes
    -----
    ``sum(w * y)`` [HorvitzThompson1952]; variance between PSUs [Lohr2021,
    ch. 9]; t interval.
    """
    known, numbers = _known(values, design, domain)
    return _estimate(
        numbers[:, None],
        known,
        design,
        Options(level, lonely),
        ends=None,
        interval=IntervalMethod.MEAN,
    )


def mean(
    values: Column,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
    *,
    level: float = 0.95,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Estimate:
    """Estimate the mean of a variable among those for whom it is known.

    Parameters and errors as for ``total``.

    Returns
    -------
    Estimate
        Units of the variable, t interval. As ``svymean(na.rm = TRUE)`` of R.

    Notes
    -----
    ``sum(w * y) / sum(w)``, linearised as a ratio [Lohr2021, ch. 9].
    """
    known, numbers = _known(values, design, domain)
    return _estimate(
        np.column_stack([numbers, known]),
        known,
        design,
        Options(level, lonely),
        ends=None,
        interval=IntervalMethod.MEAN,
    )


def proportion(
    has_trait: Column,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
    *,
    level: float = 0.95,
    interval: IntervalMethod = IntervalMethod.LOGIT,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Estimate:
    """Estimate the share of a population with a trait.

    Parameters
    ----------
    has_trait : ndarray of bool or float, shape (n,)
        Whether each respondent has the trait, e.g. answered 4 or 5; NaN
        where it is not known.
    design, domain, level, lonely
        As for ``total``.
    interval : IntervalMethod
        ``LOGIT``, ``BETA``, ``WILSON`` or ``MEAN``; where everybody or nobody
        has the trait, ``BETA`` on Kish's size is used instead.

    Returns
    -------
    Estimate
        ``value`` and the interval are shares between 0 and 1, not percent.

    Raises
    ------
    UnequalLengthsError, EmptyDomainError, LonelyPsuError

    Notes
    -----
    Variance: between PSUs [Lohr2021, ch. 9]. Interval: [KornGraubard1998];
    without degrees of freedom its ends are NaN, never narrow.
    """
    known, numbers = _known(has_trait, design, domain)
    return _estimate(
        np.column_stack([numbers, known]),
        known,
        design,
        Options(level, lonely),
        ends=(0.0, 1.0),
        interval=interval,
    )


def ratio(
    numerator: Column,
    denominator: Column,
    design: Design,
    domain: NDArray[np.bool_] | None = None,
    *,
    level: float = 0.95,
    is_share: bool = False,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Estimate:
    """Estimate the ratio of two totals.

    Parameters
    ----------
    numerator, denominator : ndarray of float, shape (n,)
        NaN in either leaves the respondent out of both.
    design, domain, level, lonely
        As for ``total``.
    is_share : bool
        Whether the numerator is part of the denominator, as in "satisfied
        answers over answers": then the interval is logit within (0, 1).

    Returns
    -------
    Estimate
        Units of numerator per denominator. As ``svyratio`` of R.

    Raises
    ------
    UnequalLengthsError, EmptyDomainError, LonelyPsuError

    Notes
    -----
    ``Y / X`` with influence ``w * (y - Y / X * x) / X`` [Lohr2021, ch. 4, 9].
    """
    if len(numerator) != len(denominator):
        raise UnequalLengthsError(numerator=len(numerator), denominator=len(denominator))
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.asarray(denominator, dtype=np.float64)
    known, _ = _known(top + bottom, design, domain)
    pair = np.where(known[:, None], np.column_stack([top, bottom]), 0.0)
    return _estimate(
        pair,
        known,
        design,
        Options(level, lonely),
        ends=(0.0, 1.0) if is_share else None,
        interval=IntervalMethod.LOGIT if is_share else IntervalMethod.MEAN,
    )


def _known(
    values: Column, design: Design, domain: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return who contributes, and the values with zeros for all others."""
    numbers = np.asarray(values, dtype=np.float64)
    inside = np.ones(design.n, dtype=np.bool_) if domain is None else np.asarray(domain, np.bool_)
    if not len(numbers) == len(inside) == design.n:
        raise UnequalLengthsError(values=len(numbers), domain=len(inside), design=design.n)
    known = inside & ~np.isnan(numbers)
    return known, np.where(known, numbers, 0.0)


def _estimate(
    values: NDArray[np.float64],
    known: NDArray[np.bool_],
    design: Design,
    options: Options,
    *,
    ends: tuple[float, float] | None,
    interval: IntervalMethod,
) -> Estimate:
    """Estimate the total of one variable or the ratio of two."""
    if not (known & (design.weight > 0)).any():
        raise EmptyDomainError
    sample = reduce(Units(values, known[:, None]), design)

    def algebra(totals: Sequence[Linear]) -> list[Estimand]:
        linear = totals[0] / totals[1] if len(totals) > 1 else totals[0]
        return [Estimand(linear, 0, ends, interval)]

    return finish(algebra, sample, options)[0][0]
