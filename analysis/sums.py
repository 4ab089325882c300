"""Sums of rows by group."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def sum_runs(
    rows: NDArray[np.float64], key: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sum rows whose key is the same.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, k)
    key : ndarray of int64, shape (n,)
        Never decreasing, never negative.

    Returns
    -------
    key : ndarray of int64, shape (n_groups,)
        Each key once.
    sums : ndarray of float64, shape (n_groups, k)
    """
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    if len(starts) == 0:
        return key[:0], rows[:0]
    return key[starts], np.add.reduceat(rows, starts, axis=0)


def sum_rows(rows: NDArray[np.float64], group: NDArray[Any], n_groups: int) -> NDArray[np.float64]:
    """Sum the rows of each group, in any order, shape (n_groups, k)."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(rows))
    member = csr_matrix((ones, (group, np.arange(len(rows)))), (n_groups, len(rows)))
    return np.asarray(member @ rows, dtype=np.float64)
