"""Values with a t test against zero, and tests with their degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, f, t

from analysis.intervals import EDGE, mean_interval
from analysis.results import Interval, IntervalMethod, Note
from analysis.variance.joint import Joint


@dataclass(frozen=True, slots=True)
class ValueTest:
    """A value with its interval and the t test of its being zero.

    Attributes
    ----------
    name : str
        E.g. the name of a coefficient.
    value, standard_error : float
    statistic : float
        ``(value - null) / standard_error``; NaN where nothing varies.
    df : float
        Degrees of freedom; without any, p value and ends are NaN.
    p_value : float
        Two-sided.
    interval : Interval
    """

    name: str
    value: float
    standard_error: float
    statistic: float
    df: float
    p_value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """A test of one hypothesis.

    Attributes
    ----------
    statistic : float
        An F ratio, or a chi-square where ``df_denominator`` is infinite.
    df_numerator, df_denominator : float
        Without denominator degrees of freedom (0 or less) the p value is NaN.
    p_value : float
    notes : tuple of Note
        Reservations.
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float
    notes: tuple[Note, ...] = ()


def t_tests(
    joint: Joint,
    names: Sequence[str],
    *,
    df: float | None = None,
    null: float = 0.0,
    level: float = 0.95,
) -> tuple[ValueTest, ...]:
    """Test each of some estimates against a number.

    Parameters
    ----------
    joint : Joint
        m estimates.
    names : sequence of str
        Their names.
    df : float, optional
        Degrees of freedom; without it those of ``joint``.
    null : float
        What the estimates are compared with.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    tuple of ValueTest
    """
    given = joint.df if df is None else df
    freedom = given if given > 0 else np.nan
    value, error = joint.value, joint.standard_errors()
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(error > EDGE * np.abs(value), (value - null) / error, np.nan)
    p_value = 2.0 * t.sf(np.abs(statistic), freedom)
    low, high = mean_interval(value, error, np.full(len(value), freedom), level)
    rows = zip(
        names,
        value.tolist(),
        error.tolist(),
        statistic.tolist(),
        p_value.tolist(),
        low.tolist(),
        high.tolist(),
        strict=True,
    )
    return tuple(
        ValueTest(
            name=row[0],
            value=row[1],
            standard_error=row[2],
            statistic=row[3],
            df=given,
            p_value=row[4],
            interval=Interval(row[5], row[6], level, _method(row[5])),
        )
        for row in rows
    )


def _method(end: float) -> IntervalMethod:
    return IntervalMethod.NONE if np.isnan(end) else IntervalMethod.MEAN


def f_test(
    statistic: float, df_numerator: float, df_denominator: float, notes: tuple[Note, ...] = ()
) -> HypothesisTest:
    """Compare an F ratio with its distribution."""
    p_value = np.nan
    if df_denominator > 0:
        p_value = float(f.sf(statistic, df_numerator, df_denominator))
    return HypothesisTest(statistic, df_numerator, df_denominator, p_value, notes)


def chi_square_test(statistic: float, df: float, notes: tuple[Note, ...] = ()) -> HypothesisTest:
    """Compare a chi-square with its distribution."""
    return HypothesisTest(statistic, df, np.inf, float(chi2.sf(statistic, df)), notes)
