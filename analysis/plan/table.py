"""The rows of a sample: columns as numbers or as codes of categories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.coding import Coded
from analysis.plan.faults import Place
from analysis.plan.reader import Reader, Rows
from analysis.plan.source.types import as_text, first_not_number
from analysis.plan.sql import parse_sql, short_reason

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NUMERAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
SQL_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, OverflowError)


@dataclass(slots=True, eq=False)
class Table:
    """Columns that a plan reads, all rows.

    Attributes
    ----------
    frame : polars.DataFrame
        Text is a category, whole numbers and floats are numbers; no NaN.
    rows : callable, optional
        Says where rows stand in their files.
    decimal : str
        Decimal sign of text that might be numbers.
    labels : mapping of str to mapping of str to str
        What the files say that codes mean, by column.
    """

    frame: pl.DataFrame
    rows: Rows | None = None
    decimal: str = "."
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _numbers: dict[str, Values] = field(default_factory=dict)
    _coded: dict[str, Coded] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.frame.height

    def is_number(self, name: str) -> bool:
        """Say whether a column holds numbers."""
        return self.frame.schema[name].is_numeric()

    def numbers(self, name: str) -> Values:
        """Return a column of numbers, NaN where missing, shape (n,)."""
        if name not in self._numbers:
            column = self.frame[name].cast(pl.Float64)
            self._numbers[name] = column.fill_null(np.nan).to_numpy()
        return self._numbers[name]

    def coded(self, name: str) -> Coded:
        """Return a column as codes of its sorted levels."""
        if name not in self._coded:
            column = self.frame[name]
            coded = _code_text(column) if column.dtype == pl.String else _code_numbers(column)
            self._coded[name] = coded
        return self._coded[name]

    def missing(self, name: str) -> int | None:
        """Return the first row without a value."""
        is_null = self.frame[name].is_null()
        return is_null.arg_max() if is_null.any() else None

    def n_missing(self, name: str) -> int:
        """Return how many rows have no value."""
        return self.frame[name].null_count()

    def stray(self, name: str) -> tuple[int, str] | None:
        """Return the first row that keeps a column of text from being numbers."""
        column = self.frame[name]
        row = first_not_number(column, self.decimal)
        return None if row is None else (row, str(column[row]))

    def cells(self, name: str) -> tuple[int, int]:
        """Return how many rows hold something, and how many of them a number."""
        text = self.frame[name].drop_nulls()
        return len(text), int(text.str.contains(r"^\s*[+-]?[0-9]").sum())

    def mask(self, condition: str | None, place: Place, reader: Reader) -> Mask | None:
        """Return for which rows a condition holds; unknown counts as not.

        Returns
        -------
        ndarray of bool, shape (n,)
            None without a condition, and after noting a fault.
        """
        if condition is None:
            return None
        found = self.evaluate(condition, place, reader)
        if found is None:
            return None
        if found.dtype != pl.Boolean:
            reader.fault(place, "not-a-condition", expression=condition)
            return None
        mask = found.fill_null(value=False).to_numpy()
        if not mask.any():
            reader.fault(place, "nobody-inside", expression=condition)
        return np.asarray(mask)

    def evaluate(self, text: str, place: Place, reader: Reader) -> pl.Series | None:
        """Return an expression over the columns, n values; None after noting a fault."""
        expression = parse_sql(text, place, reader)
        if expression is None:
            return None
        try:
            return self.frame.with_columns(expression.alias("\0"))["\0"]
        except SQL_ERRORS as error:
            reason = short_reason(error)
            reader.fault(place, "sql-fails", expression=text, reason=reason)
            return None


def _code_text(column: pl.Series) -> Coded:
    levels = sorted_levels(column.drop_nulls().unique().to_list())
    physical = column.cast(pl.Enum(levels)).to_physical().cast(pl.Int32).fill_null(-1)
    return Coded(tuple(levels), physical.to_numpy())


def _code_numbers(column: pl.Series) -> Coded:
    levels = column.drop_nulls().unique().sort()
    codes = np.searchsorted(levels.to_numpy(), column.fill_null(0).to_numpy()).astype(np.int32)
    codes[column.is_null().to_numpy()] = -1
    return Coded(tuple(as_text(levels).to_list()), codes)


def sorted_levels(levels: list[str]) -> list[str]:
    """Sort categories: by size if all of them look like numbers, else by code point."""
    if all(_NUMERAL.fullmatch(level) for level in levels):
        return sorted(levels, key=lambda level: (float(level), level))
    return sorted(levels)
