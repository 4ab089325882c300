"""Variances of functions of totals when weights were calibrated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear, gradients
from analysis.sample import Sample
from analysis.variance.between_psu import spread_of
from analysis.variance.cells import Cells
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.residuals import Explained, subtract

Values = NDArray[np.float64]


def calibrated_influences(
    estimands: Sequence[Linear],
    sample: Sample,
    explained: Explained,
    columns: Sequence[int] | None = None,
    domains: Iterable[int] | None = None,
) -> Iterator[Values]:
    """Yield influences of all clusters on the values of one domain after the other.

    Respondents outside a domain move its estimates too, through the known
    totals, so no cluster is empty any more.

    Parameters
    ----------
    estimands : sequence of Linear
        Algebra on ``sample.totals``.
    sample : Sample
    explained : Explained
        That of the sample.
    columns : sequence of int, optional
        The totals the estimands depend on; without it, all.
    domains : iterable of int, optional
        Without it, all.

    Yields
    ------
    ndarray of float64, shape (n_clusters, n_estimands)
    """
    totals = sample.totals
    of_auxiliary, residuals = explained.cluster_totals, explained.residuals
    gradient = gradients(estimands, columns)
    chosen = slice(None) if columns is None else list(columns)
    edges = np.searchsorted(totals.domain, np.arange(totals.n_domains + 1))
    for domain in range(totals.n_domains) if domains is None else domains:
        here = slice(edges[domain], edges[domain + 1])
        full = np.zeros((sample.design.clusters.n_clusters, len(estimands)))
        full[totals.cluster[here]] = totals.values[here][:, chosen] @ gradient[domain]
        rows, values = explained.of_domain(domain, columns)
        coefficients = residuals.of_domain(rows, values @ gradient[domain])
        yield subtract(full, of_auxiliary, coefficients)


def calibrated_variances(
    estimands: Sequence[Linear],
    sample: Sample,
    explained: Explained,
    columns: Sequence[int] | None,
    lonely: LonelyPolicy,
) -> Values:
    """Return variances of residuals between clusters, shape (n_domains, n_estimands)."""
    clusters = sample.design.clusters
    cells = Cells.full(1, clusters.n_clusters)
    return np.concatenate(
        [
            spread_of(influence, cells, clusters, lonely).variances()
            for influence in calibrated_influences(estimands, sample, explained, columns)
        ]
    )
