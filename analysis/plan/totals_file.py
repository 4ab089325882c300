"""Totals of the population: from the plan or from a file of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from analysis.plan.faults import Place
from analysis.plan.reader import Reader
from analysis.plan.schema.known_totals import Totals
from analysis.plan.source import FileFault, Opened, Options, open_file
from analysis.plan.source.types import as_text, settled

Cell = tuple[str, ...]
TOTAL = "total"


def read_totals(
    totals: Totals, columns: Sequence[str], folder: Path, place: Place, reader: Reader
) -> dict[Cell, float] | None:
    """Return totals by cell.

    Parameters
    ----------
    totals : str or mapping
        A file with ``columns`` and one more column of numbers, ``total`` if
        there are several; or the totals themselves.
    columns : sequence of str
        Whose categories make the cells.
    folder : Path
        Where the file is looked for.
    place : Place
        Where the plan names it.
    reader : Reader
        Takes the faults.
    """
    if not isinstance(totals, str):
        return _checked(dict(totals), columns, place, reader)
    try:
        opened, decimal = _opened(folder / totals)
        absent = [name for name in columns if name not in opened.columns]
        others = [name for name in opened.columns if name not in columns]
        number = TOTAL if TOTAL in others else others[-1] if others else ""
        if absent or not number:
            known = ", ".join(opened.columns)
            column = (absent or [TOTAL])[0]
            reader.fault(place, "unknown-column", column=column, known=known)
            return None
        frame = opened.read([*columns, number])
        cells = [_texts(frame[name], is_text=opened.is_text) for name in columns]
        sums = settled(frame[number], "number", is_text=opened.is_text, decimal=decimal)
    except FileFault as fault:
        reader.fault(place, fault.code, **fault.context)
        return None
    found: dict[Cell, float] = {}
    for row, (*cell, total) in enumerate(zip(*cells, sums.to_list(), strict=True), start=1):
        if total is None or None in cell:
            reader.fault(place, "totals-row-incomplete", **opened.where(row))
            return None
        if tuple(cell) in found:
            reader.fault(place, "repeated", value=", ".join(cell))
            return None
        found[tuple(cell)] = float(total)
    return found


def _opened(path: Path) -> tuple[Opened, str]:
    """Open a table of totals; one with semicolons has decimal commas."""
    try:
        return open_file(path, Options()), "."
    except FileFault as fault:
        if fault.code != "other-separator":
            raise
        decimal = "," if fault.context["meant"] == ";" else "."
        return open_file(path, Options(fault.context["meant"], decimal)), decimal


def _texts(column: pl.Series, *, is_text: bool) -> list[str | None]:
    known = settled(column, None, is_text=is_text, decimal=".")
    return (known if known.dtype == pl.String else as_text(known)).to_list()


def _checked(
    totals: dict[Cell, float], columns: Sequence[str], place: Place, reader: Reader
) -> dict[Cell, float] | None:
    """Refuse cells with another number of categories than there are columns."""
    for cell in totals:
        if len(cell) != len(columns):
            reader.fault(
                (*place, *cell),
                "totals-depth",
                cell=", ".join(cell),
                found=len(cell),
                columns=", ".join(columns),
            )
            return None
    return totals
