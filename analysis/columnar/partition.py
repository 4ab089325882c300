"""One partition into domains: which cells there are, and their sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.keys import Coded, KeyColumns, Keys, sort_keys
from analysis.columnar.numbering import PairNumbering
from analysis.columnar.sums import Addends, Sums
from analysis.columnar.totals import DomainTotals


class Partition:
    """Sums of one partition into domains. Cell 0 is for those in no domain."""

    def __init__(self, names: Sequence[str], columns: KeyColumns, sums: Sums) -> None:
        self._domains = Keys(names, columns)
        self._pairs = PairNumbering()
        self._sums = sums

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
        return 1 + len(self._pairs) > self._sums.n_cells

    def grow(self) -> None:
        """Make room for all cells; nothing may be added meanwhile."""
        self._sums.grow(1 + len(self._pairs))

    def add(self, cell: NDArray[np.int32], rows: Addends) -> None:
        """Add rows to their cells."""
        self._sums.add(cell, rows)

    def totals(
        self, cluster_rank: NDArray[np.int64], n_clusters: int, *, is_part: bool
    ) -> DomainTotals:
        """Return the sums, cells sorted by the values of their keys.

        Parameters
        ----------
        cluster_rank : ndarray of int64
            Place of each cluster, by its number, among the ``n_clusters``.
        n_clusters : int
        is_part : bool
            Whether to keep what is rounded away.
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
        # Sums begin with those in no domain.
        cells += 1
        found = self._sums.exact(cells, is_part=is_part)
        return DomainTotals(
            domains=tuple(column[order] for column in values),
            n_domains=len(present),
            domain=domain,
            cluster=cluster,
            values=found.values,
            n=found.n,
            squared_weight=found.squared_weight,
        )
