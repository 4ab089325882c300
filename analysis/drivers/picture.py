"""Importance and performance of all criteria, and where each stands [MartillaJames1977]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.design import Design
from analysis.drivers.importance import Importance, Model, explain
from analysis.drivers.outcome import blocks, satisfied_with
from analysis.estimate.means import Means
from analysis.index.tree import Method
from analysis.intervals import share_interval
from analysis.results import IntervalMethod
from analysis.variance.joint import infer
from analysis.variance.lonely import LonelyPolicy

Values = NDArray[np.float64]


class Quadrant(StrEnum):
    """Where a criterion stands against the mean of all."""

    ACT = "act"
    KEEP = "keep"
    WATCH = "watch"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Performance:
    """Share satisfied with a criterion, among all who rated it.

    Attributes
    ----------
    value, standard_error, low, high : float
        0 to 1.
    n : int
        Who rated it.
    n_satisfied : int
        Unweighted, to be judged; not for publication.
    df : float
    """

    value: float
    standard_error: float
    low: float
    high: float
    n: int
    n_satisfied: int
    df: float


@dataclass(frozen=True, slots=True)
class Driver:
    """One criterion in the picture.

    Attributes
    ----------
    component, item : str
    importance : Importance or None
        None where no model holds it.
    performance : Performance
    quadrant : Quadrant or None
        None without importance.
    is_clear : bool
        Whether both intervals lie on one side of the lines.
    """

    component: str
    item: str
    importance: Importance | None
    performance: Performance
    quadrant: Quadrant | None
    is_clear: bool


@dataclass(frozen=True, slots=True)
class Drivers:
    """All models, all criteria, and the lines of the picture.

    Attributes
    ----------
    models : tuple of Model
    drivers : tuple of Driver
    mean_importance, mean_performance : float
        Means over the criteria with importance; NaN without any.
    """

    models: tuple[Model, ...]
    drivers: tuple[Driver, ...]
    mean_importance: float
    mean_performance: float


def drivers(
    method: Method, columns: Mapping[str, Column], design: Design, level: float = 0.95
) -> Drivers:
    """Find out which criteria go with satisfaction as a whole, in the whole population.

    Parameters
    ----------
    method : Method
    columns : mapping of item code to column
    design : Design
        Of the same respondents.
    level : float
        Confidence level.

    Raises
    ------
    BadColumnError
    """
    models: list[Model] = []
    important: dict[str, Importance] = {}
    component_of: dict[str, str] = {}
    answers: dict[str, Values] = {}
    for block in blocks(method, columns):
        for item in block.items:
            answers[item] = satisfied_with(method, columns, item)
        model, found = explain(block, answers, design, level)
        models.append(model)
        important.update({one.item: one for one in found})
        component_of.update(dict.fromkeys(block.items, block.component))
    performed = {item: _performance(answers[item], design, level) for item in answers}
    shown = [item for item in answers if item in important]
    mean_importance = _mean([important[item].difference.value for item in shown])
    mean_performance = _mean([performed[item].value for item in shown])
    placed = []
    for item, performance in performed.items():
        importance = important.get(item)
        quadrant, is_clear = _place(importance, performance, mean_importance, mean_performance)
        placed.append(Driver(component_of[item], item, importance, performance, quadrant, is_clear))
    return Drivers(tuple(models), tuple(placed), mean_importance, mean_performance)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _performance(satisfied: Values, design: Design, level: float) -> Performance:
    known = ~np.isnan(satisfied) & (design.weight != 0)
    n, n_satisfied = int(known.sum()), int(satisfied[known].sum())
    if n == 0:
        nan = float("nan")
        return Performance(nan, nan, nan, nan, 0, 0, 0.0)
    joint = infer(Means.of(satisfied), design, lonely=LonelyPolicy.ADJUST)
    value, error = joint.value, joint.standard_errors()
    weight = design.weight[known]
    low, high, _ = share_interval(
        IntervalMethod.LOGIT,
        value,
        error,
        n=np.array([float(n)]),
        flat_n=np.array([weight.sum() ** 2 / np.sum(weight**2)]),
        df=np.array([joint.df]),
        level=level,
    )
    return Performance(
        float(value[0]), float(error[0]), float(low[0]), float(high[0]), n, n_satisfied, joint.df
    )


def _place(
    importance: Importance | None, performance: Performance, at: float, good: float
) -> tuple[Quadrant | None, bool]:
    """Say in which quadrant a criterion lies, and whether it is sure to."""
    if importance is None:
        return None, False
    interval = importance.difference.interval
    is_important = importance.difference.value >= at
    is_good = performance.value >= good
    clear = [
        not low <= line <= high
        for low, high, line in (
            (interval.low, interval.high, at),
            (performance.low, performance.high, good),
        )
    ]
    quadrant = {
        (True, False): Quadrant.ACT,
        (True, True): Quadrant.KEEP,
        (False, False): Quadrant.WATCH,
        (False, True): Quadrant.ENOUGH,
    }[is_important, is_good]
    return quadrant, all(clear)
