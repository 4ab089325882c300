"""All indicators over the units of one channel, each with its p value and what it could change.

A flag says that a unit differs from the others by more than chance and honest
differences between units explain. Why, only somebody who looks can say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column
from analysis.index.tree import ItemScale, Method
from analysis.screening import patterns
from analysis.screening.bursts import expected_shares, scan
from analysis.screening.excess import excess
from analysis.screening.sensitivity import Rated, without_surplus_of_satisfied
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


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Answers of one channel.

    Attributes
    ----------
    unit : ndarray of int, shape (n,)
        Number of the unit of each answer, negative for none.
    n_units : int
    columns : mapping of item code to column
    weight : ndarray of float, shape (n,)
        Base weights; ones for self-selected answers.
    day : ndarray of int, shape (n,), optional
        Ordinals of the days on which answers came; not where days are those of
        batches.
    seconds, hour : ndarray of float, shape (n,), optional
    n_words : int
        Words to be read before the form can be handed in.
    number : ndarray of float, shape (n,), optional
        An item that asks for a number.
    device : column, optional
    """

    unit: Numbers
    n_units: int
    columns: Mapping[str, Column]
    weight: Values
    day: Numbers | None = None
    seconds: Values | None = None
    hour: Values | None = None
    n_words: int = 0
    number: Values | None = None
    device: Column | None = None


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
class _Counted:
    """An indicator before its units are compared; arrays of shape (n_units,) but ``is_found``."""

    indicator: Indicator
    n: Numbers
    n_found: Numbers
    expected: Values
    p_value: Values
    # Which answers stand out, shape (n,).
    is_found: NDArray[np.bool_] | None = None
    first: Sequence[int] | None = None
    last: Sequence[int] | None = field(default=None)


def screen(method: Method, looked: Looked, rules: Rules | None = None) -> tuple[Finding, ...]:
    """Look at the answers of one channel by every indicator that they allow.

    Parameters
    ----------
    method : Method
        Its index is the rate whose sensitivity is shown.
    looked : Looked
    rules : Rules, optional

    Returns
    -------
    tuple of Finding
        Of every unit that was compared, flagged or not, by indicator.
    """
    rules = Rules() if rules is None else rules
    rated = Rated.of(method, looked.columns, looked.weight)
    everything = np.ones(len(looked.unit))
    rate = rated.rates(looked.unit, looked.n_units, everything)
    found: list[Finding] = []
    for counted in _indicators(method, looked, rules):
        surplus = np.maximum(counted.n_found - counted.expected, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(counted.n_found > 0, surplus / counted.n_found, 0.0)
        is_found = counted.is_found
        if is_found is None:
            continue
        of_unit = part[np.maximum(looked.unit, 0)]
        without = rated.rates(looked.unit, looked.n_units, np.where(is_found, 0.0, 1.0))
        less = rated.rates(looked.unit, looked.n_units, np.where(is_found, 1.0 - of_unit, 1.0))
        found += _findings(counted, rules, (rate, without, less))
    return tuple(found)


def screen_response(
    n_answers: Numbers, n_dossiers: Numbers, rate: Values, rules: Rules | None = None
) -> tuple[Finding, ...]:
    """Look for units where far more of those who were served answered than elsewhere.

    Parameters
    ----------
    n_answers, n_dossiers : ndarray of int, shape (n_units,)
        One-time codes used, and closed dossiers.
    rate : ndarray of float, shape (n_units,)
        The index of each unit.
    rules : Rules, optional

    Returns
    -------
    tuple of Finding
        The rate without the surplus is the lowest it could be, see
        ``without_surplus_of_satisfied``; there is none without all answers.
        More answers than dossiers have a p value of 0.
    """
    rules = Rules() if rules is None else rules
    told = excess(np.minimum(n_answers, n_dossiers), n_dossiers)
    p_value = np.where(n_answers > n_dossiers, 0.0, told.p_value).astype(np.float64)
    counted = _Counted(Indicator.RESPONSE_RATE, n_dossiers, n_answers, told.expected, p_value)
    surplus: Values = np.maximum(n_answers - told.expected, 0.0)
    least = without_surplus_of_satisfied(rate, n_answers.astype(np.float64), surplus)
    return tuple(_findings(counted, rules, (rate, np.full(len(rate), np.nan), least)))


def _indicators(method: Method, looked: Looked, rules: Rules) -> Iterator[_Counted]:
    n = np.bincount(looked.unit[looked.unit >= 0], minlength=looked.n_units)
    if looked.day is not None:
        yield _burst(looked, looked.day, n, rules)
    for indicator, is_found, is_known in _patterns(method, looked):
        inside = (looked.unit >= 0) & is_known
        of = np.bincount(looked.unit[inside], minlength=looked.n_units)
        here = np.bincount(looked.unit[inside & is_found], minlength=looked.n_units)
        # Units that are too small to be compared do not say what is typical either.
        told = excess(np.where(of >= rules.min_n, here, 0), np.where(of >= rules.min_n, of, 0))
        expected = np.asarray(told.share * of, dtype=np.float64)
        yield _Counted(indicator, of, here, expected, told.p_value, is_found & inside)


def _patterns(
    method: Method, looked: Looked
) -> Iterator[tuple[Indicator, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield each pattern: which answers show it, and of which it is known."""
    always = np.ones(len(looked.unit), dtype=np.bool_)
    scales = scale_items(method)
    if len(scales) >= _FEWEST_ITEMS:
        least = min(_FEWEST_ANSWERS, len(scales))
        rated = {item: _rated(looked.columns[item], method.scales[item]) for item in scales}
        lines = patterns.straight_lining(rated, scales, min_answers=least)
        yield Indicator.STRAIGHT_LINES, lines, always
        like = patterns.near_duplicates(rated, scales, looked.unit, min_answers=least)
        yield Indicator.NEAR_DUPLICATES, like, always
    if looked.seconds is not None and looked.n_words:
        quick = patterns.too_quick(looked.seconds, looked.n_words)
        yield Indicator.SPEED, quick, ~np.isnan(looked.seconds)
    if looked.day is not None:
        yield Indicator.DAYS_OFF, patterns.on_days_off(looked.day), always
    if looked.hour is not None:
        yield Indicator.HOURS, patterns.outside_hours(looked.hour), ~np.isnan(looked.hour)
    if looked.number is not None:
        yield Indicator.DIGITS, patterns.heaped(looked.number), ~np.isnan(looked.number)
    if looked.device is not None:
        busy = patterns.from_busy_device(looked.device, looked.unit)
        yield Indicator.DEVICES, busy, np.array([bool(each) for each in looked.device])


def _rated(column: Column, scale: ItemScale) -> Column:
    """Set aside answers beside the scale, e.g. "does not concern me"."""
    return np.where(np.isin(column, scale.codes), column, MISSING)


_FEWEST_ITEMS: Final = 4
_FEWEST_ANSWERS: Final = 5


def scale_items(method: Method) -> tuple[str, ...]:
    """Name the items of a method that are answered on a scale of levels."""
    return tuple(
        item
        for item in method.items
        if len(method.scales[item].codes) > 2
        and all(isinstance(code, int) for code in method.scales[item].codes)
    )


def _burst(looked: Looked, day: Numbers, n: Numbers, rules: Rules) -> _Counted:
    inside = looked.unit >= 0
    start = int(day[inside].min()) if inside.any() else 0
    n_days = int(day[inside].max()) - start + 1 if inside.any() else 1
    place = looked.unit[inside] * n_days + (day[inside] - start)
    counts = np.bincount(place, minlength=looked.n_units * n_days)
    counts = counts.reshape(looked.n_units, n_days)
    counts[n < rules.min_n] = 0
    is_open = counts.sum(axis=0) > 0
    found = scan(counts, expected_shares(counts, is_open | ~is_open.any()))
    unit = np.maximum(looked.unit, 0)
    is_found = inside & (day - start >= found.first[unit]) & (day - start <= found.last[unit])
    return _Counted(
        Indicator.BURST,
        n,
        found.found,
        found.expected,
        found.p_value,
        is_found,
        first=(found.first + start).tolist(),
        last=(found.last + start).tolist(),
    )


def _findings(
    counted: _Counted, rules: Rules, rates: tuple[Values, Values, Values]
) -> list[Finding]:
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
