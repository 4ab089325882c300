"""Sections that say what is to be estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from analysis.plan.reader import Section, key
from analysis.plan.shapes import (
    COLUMNS,
    NUMBER_COLUMNS,
    Choice,
    Code,
    Expression,
    Flag,
    Number,
    Several,
    Table,
    Text,
)

LEVEL = Number(0, 1, is_open=True)
FREEDOM = Number(0, 1e9, is_open=True)
EFFECTS = Choice(("with-replacement", "without-replacement", "none"))
SHARE_INTERVALS = Choice(("mean", "logit", "beta", "wilson"))
CODES = Several(Code(), "categories")


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateSection(Section):
    """What every kind of estimate has."""

    selector: ClassVar[str] = "kind"

    name: str = key(Text())
    kind: str = key(Text())
    by: tuple[str, ...] = key(COLUMNS, default=(), shown="the whole")
    where: str | None = key(Expression(), default=None, shown="all rows")
    level: float = key(LEVEL, default=0.95)
    df: float | None = key(FREEDOM, default=None, shown="counted in the domain")
    covariance: bool = key(Flag(), default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalEstimate(EstimateSection):
    """Total of columns."""

    of: tuple[str, ...] = key(COLUMNS)
    categories: tuple[str, ...] = key(CODES, default=(), shown="all")
    design_effect: str = key(EFFECTS, default="with-replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanEstimate(TotalEstimate):
    """Mean of columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountEstimate(EstimateSection):
    """Number of units in the population."""

    of: tuple[str, ...] = key(COLUMNS, default=(), shown="everybody")
    categories: tuple[str, ...] = key(CODES, default=(), shown="all")
    design_effect: str = key(EFFECTS, default="with-replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionEstimate(TotalEstimate):
    """Share of each category."""

    interval: str = key(SHARE_INTERVALS, default="logit")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioEstimate(EstimateSection):
    """Total of one column over the total of another."""

    numerator: tuple[str, ...] = key(NUMBER_COLUMNS)
    denominator: tuple[str, ...] = key(NUMBER_COLUMNS)
    interval: str = key(SHARE_INTERVALS, default="mean")
    design_effect: str = key(EFFECTS, default="with-replacement")


ESTIMATES: Mapping[str, type[EstimateSection]] = {
    "count": CountEstimate,
    "total": TotalEstimate,
    "mean": MeanEstimate,
    "proportion": ProportionEstimate,
    "ratio": RatioEstimate,
}
DOMAIN = Table(Code(), "table", least=0)
