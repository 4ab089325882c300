"""How precise an estimate will be: the arithmetic that sizes and allocations share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from scipy import special

from surveys.sampling.errors import require

NORMAL_POOR: Final = "normal.poor"
"""So few are expected to have the trait, or not to have it, that the margin is a rough one."""

LEAVES_RANGE: Final = "interval.leaves-range"
"""The share plus or minus its margin goes below 0 or above 1."""

EXHAUSTED: Final = "population.exhausted"
"""The population cannot give the interviews wanted; all of it is to be drawn."""

TAKEN_WHOLE: Final = "population.taken-whole"
"""Everybody eligible is interviewed, so there is no sampling error."""

WITHOUT_INTERVIEWS: Final = "stratum.without-interviews"
"""A stratum has no interview, so nothing is known of a part of the whole."""

NOTE_CODES: Final = frozenset(
    {NORMAL_POOR, LEAVES_RANGE, EXHAUSTED, TAKEN_WHOLE, WITHOUT_INTERVIEWS}
)
"""Every reservation about an expected precision, for whoever makes sentences of them."""

FEW: Final = 10.0
"""Fewer effective interviews with the trait, or without it, are few for a normal interval."""

NEARLY: Final = 1e-9
"""What rounding in the computer may add to a whole number, as a share of it."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is expected of design and fieldwork.

    Attributes
    ----------
    effect : float
        Design effect: variance over that of a simple random sample drawn
        without replacement of as many interviews (``effects.design_effect``).
    response : float
        Share of eligible cases that give an interview, above 0 and at most 1.
    eligibility : float
        Share of drawn cases that are eligible, above 0 and at most 1.
    """

    effect: float = 1.0
    response: float = 1.0
    eligibility: float = 1.0

    def __post_init__(self) -> None:
        require(0 < self.effect < math.inf, "effect", self.effect)
        require(0 < self.response <= 1, "response", self.response)
        require(0 < self.eligibility <= 1, "eligibility", self.eligibility)

    @property
    def interviews_per_case(self) -> float:
        """Interviews expected of one drawn case."""
        return self.response * self.eligibility


SIMPLE: Final = Conditions()
"""A simple random sample in which everybody answers."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What a number of interviews will say.

    Attributes
    ----------
    interviews : float
        Completed with eligible people; not whole where a number of cases was given.
    effective : float
        Interviews over design effect.
    standard_error, margin : float
        In the units of the estimate (shares: 0 to 1); the margin is the half
        width of the normal interval. Infinite without interviews.
    cv : float
        Standard error over the estimate; NaN where the estimate is 0 or unknown.
    notes : tuple of str
        Of ``NOTE_CODES``.
    """

    interviews: float
    effective: float
    standard_error: float
    margin: float
    cv: float
    notes: tuple[str, ...] = ()


def normal_quantile(level: float) -> float:
    """Return how many standard errors the margin of a level is, e.g. 1.96 for 0.95.

    Raises
    ------
    OutOfRangeError
        ``level`` is not between 0 and 1.
    """
    require(0 < level < 1, "level", level)
    return float(special.ndtri((1.0 + level) / 2.0))


def round_up(value: float) -> int:
    """Return the least whole number not below, forgiving what rounding added."""
    return math.ceil(value - NEARLY * max(1.0, abs(value)))


def round_down(value: float) -> int:
    """Return the greatest whole number not above, forgiving what rounding took away."""
    return math.floor(value + NEARLY * max(1.0, abs(value)))


def share_variance(p: float, eligible: float) -> float:
    """Return the variance of a yes or no among people, with divisor N - 1 [Cochran1977, ch. 3].

    Parameters
    ----------
    p : float
        Share with the trait.
    eligible : float
        Size of the population, infinite where it does not matter.
    """
    if math.isinf(eligible):
        return p * (1.0 - p)
    # Fewer than two people are expected where most cases are not eligible.
    people = max(eligible, 2.0)
    return p * (1.0 - p) * people / (people - 1.0)


def standard_error(variance: float, interviews: float, eligible: float, effect: float) -> float:
    """Return ``sqrt(effect * (1 - n / N) * S**2 / n)`` [Cochran1977, ch. 2; Kish1965, ch. 8].

    Parameters
    ----------
    variance : float
        ``S**2`` among people, with divisor N - 1.
    interviews : float
        ``n``; 0 gives an infinite standard error unless ``variance`` is 0.
    eligible : float
        ``N``, infinite where it does not matter.
    effect : float
        Design effect.
    """
    if interviews <= 0:
        return math.inf
    left = max(0.0, 1.0 - interviews / eligible)
    return math.sqrt(effect * left * variance / interviews)


def interviews_for(standard_error: float, variance: float, eligible: float, effect: float) -> float:
    """Return the interviews that give a standard error, the inverse of ``standard_error``.

    ``1 / (1 / n0 + 1 / N)`` with ``n0 = effect * S**2 / standard_error**2``
    [Cochran1977, ch. 4]; not rounded.
    """
    if variance == 0:
        return 0.0
    return 1.0 / (standard_error**2 / (effect * variance) + 1.0 / eligible)


def describe(
    *,
    mean: float,
    variance: float,
    interviews: float,
    eligible: float,
    effect: float,
    level: float,
    is_share: bool,
) -> Precision:
    """Return the precision of a mean or a share, with its reservations."""
    error = standard_error(variance, interviews, eligible, effect)
    margin = normal_quantile(level) * error
    effective = interviews / effect
    notes = []
    if interviews > 0 and interviews >= eligible * (1.0 - NEARLY):
        notes.append(TAKEN_WHOLE)
    elif is_share:
        if effective * min(mean, 1.0 - mean) < FEW * (1.0 - NEARLY):
            notes.append(NORMAL_POOR)
        if margin > min(mean, 1.0 - mean) * (1.0 + NEARLY):
            notes.append(LEAVES_RANGE)
    cv = error / abs(mean) if mean != 0 else math.nan
    return Precision(interviews, effective, error, margin, cv, tuple(notes))
