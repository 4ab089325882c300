"""The (domain, cluster) cells in which somebody contributes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design import Clusters


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The (domain, final cluster) cells in which somebody contributes.

    Attributes
    ----------
    domain, cluster : ndarray of int64, shape (n_cells,)
        Sorted by domain, then cluster.
    n_domains : int
        Number of domains, empty ones included.
    """

    domain: NDArray[np.int64]
    cluster: NDArray[np.int64]
    n_domains: int

    @classmethod
    def full(cls, n_domains: int, n_clusters: int) -> Cells:
        """Return every cell there can be."""
        domain, cluster = np.divmod(np.arange(n_domains * n_clusters), n_clusters)
        return cls(domain, cluster, n_domains)

    def sees_lonely(self, clusters: Clusters) -> NDArray[np.bool_]:
        """Say which domains have somebody in a stratum with one unit, (n_domains,)."""
        sees = np.zeros(self.n_domains, dtype=np.bool_)
        if clusters.pairs is None:
            for stage in clusters.stages:
                is_lonely = stage.is_lonely
                if is_lonely.any():
                    stratum = stage.unit_stratum[stage.unit[self.cluster]]
                    sees[self.domain[is_lonely[stratum]]] = True
        return sees

    def degrees_of_freedom(self, clusters: Clusters) -> NDArray[np.float64]:
        """Count PSUs minus strata in which somebody contributes [Lumley2010; NHANES].

        As ``degf(subset(design, contributes))`` of R ``survey``.

        Returns
        -------
        ndarray of float64, shape (n_domains,)
        """
        first = clusters.first
        domain, unit = self._distinct(first.unit[self.cluster], first.n_units)
        psus = np.bincount(domain, minlength=self.n_domains)
        domain, _ = Cells(domain, unit, self.n_domains)._distinct(  # noqa: SLF001
            first.unit_stratum[unit], first.n_strata
        )
        strata = np.bincount(domain, minlength=self.n_domains)
        return (psus - strata).astype(np.float64)

    def _distinct(
        self, code: NDArray[np.int32], n_codes: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return distinct (domain, code) pairs; codes never decrease within a domain."""
        key = self.domain * n_codes + code
        return np.divmod(key[np.diff(key, prepend=-1) != 0], n_codes)
