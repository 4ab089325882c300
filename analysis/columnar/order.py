"""The order of combinations of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = tuple[NDArray[Any], ...]


def sort_keys(values: Values, n: int) -> NDArray[np.int64]:
    """Return the order of combinations by their first column, then the next."""
    if not values:
        return np.arange(n)
    ranks = [np.unique(column, return_inverse=True)[1] for column in reversed(values)]
    return np.lexsort(ranks)


def numbered(columns: Sequence[NDArray[np.int64]], n: int) -> tuple[Values, NDArray[np.int64]]:
    """Give numbers to combinations of integers by their first column, then the next.

    Parameters
    ----------
    columns : sequence of ndarray of int64, shape (n,)
    n : int

    Returns
    -------
    values : tuple of ndarray of int64, shape (n_distinct,)
        Each combination once, sorted; no arrays without columns.
    number : ndarray of int64, shape (n,)
        Place of each row's combination.
    """
    number, n_numbers = np.zeros(n, dtype=np.int64), min(n, 1)
    for column in columns:
        inner, n_inner = _ranks(column)
        number, n_numbers = _ranks(number * n_inner + inner)
    row = np.empty(n_numbers, dtype=np.int64)
    row[number] = np.arange(n)
    return tuple(column[row] for column in columns), number


def _ranks(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return the place of each value among the distinct ones, and how many there are."""
    if not len(values):
        return values, 0
    low = int(values.min())
    span = int(values.max()) - low + 1
    if span > 4 * len(values) + 2**16:
        distinct, ranks = np.unique(values, return_inverse=True)
        return ranks.astype(np.int64), len(distinct)
    is_there = np.zeros(span, dtype=np.bool_)
    is_there[values - low] = True
    table = np.cumsum(is_there) - 1
    return table[values - low], int(table[-1]) + 1


def order_of(keys: NDArray[np.int64], bound: int) -> NDArray[np.int64]:
    """Return the order of distinct keys, without sorting where they lie close.

    Parameters
    ----------
    keys : ndarray of int64, shape (n,)
        Each once, from 0 on.
    bound : int
        Keys are smaller than this.
    """
    if bound > 4 * len(keys) + 2**16:
        return np.argsort(keys)
    place = np.full(bound, -1, dtype=np.int64)
    place[keys] = np.arange(len(keys))
    return place[place >= 0]
