"""Columns of a batch as arrays of numbers and of codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analysis.columnar.arrays import Missing, numbers_of
from analysis.columnar.columns import Column, Kind
from analysis.columnar.errors import BadColumnTypeError, WrongStatisticsError
from analysis.columnar.files import is_number
from analysis.columnar.numbering import MOST_IN_TABLE, Numbering
from analysis.columnar.room import Room


def numbers(array: Any, column: Column) -> tuple[NDArray[Any], Missing]:
    """Return the numbers of a column and which are missing.

    Parameters
    ----------
    array : pyarrow.Array
        Integers, floats or truth values.
    column : Column
        What is known of it.

    Returns
    -------
    numbers : ndarray, shape (n,)
        Zero where missing.
    missing : ndarray of bool, shape (n,), or None
        None if nothing is missing.

    Raises
    ------
    BadColumnTypeError
    """
    kind = array.type
    if not (is_number(kind) or pa.types.is_boolean(kind)):
        raise BadColumnTypeError(column=column.name, type=kind)
    found, missing = numbers_of(array)
    if found.dtype.kind == "f":
        not_a_number = np.isnan(found)
        if not_a_number.any():
            missing = not_a_number if missing is None else missing | not_a_number
    if missing is not None:
        found = np.where(missing, found.dtype.type(0), found)
    return found, missing


class Coder(Protocol):
    """Turns the values of a column into codes from 0 on."""

    @property
    def bound(self) -> int:
        """Codes are smaller than this."""
        ...

    def code(self, array: Any) -> tuple[NDArray[Any], Missing]:
        """Return codes, any where missing, and which values are missing."""
        ...

    def values(self, codes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of codes."""
        ...


def coder(column: Column) -> Coder:
    """Choose how to code a column.

    Raises
    ------
    BadColumnTypeError
    """
    kind = column.kind
    if column.is_text:
        return NameCoder()
    if kind is Kind.TRUTH:
        return IntegerCoder(column, 0, 2)
    if kind is Kind.INTEGER and column.low is not None:
        span = int(column.high) - int(column.low) + 1
        if span <= MOST_IN_TABLE:
            return IntegerCoder(column, int(column.low), span)
    if kind in {Kind.INTEGER, Kind.FLOAT, Kind.SHORT_FLOAT}:
        return NumberCoder(column)
    raise BadColumnTypeError(column=column.name, type=column.type)


@dataclass(frozen=True, slots=True, eq=False)
class IntegerCoder:
    """Codes integers by their distance from the least.

    Attributes
    ----------
    column : Column
    low : int
    bound : int
        Greatest minus least, plus one.
    """

    column: Column
    low: int
    bound: int
    _room: Room = field(default_factory=Room)

    def code(self, array: Any) -> tuple[NDArray[Any], Missing]:
        """Return codes, and which values are missing; overwritten by the next call."""
        found, missing = numbers(_plain(array), self.column)
        low, high = self.low, self.low + self.bound - 1
        if missing is not None:
            found = np.where(missing, found.dtype.type(low), found)
        if len(found) and (found.min() < low or found.max() > high):
            raise WrongStatisticsError(column=self.column.name)
        codes = self._room.array("codes", (len(found),), np.int64)
        np.subtract(found, low, out=codes, dtype=np.int64, casting="unsafe")
        return codes, missing

    def values(self, codes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of codes."""
        return codes + self.low


class NumberCoder:
    """Codes numbers that are far apart, in the order in which they appear."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._is_float = column.kind in {Kind.FLOAT, Kind.SHORT_FLOAT}
        self._numbering = Numbering()

    @property
    def bound(self) -> int:
        """Number of values seen."""
        return len(self._numbering)

    def code(self, array: Any) -> tuple[NDArray[Any], Missing]:
        """Return codes, and which values are missing."""
        found, missing = numbers(_plain(array), self._column)
        if self._is_float:
            # Plus zero makes one of the two zeros.
            keys = (found.astype(np.float64) + 0.0).view(np.int64)
        else:
            keys = found.astype(np.int64)
        if missing is None:
            return self._numbering.number(keys), None
        codes = np.zeros(len(keys), dtype=np.int32)
        codes[~missing] = self._numbering.number(keys[~missing])
        return codes, missing

    def values(self, codes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of codes."""
        keys = self._numbering.keys[codes]
        return keys.view(np.float64) if self._is_float else keys


class NameCoder:
    """Codes names in the order in which they appear."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    @property
    def bound(self) -> int:
        """Number of names seen."""
        return len(self._codes)

    @property
    def names(self) -> list[str]:
        """Name of each code."""
        return list(self._codes)

    def code(self, array: Any) -> tuple[NDArray[Any], Missing]:
        """Return codes, and which values are missing; so are empty names."""
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        names = array.dictionary.to_pylist()
        table = np.array(
            [self._codes.setdefault(name, len(self._codes)) if name else -1 for name in names],
            dtype=np.int32,
        )
        if not len(table):
            table = np.array([-1], dtype=np.int32)
        places, absent = numbers_of(array.indices)
        codes = table[places]
        if absent is not None:
            codes[absent] = -1
        missing = codes < 0
        if not missing.any():
            return codes, None
        codes[missing] = 0
        return codes, missing

    def values(self, codes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the names of codes."""
        return np.array(self.names, dtype=object)[codes]


def _plain(array: Any) -> Any:
    """Write numbers that were stored as places in a list of their own."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
