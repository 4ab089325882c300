"""The one table that weights are worked out on: answers first, then the cases without any."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.answers import MISSING, Column
from analysis.design import Design
from analysis.snapshot import Layout, Snapshot
from app.services.weighting.names import (
    ANSWERED,
    BASE,
    FACTOR,
    INELIGIBLE,
    KNOWN,
    NONRESPONDENT,
    RESPONDED,
    START,
    STATUS,
    UNKNOWN,
)
from app.services.weighting.store import Kept


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Answers and cases without answers as one table.

    Attributes
    ----------
    frame : polars.DataFrame
        The columns of the snapshot (empty for cases), ``case.status``, ``case.responded`` (1, 0,
        or nothing for who could not respond), ``weight.base``, ``weight.reserves``, and a
        column ``known.…`` for everything known of all.
    layout : Layout
        Of the snapshot.
    n_answers : int
        How many rows are answers; these come first, in the order of the snapshot.
    known : tuple of str
        Columns of the snapshot that have a ``known.…`` column.
    """

    frame: pl.DataFrame
    layout: Layout
    n_answers: int
    known: tuple[str, ...]

    @property
    def n_more(self) -> int:
        """How many rows are cases without answers."""
        return len(self.frame) - self.n_answers

    @property
    def start(self) -> NDArray[np.float64]:
        """Base weights after reserves, shape (n,)."""
        return self.frame[START].to_numpy()

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which rows are answers, shape (n,)."""
        return np.arange(len(self.frame)) < self.n_answers

    def column_for_all(self, column: str) -> str:
        """Name the column that says of every row what `column` says of answers."""
        return KNOWN + column if column in self.known else column

    def design(self) -> Design:
        """Build the design with base weights; every case keeps its place in it."""
        layout = self.layout
        return Design.from_columns(
            np.array(self.frame[layout.stratum].to_list(), dtype=object),
            np.array(self.frame[layout.psu].to_list(), dtype=object),
            self.start,
        )


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights as the estimates need them.

    Attributes
    ----------
    design : Design
        Answers first, then the cases without answers, which have no weight or no answer.
    n_more : int
        How many these are.
    """

    design: Design
    n_more: int


def rows_of(snapshot: Snapshot, cases: Kept | None) -> Rows:
    """Put answers and cases together.

    Parameters
    ----------
    cases : Kept, optional
        The frozen cases; without them there are only answers.
    """
    layout, answers = snapshot.layout, snapshot.rows
    about: Mapping[str, Any] = {} if cases is None else cases.about
    known = (layout.stratum, *about.get("known", ()))
    factor = pl.col(layout.stratum).replace_strict(
        about.get("reserves") or {"": 1.0}, default=1.0, return_dtype=pl.Float64
    )
    first = answers.with_columns(
        pl.lit(ANSWERED).alias(STATUS),
        pl.lit(1.0).alias(RESPONDED),
        pl.col(layout.weight).alias(BASE),
        (pl.col(layout.weight) * factor).alias(START),
        *(pl.col(name).alias(KNOWN + name) for name in known),
    )
    if cases is None:
        return Rows(first, layout, len(answers), known)
    table = cases.table
    if about.get("psus") == "other":
        table = _beside_answers(table, answers, layout)
    responded = {NONRESPONDENT: 0.0, UNKNOWN: None, INELIGIBLE: None}
    more = table.with_columns(
        pl.col(STATUS).replace_strict(responded, return_dtype=pl.Float64).alias(RESPONDED),
        pl.col(BASE).alias(layout.weight),
        (pl.col(BASE) * pl.col(FACTOR)).alias(START),
        *(pl.col(name).alias(KNOWN + name) for name in known),
    ).drop(FACTOR, *(name for name in known if name != layout.stratum))
    frame = pl.concat([first, more], how="diagonal").select(first.columns)
    return Rows(frame, layout, len(answers), known)


def _beside_answers(table: pl.DataFrame, answers: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Put cases whose PSU nobody can tell into the first PSU of their stratum's answers.

    They have no weight in the end, so the variance is that of the answers alone.
    """
    first = answers.group_by(layout.stratum).agg(pl.col(layout.psu).min().alias("first"))
    joined = table.join(first, on=layout.stratum, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("first", layout.psu).alias(layout.psu)).drop("first")


def padded(column: Column, n_more: int) -> Column:
    """Add rows without an answer, or without a domain, to a column of answers."""
    if n_more == 0:
        return column
    if column.dtype.kind == "i":
        more: Column = np.full(n_more, MISSING, dtype=column.dtype)
    elif column.dtype.kind == "f":
        more = np.full(n_more, np.nan)
    else:
        more = np.full(n_more, None, dtype=object)
    return np.concatenate([column, more])
