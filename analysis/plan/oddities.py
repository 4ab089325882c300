"""What looks odd in a file of text: words among numbers, rows that are none, codes typed twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.plan.alike import alike
from analysis.plan.faults import PlanFault
from analysis.plan.source import Opened
from analysis.plan.source.types import as_numbers

MOSTLY: Final = 0.8
"""Share of numbers among the cells of a column that is meant to hold numbers."""

FEW_CELLS: Final = 0.1
"""Largest share of cells with the same word that may mean that there is no answer."""

HOLLOW: Final = 0.25
"""Rows filled less than this share of the usual are no rows of data."""

LAST_ROWS: Final = 3
FEWEST_COLUMNS: Final = 6
"""Fewer columns may well be alike by chance."""

SHOWN: Final = 5
FEW_LEVELS: Final = 50
_LEADING_ZERO: Final = re.compile(r"[+-]?0[0-9]+")


@dataclass(frozen=True, slots=True)
class Oddities:
    """What to look at before a plan is written.

    Attributes
    ----------
    remarks : tuple of PlanFault
        Each has a sentence.
    missing : tuple of str
        Words among numbers that seem to say that there is no number.
    """

    remarks: tuple[PlanFault, ...]
    missing: tuple[str, ...]


def oddities_of(frame: pl.DataFrame, opened: Opened, decimal: str) -> Oddities:
    """Look at all columns as they are written.

    Parameters
    ----------
    frame : polars.DataFrame
        Text, null where missing.
    opened : Opened
        Says where rows stand.
    decimal : str
        Decimal sign.
    """
    hollow = _hollow_rows(frame)
    rows = frame.head(frame.height - hollow)
    remarks = []
    if hollow:
        context = {"n": str(hollow), **opened.where(rows.height + 1)}
        remarks.append(PlanFault("hollow-rows", context=context))
    missing: dict[str, list[str]] = {}
    for column in rows.iter_columns():
        odd = _odd_cells(column, decimal)
        if odd is not None:
            words = _words(odd, len(column.drop_nulls()))
            for word in words:
                missing.setdefault(word, []).append(column.name)
            others = odd.filter(~odd["cell"].is_in(words))
            if others.height:
                remarks.append(_odd_remark(column.name, others, opened))
        elif groups := _alike(column):
            shown = "; ".join(" = ".join(f"«{one}»" for one in group) for group in groups[:SHOWN])
            context = {"column": column.name, "cell": shown}
            remarks.append(PlanFault("codes-typed-twice", context=context))
    for word, columns in missing.items():
        listed = ", ".join(columns[:SHOWN]) + (", …" if len(columns) > SHOWN else "")
        context = {"cell": word, "columns": listed, "n": str(len(columns))}
        remarks.append(PlanFault("word-among-numbers", context=context))
    return Oddities(tuple(remarks), tuple(missing))


def repeated_rows(frame: pl.DataFrame, opened: Opened) -> tuple[PlanFault, ...]:
    """Note rows of which every cell is that of an earlier row, as when a form was entered twice."""
    if frame.width < FEWEST_COLUMNS:
        return ()
    is_repeated = frame.select(~pl.struct(pl.all()).is_first_distinct()).to_series()
    if not is_repeated.any():
        return ()
    first = opened.where((is_repeated.arg_max() or 0) + 1)
    context = {"n": str(is_repeated.sum()), **first}
    return (PlanFault("rows-repeated", context=context),)


def _hollow_rows(frame: pl.DataFrame) -> int:
    """Return how many of the last rows are hardly filled, as totals below a list are."""
    if frame.height <= 10 * LAST_ROWS or frame.width < 4:
        return 0
    usual = 1.0 - sum(frame.null_count().row(0)) / (frame.height * frame.width)
    last = frame.tail(LAST_ROWS)
    filled = [sum(cell is not None for cell in row) / frame.width for row in last.rows()]
    found = 0
    while found < LAST_ROWS and filled[-1 - found] < HOLLOW * usual:
        found += 1
    return found


def _odd_cells(column: pl.Series, decimal: str) -> pl.DataFrame | None:
    """Return the cells that are no numbers in a column that mostly holds numbers.

    Returns
    -------
    polars.DataFrame or None
        ``cell``, ``n`` and ``row``, the first, from 1; most frequent first.
    """
    known = column.drop_nulls()
    if not len(known) or known.str.contains(f"^{_LEADING_ZERO.pattern}$").any():
        return None
    is_odd = as_numbers(column, decimal).is_null() & column.is_not_null()
    if not is_odd.any() or is_odd.sum() > (1.0 - MOSTLY) * len(known):
        return None
    cells = pl.DataFrame({"cell": column, "row": pl.int_range(1, len(column) + 1, eager=True)})
    odd = cells.filter(is_odd).group_by("cell").agg(pl.len().alias("n"), pl.col("row").min())
    return odd.sort(["n", "row"], descending=[True, False])


def _words(odd: pl.DataFrame, n_known: int) -> list[str]:
    """Return the words that may mean that there is no number: few cells, no digits."""
    return [
        cell
        for cell, n, _ in odd.iter_rows()
        if not re.search(r"[0-9]", cell) and n <= FEW_CELLS * n_known
    ]


def _odd_remark(name: str, odd: pl.DataFrame, opened: Opened) -> PlanFault:
    cells = [f"«{cell}»" + (f" ({n})" if n > 1 else "") for cell, n, _ in odd.iter_rows()]
    shown = ", ".join(cells[:SHOWN]) + (", …" if len(cells) > SHOWN else "")
    first = opened.where(min(odd["row"].to_list()))
    context = {"column": name, "cell": shown, "n": str(odd["n"].sum()), **first}
    return PlanFault("odd-cells", context=context)


def _alike(column: pl.Series) -> Sequence[tuple[str, ...]]:
    """Return categories that differ only by how they were typed, if there are few."""
    levels = column.drop_nulls().unique()
    return alike(sorted(levels.to_list())) if len(levels) <= FEW_LEVELS else []
