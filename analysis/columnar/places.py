"""Which cell each row belongs to, numbered as cells appear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.columns import Column
from analysis.columnar.keys import Coded, KeyColumns, Keys
from analysis.columnar.numbering import PairNumbering
from analysis.columnar.order import Values, order_of, sort_keys
from analysis.columnar.request import Request
from analysis.columnar.room import Room
from analysis.errors import MissingDesignError

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SortedCells:
    """The cells of one partition into domains, sorted by domain, then cluster.

    Attributes
    ----------
    domains : tuple of ndarray, shape (n_domains,) each
    n_domains : int
    domain, cluster : ndarray of int64, shape (n_cells,)
    cell : ndarray of int64, shape (n_cells,)
        Number of each cell.
    """

    domains: Values
    n_domains: int
    domain: NDArray[np.int64]
    cluster: NDArray[np.int64]
    cell: Rows


class Places:
    """Numbers clusters and cells, for several threads at once.

    Cell 0 of each partition is for those in no domain.
    """

    def __init__(self, request: Request, columns: Mapping[str, Column]) -> None:
        self._request = request
        self._lock = Lock()
        self._columns = KeyColumns(request.key_columns, columns)
        self._clusters = Keys(request.design_columns, self._columns)
        self._is_drawn = np.zeros(0, dtype=np.bool_)
        self._domains = [Keys(names, self._columns) for names in request.by]
        self._pairs = [PairNumbering() for _ in request.by]

    def n_cells(self, number: int) -> int:
        """Return the number of cells of a partition so far, that of nobody included."""
        return 1 + len(self._pairs[number])

    def find(self, batch: Any, first_row: int, room: Room) -> list[NDArray[np.int32]]:
        """Return the cell of each row in each partition.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
        first_row : int
            Its number, for messages.
        room : Room
            Where to put them.

        Raises
        ------
        MissingDesignError
        """
        with self._lock:
            coded = self._columns.read(batch)
            cluster = self._find_clusters(coded, batch.num_rows, first_row)
            found = []
            for number in range(len(self._pairs)):
                cell = room.array(f"cell {number}", (batch.num_rows,), np.int32)
                self._find_cells(number, coded, cluster, cell)
                found.append(cell)
            return found

    def _find_clusters(self, coded: Coded, n: int, first_row: int) -> NDArray[Any]:
        for name in self._request.design_columns:
            missing = coded[name][1]
            if missing is not None:
                raise MissingDesignError(column=name, row=first_row + int(np.argmax(missing)))
        cluster, _ = self._clusters.number(coded, n)
        if self._clusters.bound > len(self._is_drawn):
            more = self._clusters.bound - len(self._is_drawn)
            is_seen = self._clusters.are_all_present
            self._is_drawn = np.pad(self._is_drawn, (0, more), constant_values=is_seen)
        if not self._clusters.are_all_present:
            self._is_drawn[cluster] = True
        return cluster

    def _find_cells(
        self, number: int, coded: Coded, cluster: NDArray[Any], cell: NDArray[np.int32]
    ) -> None:
        """Write the cell of each row."""
        domains, pairs = self._domains[number], self._pairs[number]
        domain, missing = domains.number(coded, len(cluster))
        if missing is None:
            found = pairs.number(cluster, self._clusters.bound, domain, domains.bound)
            np.add(found, 1, out=cell)
            return
        inside = np.flatnonzero(~missing)
        cell.fill(0)
        cell[inside] = 1 + pairs.number(
            cluster[inside], self._clusters.bound, domain[inside], domains.bound
        )

    def clusters(self) -> tuple[Values, Rows]:
        """Return the values of all clusters, sorted, and the place of each number."""
        drawn = np.flatnonzero(self._is_drawn)
        values = self._clusters.values(drawn)
        order = sort_keys(values, len(drawn))
        rank = np.zeros(len(self._is_drawn), dtype=np.int64)
        rank[drawn[order]] = np.arange(len(drawn))
        return tuple(column[order] for column in values), rank

    def cells(self, number: int, cluster_rank: Rows, n_clusters: int) -> SortedCells:
        """Return the cells of a partition.

        Parameters
        ----------
        number : int
        cluster_rank : ndarray of int64
            Place of each cluster, by its number, among the ``n_clusters``.
        n_clusters : int
        """
        domains = self._domains[number]
        cluster, domain = self._pairs[number].pairs
        present = np.unique(domain) if domains.names else np.zeros(1, dtype=np.int64)
        values = domains.values(present)
        order = sort_keys(values, len(present))
        rank = np.zeros(domains.bound, dtype=np.int64)
        rank[present[order]] = np.arange(len(present))
        key = rank[domain] * n_clusters + cluster_rank[cluster]
        cells = order_of(key, len(present) * n_clusters)
        domain, cluster = np.divmod(key[cells], n_clusters)
        cells += 1
        sorted_values = tuple(column[order] for column in values)
        return SortedCells(sorted_values, len(present), domain, cluster, cells)
