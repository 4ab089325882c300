"""How alike people of the same cluster are: intraclass correlation per stage.

The value of a person is taken for a mean, plus an effect of the PSU, plus an
effect of the unit within the PSU, and so on, plus the person's own. Analysis
of variance estimates the variance of each: sums of squares are set equal to
their expected values [Searle1992, ch. 5], with weights in the place of counts.
With equal weights these are the ordinary estimators for unequal clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from analysis.answers import Column
from analysis.coding import encode
from analysis.errors import MissingDesignError, UnequalLengthsError
from analysis.estimate.domains import Domains, as_column
from analysis.estimate.errors import NoClustersError

Values: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.int64]

NOTHING = 1e-12
"""Share of the total weight below which a stage repeats nothing: nobody to compare."""


class IntraclassCorrelation:
    """Intraclass correlation at every stage in every domain, as an ``Estimator``.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN where not known.
    clusters : sequence of columns, shape (n,) each
        PSU, unit within the PSU, ...; names may repeat from one unit of the
        stage before to the next.
    within : column, optional
        Strata: their differences are taken out instead of being counted as
        differences between PSUs. PSUs are nested in them.
    domains : Domains, optional
        Without it everybody is in domain 0.

    Attributes
    ----------
    contributes : ndarray of bool, shape (n,)

    Raises
    ------
    NoClustersError, UnequalLengthsError, MissingDesignError, BadColumnError

    Notes
    -----
    For a grouping ``g`` let ``T_g`` be the sum over its groups of weight times
    squared mean, and ``K_gl = sum over groups of (sum of squared weights of
    the units of stage l in the group) / (weight of the group)``, which is the
    total weight where ``l`` is not finer than ``g``. The expected value of
    ``T_g - T_{g-1}`` is the sum over ``l`` of ``(K_gl - K_{g-1,l})`` times the
    variance of stage ``l``, and these equations are solved from the persons
    up. The weights are taken for fixed: weights that go with the values within
    clusters would need joint probabilities [KornGraubard2003].

    The correlation of two people of one unit of stage ``s`` is the sum of the
    variances of the stages up to ``s`` over the sum of all. It is not cut off
    at zero: people of a cluster may be less alike than others.
    """

    def __init__(
        self,
        values: Column,
        clusters: Sequence[Column],
        *,
        within: Column | None = None,
        domains: Domains | None = None,
    ) -> None:
        numbers = as_column(values)
        n = len(numbers)
        if not clusters:
            raise NoClustersError
        if any(len(column) != n for column in clusters):
            raise UnequalLengthsError(values=n, clusters=[len(column) for column in clusters])
        everybody = Domains.whole(n) if domains is None else domains
        self._domains = everybody.of(~np.isnan(numbers))
        self.contributes: NDArray[np.bool_] = self._domains.code >= 0
        self._n_stages = len(clusters)
        above = np.zeros(n, dtype=np.int64) if within is None else _nested(None, within)
        levels = [above]
        for column in clusters:
            levels.append(_nested(levels[-1], column))
        self._rows = [
            np.flatnonzero(self._domains.code == domain)
            for domain in range(self._domains.n_domains)
        ]
        self._parts = [
            _Levels.of(numbers[rows], [level[rows] for level in levels]) for rows in self._rows
        ]

    def components(self, weight: Values) -> Values:
        """Return the variances of the stages and of persons, (n_domains, n_stages + 1)."""
        return np.stack(
            [
                part.components(weight[rows])
                for part, rows in zip(self._parts, self._rows, strict=True)
            ]
        )

    def value(self, weight: Values) -> Values:
        """Return the correlations, domain after domain, (n_domains * n_stages,)."""
        return _correlations(self.components(weight)).ravel()

    def influence(self, weight: Values, value: Values) -> Values:
        """Return how each respondent moves the correlations, (n, n_domains * n_stages)."""
        found = np.zeros((len(weight), self._n_stages))
        correlation = value.reshape(-1, self._n_stages)
        for domain, (part, rows) in enumerate(zip(self._parts, self._rows, strict=True)):
            moved = part.moved_components(weight[rows])
            total = part.components(weight[rows]).sum()
            upto = np.cumsum(moved, axis=1)
            found[rows] = (upto[:, :-1] - correlation[domain] * upto[:, -1:]) / total
        return self._domains.spread(found)


def _nested(above: Codes | None, column: Column) -> Codes:
    """Give numbers to the units of a stage within those of the stage before."""
    coded = encode(column)
    if (coded.codes < 0).any():
        raise MissingDesignError(column="cluster", row=int(np.argmax(coded.codes < 0)))
    code = coded.codes.astype(np.int64)
    pair = code if above is None else above * len(coded.levels) + code
    return np.asarray(np.unique(pair, return_inverse=True)[1], dtype=np.int64)


def _correlations(components: Values) -> Values:
    with np.errstate(divide="ignore", invalid="ignore"):
        upto = np.cumsum(components, axis=1)
        total = np.where(upto[:, -1:] > 0, upto[:, -1:], np.nan)
        return np.asarray(upto[:, :-1] / total)


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """The rows of one domain in groupings from the whole to the person.

    Attributes
    ----------
    values : ndarray of float64, shape (m,)
        Distances from the plain mean.
    codes : tuple of ndarray of int64, shape (m,)
        Group of each row at every level; the last level is the row itself.
    """

    values: Values
    codes: tuple[Codes, ...]

    @classmethod
    def of(cls, values: Values, levels: Sequence[Codes]) -> _Levels:
        compact = [np.unique(level, return_inverse=True)[1] for level in levels]
        centred = values - values.mean() if len(values) else values
        return cls(centred, (*compact, np.arange(len(values))))

    def components(self, weight: Values) -> Values:
        """Solve for the variances of the levels below the first."""
        squares, matrix = self._equations(weight)
        return _solve(np.diff(matrix, axis=0), np.diff(squares), weight.sum())

    def moved_components(self, weight: Values) -> Values:
        """Return derivatives of the variances by each weight, shape (m, n_levels - 1)."""
        _, matrix = self._equations(weight)
        variance = self.components(weight)
        group = [_sums(weight, code) for code in self.codes]
        means = [
            _ratio(_sums(weight * self.values, code), of)[code]
            for code, of in zip(self.codes, group, strict=True)
        ]
        squares = np.stack([2.0 * self.values * mean - mean**2 for mean in means], axis=1)
        explained = np.empty_like(squares)
        for g, code in enumerate(self.codes):
            column = np.full(len(weight), variance[:g].sum())
            for finer in range(g + 1, len(self.codes)):
                unit = group[finer][self.codes[finer]]
                within = _ratio(self._squared(group, g, finer), group[g])[code]
                moved = _ratio(2.0 * unit - within, group[g][code])
                column = column + variance[finer - 1] * moved
            explained[:, g] = column
        change = np.diff(squares - explained, axis=1)
        return _solve(np.diff(matrix, axis=0), change.T, weight.sum()).T

    def _equations(self, weight: Values) -> tuple[Values, Values]:
        """Return ``T_g`` and ``K_gl`` for levels l below the first."""
        group = [_sums(weight, code) for code in self.codes]
        n_levels = len(self.codes)
        squares = np.array(
            [
                _ratio(_sums(weight * self.values, code) ** 2, of).sum()
                for code, of in zip(self.codes, group, strict=True)
            ]
        )
        matrix = np.full((n_levels, n_levels - 1), weight.sum())
        for g in range(n_levels):
            for finer in range(g + 1, n_levels):
                of_group = _ratio(self._squared(group, g, finer), group[g])
                matrix[g, finer - 1] = of_group.sum()
        return squares, matrix

    def _squared(self, group: list[Values], g: int, finer: int) -> Values:
        """Sum squared weights of the units of a level within groups of a coarser one."""
        parent = np.empty(len(group[finer]), dtype=np.int64)
        parent[self.codes[finer]] = self.codes[g]
        return _sums(group[finer] ** 2, parent)


def _sums(rows: Values, code: Codes) -> Values:
    return np.bincount(code, rows).astype(np.float64, copy=False)


def _ratio(top: Values, bottom: Values) -> Values:
    """Divide; zero where a group has no weight."""
    return np.asarray(top / np.where(bottom == 0, np.inf, bottom))


def _solve(matrix: Values, right: Values, total: float) -> Values:
    """Solve triangular equations; NaN where a stage repeats nothing."""
    if not (np.diag(matrix) > NOTHING * total).all():
        return np.full_like(right, np.nan)
    return np.asarray(solve_triangular(matrix, right))
