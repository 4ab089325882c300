"""Turning columns of names or numbers into dense integer codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column as positions in the sorted list of its distinct values.

    Attributes
    ----------
    levels : tuple of str
        Distinct values, sorted (numbers by size, names by code point).
    codes : ndarray of int32, shape (n,)
        Position in ``levels``; -1 where the value is missing.
    """

    levels: tuple[str, ...]
    codes: NDArray[np.int32]


def encode(column: Column) -> Coded:
    """Code a column of strings or integers.

    Parameters
    ----------
    column : ndarray, shape (n,)
        Missing are ``None``, ``""``, NaN and ``MISSING``.

    Returns
    -------
    Coded
        The same levels and codes whatever the order of the rows.
    """
    values = np.asarray(column)
    if values.dtype.kind in "biuf":
        return _encode_numbers(values)
    return _encode_names(values)


def _encode_numbers(values: Column) -> Coded:
    is_missing = np.isnan(values) if values.dtype.kind == "f" else values == MISSING
    if values.dtype.kind == "f":
        is_missing |= values == MISSING
    levels, inverse = np.unique(values[~is_missing], return_inverse=True)
    codes = np.full(len(values), -1, dtype=np.int32)
    codes[~is_missing] = inverse
    return Coded(tuple(_shown(level) for level in levels.tolist()), codes)


def _shown(level: float | bool) -> str:
    """Write a whole number without a decimal point."""
    return str(int(level)) if float(level).is_integer() else repr(level)


def _encode_names(values: Column) -> Coded:
    import polars as pl

    names = values.tolist()
    try:
        series = pl.Series(names, dtype=pl.String)
    except TypeError:
        series = pl.Series([None if name is None else str(name) for name in names], dtype=pl.String)
    levels = series.drop_nulls().unique().sort()
    levels = levels.filter(levels != "")
    enum = pl.Enum(levels)
    # What is not a level, the empty name, becomes null.
    physical = series.cast(enum, strict=False).to_physical().cast(pl.Int32).fill_null(-1)
    return Coded(tuple(levels.to_list()), physical.to_numpy())
