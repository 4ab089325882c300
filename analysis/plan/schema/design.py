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
    Part,
    Several,
    Table,
    Text,
    Whole,
)
from analysis.variance.lonely import LonelyPolicy

STAGES_AT_MOST = 3
PolicyNames = tuple(policy.value for policy in LonelyPolicy)

Population: TypeAlias = str | float | Mapping[str, float]
"""Of one stage: a column, a number for all strata, or a number by stratum."""

_STAGE = Column(may_be_empty=True)
_WEIGHT = OneOf("column or number", {"text": NUMBERS, "number": Number(low=0, is_open=True)})
_FPC = OneOf(
    "column, number or table",
    {
        "text": Column(Holds.NUMBERS, may_be_empty=True),
        "number": Number(low=0),
        "table": Table(Number(low=0), "table"),
    },
)


SELECTIONS = (
    "simple",
    "pps-with-replacement",
    "pps-joint",
    "pps-brewer",
    "pps-hartley-rao",
    "pps-overton",
)
PAIRWISE = ("pps-joint", "pps-hartley-rao", "pps-overton")
"""Selections whose variance comes from pairs of PSUs."""
METHODS = ("jk1", "jkn", "jk2", "brr", "fay", "bootstrap", "sdr", "other")
MAKERS = tuple(method for method in METHODS if method != "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicatesSection(Section):
    """``[design.replicates]``: replicate weights, given in columns or to be made."""

    columns: tuple[str, ...] = key(
        Several(Column(Holds.NUMBERS, "columns", is_pattern=True), "columns or a pattern"),
        default=(),
        shown="none",
    )
    method: str | None = key(Choice(METHODS), default=None, shown="needed with `columns`")
    combined: bool | None = key(Flag(), default=None, shown="true")
    make: str | None = key(Choice(MAKERS), default=None, shown="none")
    n: int | None = key(Whole(2, 100_000), default=None, shown="500 for the bootstrap")
    seed: int | None = key(Whole(0, 2**63 - 1), default=None, shown="needed for the bootstrap")
    order: str | None = key(COLUMN, default=None, shown="the order of the rows")
    adjust: bool | None = key(Flag(), default=None, shown="true")
    scale: float | None = key(Number(low=0, is_open=True), default=None, shown="by the method")
    rscales: tuple[float, ...] = key(
        Several(Number(low=0), "numbers", may_repeat=True), default=(), shown="by the method"
    )
    rho: float | None = key(Number(low=0, high=1), default=None, shown="needed for fay")
    centre: str = key(Choice(("estimate", "mean")), default="estimate")
    df: int | None = key(Whole(1, 10**9), default=None, shown="counted")


_REPLICATES = Part(ReplicatesSection)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSection(Section):
    """``[design]``: strata, clusters, weights and how many there were to draw from."""

    strata: tuple[str, ...] = key(
        Several(_STAGE, "columns", may_repeat=True), default=(), shown="none"
    )
    clusters: tuple[str, ...] = key(Several(COLUMN, "columns"), default=(), shown="every row")
    nested: bool = key(Flag(), default=True)
    weight: str | float | None = key(_WEIGHT, default=None, shown="from `fpc` or `probability`")
    fpc: tuple[Population, ...] = key(
        Several(_FPC, "column, number or table, or a list", may_repeat=True),
        default=(),
        shown="none",
    )
    fpc_kind: str | None = key(Choice(("size", "fraction")), default=None, shown="by the numbers")
    selection: str = key(Choice(SELECTIONS), default="simple")
    probability: str | None = key(NUMBERS, default=None, shown="needed with `pps-…`")
    joint: str | None = key(Text("path"), default=None, shown="needed with `pps-joint`")
    pps_variance: str | None = key(
        Choice(("yates-grundy", "horvitz-thompson")), default=None, shown='`"yates-grundy"`'
    )
    lonely: str = key(Choice(PolicyNames), default="fail")
    rounds: str = key(Choice(("independent", "overlapping")), default="independent")
    replicates: ReplicatesSection | None = key(  # noqa: RUF009  declares a field
        _REPLICATES, default=None, shown="none"
    )
