"""How many interviews a precision needs, and how many cases are to be drawn for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from surveys.sampling.errors import OneOfError, require
from surveys.sampling.precision import (
    EXHAUSTED,
    SIMPLE,
    Conditions,
    Precision,
    describe,
    interviews_for,
    normal_quantile,
    round_down,
    round_up,
    share_variance,
)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """A size with what it will give.

    Attributes
    ----------
    interviews : int
        Wanted, rounded up; never more than the population can give.
    cases : int
        To be drawn so that as many interviews are expected; at most the population.
    exact : float
        What the formula gives before rounding, the minimum and the end of the population.
    simple : float
        The same for a simple random sample of a population without end.
    precision : Precision
        Expected of ``interviews``; carries ``population.exhausted`` where the
        population cannot give what was asked.
    """

    interviews: int
    cases: int
    exact: float
    simple: float
    precision: Precision


@dataclass(frozen=True, slots=True)
class UnitSizes:
    """The size that every reported unit needs for itself.

    Attributes
    ----------
    units : tuple of (str, SampleSize)
        In the order given.
    interviews, cases : int
        Sums over the units.
    """

    units: tuple[tuple[str, SampleSize], ...]
    interviews: int
    cases: int


def size_for_proportion(
    *,
    margin: float | None = None,
    cv: float | None = None,
    p: float = 0.5,
    level: float = 0.95,
    population: int | None = None,
    conditions: Conditions = SIMPLE,
    minimum: int = 0,
) -> SampleSize:
    """Return the size that estimates a share with a margin or a CV.

    Parameters
    ----------
    margin : float, optional
        Half width of the interval, a share (0.03 is 3 percentage points).
    cv : float, optional
        Standard error over the share; ``margin`` or ``cv``, not both.
    p : float
        Share expected; 0.5 is the most careful for a margin.
    level : float
        Confidence of the interval.
    population : int, optional
        Cases in the frame; without it the population has no end.
    conditions : Conditions
        Expected design effect, response and eligibility.
    minimum : int
        Interviews that are wanted in any case.

    Returns
    -------
    SampleSize

    Raises
    ------
    OneOfError
        Not exactly one of ``margin`` and ``cv`` is given.
    OutOfRangeError
        A number is not one it may be.

    Notes
    -----
    ``n = 1 / (1 / n0 + 1 / N)``, ``n0 = effect * z**2 * p * (1 - p) / margin**2``
    with ``N`` eligible people [Cochran1977, ch. 4; Valliant2018, ch. 3].
    """
    require(0 < p < 1, "p", p)
    error = _standard_error_wanted(margin, cv, p, level)
    eligible = _eligible(population, conditions)
    return _size(
        error, p, share_variance(p, eligible), p * (1.0 - p), population, level, conditions,
        minimum, is_share=True,
    )  # fmt: skip


def size_for_mean(
    *,
    sd: float,
    mean: float | None = None,
    margin: float | None = None,
    cv: float | None = None,
    level: float = 0.95,
    population: int | None = None,
    conditions: Conditions = SIMPLE,
    minimum: int = 0,
) -> SampleSize:
    """Return the size that estimates a mean with a margin or a CV.

    Parameters
    ----------
    sd : float
        Standard deviation among people, with divisor N - 1.
    mean : float, optional
        Mean expected; needed for a CV. Where only the CV among people is
        known, give it as ``sd`` with ``mean=1``.
    margin, cv, level, population, conditions, minimum
        See ``size_for_proportion``; the margin is in the units of the mean.

    Raises
    ------
    OneOfError, OutOfRangeError
        See ``size_for_proportion``.

    Notes
    -----
    [Cochran1977, ch. 4; Valliant2018, ch. 3].
    """
    require(0 <= sd < math.inf, "sd", sd)
    centre = math.nan if mean is None else mean
    if cv is not None:
        require(centre != 0, "mean", centre)
    error = _standard_error_wanted(margin, cv, abs(centre), level)
    return _size(
        error, centre, sd**2, sd**2, population, level, conditions, minimum, is_share=False
    )


def precision_of_proportion(
    *,
    interviews: float | None = None,
    cases: float | None = None,
    p: float = 0.5,
    level: float = 0.95,
    population: int | None = None,
    conditions: Conditions = SIMPLE,
) -> Precision:
    """Return the precision with which a number of interviews estimates a share.

    Parameters
    ----------
    interviews : float, optional
        Completed with eligible people.
    cases : float, optional
        Drawn; ``interviews`` or ``cases``, not both.
    p, level, population, conditions
        See ``size_for_proportion``.

    Raises
    ------
    OneOfError, OutOfRangeError
        See ``size_for_proportion``; or more interviews than eligible people.
    """
    require(0 <= p <= 1, "p", p)
    eligible = _eligible(population, conditions)
    return describe(
        mean=p,
        variance=share_variance(p, eligible),
        interviews=_interviews(interviews, cases, population, conditions),
        eligible=eligible,
        effect=conditions.effect,
        level=level,
        is_share=True,
    )


def precision_of_mean(
    *,
    sd: float,
    mean: float | None = None,
    interviews: float | None = None,
    cases: float | None = None,
    level: float = 0.95,
    population: int | None = None,
    conditions: Conditions = SIMPLE,
) -> Precision:
    """Return the precision with which a number of interviews estimates a mean.

    Parameters are those of ``precision_of_proportion`` and ``size_for_mean``.

    Raises
    ------
    OneOfError, OutOfRangeError
        See ``precision_of_proportion``.
    """
    require(0 <= sd < math.inf, "sd", sd)
    return describe(
        mean=math.nan if mean is None else mean,
        variance=sd**2,
        interviews=_interviews(interviews, cases, population, conditions),
        eligible=_eligible(population, conditions),
        effect=conditions.effect,
        level=level,
        is_share=False,
    )


def size_by_unit(
    populations: Mapping[str, int],
    *,
    margin: float | None = None,
    cv: float | None = None,
    p: float | Mapping[str, float] = 0.5,
    level: float = 0.95,
    conditions: Conditions = SIMPLE,
    minimum: int = 0,
) -> UnitSizes:
    """Return the size of every unit that is reported for itself.

    Parameters
    ----------
    populations : mapping of str to int
        Cases in the frame of each unit.
    margin, cv, level, conditions, minimum
        Of every unit, see ``size_for_proportion``; a unit that cannot give the
        minimum is drawn whole.
    p : float or mapping of str to float
        Share expected, the same everywhere or by unit.

    Raises
    ------
    OneOfError, OutOfRangeError
        See ``size_for_proportion``.
    """
    units = tuple(
        (
            unit,
            size_for_proportion(
                margin=margin,
                cv=cv,
                p=p[unit] if isinstance(p, Mapping) else p,
                level=level,
                population=population,
                conditions=conditions,
                minimum=minimum,
            ),
        )
        for unit, population in populations.items()
    )
    return UnitSizes(
        units,
        interviews=sum(size.interviews for _, size in units),
        cases=sum(size.cases for _, size in units),
    )


def _standard_error_wanted(
    margin: float | None, cv: float | None, mean: float, level: float
) -> float:
    z = normal_quantile(level)
    if margin is not None and cv is None:
        require(0 < margin < math.inf, "margin", margin)
        return margin / z
    if cv is not None and margin is None:
        require(0 < cv < math.inf, "cv", cv)
        return cv * mean
    raise OneOfError(names="margin, cv")


def _eligible(population: int | None, conditions: Conditions) -> float:
    if population is None:
        return math.inf
    require(population >= 1, "population", population)
    return population * conditions.eligibility


def _interviews(
    interviews: float | None, cases: float | None, population: int | None, conditions: Conditions
) -> float:
    if cases is not None and interviews is None:
        require(0 <= cases <= (population or math.inf), "cases", cases)
        return cases * conditions.interviews_per_case
    if interviews is not None and cases is None:
        eligible = _eligible(population, conditions)
        most = eligible if math.isinf(eligible) else round_up(eligible)
        require(0 <= interviews <= most, "interviews", interviews)
        return interviews
    raise OneOfError(names="interviews, cases")


def _size(
    error: float,
    mean: float,
    variance: float,
    endless_variance: float,
    population: int | None,
    level: float,
    conditions: Conditions,
    minimum: int,
    *,
    is_share: bool,
) -> SampleSize:
    """Solve for the size, then say what the whole numbers give."""
    require(minimum >= 0, "minimum", minimum)
    eligible = _eligible(population, conditions)
    exact = interviews_for(error, variance, eligible, conditions.effect)
    wanted = max(round_up(exact), minimum, 1)
    most = wanted
    if population is not None:
        most = max(1, round_down(population * conditions.interviews_per_case))
    interviews = min(wanted, most)
    cases = round_up(interviews / conditions.interviews_per_case)
    if population is not None:
        cases = population if wanted > most else min(cases, population)
    precision = describe(
        mean=mean,
        variance=variance,
        interviews=interviews,
        eligible=eligible,
        effect=conditions.effect,
        level=level,
        is_share=is_share,
    )
    if wanted > most:
        precision = replace(precision, notes=(EXHAUSTED, *precision.notes))
    simple = interviews_for(error, endless_variance, math.inf, 1.0)
    return SampleSize(interviews, cases, exact, simple, precision)
