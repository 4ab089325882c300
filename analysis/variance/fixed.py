"""Figures the design itself fixes: their zero variance is knowledge.

A standard error of zero mostly means that a small sample happened not to vary.
But the share of a stratum, or of a group that weights were calibrated to, is
the same in every sample that could have been drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear
from analysis.reduce import Reduced
from analysis.variance.residuals import Residuals

Values: TypeAlias = NDArray[np.float64]

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
    sizes = np.bincount(design.stratum)
    for domain in np.flatnonzero(is_flat.any(axis=1)):
        columns = np.flatnonzero(is_flat[domain])
        rows = sample.partition.order[edges[domain] : edges[domain + 1]]
        here = [linears[k] for k in columns.tolist()]
        gradient = np.column_stack([linear.gradient[domain] for linear in here])
        unweighted = sample.units.values[rows].astype(np.float64) @ gradient
        weighted = unweighted * design.weight[rows, None]
        size = np.array([abs(linear.value[domain]) for linear in here])
        spread = _spread_in_strata(weighted, design.stratum[rows], sizes)
        if residuals is not None:
            of_all = np.zeros((design.n, len(columns)))
            of_all[rows] = weighted
            spread = _spread_in_strata(residuals.of_rows(of_all), design.stratum, sizes)
        found[domain, columns] = _is_fixed(weighted, spread, size, design.n)
    return found


def fixed_by_strata(
    weighted: Values, stratum: NDArray[np.int32], sizes: NDArray[np.int64], values: Values
) -> NDArray[np.bool_]:
    """Say the same of the figures of one domain, of a design without calibration.

    Parameters
    ----------
    weighted : ndarray of float64, shape (n_inside, k)
        What each respondent of the domain contributes to k figures, weighted.
    stratum : ndarray of int32, shape (n_inside,)
    sizes : ndarray of int64, shape (n_strata,)
        Respondents of each stratum, inside the domain and outside.
    values : ndarray of float64, shape (k,)
        The figures.
    """
    spread = _spread_in_strata(weighted, stratum, sizes)
    return _is_fixed(weighted, spread, np.abs(values), int(sizes.sum()))


def _is_fixed(weighted: Values, spread: Values, size: Values, n: int) -> NDArray[np.bool_]:
    largest = np.max(np.abs(weighted), axis=0, initial=0.0)
    return np.asarray((largest > TINY * size / n) & (spread <= TINY * largest))


def _spread_in_strata(
    values: Values, stratum: NDArray[np.int32], sizes: NDArray[np.int64]
) -> Values:
    """Return the largest distance between two respondents of one stratum, shape (k,).

    Those of a stratum who are not among the rows contribute nothing.
    """
    if not len(values):
        return np.zeros(values.shape[1])
    order = np.argsort(stratum, kind="stable")
    starts = np.flatnonzero(np.diff(stratum[order], prepend=-1))
    ordered = values[order]
    highest = np.maximum.reduceat(ordered, starts)
    lowest = np.minimum.reduceat(ordered, starts)
    n_inside = np.diff(starts, append=len(order))
    has_others = (sizes[stratum[order[starts]]] > n_inside)[:, None]
    highest = np.where(has_others, np.maximum(highest, 0.0), highest)
    lowest = np.where(has_others, np.minimum(lowest, 0.0), lowest)
    return np.asarray((highest - lowest).max(axis=0))
