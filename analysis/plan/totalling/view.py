"""Columns of files with others that are made of them while they are read.

To whoever totals columns a view is files: some rows at a time, row group by
row group. What an expression of the plan says of a row is worked out when the
row is read, and forgotten with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self, TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from analysis.columnar.columns import Column, Kind
from analysis.columnar.files import Files, Reader, Unit
from analysis.plan.source.types import is_named, settled

Maker: TypeAlias = Callable[[pl.DataFrame], pl.Series]

OLDEST: Final = pl.CompatLevel.oldest()
"""Text as whoever reads Arrow knows it."""

FILE: Final = "\x01file"
"""What may be read besides columns: the number of the file a row is in."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A column that is made of others.

    Attributes
    ----------
    name : str
        May be that of a column of the files, which it then stands for.
    reads : tuple of str
        Columns it is made of, of the files or made themselves.
    make : callable
        From these columns, in the types plans count on, to as many values.
    """

    name: str
    reads: tuple[str, ...]
    make: Maker


@dataclass(frozen=True, slots=True, eq=False)
class View(Files):
    """Files with columns that are made while they are read.

    Attributes
    ----------
    source : Files
        The files themselves, all their columns that are needed.
    made : mapping of str to Made
    """

    source: Files
    made: Mapping[str, Made]

    @classmethod
    def of(cls, source: Files) -> View:
        """See files as they are."""
        return cls(source.paths, source.footers, source.n_rows, dict(source.columns), source, {})

    def with_made(self, made: Iterable[Made]) -> View:
        """Add columns; ranges are told by ``surveyed``."""
        listed = list(made)
        view = replace(self, made={**self.made, **{one.name: one for one in listed}})
        if not listed:
            return view
        kinds = view.only(one.name for one in listed).first_rows().schema
        for one in listed:
            view.columns[one.name] = Column(
                one.name, _kind_of(kinds[one.name]), str(kinds[one.name]), None, None, True
            )
        return view

    def only(self, names: Iterable[str]) -> View:
        """Read some columns only."""
        chosen = dict.fromkeys(names)
        unknown = Column("", Kind.OTHER, "", None, None, True)
        return replace(self, columns={name: self.columns.get(name, unknown) for name in chosen})

    def first_rows(self) -> pl.DataFrame:
        """Return some rows; none where there are none."""
        for _, batch in self.batches():
            return _frame(batch)
        raise StopIteration

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield all rows, some at a time, as the columns are."""
        for _, batch in self.batches():
            yield _frame(batch)

    def surveyed(self, names: Sequence[str]) -> View:
        """Read through columns for their ranges and for missing values.

        Parameters
        ----------
        names : sequence of str
            Columns that were made; texts have no range.

        Returns
        -------
        View
        """
        ends = {name: _Ends() for name in names}
        for frame in self.only(names).frames() if names else ():
            for name, found in ends.items():
                found.include(frame[name])
        columns = dict(self.columns)
        for name, found in ends.items():
            columns[name] = found.told(columns[name])
        return replace(self, columns=columns)

    def with_range(self, name: str, low: float, high: float) -> View:
        """Tell the range of a column without missing values."""
        column = replace(self.columns[name], low=low, high=high, may_be_missing=False)
        return replace(self, columns={**self.columns, name: column})

    def reader(self) -> Reader:
        """Return a reader; each thread needs one of its own."""
        return _ViewReader(self)

    def order(self) -> tuple[list[Made], list[str]]:
        """Return what is made, one after the other, and the columns of files that takes."""
        making: dict[str, Made] = {}
        roots: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in making:
                return
            made = self.made.get(name)
            if made is None:
                roots[name] = None
                return
            for read in made.reads:
                if read == name:
                    roots[name] = None
                else:
                    visit(read)
            making[name] = made

        for name in self.columns:
            visit(name)
        return list(making.values()), [name for name in roots if name != FILE]


@dataclass(slots=True)
class _Ends:
    """Ends of a column so far."""

    low: float = np.inf
    high: float = -np.inf
    n_missing: int = 0

    def include(self, column: pl.Series) -> None:
        self.n_missing += column.null_count()
        if column.dtype.is_numeric() and len(column) > column.null_count():
            least, greatest = column.min(), column.max()
            self.low = min(self.low, least)  # type: ignore[type-var,assignment]
            self.high = max(self.high, greatest)  # type: ignore[type-var,assignment]

    def told(self, column: Column) -> Column:
        if column.kind is Kind.TEXT:
            return replace(column, may_be_missing=self.n_missing > 0)
        low, high = (self.low, self.high) if self.low <= self.high else (0, 0)
        return replace(column, low=low, high=high, may_be_missing=self.n_missing > 0)


class _ViewReader(Reader):
    """Makes columns of what a reader of the files reads."""

    def __init__(self, view: View) -> None:
        self._names = list(view.columns)
        self._making, roots = view.order()
        made = {one.name for one in self._making}
        self._reads = list(dict.fromkeys(name for one in self._making for name in one.reads))
        self._roots = [name for name in roots if name in self._reads]
        self._made = made
        physical = dict.fromkeys([*(name for name in self._names if name not in made), *roots])
        if not physical:
            # Constants need rows to stand in.
            physical = dict.fromkeys(list(view.source.columns)[:1])
        columns = {name: view.source.columns[name] for name in physical}
        self._inner = replace(view.source, columns=columns).reader()
        self._numbers = {path: number for number, path in enumerate(view.paths)}

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._inner.__exit__(*error)

    def read(self, unit: Unit) -> Iterator[tuple[int, Any]]:
        """Yield the record batches of a row group, each with the number of its first row."""
        number = self._numbers[unit.path]
        for row, batch in self._inner.read(unit):
            yield row, self._viewed(batch, number)

    def _viewed(self, batch: Any, number: int) -> Any:
        file = pl.repeat(number, batch.num_rows, dtype=pl.Int64, eager=True).alias(FILE)
        columns = [settled_part(batch.column(name), name) for name in self._roots]
        frame = pl.DataFrame([file, *columns])
        for one in self._making:
            frame = frame.with_columns(one.make(frame).alias(one.name))
        arrays = [
            frame[name].to_arrow(compat_level=OLDEST) if name in self._made else batch.column(name)
            for name in self._names
        ]
        return pa.RecordBatch.from_arrays(arrays, self._names)


def settled_part(array: Any, name: str) -> pl.Series:
    """Return some values of a column in the types that plans count on.

    Raises
    ------
    FileFault
        It holds nothing a plan can use.
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    column = pl.Series(name, array)
    if is_named(column.dtype) or column.dtype.is_temporal():
        column = column.cast(pl.String)
    return settled(column, None, is_text=False, decimal=".")


def _frame(batch: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [pl.Series(name, batch.column(name)) for name in batch.schema.names], strict=False
    )


def _kind_of(kind: pl.DataType) -> Kind:
    if kind.is_integer():
        return Kind.INTEGER
    if kind.is_float():
        return Kind.FLOAT
    return Kind.TEXT if kind == pl.String else Kind.OTHER
