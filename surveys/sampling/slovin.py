"""Slovin's formula, what it takes for granted, and what it really gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scipy import special

from surveys.sampling.errors import require
from surveys.sampling.precision import SIMPLE, Conditions, Precision, round_up
from surveys.sampling.size import SampleSize, precision_of_proportion, size_for_proportion

ASSUMED_P: Final = 0.5
"""Share that the formula takes for granted."""

ASSUMED_Z: Final = 2.0
"""Standard errors per margin that the formula takes for granted, for 95 %: it is 1.96."""

ASSUMED_LEVEL: Final = float(2.0 * special.ndtr(ASSUMED_Z) - 1.0)
"""Confidence that two standard errors really give: 0.9545."""

ASSUMED_CONDITIONS: Final = SIMPLE
"""A simple random sample without design effect in which everybody answers."""


@dataclass(frozen=True, slots=True)
class Slovin:
    """Slovin's size beside what it really gives.

    Attributes
    ----------
    value : float
        ``N / (1 + N * margin**2)``, not rounded, e.g. 285.71.
    size : int
        Rounded up.
    margin, level : float
        Asked for.
    if_all_answer : Precision
        Of as many interviews under the chosen design effect.
    if_drawn : Precision
        Of as many cases drawn, when some do not answer or are not eligible.
    needed : SampleSize
        What the margin needs under the chosen design.
    """

    value: float
    size: int
    margin: float
    level: float
    if_all_answer: Precision
    if_drawn: Precision
    needed: SampleSize


def slovin_value(population: int, margin: float) -> float:
    """Return ``N / (1 + N * margin**2)``, not rounded [TejadaPunzalan2012].

    Raises
    ------
    OutOfRangeError
        ``population`` is below 1 or ``margin`` not between 0 and 1.
    """
    require(population >= 1, "population", population)
    require(0 < margin < 1, "margin", margin)
    return population / (1.0 + population * margin**2)


def slovin(
    population: int,
    margin: float = 0.05,
    *,
    p: float = ASSUMED_P,
    level: float = 0.95,
    conditions: Conditions = SIMPLE,
) -> Slovin:
    """Return Slovin's size and the precision it really gives.

    The formula is that of a share of one half from a simple random sample at
    95 %, with two standard errors for a margin [TejadaPunzalan2012]. It knows
    neither clusters, nor unequal weights, nor people who do not answer, nor
    units that are reported for themselves, nor means.

    Parameters
    ----------
    population : int
        Cases in the frame.
    margin : float
        Half width wanted, a share.
    p, level, conditions
        What really holds, see ``size.size_for_proportion``.

    Raises
    ------
    OutOfRangeError
        A number is not one it may be.
    """
    value = slovin_value(population, margin)
    size = min(round_up(value), population)
    # Everybody answers here, and everybody is eligible: as many interviews as the formula says.
    answering = Conditions(effect=conditions.effect)
    return Slovin(
        value=value,
        size=size,
        margin=margin,
        level=level,
        if_all_answer=precision_of_proportion(
            interviews=size, p=p, level=level, population=population, conditions=answering
        ),
        if_drawn=precision_of_proportion(
            cases=size, p=p, level=level, population=population, conditions=conditions
        ),
        needed=size_for_proportion(
            margin=margin, p=p, level=level, population=population, conditions=conditions
        ),
    )
