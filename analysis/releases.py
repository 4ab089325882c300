"""The same people in successive snapshots of a round, which carry no names.

Rows that are alike in every column are the same people as far as anybody can
tell; what one snapshot has more of was added, what it has less of removed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray


def same_people(tables: Sequence[pl.DataFrame]) -> tuple[NDArray[np.int64], ...]:
    """Give respondents of several snapshots numbers, the same people the same.

    Parameters
    ----------
    tables : sequence of polars.DataFrame
        Rows of the snapshots; only columns all of them have are compared.

    Returns
    -------
    tuple of ndarray of int64, shape (n,) each
        Numbers from 0. A row that was corrected is one person removed and
        another added.
    """
    if not tables:
        return ()
    common = [name for name in tables[0].columns if all(name in one.columns for one in tables)]
    parts = [
        _keys(one, common).with_columns(pl.lit(number).alias("release"))
        for number, one in enumerate(tables)
    ]
    stacked = pl.concat(parts).with_columns(
        pl.int_range(pl.len()).over(["release", "key"]).alias("copy")
    )
    numbered = stacked.with_columns(
        pl.struct(["key", "copy"]).rank("dense").cast(pl.Int64).alias("person") - 1
    )
    return tuple(
        numbered.filter(pl.col("release") == number)["person"].to_numpy()
        for number in range(len(tables))
    )


def _keys(rows: pl.DataFrame, common: Sequence[str]) -> pl.DataFrame:
    """Write each row in one text, exactly."""
    written = [
        (pl.col(name).list.join("\x1f") if rows.schema[name] == pl.List(pl.String) else name)
        for name in common
    ]
    as_text = [
        (one if isinstance(one, pl.Expr) else pl.col(one)).cast(pl.String).fill_null("\x00")
        for one in written
    ]
    return rows.select(pl.concat_str(as_text, separator="\x1e").alias("key"))
