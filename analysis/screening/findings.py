"""All indicators over the answers of one channel, each with its p value and what it could change.

A flag says that a unit differs from the others by more than chance and honest
differences between units explain. Why, only somebody who looks can say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column
from analysis.index.tree import ItemScale, Method
from analysis.screening import patterns
from analysis.screening.bursts import expected_shares, scan
from analysis.screening.excess import excess
from analysis.screening.finding import Counted, Finding, Indicator, Numbers, Rules, Values, findings
from analysis.screening.sensitivity import Rated


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
        found += findings(counted, rules, (rate, without, less))
    return tuple(found)


def _indicators(method: Method, looked: Looked, rules: Rules) -> Iterator[Counted]:
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
        yield Counted(indicator, of, here, expected, told.p_value, is_found & inside)


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


def _burst(looked: Looked, day: Numbers, n: Numbers, rules: Rules) -> Counted:
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
    return Counted(
        Indicator.BURST,
        n,
        found.found,
        found.expected,
        found.p_value,
        is_found,
        first=(found.first + start).tolist(),
        last=(found.last + start).tolist(),
    )
