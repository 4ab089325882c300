"""Sections that test hypotheses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from analysis.plan.reader import Section, key
from analysis.plan.schema.estimates import FREEDOM, LEVEL
from analysis.plan.shapes import COLUMN, NUMBERS, Choice, Code, Expression, Number, Several, Text
from analysis.plan.terms import TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisSection(Section):
    """What every test has."""

    selector: ClassVar[str] = "kind"

    name: str = key(Text())
    kind: str = key(Text())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquareTest(HypothesisSection):
    """Independence of two categories."""

    rows: str = key(COLUMN)
    columns: str = key(COLUMN)
    statistic: str = key(
        Choice(("F", "chi-square", "mixture", "wald", "adjusted-wald")), default="F"
    )
    where: str | None = key(Expression(), default=None, shown="all rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class TTest(HypothesisSection):
    """A mean against a number, two groups, or two columns of the same people."""

    of: str = key(NUMBERS)
    by: str | None = key(COLUMN, default=None, shown="none")
    groups: tuple[str, ...] = key(
        Several(Code(), "two categories", least=2), default=(), shown="the two there are"
    )
    paired_with: str | None = key(NUMBERS, default=None, shown="none")
    value: float | None = key(Number(), default=None, shown="0 without `by` and `paired_with`")
    where: str | None = key(Expression(), default=None, shown="all rows")
    level: float = key(LEVEL, default=0.95)
    df: float | None = key(FREEDOM, default=None, shown="those of the design minus 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest(HypothesisSection):
    """All coefficients of some terms of a model together."""

    model: str = key(Text())
    terms: tuple[str, ...] = key(TERMS)
    method: str = key(Choice(("F", "chi-square", "likelihood-ratio")), default="F")
    df: float | None = key(FREEDOM, default=None, shown="residual ones of the model")


HYPOTHESES: Mapping[str, type[HypothesisSection]] = {
    "chi-square": ChiSquareTest,
    "t": TTest,
    "wald": WaldTest,
}
