"""What differences a design can see: between two rounds, or between two units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy import optimize, special

from surveys.sampling.errors import OutOfRangeError, require
from surveys.sampling.precision import SIMPLE, Conditions, round_up

STEPS: Final = 512
"""Points between a share and its end at which a detectable difference is looked for."""


class Scale(StrEnum):
    """On what a difference of two shares is tested.

    ``PLAIN``: the difference over its own standard error, which is the test of
    the results pages. ``POOLED``: the same with the standard error of equal
    shares under the hypothesis (``power.prop.test`` of R). ``ARCSINE``:
    Cohen's ``h = 2 asin(sqrt(p1)) - 2 asin(sqrt(p2))`` [Cohen1988, ch. 6].
    """

    PLAIN = "plain"
    POOLED = "pooled"
    ARCSINE = "arcsine"


@dataclass(frozen=True, slots=True)
class Sample:
    """One of two samples that are compared.

    Attributes
    ----------
    interviews : float
        Completed.
    effect : float
        Design effect.
    population : float
        Eligible people, infinite where it does not matter: a change of
        practice shows in whoever might have come, a difference of two lists
        only in those who are on them.
    """

    interviews: float
    effect: float = 1.0
    population: float = math.inf

    def __post_init__(self) -> None:
        require(0 < self.interviews < math.inf, "interviews", self.interviews)
        require(0 < self.effect < math.inf, "effect", self.effect)
        require(self.interviews <= self.population, "population", self.population)

    @property
    def unit_error(self) -> float:
        """Variance of an estimate per variance among people."""
        return self.effect * (1.0 / self.interviews - 1.0 / self.population)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two samples are compared.

    Attributes
    ----------
    level : float
        One minus the chance of seeing a difference where there is none.
    sides : int
        2, or 1 where only one direction is asked for.
    overlap : float
        Share of the first sample that is in the second too (the same people).
    correlation : float
        Of the answers of the same person, where samples overlap.
    scale : Scale
    """

    level: float = 0.95
    sides: int = 2
    overlap: float = 0.0
    correlation: float = 0.0
    scale: Scale = Scale.PLAIN

    def __post_init__(self) -> None:
        require(0 < self.level < 1, "level", self.level)
        require(self.sides in (1, 2), "sides", self.sides)
        require(0 <= self.overlap <= 1, "overlap", self.overlap)
        require(-1 <= self.correlation <= 1, "correlation", self.correlation)

    @property
    def quantile(self) -> float:
        """Standard errors that a difference must exceed to be seen."""
        return float(special.ndtri(1.0 - (1.0 - self.level) / self.sides))


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest differences that are seen with a given power.

    Attributes
    ----------
    rise, fall : float
        Both positive; NaN where not even the end of the scale is far enough.
    power, level : float
    """

    rise: float
    fall: float
    power: float
    level: float


@dataclass(frozen=True, slots=True)
class ComparisonSize:
    """The interviews in each of two samples that show a difference.

    Attributes
    ----------
    first, second : int
        Interviews, rounded up.
    first_cases, second_cases : int
        To be drawn for them.
    exact : float
        Of the first, not rounded.
    """

    first: int
    second: int
    first_cases: int
    second_cases: int
    exact: float


TWO_SIDED: Final = Comparison()
"""The usual comparison: 95 %, both directions, different people."""


def power_of_difference(
    p1: float, p2: float, first: Sample, second: Sample, test: Comparison = TWO_SIDED
) -> float:
    """Return the chance that a difference of two shares is seen.

    Parameters
    ----------
    p1, p2 : float
        Shares in the two populations.
    first, second : Sample
    test : Comparison

    Raises
    ------
    OutOfRangeError
        A share is not between 0 and 1, or an overlap is asked for that the
        second sample has no room for, or that comes with finite populations.

    Notes
    -----
    Normal approximation; the wrong direction is not counted as seen. With an
    overlap the variance of the difference is less ``2 * overlap * correlation
    * sd1 * sd2 / n2`` [Valliant2018, ch. 4].
    """
    require(0 <= p1 <= 1, "p1", p1)
    require(0 <= p2 <= 1, "p2", p2)
    _require_room(first, second, test)
    return _power_of_shares(p1, p2, first, second, test)


def detectable_change(
    p: float, first: Sample, second: Sample, *, power: float = 0.8, test: Comparison = TWO_SIDED
) -> Detectable:
    """Return the smallest rise and fall from a share that are seen.

    Two rounds, or two units: ``p`` is the share in the first.

    Parameters
    ----------
    p : float
        Share in the first population.
    first, second : Sample
    power : float
        Chance with which the difference is to be seen, above 0 and below 1.
    test : Comparison

    Raises
    ------
    OutOfRangeError
        See ``power_of_difference``.
    """
    require(0 <= p <= 1, "p", p)
    require(0 < power < 1, "power", power)
    _require_room(first, second, test)

    def short_of(other: float) -> float:
        return _power_of_shares(p, other, first, second, test) - power

    rise, fall = _first_crossing(short_of, p, 1.0), _first_crossing(short_of, p, 0.0)
    return Detectable(rise, fall, power, test.level)


def detectable_change_of_mean(
    sd: float,
    first: Sample,
    second: Sample,
    *,
    second_sd: float | None = None,
    power: float = 0.8,
    test: Comparison = TWO_SIDED,
) -> float:
    """Return the smallest difference of two means that is seen.

    Parameters
    ----------
    sd : float
        Standard deviation among people of the first population.
    second_sd : float, optional
        Of the second, where it is another.
    first, second, power, test
        See ``detectable_change``; the scale does not matter to means.

    Raises
    ------
    OutOfRangeError
        See ``detectable_change``.
    """
    other = sd if second_sd is None else second_sd
    require(0 <= sd < math.inf, "sd", sd)
    require(0 <= other < math.inf, "second_sd", other)
    require(0 < power < 1, "power", power)
    _require_room(first, second, test)
    error = _error_of_difference(sd**2, other**2, first, second, test)
    return (test.quantile + float(special.ndtri(power))) * error


def size_for_change(
    p1: float,
    p2: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    test: Comparison = TWO_SIDED,
    conditions: Conditions = SIMPLE,
) -> ComparisonSize:
    """Return the interviews that show the difference of two shares.

    Parameters
    ----------
    p1, p2 : float
        Shares that are to be told apart, between 0 and 1.
    power : float
        Chance with which the difference is to be seen.
    ratio : float
        Interviews of the first sample over those of the second.
    test : Comparison
    conditions : Conditions
        The same for both samples.

    Raises
    ------
    OutOfRangeError
        The shares are equal, a number is not one it may be, or more people are
        to be in both samples than the second has.

    Notes
    -----
    ``n1 = effect * ((z_a * u0 + z_b * u1) / d)**2`` with ``u0``, ``u1`` the
    standard errors of one interview in the first sample under the hypothesis
    and the alternative: equal for ``PLAIN`` [Valliant2018, ch. 4].
    """
    require(0 < p1 < 1, "p1", p1)
    require(0 < p2 < 1, "p2", p2)
    require(p1 != p2, "p2", p2)
    require(0 < ratio < math.inf, "ratio", ratio)
    d, null, alternative = _scaled(p1, p2, Sample(ratio), Sample(1.0), test)
    return _size(d, null, alternative, power, ratio, test, conditions)


def size_for_change_of_mean(
    difference: float,
    sd: float,
    *,
    second_sd: float | None = None,
    power: float = 0.8,
    ratio: float = 1.0,
    test: Comparison = TWO_SIDED,
    conditions: Conditions = SIMPLE,
) -> ComparisonSize:
    """Return the interviews that show the difference of two means.

    Parameters are those of ``detectable_change_of_mean`` and ``size_for_change``.

    Raises
    ------
    OutOfRangeError
        See ``size_for_change``.
    """
    other = sd if second_sd is None else second_sd
    require(0 < abs(difference) < math.inf, "difference", difference)
    require(0 < sd < math.inf, "sd", sd)
    require(0 < other < math.inf, "second_sd", other)
    require(0 < ratio < math.inf, "ratio", ratio)
    error = _error_of_difference(sd**2, other**2, Sample(ratio), Sample(1.0), test)
    return _size(abs(difference), error, error, power, ratio, test, conditions)


def _require_room(first: Sample, second: Sample, test: Comparison) -> None:
    if test.overlap == 0:
        return
    if test.overlap * first.interviews > second.interviews * (1.0 + 1e-9):
        raise OutOfRangeError(name="overlap", value=test.overlap)
    for sample in (first, second):
        require(math.isinf(sample.population), "population", sample.population)


def _error_of_difference(
    variance1: float, variance2: float, first: Sample, second: Sample, test: Comparison
) -> float:
    """Return the standard error of a difference, given the variances among people."""
    shared = test.overlap * test.correlation * math.sqrt(variance1 * variance2)
    shared *= math.sqrt(first.effect * second.effect) / second.interviews
    total = variance1 * first.unit_error + variance2 * second.unit_error - 2.0 * shared
    # Perfectly alike answers of the same people leave nothing but rounding.
    return math.sqrt(max(0.0, total))


def _scaled(
    p1: float, p2: float, first: Sample, second: Sample, test: Comparison
) -> tuple[float, float, float]:
    """Return the difference on its scale, and its standard errors: none, and this one."""
    if test.scale is Scale.ARCSINE:
        h = 2.0 * abs(math.asin(math.sqrt(p1)) - math.asin(math.sqrt(p2)))
        error = _error_of_difference(1.0, 1.0, first, second, test)
        return h, error, error
    error = _error_of_difference(p1 * (1.0 - p1), p2 * (1.0 - p2), first, second, test)
    if test.scale is Scale.PLAIN:
        return abs(p1 - p2), error, error
    n1, n2 = first.interviews / first.effect, second.interviews / second.effect
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    variance = pooled * (1.0 - pooled)
    return abs(p1 - p2), _error_of_difference(variance, variance, first, second, test), error


def _power_of_shares(
    p1: float, p2: float, first: Sample, second: Sample, test: Comparison
) -> float:
    difference, null, alternative = _scaled(p1, p2, first, second, test)
    excess = difference - test.quantile * null
    if alternative == 0:
        return 1.0 if excess > 0 else 0.0
    return float(special.ndtr(excess / alternative))


def _first_crossing(short_of: Callable[[float], float], start: float, end: float) -> float:
    """Return how far from ``start`` a function first reaches 0; NaN where it never does.

    Power rises with the difference, but with an overlap it need not rise all
    the way: the first crossing is looked for on a grid and then made exact.
    """
    if short_of(start) >= 0:
        return 0.0
    grid = np.linspace(start, end, STEPS + 1)
    for before, point in itertools.pairwise(map(float, grid)):
        if short_of(point) >= 0:
            return abs(float(optimize.brentq(short_of, before, point, xtol=1e-14)) - start)
    return math.nan


def _size(
    difference: float,
    null: float,
    alternative: float,
    power: float,
    ratio: float,
    test: Comparison,
    conditions: Conditions,
) -> ComparisonSize:
    """Return the sizes, given the errors of ``ratio`` interviews against one."""
    require(0 < power < 1, "power", power)
    require(test.overlap * ratio <= 1.0 + 1e-9, "overlap", test.overlap)
    steps = test.quantile * null + float(special.ndtri(power)) * alternative
    exact = ratio * conditions.effect * (max(0.0, steps) / difference) ** 2
    first = max(1, round_up(exact))
    second = max(1, round_up(exact / ratio))
    per_case = conditions.interviews_per_case
    return ComparisonSize(
        first, second, round_up(first / per_case), round_up(second / per_case), exact
    )
