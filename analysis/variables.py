"""Columns of numbers and of categories, as models and tests read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column
from analysis.coding import Coded, encode
from analysis.errors import BadColumnError, UnequalLengthsError

Values: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

Columns: TypeAlias = Mapping[str, Column | Coded]
"""Columns by name: arrays of numbers or truth values are numbers, arrays of
names are categories; numbers that are categories come as ``encode(numbers)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One column: numbers, or codes of categories.

    Attributes
    ----------
    name : str
    numbers : ndarray of float64, shape (n,), optional
        NaN where missing.
    coded : Coded, optional
        Categories; one of the two is there.
    """

    name: str
    numbers: Values | None
    coded: Coded | None

    @property
    def is_known(self) -> Mask:
        """Where there is a value, shape (n,)."""
        if self.numbers is not None:
            return ~np.isnan(self.numbers)
        assert self.coded is not None  # noqa: S101  one of the two is always there
        return self.coded.codes >= 0

    def as_coded(self) -> Coded:
        """Return categories, of numbers too."""
        if self.coded is not None:
            return self.coded
        assert self.numbers is not None  # noqa: S101
        return encode(self.numbers)


def read_variable(name: str, column: Column | Coded, n: int) -> Variable:
    """Read a column.

    Parameters
    ----------
    name : str
    column : ndarray or Coded, shape (n,)
        Numbers may hold NaN, whole numbers ``MISSING``.
    n : int
        Number of respondents.

    Raises
    ------
    UnequalLengthsError
    BadColumnError
        A number is infinite.
    """
    length = len(column.codes) if isinstance(column, Coded) else len(column)
    if length != n:
        raise UnequalLengthsError(**{name: length, "design": n})
    if isinstance(column, Coded):
        return Variable(name, None, column)
    values = np.asarray(column)
    if values.dtype.kind not in "biuf":
        return Variable(name, None, encode(values))
    numbers = values.astype(np.float64)
    if values.dtype.kind == "i":
        numbers[values == MISSING] = np.nan
    if np.isinf(numbers).any():
        raise BadColumnError(column=name, row=int(np.argmax(np.isinf(numbers))))
    return Variable(name, numbers, None)


def read_numbers(name: str, column: Column | Coded, n: int) -> Values:
    """Read a column that must hold numbers; NaN where missing, shape (n,).

    Raises
    ------
    UnequalLengthsError
    BadColumnError
        It holds names, or an infinite number.
    """
    variable = read_variable(name, column, n)
    if variable.numbers is None:
        raise BadColumnError(column=name, reason="not a number")
    return variable.numbers


def read_domain(where: Mask | None, weight: Values) -> Mask:
    """Return whom a figure is about: inside the domain and with a weight that is not 0."""
    if where is None:
        return np.asarray(weight != 0)
    if len(where) != len(weight):
        raise UnequalLengthsError(where=len(where), design=len(weight))
    return np.asarray(np.asarray(where, dtype=np.bool_) & (weight != 0))
