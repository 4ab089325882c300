"""Variance between units of each stage within strata: the spread of influences.

For a stratum with ``m`` units of which the share ``f`` was drawn, and
influences ``z`` of its units,

    variance = (1 - f) * m / (m - 1) * sum((z - mean(z)) ** 2)

[Lohr2021, ch. 9; Lumley2010]. Later stages add the same within each unit of
the stage before, times the share of those that was drawn [Lohr2021, ch. 6].
Units without anybody in the domain have ``z = 0`` and are counted, not stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.design import Clusters, PairMatrix, Stage
from analysis.errors import LonelyPsuError
from analysis.sums import sum_runs
from analysis.variance.cells import Cells
from analysis.variance.lonely import LonelyPolicy

__all__ = ["Cells", "Deviations", "Spread", "deviations", "spread_of"]

Values = NDArray[np.float64]


class Spread(Protocol):
    """How far estimates of several domains vary, alone and together."""

    def variances(self) -> Values:
        """Return the variance of every estimand, shape (n_domains, k)."""
        ...

    def covariances(self) -> Values:
        """Return covariances between estimands, shape (n_domains, k, k)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """Rows whose products add up to the covariance of the estimands.

    Attributes
    ----------
    domain : ndarray of int64, shape (n_rows,)
        Domain of each row.
    rows : ndarray of float64, shape (n_rows, k)
        Scaled distances of units from their stratum's mean, for k estimands.
    n_domains : int
        Number of domains.
    """

    domain: NDArray[np.int64]
    rows: Values
    n_domains: int

    def variances(self) -> Values:
        """Return the variance of every estimand, shape (n_domains, k)."""
        return np.column_stack(
            [
                np.bincount(self.domain, column * column, minlength=self.n_domains)
                for column in self.rows.T
            ]
        )

    def covariances(self) -> Values:
        """Return covariances between estimands, shape (n_domains, k, k)."""
        k = self.rows.shape[1]
        covariance = np.empty((self.n_domains, k, k))
        order = np.argsort(self.domain, kind="stable")
        edges = np.searchsorted(self.domain[order], np.arange(self.n_domains + 1))
        for domain in range(self.n_domains):
            rows = self.rows[order[edges[domain] : edges[domain + 1]]]
            covariance[domain] = rows.T @ rows
        return covariance


@dataclass(frozen=True, slots=True, eq=False)
class PairSpread:
    """Influences of PSUs whose products of pairs make the variance.

    Attributes
    ----------
    influence : ndarray of float64, shape (n_cells, k)
        Influence of PSUs, sorted by domain.
    domain, psu : ndarray of int64, shape (n_cells,)
        Where they lie.
    n_domains, n_psu : int
        Numbers of domains and of PSUs.
    pairs : PairMatrix
        Weight of each pair of PSUs.
    later : Deviations
        What the later stages add.
    """

    influence: Values
    domain: NDArray[np.int64]
    psu: NDArray[np.int64]
    n_domains: int
    n_psu: int
    pairs: PairMatrix
    later: Deviations

    def variances(self) -> Values:
        """Return the variance of every estimand, shape (n_domains, k)."""
        return np.diagonal(self.covariances(), axis1=1, axis2=2).copy()

    def covariances(self) -> Values:
        """Return covariances between estimands, shape (n_domains, k, k)."""
        k = self.influence.shape[1]
        covariance = np.empty((self.n_domains, k, k))
        edges = np.searchsorted(self.domain, np.arange(self.n_domains + 1))
        for domain in range(self.n_domains):
            here = slice(edges[domain], edges[domain + 1])
            full = np.zeros((self.n_psu, k))
            full[self.psu[here]] = self.influence[here]
            covariance[domain] = self.pairs.quadratic(full)
        return covariance + self.later.covariances()


def spread_of(influence: Values, cells: Cells, clusters: Clusters, lonely: LonelyPolicy) -> Spread:
    """Measure how far estimates vary under the design.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_cells, k)
        Influence of every cell on k estimands.
    cells : Cells
        Where somebody contributes.
    clusters : Clusters
        How the clusters were drawn.
    lonely : LonelyPolicy
        What strata with one unit contribute.

    Raises
    ------
    LonelyPsuError
    """
    if clusters.pairs is None:
        return deviations(influence, cells, clusters, lonely)
    domain, psu, summed = _by_unit(influence, cells, clusters.first)
    later = deviations(influence, cells, clusters, lonely, first=2)
    return PairSpread(summed, domain, psu, cells.n_domains, clusters.n_psu, clusters.pairs, later)


def deviations(
    influence: Values, cells: Cells, clusters: Clusters, lonely: LonelyPolicy, *, first: int = 1
) -> Deviations:
    """Measure how far units are from the mean of their stratum, stage by stage.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_cells, k)
        Influence of every cell on k estimands.
    cells : Cells
        Where somebody contributes.
    clusters : Clusters
        Stages: strata, number of units drawn, fractions.
    lonely : LonelyPolicy
        What strata with one unit contribute. ``AVERAGE`` counts the strata in
        which somebody contributes, as R ``survey`` does.
    first : int
        The stage to begin with.

    Returns
    -------
    Deviations

    Raises
    ------
    LonelyPsuError
        Somebody contributes in a stratum with one unit and the policy is to
        fail.
    """
    parts = [
        _of_stage(influence, cells, stage, lonely, number)
        for number, stage in enumerate(clusters.stages, start=1)
        if number >= first
    ]
    nothing = np.empty((0, influence.shape[1]))
    return Deviations(
        np.concatenate([np.empty(0, dtype=np.int64), *(domain for domain, _ in parts)]),
        np.concatenate([nothing, *(rows for _, rows in parts)]),
        cells.n_domains,
    )


def _by_unit(
    influence: Values, cells: Cells, stage: Stage
) -> tuple[NDArray[np.int64], NDArray[np.int64], Values]:
    """Sum influences of final clusters within units of a stage."""
    if stage.is_final:
        return cells.domain, cells.cluster, influence
    key, summed = sum_runs(influence, cells.domain * stage.n_units + stage.unit[cells.cluster])
    domain, unit = np.divmod(key, stage.n_units)
    return domain, unit, summed


def _of_stage(
    influence: Values, cells: Cells, stage: Stage, lonely: LonelyPolicy, number: int
) -> tuple[NDArray[np.int64], Values]:
    """Return the deviations that one stage adds, with their domains."""
    domain, unit, summed = _by_unit(influence, cells, stage)
    drawn = stage.units_per_stratum
    scale = _scale(stage, drawn)
    key = domain * stage.n_strata + stage.unit_stratum[unit]
    group, of_group = sum_runs(np.column_stack([summed, scale[unit], np.ones(len(unit))]), key)
    group_domain, stratum = np.divmod(group, stage.n_strata)
    is_lonely = stage.is_lonely[stratum]
    if lonely is LonelyPolicy.FAIL and is_lonely.any():
        raise LonelyPsuError(strata=len(np.unique(stratum[is_lonely])), stage=number)
    filled = of_group[:, -1]
    mean = of_group[:, :-2] / drawn[stratum, None]
    unfilled = np.bincount(stage.unit_stratum, scale)[stratum] - of_group[:, -2]
    unfilled = np.where(filled < drawn[stratum], np.maximum(unfilled, 0.0), 0.0)
    extra_domain, extra = group_domain, mean * np.sqrt(unfilled)[:, None]
    if lonely is LonelyPolicy.ADJUST and stage.is_lonely.any():
        grand_mean = _grand_mean(summed, domain, cells.n_domains, stage)
        mean[is_lonely] = grand_mean[group_domain[is_lonely]]
        unseen, unseen_rows = _unseen_lonely(group[is_lonely], grand_mean, stage, scale)
        extra_domain = np.append(extra_domain, unseen)
        extra = np.concatenate([extra, unseen_rows])
    index = np.repeat(np.arange(len(group)), filled.astype(np.int64))
    rows = (summed - mean[index]) * np.sqrt(scale[unit])[:, None]
    domain, rows = np.append(domain, extra_domain), np.concatenate([rows, extra])
    if lonely is LonelyPolicy.AVERAGE:
        factor = _average_factor(group_domain, is_lonely, cells.n_domains)
        rows = rows * np.sqrt(factor)[domain, None]
    return domain, rows


def _grand_mean(summed: Values, domain: NDArray[np.int64], n_domains: int, stage: Stage) -> Values:
    """Return the mean influence over all units of a stage, shape (n_domains, k)."""
    present, sums = sum_runs(summed, domain)
    mean = np.zeros((n_domains, summed.shape[1]))
    mean[present] = sums / stage.n_units
    return mean


def _unseen_lonely(
    seen: NDArray[np.int64], grand_mean: Values, stage: Stage, scale: Values
) -> tuple[NDArray[np.int64], Values]:
    """Distance of lonely units without anybody in the domain: 0 minus the mean."""
    lonely = np.flatnonzero(stage.is_lonely)
    pairs = np.add.outer(np.arange(len(grand_mean)) * stage.n_strata, lonely).ravel()
    domain, stratum = np.divmod(np.setdiff1d(pairs, seen), stage.n_strata)
    first = np.searchsorted(stage.unit_stratum, stratum)
    return domain, -grand_mean[domain] * np.sqrt(scale[first])[:, None]


def _scale(stage: Stage, drawn: NDArray[np.int64]) -> Values:
    """Return carried (1 - f) m / (m - 1) of each unit; no quotient for a single one."""
    m = drawn[stage.unit_stratum].astype(np.float64)
    return stage.carried * stage.open_share * np.where(m > 1, m / np.maximum(m - 1, 1), 1.0)


def _average_factor(
    domain: NDArray[np.int64], is_lonely: NDArray[np.bool_], n_domains: int
) -> Values:
    """Return strata seen over strata that can speak, if lonely ones take the average."""
    seen = np.bincount(domain, minlength=n_domains).astype(np.float64)
    speaking = np.bincount(domain[~is_lonely], minlength=n_domains).astype(np.float64)
    factor = np.full(n_domains, np.nan)
    np.divide(seen, speaking, out=factor, where=speaking > 0)
    factor[seen == 0] = 1.0
    return factor
