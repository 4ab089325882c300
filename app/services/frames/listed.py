"""Read the list of problems of a frame, a page at a time or all of it piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from app.services.frames.shelf import CheckedFiles

_PIECE: Final = 50_000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row.

    Attributes
    ----------
    target : str
        What the column holds; empty for the row as a whole.
    detail : str
        What was written instead, or ``file:row`` of the row that is meant.
    """

    file_id: int
    row: int
    target: str
    value: str
    code: str
    detail: str


def count(checked: CheckedFiles, *, file_id: int | None = None, code: str | None = None) -> int:
    """Count the problems, of one file or reason if that is asked for."""
    if not checked.problems.exists():
        return 0
    return int(_problems(checked, file_id, code).select(pl.len()).collect().item())


def problems(
    checked: CheckedFiles,
    *,
    file_id: int | None = None,
    code: str | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Iterator[RowProblem]:
    """Read problems in the order of files and rows."""
    if not checked.problems.exists():
        return
    found = _problems(checked, file_id, code)
    end = offset + limit if limit is not None else None
    at = offset
    while end is None or at < end:
        step = _PIECE if end is None else min(_PIECE, end - at)
        piece = found.slice(at, step).collect()
        for row in piece.iter_rows():
            yield RowProblem(*row)
        if len(piece) < step:
            return
        at += step


def _problems(checked: CheckedFiles, file_id: int | None, code: str | None) -> pl.LazyFrame:
    found = pl.scan_parquet(checked.problems)
    if file_id is not None:
        found = found.filter(pl.col("file") == file_id)
    if code is not None:
        found = found.filter(pl.col("code") == code)
    return found.select("file", "row", "target", "value", "code", "detail")
