"""Parquet files, read by column, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analysis.columnar.arrays import numbers_of
from analysis.columnar.columns import Column, Kind
from analysis.columnar.errors import BadColumnTypeError, UnknownColumnError
from analysis.errors import EmptySampleError

ROWS_PER_BATCH = 2**15
BYTES_PER_READ = 2**17
"""Of each column at a time: readers of all columns are open at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A row group: what one thread reads at a time.

    Attributes
    ----------
    path : Path
    footer : pyarrow.parquet.FileMetaData
    group : int
    first_row : int
        Number of its first row, over all files.
    """

    path: Path
    footer: Any
    group: int
    first_row: int


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """Parts of one sample, with the same columns.

    Attributes
    ----------
    paths : tuple of Path
    footers : tuple of pyarrow.parquet.FileMetaData
    n_rows : int
        Rows of all files.
    columns : mapping of name to Column
        Those that were asked for.
    """

    paths: tuple[Path, ...]
    footers: tuple[Any, ...]
    n_rows: int
    columns: dict[str, Column]

    @classmethod
    def open(
        cls, paths: Sequence[Path | str], names: Sequence[str], ranged: Sequence[str] = ()
    ) -> Files:
        """Read the footers.

        Parameters
        ----------
        paths : sequence of paths
        names : sequence of str
            The columns that are needed.
        ranged : sequence of str
            Those whose range is needed, if they are numbers: they are read
            beforehand where a footer does not tell it.

        Raises
        ------
        UnknownColumnError
            A column is missing in a file.
        EmptySampleError
            There is no row.
        """
        found = tuple(Path(path) for path in paths)
        footers = []
        for path in found:
            with pq.ParquetFile(path) as file:
                footers.append((file.metadata, file.schema_arrow))
            for name in names:
                if name not in footers[-1][1].names:
                    raise UnknownColumnError(column=name, file=path)
                kinds = [schema.field(name).type for _, schema in (footers[0], footers[-1])]
                if is_number(kinds[0]) != is_number(kinds[1]):
                    raise BadColumnTypeError(column=name, types=kinds, file=path)
        n_rows = sum(footer.num_rows for footer, _ in footers)
        if n_rows == 0:
            raise EmptySampleError
        columns = {name: _column(name, footers) for name in names}
        files = cls(found, tuple(footer for footer, _ in footers), n_rows, columns)
        for name in ranged:
            column = columns[name]
            if column.low is None and column.is_number:
                low, high = files.range_of(name)
                columns[name] = replace(column, low=low, high=high)
        return files

    def range_of(self, name: str) -> tuple[float, float]:
        """Read through a column of numbers for the least and the greatest."""
        low, high = np.inf, -np.inf
        for values in self._values(name):
            low, high = min(low, float(values.min())), max(high, float(values.max()))
        return (low, high) if low <= high else (0.0, 0.0)

    def least_positive(self, name: str) -> float:
        """Read through a column of numbers for the least above zero; else 1."""
        low = np.inf
        for values in self._values(name):
            low = min(low, float(values.min(where=values > 0, initial=np.inf)))
        return low if np.isfinite(low) else 1.0

    def distinct(self, name: str) -> list[int | str]:
        """Read through a column for its distinct values, in any order."""
        found: set[int | str] = set()
        alone = replace(self, columns={name: self.columns[name]})
        for _, batch in alone.batches():
            column = batch.column(name)
            if pa.types.is_dictionary(column.type):
                used = np.unique(numbers_of(column.indices.drop_null())[0])
                found |= {column.dictionary[int(place)].as_py() for place in used}
            elif pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
                found |= set(np.unique(numbers_of(column.drop_null())[0]).tolist())
            else:
                found |= set(column.drop_null().to_pylist())
        return [one for one in found if one != ""]

    def _values(self, name: str) -> Iterator[NDArray[np.float64]]:
        """Yield the finite numbers of a column, some at a time."""
        alone = replace(self, columns={name: self.columns[name]})
        for _, batch in alone.batches():
            values, missing = numbers_of(batch.column(name))
            if missing is not None:
                values = values[~missing]
            values = values.astype(np.float64)
            values = values[np.isfinite(values)]
            if len(values):
                yield values

    def units(self) -> list[Unit]:
        """Return the row groups of all files, in order."""
        units, row = [], 0
        for path, footer in zip(self.paths, self.footers, strict=True):
            for group in range(footer.num_row_groups):
                units.append(Unit(path, footer, group, row))
                row += footer.row_group(group).num_rows
        return units

    def reader(self) -> Reader:
        """Return a reader; each thread needs one of its own."""
        return Reader(self)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """Yield all record batches, each with the number of its first row."""
        with self.reader() as reader:
            for unit in self.units():
                yield from reader.read(unit)

    def names_of_strings(self) -> list[str]:
        """Name the columns of text."""
        return [
            name for name, column in self.columns.items() if column.is_text and not column.is_listed
        ]


class Reader:
    """Reads row groups, keeping the file open that was read last."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._path: Path | None = None
        self._open: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()

    def read(self, unit: Unit) -> Iterator[tuple[int, Any]]:
        """Yield the record batches of a row group, each with the number of its first row."""
        if unit.path != self._path:
            self._close()
            self._open = pq.ParquetFile(
                unit.path,
                metadata=unit.footer,
                read_dictionary=self._files.names_of_strings(),
                buffer_size=BYTES_PER_READ,
                pre_buffer=False,
            )
            self._path = unit.path
        row = unit.first_row
        for batch in self._open.iter_batches(
            ROWS_PER_BATCH, [unit.group], columns=list(self._files.columns), use_threads=False
        ):
            if batch.num_rows:
                yield row, batch
            row += batch.num_rows


def is_number(kind: Any) -> bool:
    """Say whether a type is one of integers or floats."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def kind_of(kind: Any) -> Kind:
    """Return what a type, or a list of values of that type, holds."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return Kind.TRUTH
    if pa.types.is_integer(kind):
        return Kind.INTEGER
    if pa.types.is_floating(kind):
        return Kind.FLOAT if pa.types.is_float64(kind) else Kind.SHORT_FLOAT
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return Kind.TEXT if is_text else Kind.OTHER


def _column(name: str, footers: Sequence[tuple[Any, Any]]) -> Column:
    """Gather what the footers tell of a column."""
    low: Any = None
    high: Any = None
    is_told, may_be_missing = True, False
    for footer, schema in footers:
        place = schema.names.index(name)
        if footer.num_columns != len(schema.names):
            is_told = False  # nested columns: places in footer and schema differ
            break
        for group in range(footer.num_row_groups):
            statistics = footer.row_group(group).column(place).statistics
            if statistics is None or not statistics.has_null_count:
                may_be_missing = True
            elif statistics.null_count > 0:
                may_be_missing = True
                if statistics.null_count == footer.row_group(group).num_rows:
                    continue
            if statistics is None or not statistics.has_min_max:
                is_told = False
                continue
            low = statistics.min if low is None else min(low, statistics.min)
            high = statistics.max if high is None else max(high, statistics.max)
    if not is_told:
        low = high = None
    kind = footers[0][1].field(name).type
    is_listed = pa.types.is_dictionary(kind)
    # Footers count nulls; floats and empty texts are missing without being null.
    is_float = kind_of(kind) in {Kind.FLOAT, Kind.SHORT_FLOAT}
    is_blank = kind_of(kind) is Kind.TEXT and low in (None, "")
    may_be_missing = may_be_missing or is_float or is_blank
    return Column(name, kind_of(kind), str(kind), low, high, may_be_missing, is_listed)
