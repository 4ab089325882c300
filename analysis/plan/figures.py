"""Figures of a plan: what is shown, written, and compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from analysis.results import Estimate, Note
from analysis.variance.joint import Joint


@dataclass(frozen=True, slots=True)
class Label:
    """Which of the figures of an estimate this is, within a domain.

    Attributes
    ----------
    variable : str, optional
        Column, pair of columns, or node of an index.
    category : str, optional
        Category of the column, or measure of the node.
    quantile : float, optional
        Share of the population below.
    """

    variable: str | None = None
    category: str | None = None
    quantile: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the result."""

    name: str
    kind: str
    label: Label
    domain: Mapping[str, str]
    value: float
    standard_error: float
    low: float
    high: float
    level: float
    interval: str
    n: int | None
    effective_n: float
    df: float
    design_effect: float
    notes: tuple[Note, ...] = ()

    @property
    def cv(self) -> float:
        """Standard error over value; NaN at zero."""
        return self.standard_error / abs(self.value) if self.value else math.nan


Gather: TypeAlias = Callable[[Sequence[int]], Joint]
"""From positions of figures to how these vary together."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """All figures of one estimate of the plan.

    Attributes
    ----------
    name, kind : str
    figures : tuple of Figure
        Domain after domain.
    gather : callable
        Gives the joint distribution of some of the figures.
    is_joint : bool
        Whether their covariances are wanted.
    """

    name: str
    kind: str
    figures: tuple[Figure, ...]
    gather: Gather = field(repr=False)
    is_joint: bool = False


def figure_of(
    estimate: Estimate, name: str, kind: str, label: Label, domain: Mapping[str, str]
) -> Figure:
    """Write an estimate of the library as a row of the result."""
    return Figure(
        name=name,
        kind=kind,
        label=label,
        domain=domain,
        value=estimate.value,
        standard_error=estimate.standard_error,
        low=estimate.interval.low,
        high=estimate.interval.high,
        level=estimate.interval.level,
        interval=estimate.interval.method.value,
        n=estimate.n,
        effective_n=estimate.effective_n,
        df=estimate.df,
        design_effect=estimate.design_effect,
        notes=estimate.notes,
    )
