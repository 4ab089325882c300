"""Integer sums per cell, each in its own way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.grids import Grids
from analysis.columnar.layout import Layout
from analysis.columnar.room import Room
from analysis.columnar.scatter import Cells
from analysis.columnar.totals import ExactSums
from analysis.columnar.ways import Ways

Integers = NDArray[np.int64]
Rows = NDArray[np.int64]

NUMBERS_AT_ONCE = 2**17
"""Features widened to 64 bits at a time: as many as the cache holds."""

CELLS_AT_ONCE = 2**13
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Addends:
    """What some rows add to their cells.

    Attributes
    ----------
    pieces : ndarray of int64, shape (n_moments, n)
        Pieces of the weights, then of their squares, then whether the weight
        is positive.
    moments : ndarray of int64, shape (n, n_moments)
        The same, row by row.
    dense : ndarray of int8 or int16, shape (n, n_dense)
        Features to be multiplied with the pieces of the weights.
    exceptions : list of ndarray of int
        Rows that have, or lack, each of ``Ways.exceptions``.
    wide : list of ndarray of int64, shape (n, n_pieces)
        Pieces of weight times feature.
    """

    pieces: Integers
    moments: Integers
    dense: NDArray[np.signedinteger]
    exceptions: list[Rows]
    wide: list[Integers]

    def taken(self, chosen: slice) -> Addends:
        """Return some of the rows, without exceptions."""
        return Addends(
            self.pieces[:, chosen],
            self.moments[chosen],
            self.dense[chosen],
            [],
            [rows[chosen] for rows in self.wide],
        )


@dataclass(frozen=True, slots=True, eq=False)
class ExactCells:
    """Sums of some cells; see ``DomainTotals``."""

    values: ExactSums
    n: Integers
    squared_weight: ExactSums

    def taken(self, rows: slice) -> ExactCells:
        """Return some of the cells, in the same memory."""
        return ExactCells(self.values.taken(rows), self.n[rows], self.squared_weight.taken(rows))


class Sums:
    """All sums of one partition into domains, per cell."""

    def __init__(self, layout: Layout, ways: Ways, grids: Grids) -> None:
        self._layout, self._ways, self._grids = layout, ways, grids
        self._n_weight = grids.weight.n_pieces
        self._n_squared = grids.squared.n_pieces
        n_moments = self._n_weight + self._n_squared + 1
        self._everybody = Cells(n_moments)
        self._dense = [Cells(len(ways.dense)) for _ in range(self._n_weight)]
        self._supports = [Cells(len(ways.dense_supports)) for _ in range(self._n_squared + 1)]
        self._exceptions = [Cells(n_moments) for _ in ways.exceptions]
        self._wide = [Cells(grid.n_pieces) for grid in grids.wide]
        self._room = Room()

    def _cells(self) -> list[Cells]:
        return [
            self._everybody, *self._dense, *self._supports, *self._exceptions, *self._wide
        ]  # fmt: skip

    @property
    def numbers_per_cell(self) -> int:
        """How many sums each cell has."""
        return sum(cells.sums.shape[1] for cells in self._cells())

    def grow(self, n_cells: int) -> None:
        """Make room for cells."""
        for cells in self._cells():
            cells.grow(n_cells)

    def include(self, other: Sums) -> None:
        """Add sums that were made in the same ways."""
        for cells, more in zip(self._cells(), other._cells(), strict=True):
            cells.include(more)

    def add(self, cell: NDArray[np.int32], rows: Addends) -> None:
        """Add rows to their cells."""
        n = len(cell)
        for exceptions, sums in zip(rows.exceptions, self._exceptions, strict=True):
            ones = self._ones(len(exceptions))
            sums.add(cell.take(exceptions), ones, rows.moments.take(exceptions, axis=0))
        step = max(min(NUMBERS_AT_ONCE // max(len(self._ways.dense), 1), 2**14), 2**10)
        for begin in range(0, n, step):
            chosen = slice(begin, min(begin + step, n))
            self._add_all(cell[chosen], rows.taken(chosen))

    def _add_all(self, cell: NDArray[np.int32], rows: Addends) -> None:
        """Add what is added up over all rows."""
        ones = self._ones(len(cell))
        self._everybody.add(cell, ones, rows.moments)
        if self._ways.dense:
            dense = self._room.array("dense", rows.dense.shape, np.int64)
            np.copyto(dense, rows.dense)
            for sums, piece in zip(self._dense, rows.pieces[: self._n_weight], strict=True):
                sums.add(cell, piece, dense)
            if self._ways.dense_supports:
                who = np.ascontiguousarray(dense[:, list(self._ways.dense_supports)])
                for sums, piece in zip(self._supports, rows.pieces[self._n_weight :], strict=True):
                    sums.add(cell, piece, who)
        for sums, pieces in zip(self._wide, rows.wide, strict=True):
            sums.add(cell, ones, pieces)

    def _ones(self, n: int) -> Integers:
        ones = self._room.array("ones", (n,), np.int64)
        ones.fill(1)
        return ones

    def exact(self, cells: Rows, *, is_part: bool) -> ExactCells:
        """Return the sums of some cells as floats.

        Parameters
        ----------
        cells : ndarray of int, shape (n,)
        is_part : bool
            Whether to keep what is rounded away.
        """
        n, layout = len(cells), self._layout
        found = ExactCells(
            ExactSums.empty(n, layout.n_totals, is_part=is_part),
            np.empty((n, len(layout.supports)), dtype=np.int64),
            ExactSums.empty(n, len(layout.supports), is_part=is_part),
        )

        def work_out(begin: int) -> None:
            rows = slice(begin, min(begin + CELLS_AT_ONCE, n))
            self._work_out(cells[rows], found.taken(rows))

        with ThreadPoolExecutor(THREADS) as threads:
            for _ in threads.map(work_out, range(0, n, CELLS_AT_ONCE)):
                pass
        return found

    def _work_out(self, cells: Rows, found: ExactCells) -> None:
        """Write the sums of some cells to where they belong."""
        everybody = self._everybody.sums.take(cells, axis=0)
        exceptions = [sums.sums.take(cells, axis=0) for sums in self._exceptions]
        for number, sums in enumerate(exceptions[len(self._ways.few) :], len(self._ways.few)):
            exceptions[number] = everybody - sums
        n_small = len(self._layout.small)
        first = n_small - len(self._layout.supports)
        places = [self._ways.dense[k] - first for k in self._ways.dense_supports]

        def filled(dense: Cells, at: list[int], moment: int, first: int) -> Integers:
            """Put a moment of features together, from place ``first`` on."""
            sums = np.empty((len(cells), n_small - first), dtype=np.int64)
            sums[:, at] = dense.sums.take(cells, axis=0)
            for place in self._ways.everybody:
                if place >= first:
                    sums[:, place - first] = everybody[:, moment]
            for place, of_place in zip(self._ways.exceptions, exceptions, strict=True):
                if place >= first:
                    sums[:, place - first] = of_place[:, moment]
            return sums

        weighted = [
            filled(dense, list(self._ways.dense), moment, 0)
            for moment, dense in enumerate(self._dense)
        ]
        found.values.write(slice(0, n_small), *self._grids.weight.total(weighted))
        *squared, found.n[:] = [
            filled(dense, places, moment, first)
            for moment, dense in enumerate(self._supports, self._n_weight)
        ]
        found.squared_weight.write(slice(None), *self._grids.squared.total(squared))
        for number, (wide, grid) in enumerate(zip(self._wide, self._grids.wide, strict=True)):
            rows = wide.sums.take(cells, axis=0)
            pieces = [rows[:, [piece]] for piece in range(grid.n_pieces)]
            found.values.write(slice(n_small + number, n_small + number + 1), *grid.total(pieces))
