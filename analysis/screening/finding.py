"""What an indicator says of a unit, and how the units are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.targets import adjusted

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Indicator(StrEnum):
    """What is looked at."""

    BURST = "burst"
    STRAIGHT_LINES = "straight-lines"
    NEAR_DUPLICATES = "near-duplicates"
    SPEED = "speed"
    DAYS_OFF = "days-off"
    HOURS = "hours"
    DIGITS = "digits"
    DEVICES = "devices"
    RESPONSE_RATE = "response-rate"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a unit is flagged.

    Attributes
    ----------
    level : float
        Greatest p value, adjusted for the number of units, of a flag.
    min_n : int
        Units with fewer answers are not compared.
    min_found : int
        Fewer than this are never flagged.
    """

    level: float = 0.05
    min_n: int = 20
    min_found: int = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one indicator says of one unit.

    Attributes
    ----------
    indicator : Indicator
    unit : int
    n, n_found : int
        What was looked at, and how many of it stand out.
    expected : float
        How many would, if the unit were like the others.
    statistic : float
        ``n_found / expected``.
    p_value, p_adjusted : float
        One-sided; adjusted by Benjamini and Hochberg for the units compared.
    n_family : int
        Units compared.
    is_flagged : bool
    first_day, last_day : int or None
        Ordinals, of a burst.
    rate, rate_without, rate_without_surplus : float
        The index of the unit: as it is, without all that stands out, and
        without only what is more than expected. NaN where not known.
    """

    indicator: Indicator
    unit: int
    n: int
    n_found: int
    expected: float
    statistic: float
    p_value: float
    p_adjusted: float
    n_family: int
    is_flagged: bool
    first_day: int | None = None
    last_day: int | None = None
    rate: float = float("nan")
    rate_without: float = float("nan")
    rate_without_surplus: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """An indicator before its units are compared; arrays of shape (n_units,) but ``is_found``."""

    indicator: Indicator
    n: Numbers
    n_found: Numbers
    expected: Values
    p_value: Values
    # Which answers stand out, shape (n,).
    is_found: NDArray[np.bool_] | None = None
    first: Sequence[int] | None = None
    last: Sequence[int] | None = None


def findings(counted: Counted, rules: Rules, rates: tuple[Values, Values, Values]) -> list[Finding]:
    """Compare the units that are large enough with one another."""
    compared = np.flatnonzero(counted.n >= rules.min_n).tolist()
    _, p_adjusted = adjusted([float(counted.p_value[unit]) for unit in compared])
    found = []
    for unit, p in zip(compared, p_adjusted, strict=True):
        n_found, expected = int(counted.n_found[unit]), float(counted.expected[unit])
        found.append(
            Finding(
                indicator=counted.indicator,
                unit=unit,
                n=int(counted.n[unit]),
                n_found=n_found,
                expected=expected,
                statistic=n_found / expected if expected > 0 else float("inf"),
                p_value=float(counted.p_value[unit]),
                p_adjusted=p,
                n_family=len(compared),
                is_flagged=p <= rules.level and n_found >= max(rules.min_found, expected),
                first_day=None if counted.first is None else counted.first[unit],
                last_day=None if counted.last is None else counted.last[unit],
                rate=float(rates[0][unit]),
                rate_without=float(rates[1][unit]),
                rate_without_surplus=float(rates[2][unit]),
            )
        )
    return found
