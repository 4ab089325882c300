"""Variance between PSUs within strata: the spread of influences.

For a stratum with ``m`` PSUs of which the share ``f`` was drawn, and
influences ``z`` of its PSUs,

    variance = (1 - f) * m / (m - 1) * sum((z - mean(z)) ** 2)

[Lohr2021, ch. 9; Lumley2010]. PSUs without anybody in the domain
have ``z = 0`` and are counted, not stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.errors import LonelyPsuError
from analysis.reduce import sum_rows
from analysis.variance.lonely import LonelyPolicy

ALL_DRAWN = 1.0 - 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """Rows whose products add up to the covariance of the estimands.

    Attributes
    ----------
    domain : ndarray of int64, shape (n_rows,)
        Domain of each row.
    rows : ndarray of float64, shape (n_rows, k)
        Scaled distances of PSUs from their stratum's mean, for k estimands.
    factor : ndarray of float64, shape (n_domains,)
        What the products are multiplied by: 1 unless lonely strata take the
        average of the others; NaN if there are no others.
    """

    domain: NDArray[np.int64]
    rows: NDArray[np.float64]
    factor: NDArray[np.float64]

    def variances(self) -> NDArray[np.float64]:
        """Return the variance of every estimand, shape (n_domains, k)."""
        return sum_rows(self.rows**2, self.domain, len(self.factor)) * self.factor[:, None]

    def covariances(self) -> NDArray[np.float64]:
        """Return covariances between estimands, shape (n_domains, k, k)."""
        k = self.rows.shape[1]
        covariance = np.empty((len(self.factor), k, k))
        for domain in range(len(self.factor)):
            rows = self.rows[self.domain == domain]
            covariance[domain] = rows.T @ rows
        return covariance * self.factor[:, None, None]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The (domain, PSU) cells in which somebody contributes to the estimands.

    Attributes
    ----------
    domain, psu : ndarray of int64, shape (n_cells,)
        Sorted by domain, then PSU.
    n_domains : int
        Number of domains, empty ones included.
    """

    domain: NDArray[np.int64]
    psu: NDArray[np.int64]
    n_domains: int

    def sees_lonely(self, design: Design) -> NDArray[np.bool_]:
        """Say which domains have somebody in a stratum with one PSU, (n_domains,)."""
        sees = np.zeros(self.n_domains, dtype=np.bool_)
        sees[self.domain[lonely_strata(design)[design.psu_stratum[self.psu]]]] = True
        return sees


def deviations(
    influence: NDArray[np.float64], cells: Cells, design: Design, lonely: LonelyPolicy
) -> Deviations:
    """Measure how far PSUs are from the mean of their stratum.

    Parameters
    ----------
    influence : ndarray of float64, shape (n_cells, k)
        Influence of every cell on k estimands.
    cells : Cells
        Where somebody contributes.
    design : Design
        Strata, number of PSUs drawn, fractions.
    lonely : LonelyPolicy
        What strata with one PSU contribute. ``AVERAGE`` counts the strata in
        which somebody contributes, as R ``survey`` does.

    Returns
    -------
    Deviations

    Raises
    ------
    LonelyPsuError
        Somebody contributes in a stratum with one PSU and the policy is to
        fail.
    """
    stratum = design.psu_stratum[cells.psu].astype(np.int64)
    group, index = np.unique(cells.domain * design.n_strata + stratum, return_inverse=True)
    of_group, stratum_of_group = np.divmod(group, design.n_strata)
    drawn = design.psus_per_stratum[stratum_of_group].astype(np.float64)
    is_lonely = lonely_strata(design)[stratum_of_group]
    if lonely is LonelyPolicy.FAIL and is_lonely.any():
        raise LonelyPsuError(strata=len(np.unique(stratum_of_group[is_lonely])))
    scale = np.sqrt(_scale(design)[stratum_of_group])
    mean = sum_rows(influence, index, len(group)) / drawn[:, None]
    filled = np.bincount(index, minlength=len(group))
    extra = mean * (scale * np.sqrt(np.maximum(drawn - filled, 0)))[:, None]
    domain = of_group
    if lonely is LonelyPolicy.ADJUST and lonely_strata(design).any():
        grand_mean = sum_rows(influence, cells.domain, cells.n_domains) / design.n_psu
        mean[is_lonely] = grand_mean[of_group[is_lonely]]
        unseen, unseen_rows = _unseen_lonely(group[is_lonely], grand_mean, design)
        domain, extra = np.append(domain, unseen), np.concatenate([extra, unseen_rows])
    rows = (influence - mean[index]) * scale[index][:, None]
    return Deviations(
        domain=np.concatenate([cells.domain, domain]),
        rows=np.concatenate([rows, extra]),
        factor=_average_factor(of_group, is_lonely, cells.n_domains, lonely),
    )


def _unseen_lonely(
    seen: NDArray[np.int64], grand_mean: NDArray[np.float64], design: Design
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Distance of lonely PSUs without anybody in the domain: 0 minus the mean."""
    lonely = np.flatnonzero(lonely_strata(design))
    pairs = np.add.outer(np.arange(len(grand_mean)) * design.n_strata, lonely).ravel()
    domain, stratum = np.divmod(np.setdiff1d(pairs, seen), design.n_strata)
    return domain, -grand_mean[domain] * np.sqrt(_scale(design)[stratum])[:, None]


def lonely_strata(design: Design) -> NDArray[np.bool_]:
    """Say which strata have one PSU out of more, shape (n_strata,)."""
    return np.asarray((design.psus_per_stratum == 1) & (design.fraction < ALL_DRAWN))


def _scale(design: Design) -> NDArray[np.float64]:
    """Return (1 - f) m / (m - 1), without the quotient for a single PSU."""
    drawn = design.psus_per_stratum.astype(np.float64)
    open_share = np.where(design.fraction < ALL_DRAWN, 1.0 - design.fraction, 0.0)
    return open_share * np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0)


def _average_factor(
    domain: NDArray[np.int64], is_lonely: NDArray[np.bool_], n_domains: int, lonely: LonelyPolicy
) -> NDArray[np.float64]:
    """Return strata seen over strata that can speak, if lonely ones take the average."""
    if lonely is not LonelyPolicy.AVERAGE:
        return np.ones(n_domains)
    seen = np.bincount(domain, minlength=n_domains).astype(np.float64)
    speaking = np.bincount(domain[~is_lonely], minlength=n_domains).astype(np.float64)
    factor = np.full(n_domains, np.nan)
    np.divide(seen, speaking, out=factor, where=speaking > 0)
    factor[seen == 0] = 1.0
    return factor
