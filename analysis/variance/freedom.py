"""Degrees of freedom, however variances are made."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.design import Clusters, Replicates
from analysis.variance.cells import Cells
from analysis.variance.replicate import replicate_df


def degrees_of_freedom(
    cells: Cells, clusters: Clusters, replicates: Replicates | None
) -> NDArray[np.float64]:
    """Count degrees of freedom in every domain.

    Those the replicates were given with; else, if their weights were given,
    the rank of the weights in the domain, minus one, as ``degf`` of a subset of
    R ``survey``; else PSUs minus strata in which somebody contributes
    [Lumley2010; NHANES].

    Parameters
    ----------
    cells : Cells
        Where somebody contributes.
    clusters : Clusters
    replicates : Replicates, optional

    Returns
    -------
    ndarray of float64, shape (n_domains,)
    """
    if replicates is None:
        return cells.degrees_of_freedom(clusters)
    if replicates.df is not None:
        n_cells = np.bincount(cells.domain, minlength=cells.n_domains)
        return np.where(n_cells > 0, float(replicates.df), 0.0)
    if replicates.ranked is None:
        return cells.degrees_of_freedom(clusters)
    edges = np.searchsorted(cells.domain, np.arange(cells.n_domains + 1))
    return np.array(
        [
            float(replicate_df(replicates.ranked[cells.cluster[begin:end]])) if end > begin else 0.0
            for begin, end in pairwise(edges)
        ]
    )


def freedom_of(
    filled: NDArray[np.bool_], clusters: Clusters, replicates: Replicates | None
) -> float:
    """Count degrees of freedom among some final clusters.

    Parameters
    ----------
    filled : ndarray of bool, shape (n_clusters,)
        In which somebody contributes.
    """
    cluster = np.flatnonzero(filled)
    cells = Cells(np.zeros(len(cluster), dtype=np.int64), cluster, 1)
    return float(degrees_of_freedom(cells, clusters, replicates)[0])
