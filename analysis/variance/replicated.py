"""Variances of functions of totals from replicate weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear, side_by_side
from analysis.reduce import Reduced
from analysis.sample import Sample
from analysis.sums import sum_rows

Values = NDArray[np.float64]

NUMBERS_AT_ONCE = 2**22
"""How many weights are held at a time, 32 MiB."""


def replicate_totals(sample: Sample) -> Values:
    """Return the totals of every domain under every replicate.

    Where the weights of a PSU move together, totals of PSUs are reweighted;
    otherwise the rows are.

    Returns
    -------
    ndarray of float64, shape (n_domains, n_replicates, n_totals)
    """
    replicates = sample.design.replicates
    if replicates is None:
        return np.empty((sample.totals.n_domains, 0, sample.totals.values.shape[1]))
    if replicates.factor is not None:
        return _of_psus(sample, replicates.factor)
    if not isinstance(sample, Reduced):
        raise TypeError("replicate weights of respondents need respondents")
    totals = sample.totals
    found = np.empty((totals.n_domains, replicates.n_replicates, totals.values.shape[1]))
    for domain, (begin, end) in enumerate(pairwise(sample.partition.edges)):
        found[domain] = 0.0
        step = max(NUMBERS_AT_ONCE // replicates.n_replicates, 1)
        for first in range(begin, end, step):
            rows = sample.partition.order[first : min(first + step, end)]
            weight = replicates.weight[rows] if replicates.weight is not None else np.empty(0)
            found[domain] += weight.T @ sample.units.values[rows].astype(np.float64)
    return found


def _of_psus(sample: Sample, factor: Values) -> Values:
    totals, first = sample.totals, sample.design.clusters.first
    psu = first.unit[totals.cluster]
    edges = np.searchsorted(totals.domain, np.arange(totals.n_domains + 1))
    found = np.empty((totals.n_domains, factor.shape[1], totals.values.shape[1]))
    for domain, (begin, end) in enumerate(pairwise(edges)):
        of_psu = sum_rows(totals.values[begin:end], psu[begin:end], first.n_units)
        found[domain] = factor.T @ of_psu
    return found


def replicate_values(
    algebra: Callable[[Sequence[Linear]], Sequence[Linear]], sample: Sample
) -> tuple[Values, Values]:
    """Work estimands out under every replicate.

    Parameters
    ----------
    algebra : callable
        From totals to estimands, elementwise over domains.
    sample : Sample
        Its design has replicates.

    Returns
    -------
    replicated : ndarray of float64, shape (n_domains, n_replicates, n_estimands)
        NaN where one does not exist.
    values : ndarray of float64, shape (n_domains, n_estimands)
        Under the full weights.
    """
    totals = replicate_totals(sample)
    n_domains, n_replicates, n_totals = totals.shape
    again = algebra(_without_gradient(totals.reshape(-1, n_totals)))
    estimates = algebra(sample.totals.linears())
    values = side_by_side(estimates, n_domains)
    replicated = side_by_side(again, n_domains * n_replicates)
    return replicated.reshape(n_domains, n_replicates, values.shape[1]), values


def replicate_variances(
    algebra: Callable[[Sequence[Linear]], Sequence[Linear]], sample: Sample
) -> tuple[Values, NDArray[np.bool_]]:
    """Return variances between replicates [Wolter2007; Lumley2010].

    Parameters as for ``replicate_values``.

    Returns
    -------
    ndarray of float64, shape (n_domains, n_estimands)
    ndarray of bool, shape (n_domains, n_estimands)
        Whether some replicate has no such estimate.
    """
    replicated, values = replicate_values(algebra, sample)
    replicates = sample.design.replicates
    if replicates is None:
        return np.full_like(values, np.nan), np.zeros(values.shape, dtype=np.bool_)
    is_short = np.isnan(replicated).any(axis=1) & ~np.isnan(values)
    rows = replicates.deviations(replicated, values)
    return np.asarray(np.sum(rows**2, axis=1)), is_short


def _without_gradient(totals: Values) -> tuple[Linear, ...]:
    """Turn totals of shape (n, n_totals) into values alone: nothing is linearised."""
    nothing = np.empty((len(totals), 0))
    return tuple(Linear(np.ascontiguousarray(column), nothing) for column in totals.T)
