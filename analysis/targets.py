"""Goals: reached, not reached, or not to be told yet; alone and with many judged at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from analysis.intervals import share_interval
from analysis.results import IntervalMethod

STEPS: Final = 60
"""Halvings of the level: more than doubles can tell apart."""

LEAST_P: Final = 1e-12
"""Smaller p values are shown as this: their tails are not known that far."""


class Verdict(StrEnum):
    """Where a figure stands against its goal, given its uncertainty."""

    REACHED = "reached"
    MISSED = "missed"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aimed:
    """A figure and the goal it is held against.

    Attributes
    ----------
    value, standard_error, low, high : float
        Of the figure, in its own units; NaN where not known.
    df, n, flat_n : float
        Degrees of freedom, respondents, and Kish's size where nothing varies.
    method : IntervalMethod
        How the interval was made.
    goal : float
        In the units of the figure.
    """

    value: float
    standard_error: float
    low: float
    high: float
    df: float
    n: float
    flat_n: float
    method: IntervalMethod
    goal: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one goal.

    Attributes
    ----------
    verdict : Verdict
        By the figure's own interval.
    p_value : float
        The smallest share of error at which its interval would not hold the
        goal; NaN without an interval.
    p_holm, p_bh : float
        Adjusted for all goals judged together, by Holm and by Benjamini and
        Hochberg.
    verdict_holm, verdict_bh : Verdict
        By the adjusted values.
    """

    verdict: Verdict
    p_value: float
    p_holm: float
    p_bh: float
    verdict_holm: Verdict
    verdict_bh: Verdict


def verdict(low: float, high: float, goal: float) -> Verdict:
    """Judge a goal by an interval: reached if all of it is at the goal or above.

    Parameters
    ----------
    low, high : float
        Ends; NaN where there is no interval.
    goal : float
        In the same units.
    """
    if math.isnan(low) or math.isnan(high):
        return Verdict.UNKNOWN
    if low >= goal:
        return Verdict.REACHED
    return Verdict.MISSED if high < goal else Verdict.UNDECIDED


def judge_goals(aimed: Sequence[Aimed], level: float = 0.95) -> tuple[Judgement, ...]:
    """Judge goals alone and together.

    Parameters
    ----------
    aimed : sequence of Aimed
        One family: what is judged together and could be picked from.
    level : float
        Confidence level of the verdicts, that of the figures' intervals.

    Returns
    -------
    tuple of Judgement
        In the order given.

    Notes
    -----
    P values are two-sided and belong to the same intervals as the verdicts,
    so that the two cannot disagree. Holm keeps the probability of any wrong
    verdict below ``1 - level`` [Holm1979]; Benjamini and Hochberg keep the
    expected share of wrong ones among those reached or missed below it
    [BenjaminiHochberg1995].
    """
    alone = [verdict(one.low, one.high, one.goal) for one in aimed]
    p_values = [p_value(one) for one in aimed]
    holm, bh = adjusted(p_values)
    alpha = 1.0 - level
    return tuple(
        Judgement(
            verdict=alone[k],
            p_value=p_values[k],
            p_holm=holm[k],
            p_bh=bh[k],
            verdict_holm=_adjusted_verdict(alone[k], holm[k], alpha),
            verdict_bh=_adjusted_verdict(alone[k], bh[k], alpha),
        )
        for k in range(len(aimed))
    )


def adjusted(p_values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Adjust p values by Holm and by Benjamini and Hochberg.

    As ``multipletests`` of statsmodels with ``"holm"`` and ``"fdr_bh"``, which
    the tests compare with; that one collects the garbage of the whole process
    at every call.

    Parameters
    ----------
    p_values : sequence of float
        NaN stays and counts for nothing.

    Returns
    -------
    holm, bh : list of float
    """
    values = np.array(p_values, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    holm, bh = values.copy(), values.copy()
    order = known[np.argsort(values[known], kind="stable")]
    ascending, m = values[order], len(order)
    left = np.arange(m, 0, -1)
    holm[order] = np.minimum(np.maximum.accumulate(ascending * left), 1.0)
    scaled = (ascending * m / np.arange(1, m + 1))[::-1]
    bh[order] = np.minimum(np.minimum.accumulate(scaled)[::-1], 1.0)
    return holm.tolist(), bh.tolist()


def p_value(aimed: Aimed) -> float:
    """Return the share of error at which the interval of a figure ends at its goal.

    NaN where there is no interval.
    """
    if math.isnan(aimed.low) or math.isnan(aimed.high):
        return math.nan
    if aimed.method is IntervalMethod.FIXED:
        return 1.0 if aimed.value == aimed.goal else LEAST_P
    if aimed.method is IntervalMethod.MEAN:
        from scipy.special import stdtr

        statistic = abs(aimed.value - aimed.goal) / aimed.standard_error
        return max(float(2.0 * stdtr(aimed.df, -statistic)), LEAST_P)
    ends = _ends(aimed)
    error_low, error_high = math.log(LEAST_P), 0.0
    # On the scale of the logarithm small p values keep their digits.
    for _ in range(STEPS):
        middle = (error_low + error_high) / 2.0
        low, high = ends(1.0 - math.exp(middle))
        if low <= aimed.goal <= high:
            error_low = middle
        else:
            error_high = middle
    return math.exp(error_high)


def _ends(aimed: Aimed) -> Callable[[float], tuple[float, float]]:
    """Return the interval of a figure as a function of the level."""
    value, error = np.array([aimed.value]), np.array([aimed.standard_error])
    df = np.array([aimed.df])
    method = aimed.method

    def ends(level: float) -> tuple[float, float]:
        low, high, _ = share_interval(
            method,
            value,
            error,
            n=np.array([aimed.n]),
            flat_n=np.array([aimed.flat_n]),
            df=df,
            level=level,
        )
        return float(low[0]), float(high[0])

    return ends


def _adjusted_verdict(alone: Verdict, p_adjusted: float, alpha: float) -> Verdict:
    """Keep a verdict only if it stands after adjustment."""
    if alone in {Verdict.UNKNOWN, Verdict.UNDECIDED}:
        return alone
    return alone if p_adjusted <= alpha else Verdict.UNDECIDED
