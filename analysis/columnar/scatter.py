"""Adding rows to the cells they belong to."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.sparse import compiled

_SPARSE = compiled()
Integers = NDArray[np.int64]

RESERVE: Final = 8
"""How many times as many cells there is place for."""


class Cells:
    """Sums of integers per cell, growing with the number of cells."""

    def __init__(self, k: int) -> None:
        self._room = np.zeros((0, k), dtype=np.int64)
        self._n = 0

    @property
    def sums(self) -> Integers:
        """The sums so far, shape (n_cells, k)."""
        return self._room[: self._n]

    def grow(self, n_cells: int) -> None:
        """Make place for more cells."""
        if n_cells > len(self._room):
            # What is never written to is no memory yet: reserving much costs nothing,
            # moving what is there does. The system hands out zeros; writing them again would
            # touch every page twice.
            room = np.zeros((RESERVE * n_cells, self._room.shape[1]), dtype=np.int64)
            room[: self._n] = self.sums
            self._room = room
        self._n = max(self._n, n_cells)

    def include(self, other: Cells) -> None:
        """Add the sums of the same cells, as many as there are."""
        self.grow(len(other.sums))
        self.sums[: len(other.sums)] += other.sums

    def add(self, cell: NDArray[np.int32], factor: Integers, rows: Integers) -> None:
        """Add a factor times a row to the cell of each row.

        Sparse matrix times dense matrix, the one product of this kind that
        adds to what is already there; overflow in between does no harm.

        Parameters
        ----------
        cell : ndarray of int32, shape (n,)
        factor : ndarray of int64, shape (n,)
        rows : ndarray of int64, shape (n, k), C-contiguous
        """
        n, k = rows.shape
        sums = self.sums
        arguments = _starts(n), cell, factor, rows.ravel(), sums.ravel()
        if k == 1:
            _SPARSE.csc_matvec(len(sums), n, *arguments)
        else:
            _SPARSE.csc_matvecs(len(sums), n, k, *arguments)


@lru_cache(maxsize=4)
def _starts(n: int) -> NDArray[np.int32]:
    """Return where each row begins in a sparse matrix with one number per row."""
    return np.arange(n + 1, dtype=np.int32)
