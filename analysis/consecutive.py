"""Measurements one after the other, as far as published figures tell.

`analysis.changes` compares two rounds with their answers at hand; here only
what was published is known.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.student import two_sided


@dataclass(frozen=True, slots=True)
class Measured:
    """What is needed of one of two measurements: units of the value, df may be infinite."""

    value: float
    standard_error: float
    df: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two independent estimates.

    Attributes
    ----------
    value : float
        Later minus earlier, in their units.
    standard_error : float
        NaN if one of theirs is not known.
    low, high : float
        Ends of the interval; NaN without degrees of freedom.
    df : float
        Satterthwaite's.
    """

    value: float
    standard_error: float
    low: float
    high: float
    df: float

    @property
    def direction(self) -> int:
        """1 or -1 where the interval lies on one side of zero; 0 where it cannot be told."""
        return int(self.low > 0) - int(self.high < 0)


def difference(now: Measured, before: Measured, level: float = 0.95) -> Difference:
    """Return what changed from one sample to another drawn independently of it.

    Parameters
    ----------
    now, before : Measured
    level : float
        Confidence level of the interval.

    Notes
    -----
    Variances of independent samples add up; the interval is that of Student's
    t with Satterthwaite's degrees of freedom [Satterthwaite1946]. Where the
    same PSUs were drawn twice, samples agree more than that and the interval
    is too wide rather than too narrow.
    """
    value = now.value - before.value
    variances = (now.standard_error**2, before.standard_error**2)
    variance = sum(variances)
    df = _satterthwaite(variances, (now.df, before.df))
    error = math.sqrt(variance)
    t = float(two_sided(np.array([df]), level)[0]) if df > 0 else math.nan
    return Difference(value, error, value - t * error, value + t * error, df)


def _satterthwaite(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """Return the degrees of freedom of a sum of variances; 0 where one of them has none."""
    if any(math.isnan(one) for one in variances) or any(
        not df > 0 for one, df in zip(variances, dfs, strict=True) if one > 0
    ):
        return 0.0
    total = sum(variances)
    lost = sum(one**2 / df for one, df in zip(variances, dfs, strict=True) if one > 0)
    return total**2 / lost if lost > 0 else math.inf


def runs(rules: Sequence[Hashable]) -> tuple[tuple[int, ...], ...]:
    """Part measurements in order of time into those made alike, one after the other.

    Only the points of one run may be joined by a line or subtracted.

    Parameters
    ----------
    rules : sequence of hashable
        By what each was measured: method, questionnaire, population.

    Returns
    -------
    tuple of tuple of int
        Places, each once, in order.
    """
    found: list[list[int]] = []
    for place, rule in enumerate(rules):
        if found and rules[found[-1][-1]] == rule:
            found[-1].append(place)
        else:
            found.append([place])
    return tuple(map(tuple, found))
