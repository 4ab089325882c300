"""Functions of totals, over several domains, as estimates that know how they vary together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear
from analysis.reduce import Reduced
from analysis.sample import Sample
from analysis.variance.calibrated import calibrated_influences
from analysis.variance.freedom import degrees_of_freedom
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicated import replicate_values

Values = NDArray[np.float64]


def joint_of_totals(
    algebra: Callable[[Sequence[Linear]], Sequence[Linear]],
    sample: Sample,
    supports: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    *,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Joint:
    """Put figures of several domains side by side, with all covariances.

    Respondents may not be in two domains of one sample; figures of overlapping
    groups come from two samples and are put together by ``join``.

    Parameters
    ----------
    algebra : callable
        From totals to estimands, elementwise over domains.
    sample : Sample
        Reduced by one partition into domains.
    supports : sequence of int
        For each estimand, who contributes: a column of ``Totals.n``.
    pairs : sequence of (int, int)
        The m figures wanted: domain and estimand.
    lonely : LonelyPolicy
        What strata with one unit contribute.

    Returns
    -------
    Joint
        Of m estimates; degrees of freedom are the fewest of any.
    """
    estimands = algebra(sample.totals.linears())
    domain = np.array([d for d, _ in pairs], dtype=np.int64)
    chosen = np.array([e for _, e in pairs], dtype=np.int64)
    value = np.array([estimands[e].value[d] for d, e in pairs], dtype=np.float64)
    filled, df = _contributing(sample, supports, pairs)
    clusters, replicates = sample.design.clusters, sample.design.replicates
    if replicates is not None:
        again, _ = replicate_values(algebra, sample)
        replicated = np.column_stack([again[d, :, e] for d, e in pairs])
        nothing = np.zeros((len(filled), len(pairs)))
        return Joint(value, df, clusters, filled, lonely, nothing, replicates, replicated)
    influence = np.zeros((clusters.n_clusters, len(pairs)))
    for d, of_domain in enumerate(_influences(estimands, sample)):
        for column in np.flatnonzero(domain == d):
            influence[:, column] = of_domain[:, chosen[column]]
    if sample.design.calibrations:
        filled = np.ones_like(filled)
    return Joint(value, df, clusters, filled, lonely, influence)


def _influences(estimands: Sequence[Linear], sample: Sample) -> Sequence[Values]:
    """Return influences of all clusters, one domain after the other."""
    if isinstance(sample, Reduced) and sample.design.calibrations:
        return list(calibrated_influences(estimands, sample))
    totals = sample.totals
    influence = totals.influence(estimands)
    edges = np.searchsorted(totals.domain, np.arange(totals.n_domains + 1))
    found = []
    for begin, end in pairwise(edges):
        full = np.zeros((sample.design.clusters.n_clusters, len(estimands)))
        full[totals.cluster[begin:end]] = influence[begin:end]
        found.append(full)
    return found


def _contributing(
    sample: Sample, supports: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.bool_], float]:
    """Return clusters in which anybody contributes, and the fewest degrees of freedom."""
    filled = np.zeros(sample.design.clusters.n_clusters, dtype=np.bool_)
    fewest = np.inf
    for support in sorted({supports[e] for _, e in pairs}):
        cells, _ = sample.totals.cells(support)
        freedom = degrees_of_freedom(cells, sample.design.clusters, sample.design.replicates)
        wanted = {d for d, e in pairs if supports[e] == support}
        fewest = min(fewest, *(float(freedom[d]) for d in wanted))
        filled[cells.cluster[np.isin(cells.domain, list(wanted))]] = True
    return filled, float(fewest)
