"""Sections that adjust weights, one step after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from analysis.plan.reader import Section, key
from analysis.plan.schema.known_totals import TOTALS, Totals
from analysis.plan.shapes import (
    COLUMN,
    COLUMNS,
    NUMBERS,
    Choice,
    Code,
    Expression,
    Flag,
    Number,
    OneOf,
    Part,
    Several,
    Table,
    Text,
    Whole,
)
from analysis.plan.terms import TERMS
from analysis.weights import Collapse, Regression

CODES = Several(Code(), "categories")
MINIMUM = Whole(0, 10**9)
RESIDUALS = Choice(tuple(how.value for how in Regression))
COLLAPSE = Choice(tuple(how.value for how in Collapse))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSection(Section):
    """What every step has."""

    selector: ClassVar[str] = "step"

    step: str = key(Text())
    where: str | None = key(Expression(), default=None, shown="all rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseStep(WeightSection):
    """Divide by the probability of a further stage of selection."""

    probability: str = key(NUMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityStep(WeightSection):
    """Spread the weight of cases whose eligibility is unknown."""

    status: str = key(COLUMN)
    unknown: tuple[str, ...] = key(CODES, default=(), shown="all but `known`")
    known: tuple[str, ...] = key(CODES, default=(), shown="all but `unknown`")
    within: tuple[str, ...] = key(COLUMNS, default=(), shown="one cell")
    minimum: int = key(MINIMUM, default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseStep(WeightSection):
    """Let respondents carry the weight of nonrespondents of their class."""

    responded: str = key(NUMBERS)
    within: tuple[str, ...] = key(COLUMNS, default=(), shown="one class")
    thin: str = key(COLLAPSE, default="keep")
    minimum: int = key(MINIMUM, default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropensityStep(WeightSection):
    """Let respondents carry the weight of nonrespondents as likely to respond."""

    responded: str = key(NUMBERS)
    terms: tuple[str, ...] = key(TERMS)
    classes: int = key(Whole(0, 1000), default=5)
    weighted: bool = key(Flag(), default=True)
    minimum: int = key(MINIMUM, default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoststratifyStep(WeightSection):
    """Meet a known total in every cell."""

    by: tuple[str, ...] = key(COLUMNS)
    totals: Totals = key(TOTALS)  # noqa: RUF009  declares a field
    minimum: int = key(MINIMUM, default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginSection(Section):
    """One margin of the population."""

    by: tuple[str, ...] = key(COLUMNS)
    totals: Totals = key(TOTALS)  # noqa: RUF009  declares a field


_MARGIN = Part(MarginSection)


@dataclass(frozen=True, slots=True, kw_only=True)
class RakeStep(WeightSection):
    """Meet several margins at once."""

    margins: tuple[MarginSection, ...] = key(Several(_MARGIN, "list of tables", is_strict=True))
    tolerance: float = key(Number(0, 1, is_open=True), default=1e-10)
    max_iterations: int = key(Whole(1, 1_000_000), default=200)
    reconcile: bool = key(Flag(), default=False)
    minimum: int = key(MINIMUM, default=20)
    residuals: str = key(RESIDUALS, default="before")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateStep(WeightSection):
    """Meet totals of auxiliary variables."""

    totals: Totals = key(TOTALS)  # noqa: RUF009  declares a field
    terms: tuple[str, ...] = key(TERMS)
    distance: str = key(Choice(("linear", "raking", "logit")), default="linear")
    bounds: tuple[float, ...] = key(
        Several(Number(), "list of two numbers", least=2, is_strict=True, may_repeat=True),
        default=(),
        shown="none",
    )
    bounds_on: str = key(Choice(("ratio", "weight")), default="ratio")
    tolerance: float = key(Number(0, 1, is_open=True), default=1e-10)
    max_iterations: int = key(Whole(1, 1_000_000), default=100)
    residuals: str = key(RESIDUALS, default="before")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimStep(WeightSection):
    """Cut off extreme weights."""

    lower: float | None = key(Number(), default=None, shown="none")
    upper: float | None = key(Number(), default=None, shown="none")
    quantiles: tuple[float, ...] = key(
        Several(Number(0, 1), "list of two numbers", least=2, is_strict=True),
        default=(),
        shown="none",
    )
    strict: bool = key(Flag(), default=True)
    redistribute: bool | str = key(
        OneOf(
            "true, false, or how",
            {"flag": Flag(), "text": Choice(("equally", "proportionally", "none"))},
        ),
        default=True,
    )
    within: tuple[str, ...] = key(COLUMNS, default=(), shown="one cell")
    again: bool = key(Flag(), default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleStep(WeightSection):
    """Multiply weights so that they add up to a total."""

    to: str = key(Choice(("sample", "population")))
    total: float | None = key(Number(0, is_open=True), default=None, shown="none")
    totals: Totals | None = key(TOTALS, default=None, shown="none")  # noqa: RUF009
    within: tuple[str, ...] = key(COLUMNS, default=(), shown="one cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class CombineStep(WeightSection):
    """Weigh rounds together: weights times the share of the round."""

    rounds: str | None = key(COLUMN, default=None, shown="that of `[data]`")
    shares: str | Mapping[str, float] = key(
        OneOf(
            "a way or table",
            {
                "text": Choice(("effective", "sample", "equal")),
                "table": Table(Number(0, 1), "table"),
            },
        ),
        default="effective",
    )


STEPS: Mapping[str, type[WeightSection]] = {
    "base": BaseStep,
    "unknown-eligibility": EligibilityStep,
    "nonresponse": ResponseStep,
    "propensity": PropensityStep,
    "poststratify": PoststratifyStep,
    "rake": RakeStep,
    "calibrate": CalibrateStep,
    "trim": TrimStep,
    "scale": ScaleStep,
    "combine": CombineStep,
}
