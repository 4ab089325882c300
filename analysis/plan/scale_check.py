"""Answers that are not on the scale the plan gives their items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from analysis.index.tree import Method
from analysis.plan.reader import Reader
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.scales import Answer, ScaleSection
from analysis.plan.source.types import as_text
from analysis.plan.table import Table, sorted_levels

SHOWN: Final = 6
"""How many strange answers a sentence lists."""


def check_answers(plan: Plan, methods: Mapping[str, Method], table: Table, reader: Reader) -> None:
    """Note, item by item, which answers are not offered by its scale, and how often."""
    read = {item for method in methods.values() for item in method.items}
    for section in plan.scales:
        for number, item in enumerate(section.items):
            if item in read and item in table.frame.columns:
                _check_item(item, section, number, table, reader)


def _check_item(
    item: str, section: ScaleSection, number: int, table: Table, reader: Reader
) -> None:
    column = table.frame[item]
    text = column if column.dtype == pl.String else as_text(column)
    counts: dict[str, int] = dict(text.drop_nulls().value_counts().iter_rows())
    offered = (*section.codes, *section.not_rated)
    strange = [answer for answer in counts if not _is_offered(answer, offered)]
    place = (*section.place, "items", number)
    if not strange:
        if column.dtype == pl.String and all(isinstance(code, int) for code in offered):
            reader.fault(place, "scale-of-numbers", column=item)
        return
    row = text.is_in(strange).arg_max() or 0
    listed = [f"{answer} ({counts[answer]})" for answer in sorted_levels(strange)[:SHOWN]]
    reader.fault(
        place,
        "answers-off-scale",
        column=item,
        answers=", ".join(listed) + (", …" if len(strange) > SHOWN else ""),
        n=sum(counts[answer] for answer in strange),
        row=row + 1,
        codes=_listed(section.codes),
        not_rated=_listed(section.not_rated),
    )


def _is_offered(answer: str, offered: Sequence[Answer]) -> bool:
    """Say whether an answer, or each of several chosen ones, is among the codes."""
    if all(isinstance(code, int) for code in offered):
        bare = answer.strip()
        return bare.lstrip("+-").isdecimal() and int(bare) in offered
    codes = {str(code) for code in offered}
    return answer in codes or set(answer.split(" ")) <= codes


def _listed(codes: Sequence[Answer]) -> str:
    return ", ".join(str(code) for code in codes)
