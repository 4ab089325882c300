"""Sections that say where the rows come from and what is made of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.plan.reader import Section, key
from analysis.plan.shapes import (
    COLUMN,
    Choice,
    Code,
    Expression,
    OneOf,
    Part,
    Several,
    Table,
    Text,
)

FORMATS = ("csv", "parquet", "sav", "dta")
KINDS = ("number", "category")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFile(Section):
    """One round of a repeated survey: a file and a name."""

    file: str = key(Text("path"))
    round: str = key(Code())


_ROUND_FILE = Part(RoundFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSection(Section):
    """``[data]``: the files and how to read them."""

    file: str | None = key(Text("path"), default=None, shown="none")
    files: tuple[str, ...] = key(
        Several(Text("path"), "paths", is_strict=True), default=(), shown="none"
    )
    rounds: tuple[RoundFile, ...] = key(
        Several(_ROUND_FILE, "list of tables", is_strict=True), default=(), shown="none"
    )
    round: str | None = key(COLUMN, default=None, shown='`"round"` with `rounds`')
    format: str | None = key(Choice(FORMATS), default=None, shown="by the file's ending")
    separator: str = key(Text("one character", is_blank_fine=True), default=",")
    decimal: str = key(Choice((".", ",")), default=".")
    encoding: str | None = key(Text(), default=None, shown="UTF-8, or by the byte order mark")
    missing: tuple[str, ...] = key(
        Several(OneOf("texts", {"text": Text(may_be_empty=True), "number": Code()}), "texts"),
        default=("", "NA"),
        shown='`["", "NA"]`',
    )
    no_answer: Mapping[str, tuple[str, ...]] = key(
        Table(Several(Code(), "categories"), "table"), default={}, shown="none"
    )
    types: Mapping[str, str] = key(Table(Choice(KINDS), "table"), default={}, shown="by content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Derive(Section):
    """``[[derive]]``: a new column made of others."""

    name: str = key(Text())
    expression: str = key(Expression())
    type: str | None = key(Choice(KINDS), default=None, shown="by content")
