"""Sums per cell of one partition into domains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.exact import Grid
from analysis.columnar.features import Layout
from analysis.columnar.grids import Grids
from analysis.columnar.keys import Coded, KeyColumns, Keys, sort_keys
from analysis.columnar.numbering import PairNumbering
from analysis.columnar.scatter import Cells
from analysis.columnar.totals import DomainTotals, ExactSums

Integers = NDArray[np.int64]

CELLS_AT_ONCE = 2**14
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Addends:
    """What some rows add to their cells.

    Attributes
    ----------
    weight, squared : ndarray of int64, shape (n_pieces, n)
        Pieces of the weights and of their squares.
    counted : ndarray of int64, shape (n,)
        Whether the weight is positive.
    small : ndarray of int64, shape (n, n_small)
        Features to be multiplied with the pieces of the weights.
    supports : ndarray of int64, shape (n, n_supports)
        Who contributes.
    wide : list of ndarray of int64, shape (n, n_pieces)
        Pieces of weight times feature.
    cells : list of ndarray of int32, shape (n,)
        Cell of each row, in one partition after the other.
    """

    weight: Integers
    squared: Integers
    counted: Integers
    small: Integers
    supports: Integers
    wide: list[Integers]
    cells: list[NDArray[np.int32]]


class Partition:
    """Sums of one partition into domains. Cell 0 is for those in no domain."""

    def __init__(
        self, names: Sequence[str], columns: KeyColumns, layout: Layout, grids: Grids
    ) -> None:
        self._domains = Keys(names, columns)
        self._pairs = PairNumbering()
        self._grids = grids
        n_supports = len(layout.supports)
        self._values = [Cells(len(layout.small)) for _ in range(grids.weight.n_pieces)]
        self._wide = [Cells(grid.n_pieces) for grid in grids.wide]
        self._squares = [Cells(n_supports) for _ in range(grids.squared.n_pieces)]
        self._n = Cells(n_supports)

    def cells(self, coded: Coded, cluster: NDArray[Any], n_clusters: int) -> NDArray[np.int32]:
        """Return the cell of each row; overwritten by the next call."""
        domain, missing = self._domains.number(coded, len(cluster))
        if missing is None:
            cell = self._pairs.number(cluster, n_clusters, domain, self._domains.bound)
            cell += 1
            return cell
        inside = np.flatnonzero(~missing)
        cell = np.zeros(len(cluster), dtype=np.int32)
        cell[inside] = 1 + self._pairs.number(
            cluster[inside], n_clusters, domain[inside], self._domains.bound
        )
        return cell

    @property
    def is_short_of_room(self) -> bool:
        """Whether there are more cells than sums."""
        return 1 + len(self._pairs) > len(self._n.sums)

    def grow(self) -> None:
        """Make room for all cells; nothing may be added meanwhile."""
        for sums in (*self._values, *self._wide, *self._squares, self._n):
            sums.grow(1 + len(self._pairs))

    def add(self, rows: Addends, number: int) -> None:
        """Add some rows to their cells, this being partition ``number``."""
        cell = rows.cells[number]
        for sums, piece in zip(self._values, rows.weight, strict=True):
            sums.add(cell, piece, rows.small)
        for sums, piece in zip(self._squares, rows.squared, strict=True):
            sums.add(cell, piece, rows.supports)
        self._n.add(cell, rows.counted, rows.supports)
        for sums, pieces in zip(self._wide, rows.wide, strict=True):
            sums.add(cell, np.ones(len(cell), dtype=np.int64), pieces)

    def totals(self, cluster_rank: NDArray[np.int64], n_clusters: int) -> DomainTotals:
        """Return the sums, cells sorted by the values of their keys.

        Parameters
        ----------
        cluster_rank : ndarray of int64
            Place of each cluster, by its number, among the ``n_clusters``.
        """
        cluster, domain = self._pairs.pairs
        present = np.unique(domain) if self._domains.names else np.zeros(1, dtype=np.int64)
        values = self._domains.values(present)
        order = sort_keys(values, len(present))
        rank = np.zeros(self._domains.bound, dtype=np.int64)
        rank[present[order]] = np.arange(len(present))
        key = rank[domain] * n_clusters + cluster_rank[cluster]
        cells = np.argsort(key)
        domain, cluster = np.divmod(key[cells], n_clusters)
        # Sums of cells begin with those in no domain.
        cells += 1
        return DomainTotals(
            domains=tuple(column[order] for column in values),
            n_domains=len(present),
            domain=domain,
            cluster=cluster,
            values=self._exact_values(cells),
            n=self._n.sums[cells],
            squared_weight=_exact(
                [sums.sums for sums in self._squares], self._grids.squared, cells
            ),
        )

    def _exact_values(self, cells: NDArray[np.int64]) -> ExactSums:
        found = [_exact([sums.sums for sums in self._values], self._grids.weight, cells)]
        for sums, grid in zip(self._wide, self._grids.wide, strict=True):
            pieces = [sums.sums[:, [piece]] for piece in range(grid.n_pieces)]
            found.append(_exact(pieces, grid, cells))
        if len(found) == 1:
            return found[0]
        return ExactSums(
            np.concatenate([sums.high for sums in found], axis=1),
            np.concatenate([sums.low for sums in found], axis=1),
        )


def _exact(pieces: Sequence[Integers], grid: Grid, cells: NDArray[np.int64]) -> ExactSums:
    """Turn the sums of some cells into floats, some at a time."""
    shape = (len(cells), pieces[0].shape[1])
    found = ExactSums(np.empty(shape), np.empty(shape))

    def work_out(rows: slice) -> None:
        chosen = [piece.take(cells[rows], axis=0) for piece in pieces]
        found.high[rows], found.low[rows] = grid.total(chosen)

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(work_out, blocks(len(cells), CELLS_AT_ONCE)):
            pass
    return found


def blocks(n: int, step: int) -> Iterator[slice]:
    """Yield slices of at most ``step`` rows."""
    for begin in range(0, n, step):
        yield slice(begin, min(begin + step, n))
