"""Functions of totals, over several domains, as estimates that know how they vary together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear, gradients
from analysis.products import multiply
from analysis.sample import Sample
from analysis.variance.calibrated import calibrated_influences
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicated import replicate_values
from analysis.variance.residuals import Explained

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
        Of m estimates.
    """
    estimands = algebra(sample.totals.linears())
    domain = np.array([d for d, _ in pairs], dtype=np.int64)
    chosen = np.array([e for _, e in pairs], dtype=np.int64)
    value = np.array([estimands[e].value[d] for d, e in pairs], dtype=np.float64)
    clusters, replicates = sample.design.clusters, sample.design.replicates
    influence = np.zeros((clusters.n_clusters, len(pairs)))
    joint = Joint(value, clusters, _counted(sample, supports, pairs), lonely, influence)
    if replicates is not None:
        again, _ = replicate_values(algebra, sample)
        replicated = np.column_stack([again[d, :, e] for d, e in pairs])
        return replace(joint, replicates=replicates, replicated=replicated)
    explained = sample.explained
    wanted = np.unique(domain).tolist()
    for d, of_domain in zip(wanted, _influences(estimands, sample, explained, wanted), strict=True):
        for column in np.flatnonzero(domain == d):
            influence[:, column] = of_domain[:, chosen[column]]
    return replace(joint, is_calibrated=explained is not None)


def _influences(
    estimands: Sequence[Linear],
    sample: Sample,
    explained: Explained | None,
    domains: Sequence[int],
) -> Iterator[Values]:
    """Yield influences of all clusters, one domain after the other."""
    if explained is not None:
        yield from calibrated_influences(estimands, sample, explained, domains=domains)
        return
    totals = sample.totals
    gradient = gradients(estimands)
    edges = np.searchsorted(totals.domain, np.arange(totals.n_domains + 1))
    for domain in domains:
        here = slice(edges[domain], edges[domain + 1])
        full = np.zeros((sample.design.clusters.n_clusters, len(estimands)))
        with np.errstate(invalid="ignore"):
            full[totals.cluster[here]] = multiply(totals.values[here], gradient[domain])
        yield full


def _counted(
    sample: Sample, supports: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Say in which clusters somebody contributes to each figure, (n_clusters, n_pairs)."""
    totals = sample.totals
    counted = np.zeros((sample.design.clusters.n_clusters, len(pairs)), dtype=np.bool_)
    for column, (domain, estimand) in enumerate(pairs):
        begin, end = np.searchsorted(totals.domain, [domain, domain + 1])
        here = totals.n[begin:end, supports[estimand]] > 0
        counted[totals.cluster[begin:end][here], column] = True
    return counted
