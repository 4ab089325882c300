"""Codes that differ only by how they were typed: leading zeros, spaces, capitals, ``.0``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.plan.faults import Place
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.words import SEVERAL
from analysis.results import Note

_WHOLE: Final = re.compile(r"0*([0-9]+?)(\.0+)?")
MOST_LEVELS: Final = 20_000
"""Columns with more texts are names or remarks, not codes."""


def bare(code: str) -> str:
    """Return a code without what programs and people change by mistake."""
    text = " ".join(code.split()).casefold()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def alike(codes: Iterable[str]) -> list[tuple[str, ...]]:
    """Return groups of codes that are the same but for how they were typed."""
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(bare(code), []).append(code)
    return [tuple(sorted(group)) for group in groups.values() if len(group) > 1]


def check_design_codes(plan: Plan, table: Table, reader: Reader) -> None:
    """Note strata and clusters that are told apart only by how they were typed.

    The design would count one unit as two, and nothing else would tell.
    """
    names = (*plan.design.strata, *plan.design.clusters, round_column(plan.data))
    if reader.faults or any(table.missing(name) is not None for name in names if name):
        return
    for name, place, outer in _design_columns(plan):
        if table.is_number(name):
            continue
        levels = table.coded(name).levels
        groups = alike(levels)
        if groups and _splits(table, name, outer):
            first, second, *_ = groups[0]
            are_numbers = all(re.fullmatch(r"[0-9]+", level) for level in levels)
            reader.fault(
                place,
                "codes-differ-by-zeros" if are_numbers else "codes-alike",
                column=name,
                first=first,
                second=second,
                n=len(groups),
                width=max(len(level) for level in levels),
            )


def _design_columns(plan: Plan) -> Iterator[tuple[str, Place, tuple[str, ...]]]:
    """Yield the columns of the design with the columns within which their codes count."""
    design, place = plan.design, plan.design.place
    rounds = round_column(plan.data)
    apart = (rounds,) if rounds and design.rounds == "independent" else ()
    for number, name in enumerate(design.strata):
        if name:
            yield name, (*place, "strata", number), (*apart, *design.clusters[:number])
    stratum = design.strata[:1] if design.nested and any(design.strata[:1]) else ()
    for number, name in enumerate(design.clusters):
        above = (*apart, *stratum, *design.clusters[:number])
        yield name, (*place, "clusters", number), above


def _splits(table: Table, name: str, outer: Sequence[str]) -> bool:
    """Say whether codes alike occur within the same outer units."""
    coded = table.coded(name)
    bares = [bare(level) for level in coded.levels]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(bares))}
    same = np.array([numbers[text] for text in bares], dtype=np.int64)[coded.codes]
    within = [table.coded(one).codes.astype(np.int64) for one in outer]
    return _distinct([*within, same]) < _distinct([*within, coded.codes.astype(np.int64)])


def _distinct(columns: Sequence[NDArray[np.int64]]) -> int:
    frame = pl.DataFrame({str(c): column for c, column in enumerate(columns)})
    return frame.n_unique()


def codes_alike(plan: Plan, table: Table) -> tuple[Note, ...]:
    """Return notes on other columns with categories that differ only by how they were typed."""
    ours = {*plan.design.strata, *plan.design.clusters}
    notes = []
    for name in table.frame.columns:
        column = table.frame[name]
        if name in ours or column.dtype != pl.String or column.n_unique() > MOST_LEVELS:
            continue
        groups = alike(table.coded(name).levels)
        if groups:
            first, second, *_ = groups[0]
            notes.append(Note("codes-alike", SEVERAL.join((name, first, second))))
    return tuple(notes)
