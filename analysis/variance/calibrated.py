"""Variances of functions of totals when weights were calibrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear
from analysis.reduce import Reduced, gradients
from analysis.variance.between_psu import spread_of
from analysis.variance.cells import Cells
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.residuals import Residuals, subtract

Values = NDArray[np.float64]


def calibrated_influences(
    estimands: Sequence[Linear], sample: Reduced, columns: Sequence[int] | None = None
) -> Iterator[Values]:
    """Yield influences of all clusters on the values of one domain after the other.

    Respondents outside a domain move its estimates too, through the known
    totals, so no cluster is empty any more.

    Parameters
    ----------
    estimands : sequence of Linear
        Algebra on ``sample.totals``.
    sample : Reduced
        Microdata and their totals.
    columns : sequence of int, optional
        The totals the estimands depend on; without it, all.

    Yields
    ------
    ndarray of float64, shape (n_clusters, n_estimands)
    """
    residuals = Residuals(sample.design)
    explained = residuals.cluster_totals(sample.design)
    gradient = gradients(estimands, columns)
    chosen = slice(None) if columns is None else list(columns)
    influence = sample.totals.influence(estimands, columns)
    edges = np.searchsorted(sample.totals.domain, np.arange(sample.totals.n_domains + 1))
    row_edges = sample.partition.edges
    for domain in range(sample.totals.n_domains):
        here = slice(edges[domain], edges[domain + 1])
        full = np.zeros((sample.design.clusters.n_clusters, len(estimands)))
        full[sample.totals.cluster[here]] = influence[here]
        rows = sample.partition.order[row_edges[domain] : row_edges[domain + 1]]
        values = sample.units.values[rows][:, chosen].astype(np.float64)
        weighted = (values @ gradient[domain]) * sample.design.weight[rows, None]
        coefficients = residuals.of_domain(rows, weighted)
        yield subtract(full, explained, coefficients)


def calibrated_variances(
    estimands: Sequence[Linear],
    sample: Reduced,
    columns: Sequence[int] | None,
    lonely: LonelyPolicy,
) -> Values:
    """Return variances of residuals between clusters, shape (n_domains, n_estimands)."""
    clusters = sample.design.clusters
    cells = Cells.full(1, clusters.n_clusters)
    return np.concatenate(
        [
            spread_of(influence, cells, clusters, lonely).variances()
            for influence in calibrated_influences(estimands, sample, columns)
        ]
    )
