"""Parquet and CSV of the table of answers."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from app.services.manifests import region
from app.services.microdata.table import Table

Progress = Callable[[int], None]
MANIFEST_KEY: Final = "longdan.manifest"
VARIABLES_KEY: Final = "longdan.variables"
_ROWS: Final = 1 << 17
_MARK: Final = b"\xef\xbb\xbf"
_PIECE: Final = 1 << 22


def write_parquet(path: Path, table: Table, progress: Progress) -> None:
    """Write a table as Parquet; variables and the room for a manifest are among its metadata."""
    schema = pa.schema(
        [(variable.name, pa.int32() if variable.categories else pa.float64())
         for variable in table.variables]
    )  # fmt: skip
    described = json.dumps([asdict(each) for each in table.variables], ensure_ascii=False)
    # Arrow would keep the schema a second time, with the manifest in it.
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        done = 0
        for block in table.rows.iter_slices(_ROWS):
            typed = block.select(
                pl.col(variable.name).cast(pl.Int32 if variable.categories else pl.Float64)
                for variable in table.variables
            )
            writer.write_table(typed.to_arrow().cast(schema))
            done += len(block)
            progress(done)
        writer.add_key_value_metadata(
            {VARIABLES_KEY: described, MANIFEST_KEY: region.field().decode("ascii")}
        )


def count_parquet(path: Path) -> int:
    """Count the rows in the column chunks of a file, decoding the last variable."""
    file = pq.ParquetFile(path)
    last = file.schema_arrow.names[-1]
    return sum(
        len(file.read_row_group(group, columns=[last]))
        for group in range(file.metadata.num_row_groups)
    )


def write_csv(path: Path, table: Table, progress: Progress, *, with_mark: bool) -> None:
    """Write a table as CSV: every value is a number with a point, nothing is an empty field.

    Parameters
    ----------
    with_mark : bool
        Whether the file begins with the mark by which Excel knows UTF-8.
    """
    with path.open("wb") as file:
        if with_mark:
            file.write(_MARK)
        head = True
        done = 0
        for block in table.rows.iter_slices(_ROWS):
            block.write_csv(file, include_header=head, line_terminator="\r\n", null_value="")
            head = False
            done += len(block)
            progress(done)


def count_csv(path: Path) -> int:
    """Count the lines below the heading; a last line without its end does not count."""
    n_lines = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            n_lines += piece.count(b"\n")
    return max(n_lines - 1, 0)
