"""Figures the design itself fixes: their zero variance is knowledge.

A standard error of zero mostly means that a small sample happened not to vary.
But the share of a stratum, or of a group that weights were calibrated to, is
the same in every sample that could have been drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear
from analysis.reduce import Reduced
from analysis.variance.residuals import Residuals

TINY: Final = 1e-9
"""Share of the largest influence below which one is taken for zero."""


def fixed_by_design(
    linears: Sequence[Linear], is_flat: NDArray[np.bool_], sample: Reduced
) -> NDArray[np.bool_]:
    """Say which figures without variance could not have been different.

    Those are the ones to which respondents do contribute differently, but all
    of one stratum alike, or only as far as known totals explain.

    Parameters
    ----------
    linears : sequence of Linear
        Algebra on ``sample.totals``.
    is_flat : ndarray of bool, shape (n_domains, n_estimands)
        Which have no variance; only these are looked at.
    sample : Reduced

    Returns
    -------
    ndarray of bool, shape (n_domains, n_estimands)
    """
    found = np.zeros_like(is_flat)
    design = sample.design
    if design.replicates is not None or design.clusters.pairs is not None:
        return found
    residuals = Residuals.of(design) if design.calibrations else None
    edges = sample.partition.edges
    for domain in np.flatnonzero(is_flat.any(axis=1)):
        columns = np.flatnonzero(is_flat[domain])
        rows = sample.partition.order[edges[domain] : edges[domain + 1]]
        here = [linears[k] for k in columns.tolist()]
        gradient = np.column_stack([linear.gradient[domain] for linear in here])
        weighted = np.zeros((design.n, len(columns)))
        unweighted = sample.units.values[rows].astype(np.float64) @ gradient
        weighted[rows] = unweighted * design.weight[rows, None]
        largest = np.max(np.abs(weighted), axis=0, initial=0.0)
        size = np.array([abs(linear.value[domain]) for linear in here])
        moves = largest > TINY * size / design.n
        left = weighted if residuals is None else residuals.of_rows(weighted)
        found[domain, columns] = moves & (_spread_in_strata(left, design.stratum) <= TINY * largest)
    return found


def _spread_in_strata(
    values: NDArray[np.float64], stratum: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return the largest distance between two respondents of one stratum, shape (k,)."""
    order = np.argsort(stratum, kind="stable")
    starts = np.flatnonzero(np.diff(stratum[order], prepend=-1))
    ordered = values[order]
    distance = np.maximum.reduceat(ordered, starts) - np.minimum.reduceat(ordered, starts)
    return np.asarray(distance.max(axis=0))
