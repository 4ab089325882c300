"""Sections that compare estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.plan.reader import Section, key
from analysis.plan.schema.estimates import DOMAIN, FREEDOM, LEVEL
from analysis.plan.shapes import Code, Number, Part, Several, Table, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Section):
    """One figure that a contrast is made of."""

    estimate: str | None = key(Text(), default=None, shown="none")
    model: str | None = key(Text(), default=None, shown="none")
    coefficient: str | None = key(Text(), default=None, shown="none")
    margin: str | None = key(Text(), default=None, shown="none")
    variable: str | None = key(Text(), default=None, shown="the only one")
    category: str | None = key(Code(), default=None, shown="the only one")
    quantile: float | None = key(Number(0, 1), default=None, shown="the only one")
    domain: Mapping[str, str] = key(DOMAIN, default={}, shown="the only one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast(Section):
    """``[[contrast]]``: a function of figures, in full or by a short form."""

    name: str = key(Text())
    inputs: Mapping[str, Input] = key(Table(Part(Input), "table"), default={}, shown="none")
    expression: str | None = key(Text("formula"), default=None, shown="none")
    estimate: str | None = key(Text(), default=None, shown="none")
    difference: tuple[Mapping[str, str], ...] = key(
        Several(DOMAIN, "list of two tables", is_strict=True, least=2), default=(), shown="none"
    )
    against: Mapping[str, str] | None = key(DOMAIN, default=None, shown="none")
    null: float = key(Number(), default=0.0)
    level: float = key(LEVEL, default=0.95)
    df: float | None = key(FREEDOM, default=None, shown="counted among the inputs")
