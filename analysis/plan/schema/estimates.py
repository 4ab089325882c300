"""Sections that say what is to be estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from analysis.estimate.quantile_rules import QuantileRule
from analysis.plan.reader import Section, key
from analysis.plan.shapes import (
    COLUMNS,
    NUMBER_COLUMNS,
    NUMBERS,
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
T_INTERVAL = Choice(("mean",))
EFFECTS = Choice(("with-replacement", "without-replacement", "none"))
SHARE_INTERVALS = Choice(("mean", "logit", "xlogit", "asin", "beta", "wilson", "likelihood"))
QUANTILE_INTERVALS = Choice(
    ("mean", "xlogit", "logit", "asin", "beta", "wilson", "likelihood", "score", "replicates")
)
RULES = tuple(rule.value for rule in QuantileRule)
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
class AverageEstimate(EstimateSection):
    """What is estimated of columns of numbers, or of every category."""

    of: tuple[str, ...] = key(COLUMNS)
    categories: tuple[str, ...] = key(CODES, default=(), shown="all")
    design_effect: str = key(EFFECTS, default="with-replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalEstimate(AverageEstimate):
    """Total of columns."""

    interval: str = key(T_INTERVAL, default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanEstimate(TotalEstimate):
    """Mean of columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountEstimate(EstimateSection):
    """Number of units in the population."""

    interval: str = key(T_INTERVAL, default="mean")

    of: tuple[str, ...] = key(COLUMNS, default=(), shown="everybody")
    categories: tuple[str, ...] = key(CODES, default=(), shown="all")
    design_effect: str = key(EFFECTS, default="with-replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionEstimate(AverageEstimate):
    """Share of each category."""

    interval: str = key(SHARE_INTERVALS, default="logit")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioEstimate(EstimateSection):
    """Total of one column over the total of another."""

    numerator: tuple[str, ...] = key(NUMBER_COLUMNS)
    denominator: tuple[str, ...] = key(NUMBER_COLUMNS)
    interval: str = key(SHARE_INTERVALS, default="mean")
    design_effect: str = key(EFFECTS, default="with-replacement")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileEstimate(EstimateSection):
    """Values below which given shares of the population lie."""

    of: tuple[str, ...] = key(NUMBER_COLUMNS)
    quantiles: tuple[float, ...] = key(Several(Number(0, 1), "numbers"), default=(0.5,))
    definition: str = key(Choice(RULES), default="math")
    interval: str = key(QUANTILE_INTERVALS, default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadEstimate(EstimateSection):
    """Variance or standard deviation of columns."""

    of: tuple[str, ...] = key(NUMBER_COLUMNS)
    interval: str = key(T_INTERVAL, default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEstimate(EstimateSection):
    """What is estimated of every two columns."""

    of: tuple[str, ...] = key(Several(NUMBERS, "columns", least=2, is_strict=True))
    missing: str = key(Choice(("listwise", "pairwise")), default="listwise")


@dataclass(frozen=True, slots=True, kw_only=True)
class CovarianceEstimate(PairEstimate):
    """Covariance of every two columns."""

    interval: str = key(T_INTERVAL, default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationEstimate(PairEstimate):
    """Correlation of every two columns."""

    interval: str = key(Choice(("mean", "logit")), default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntraclassEstimate(EstimateSection):
    """Intraclass correlation at every stage."""

    of: tuple[str, ...] = key(NUMBER_COLUMNS)
    within_strata: bool = key(Flag(), default=False)
    interval: str = key(T_INTERVAL, default="mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEstimate(EstimateSection):
    """Every node of a method file."""

    method: str = key(Text("path"))


ESTIMATES: Mapping[str, type[EstimateSection]] = {
    "count": CountEstimate,
    "total": TotalEstimate,
    "mean": MeanEstimate,
    "proportion": ProportionEstimate,
    "ratio": RatioEstimate,
    "quantile": QuantileEstimate,
    "variance": SpreadEstimate,
    "standard-deviation": SpreadEstimate,
    "covariance": CovarianceEstimate,
    "correlation": CorrelationEstimate,
    "icc": IntraclassEstimate,
    "index": IndexEstimate,
}
DOMAIN = Table(Code(), "table", least=0)
