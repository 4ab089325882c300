"""Elimination in systems of small whole numbers: what is nought, and what least support."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]

NOTHING: Final = 1e-9
"""Coefficients below this are rounding of zero: all numbers are small and whole."""

MANY_CLASSES: Final = 4_000
"""More classes than this are looked at through their products."""


def left_null_space(matrix: Values) -> Values:
    """Return rows ``x`` with ``x @ matrix == 0``, shape (d, n_rows)."""
    if not matrix.shape[1]:
        return np.eye(len(matrix))
    if matrix.shape[1] > MANY_CLASSES:
        # The same null space, of a small matrix of whole numbers scaled to one on the diagonal.
        products = matrix @ matrix.T
        scale = 1.0 / np.sqrt(np.maximum(np.diag(products), 1.0))
        matrix = products * np.outer(scale, scale)
        reduced, made = reduced_with(matrix, np.diag(scale), keep_nought=True)
        return np.asarray(made[np.abs(reduced).max(axis=1, initial=0.0) <= NOTHING])
    reduced, made = reduced_with(matrix, np.eye(len(matrix)), keep_nought=True)
    return np.asarray(made[np.abs(reduced).max(axis=1, initial=0.0) <= NOTHING])


def reduced_with(
    matrix: Values, beside: Values, *, keep_nought: bool = False
) -> tuple[Values, Values]:
    """Reduce rows as far as possible, doing the same to the rows beside.

    Rows of a fully reduced matrix have least support: no combination of the
    rows is about some of a row's columns only.
    """
    left, right = matrix.copy(), beside.copy()
    used = np.zeros(len(left), dtype=np.bool_)
    for column in range(left.shape[1]):
        free = np.where(used, 0.0, np.abs(left[:, column]))
        pivot = int(np.argmax(free)) if len(free) else 0
        if not len(free) or free[pivot] <= NOTHING:
            continue
        scale = left[pivot, column]
        left[pivot] /= scale
        right[pivot] /= scale
        factor = left[:, column].copy()
        factor[pivot] = 0.0
        rows = np.flatnonzero(np.abs(factor) > NOTHING)
        for matrix_ in (left, right):
            subtract(matrix_, rows, factor[rows], pivot)
        used[pivot] = True
        if used.all():
            break
    if keep_nought:
        return left, right
    return left[used], right[used]


def subtract(matrix: Values, rows: NDArray[np.int64], factor: Values, pivot: int) -> None:
    """Take multiples of one row from others, where that row is not nought."""
    columns = np.flatnonzero(matrix[pivot])
    place = np.ix_(rows, columns)
    block = matrix[place] - factor[:, None] * matrix[pivot, columns]
    block[np.abs(block) <= NOTHING] = 0.0
    matrix[place] = block
