"""The section that says how the rows were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from analysis.plan.reader import Section, key
from analysis.plan.shapes import (
    COLUMN,
    NUMBERS,
    Choice,
    Column,
    Flag,
    Holds,
    Number,
    OneOf,
    Several,
    Table,
)
from analysis.variance.lonely import LonelyPolicy

STAGES_AT_MOST = 3
PolicyNames = tuple(policy.value for policy in LonelyPolicy)

Population: TypeAlias = str | float | Mapping[str, float]
"""Of one stage: a column, a number for all strata, or a number by stratum."""

_STAGE = Column(may_be_empty=True)
_FPC = OneOf(
    "column, number or table",
    {
        "text": Column(Holds.NUMBERS, may_be_empty=True),
        "number": Number(low=0),
        "table": Table(Number(low=0), "table"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSection(Section):
    """``[design]``: strata, clusters, weights and how many there were to draw from."""

    strata: tuple[str, ...] = key(
        Several(_STAGE, "columns", may_repeat=True), default=(), shown="none"
    )
    clusters: tuple[str, ...] = key(Several(COLUMN, "columns"), default=(), shown="every row")
    nested: bool = key(Flag(), default=True)
    weight: str | None = key(NUMBERS, default=None, shown="from `fpc` or `probability`")
    fpc: tuple[Population, ...] = key(
        Several(_FPC, "column, number or table, or a list", may_repeat=True),
        default=(),
        shown="none",
    )
    fpc_kind: str | None = key(Choice(("size", "fraction")), default=None, shown="by the numbers")
    lonely: str = key(Choice(PolicyNames), default="fail")
    rounds: str = key(Choice(("independent", "overlapping")), default="independent")
