"""Sections that fit regressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from analysis.plan.reader import Section, key
from analysis.plan.schema.estimates import LEVEL
from analysis.plan.shapes import COLUMN, COLUMNS, Choice, Code, Expression, Several, Table, Text
from analysis.plan.terms import TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSection(Section):
    """What every kind of regression has."""

    selector: ClassVar[str] = "kind"

    name: str = key(Text())
    kind: str = key(Text())
    response: str = key(COLUMN)
    terms: tuple[str, ...] = key(TERMS)
    where: str | None = key(Expression(), default=None, shown="all rows")
    reference: Mapping[str, str] = key(
        Table(Code(), "table", least=0), default={}, shown="the first level of each column"
    )
    margins: tuple[str, ...] = key(COLUMNS, default=(), shown="none")
    averaging: str = key(Choice(("estimated", "fixed")), default="estimated")
    level: float = key(LEVEL, default=0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel(ModelSection):
    """Least squares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticModel(ModelSection):
    """Log-odds of one of two categories."""

    levels: tuple[str, ...] = key(
        Several(Code(), "categories", least=2), default=(), shown="sorted; the last is predicted"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonModel(ModelSection):
    """Logarithm of a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinalModel(ModelSection):
    """Categories in order."""

    levels: tuple[str, ...] = key(
        Several(Code(), "categories", least=2), default=(), shown="sorted"
    )
    link: str = key(Choice(("logit", "probit", "cloglog", "loglog")), default="logit")


MODELS: Mapping[str, type[ModelSection]] = {
    "linear": LinearModel,
    "logistic": LogisticModel,
    "poisson": PoissonModel,
    "ordinal": OrdinalModel,
}
