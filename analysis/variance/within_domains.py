"""Covariances between the estimates of each domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.linear import Linear
from analysis.sample import Sample
from analysis.variance.between_psu import spread_of
from analysis.variance.cells import Cells
from analysis.variance.lonely import LonelyPolicy


def covariances(
    estimands: Sequence[Linear], supports: Sequence[int], sample: Sample, lonely: LonelyPolicy
) -> NDArray[np.float64]:
    """Return how the estimates of each domain vary together.

    Parameters
    ----------
    estimands : sequence of Linear
        Algebra on ``sample.totals``.
    supports : sequence of int
        Who contributes to each: columns of ``Totals.n``.
    sample : Sample
        Neither calibrated nor with replicates; see ``joint_of_totals``.
    lonely : LonelyPolicy
        What strata with one unit contribute, among all in which anybody
        contributes to any of the estimates.

    Returns
    -------
    ndarray of float64, shape (n_domains, k, k)
        NaN for an estimate without value.
    """
    k = len(estimands)
    found = np.empty((sample.totals.n_domains, k, k))
    columns = sorted(set(supports))
    for domains, totals in sample.totals.blocks():
        parts = [linear.of_domains(domains) for linear in estimands]
        filled = (totals.n[:, columns] > 0).any(axis=1)
        cells = Cells(totals.domain[filled], totals.cluster[filled], totals.n_domains)
        influence = totals.influence(parts)[filled]
        spread = spread_of(influence, cells, sample.design.clusters, lonely)
        found[domains] = spread.covariances()
    values = np.stack([linear.value for linear in estimands], axis=1)
    found[np.isnan(values)[:, :, None] | np.isnan(values)[:, None, :]] = np.nan
    return found
