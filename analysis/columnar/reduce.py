"""One pass over Parquet files: weighted totals per final cluster and domain.

Only the columns that are needed are read, some rows at a time; what is kept
are sums per non-empty (domain, cluster) cell, as integers, so that neither
the order of rows nor their division into files or among threads changes a bit
of the result.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analysis.columnar.request import Request
from analysis.columnar.totals import ColumnarTotals

LEAST_BYTES: Final = 2**22
"""Smaller files are read before a database is at hand."""


def reduce_parquet(
    paths: Sequence[Path | str] | Path | str,
    request: Request,
    *,
    is_part: bool = False,
    n_threads: int | None = None,
) -> ColumnarTotals:
    """Total columns of Parquet files per domain and final cluster.

    Parameters
    ----------
    paths : path or sequence of paths
        Parts of one sample, with the same columns.
    request : Request
        What is wanted.
    is_part : bool
        Whether totals of other parts will be added, from another process or
        machine; then what is rounded away from each sum is kept with it.
    n_threads : int, optional
        Without it, as many as there are processors.

    Returns
    -------
    ColumnarTotals
        The same bits whatever the order of rows and files. Missing answers
        are zeros and do not contribute; respondents without a domain are in
        none, yet their cluster was drawn.

    Raises
    ------
    UnknownColumnError, BadColumnTypeError, EmptySampleError,
    MissingDesignError, BadWeightError, WrongStatisticsError
    """
    listed = [paths] if isinstance(paths, (str, Path)) else paths
    threads = n_threads or os.cpu_count() or 1
    if sum(_size(path) for path in listed) >= LEAST_BYTES:
        from analysis.columnar.by_database import reduce_in_database

        found = reduce_in_database(listed, request, is_part=is_part, n_threads=threads)
        if found is not None:
            return found
    from analysis.columnar.by_rows import reduce_rows

    return reduce_rows(listed, request, is_part=is_part, n_threads=threads)


def _size(path: Path | str) -> int:
    """Return the bytes of a file; 0 if there is none, which its reader will say."""
    found = Path(path)
    return found.stat().st_size if found.is_file() else 0
