"""Columns of a batch as arrays of numbers and of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analysis.columnar.errors import BadColumnTypeError, WrongStatisticsError
from analysis.columnar.files import Column
from analysis.columnar.numbering import MOST_IN_TABLE, Numbering

Missing = NDArray[np.bool_] | None


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
    is_float = pa.types.is_floating(kind)
    if not (pa.types.is_integer(kind) or is_float or pa.types.is_boolean(kind)):
        raise BadColumnTypeError(column=column.name, type=kind)
    missing: Missing = None
    if array.null_count:
        missing = pc.is_null(array).to_numpy(zero_copy_only=False)
        array = pc.fill_null(array, False if pa.types.is_boolean(kind) else 0)
    found = array.to_numpy(zero_copy_only=False)
    if is_float:
        not_a_number = np.isnan(found)
        if not_a_number.any():
            missing = not_a_number if missing is None else missing | not_a_number
            found = np.where(not_a_number, 0.0, found)
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
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return NameCoder()
    if pa.types.is_boolean(kind):
        return IntegerCoder(column, 0, 2)
    if pa.types.is_integer(kind) and column.low is not None:
        span = int(column.high) - int(column.low) + 1
        if span <= MOST_IN_TABLE:
            return IntegerCoder(column, int(column.low), span)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return NumberCoder(column)
    raise BadColumnTypeError(column=column.name, type=kind)


@dataclass(frozen=True, slots=True)
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

    def code(self, array: Any) -> tuple[NDArray[Any], Missing]:
        """Return codes, and which values are missing."""
        found, missing = numbers(_plain(array), self.column)
        codes: NDArray[Any] = found.astype(np.int64 if found.dtype.itemsize > 4 else np.int32)
        if self.low:
            codes -= self.low
        if missing is not None:
            codes[missing] = 0
        if len(codes) and (codes.min() < 0 or codes.max() >= self.bound):
            raise WrongStatisticsError(column=self.column.name)
        return codes, missing

    def values(self, codes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the values of codes."""
        return codes + self.low


class NumberCoder:
    """Codes numbers that are far apart, in the order in which they appear."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._is_float = pa.types.is_floating(column.kind)
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
        places = array.indices
        if places.null_count:
            table = np.append(table, np.int32(-1))
            places = pc.fill_null(places.cast(pa.int32()), len(table) - 1)
        codes = table[places.to_numpy(zero_copy_only=False)]
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
