"""What an estimate is: a value that never travels without its uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class IntervalMethod(StrEnum):
    """How an interval was made; printed beside it."""

    MEAN = "mean"
    LOGIT = "logit"
    XLOGIT = "xlogit"
    ASIN = "asin"
    BETA = "beta"
    WILSON = "wilson"
    LIKELIHOOD = "likelihood"
    SCORE = "score"
    FIXED = "fixed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Note:
    """A reservation that appears wherever the estimate appears.

    Attributes
    ----------
    code : str
        Stable name, e.g. ``"lonely-psu"``; the sentence is made elsewhere.
    detail : str
        What the sentence needs, e.g. the name of the policy, or ``""``.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval in the units of its estimate.

    Attributes
    ----------
    low, high : float
        The ends; NaN when there are no degrees of freedom.
    level : float
        Confidence level between 0 and 1, e.g. 0.95.
    method : IntervalMethod
        How the ends were made.
    """

    low: float
    high: float
    level: float
    method: IntervalMethod

    @property
    def half_width(self) -> float:
        """Half the distance between the ends; NaN without ends."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value about a population, estimated from a probability sample.

    Attributes
    ----------
    value : float
        In the units of the estimand; shares are 0 to 1, not percent. NaN if
        nobody contributes.
    standard_error : float
        Design-based, same units; NaN if it cannot be known.
    interval : Interval
        Same units.
    n : int
        Respondents with positive weight who contribute.
    effective_n : float
        ``n / design_effect``: the size of a simple random sample that would
        be as precise.
    df : float
        PSUs minus strata, counted among the contributing respondents, or as
        given.
    design_effect : float
        Variance over the variance of a simple random sample of ``n`` with
        replacement (``deff = "replace"`` of R ``survey``).
    notes : tuple of Note
        Reservations.
    kish_n : float
        Kish's effective size, from the weights alone; NaN where not worked out.
    """

    value: float
    standard_error: float
    interval: Interval
    n: int
    effective_n: float
    df: float
    design_effect: float
    notes: tuple[Note, ...] = ()
    kish_n: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)
