"""Sums by integer keys over many rows, in bounded memory.

Keys are kept in the smallest unsigned type. They are turned into the integers
numpy counts with a block of rows at a time, so that the wide copies stay in
the cache and never exist for all rows at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Key = NDArray[Any]

ROWS_AT_ONCE: Final = 2**15
"""Rows whose keys are widened at a time."""

MOST_CELLS: Final = 2**22
"""Combinations of categories up to which every one has a place of its own."""


def narrow(key: NDArray[Any], largest: int) -> Key:
    """Store whole numbers from 0 to ``largest`` in as few bytes as they need."""
    return key.astype(np.min_scalar_type(largest), copy=False)


def sum_by(key: Key, values: NDArray[Any] | None, size: int) -> Values:
    """Sum values by key, or count rows.

    Parameters
    ----------
    key : ndarray of unsigned int, shape (n,)
        From 0 to ``size - 1``.
    values : ndarray of numbers, shape (n,), or None
        None counts rows.
    size : int
        Number of keys.

    Returns
    -------
    ndarray of float64, shape (size,)
    """
    total = np.zeros(size)
    for rows in _blocks(len(key), size):
        weights = None if values is None else values[rows]
        total += np.bincount(key[rows], weights=weights, minlength=size)
    return total


def multiply_by(key: Key, factor: Values, values: Values) -> Values:
    """Multiply each row by the factor of its key, shape (n,)."""
    product = np.empty(len(values))
    for rows in _blocks(len(key), 1):
        # Keys are in range: clipping only spares numpy the check.
        factor.take(key[rows], out=product[rows], mode="clip")
        product[rows] *= values[rows]
    return product


@dataclass(frozen=True, slots=True, eq=False)
class JointCells:
    """Rows by what they have in common in several lists of cells.

    Attributes
    ----------
    key : ndarray of unsigned int, shape (n,)
        Joint cell of each row, 0 to ``size - 1``.
    size : int
        Number of places for joint cells, empty ones included.
    present : ndarray of int, shape (k,)
        Joint cells that hold rows.
    n : ndarray of float64, shape (k,)
        How many rows these hold.
    codes : tuple of ndarray of int, shape (k,) each
        Cell in each list of those joint cells.
    """

    key: Key
    size: int
    present: NDArray[np.int64]
    n: Values
    codes: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, keys: Sequence[Key], sizes: Sequence[int]) -> JointCells:
        """Join lists of cells.

        Parameters
        ----------
        keys : sequence of ndarray of int, shape (n,)
            Cell of each row, never negative.
        sizes : sequence of int
            Number of cells of each list.
        """
        if prod(sizes) > MOST_CELLS:
            return cls._compressed(keys, sizes)
        size = prod(sizes)
        key = np.empty(len(keys[0]), dtype=np.min_scalar_type(max(size - 1, 0)))
        for rows in _blocks(len(key), 1):
            joint = keys[0][rows].astype(np.int32)
            for other, n_cells in zip(keys[1:], sizes[1:], strict=True):
                joint *= n_cells
                joint += other[rows]
            key[rows] = joint
        counts = sum_by(key, None, size)
        present = np.flatnonzero(counts)
        codes = np.unravel_index(present, tuple(sizes))
        return cls(key, size, present, counts[present], tuple(codes))

    @classmethod
    def _compressed(cls, keys: Sequence[Key], sizes: Sequence[int]) -> JointCells:
        """Join too many combinations to have a place for each: keep those that occur."""
        joint = keys[0].astype(np.int64)
        codes = [np.arange(sizes[0])]
        for other, n_cells in zip(keys[1:], sizes[1:], strict=True):
            found, joint = np.unique(joint * n_cells + other, return_inverse=True)
            codes = [code[found // n_cells] for code in codes]
            codes.append(found % n_cells)
        size = len(codes[0])
        key = narrow(joint, max(size - 1, 0))
        return cls(key, size, np.arange(size), sum_by(key, None, size), tuple(codes))


def _blocks(n: int, size: int) -> Iterator[slice]:
    """Yield blocks of rows, longer where every block costs ``size`` additions."""
    step = max(ROWS_AT_ONCE, 4 * size)
    for first in range(0, n, step):
        yield slice(first, min(first + step, n))
