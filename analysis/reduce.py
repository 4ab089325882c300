"""One pass over the microdata: weighted totals per final cluster and domain.

Everything after this step is algebra on the totals, so the cost of another
estimand does not depend on the number of respondents. Only non-empty
(domain, cluster) cells are kept; clusters that were drawn but hold nobody of a
domain count later through the number of units in their stratum. Totals of parts of a
sample add up to the totals of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.blocks import in_turn
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.explained_rows import ExplainedRows
from analysis.linear import Linear, gradients, identity_linears
from analysis.products import multiply
from analysis.sums import sum_rows, sum_runs
from analysis.variance.cells import Cells

Values = NDArray[np.float64]

ROWS_AT_ONCE = 2_048
"""Rows turned into floating point at a time: small enough for the cache."""

CELLS_AT_ONCE = 32_768
"""Cells whose influences are held at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What each respondent contributes, before weighting.

    Attributes
    ----------
    values : ndarray of numbers, shape (n, n_totals)
        Variables to be totalled, e.g. "satisfied" and "rated", in the
        smallest type that holds them exactly; no NaN, a missing answer is a
        zero in both.
    contributes : ndarray of bool, shape (n, n_supports)
        Whether the respondent counts towards n of an estimand; estimands with
        the same missing answers share a column.
    """

    values: NDArray[Any]
    contributes: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Respondents sorted into (domain, cluster) cells.

    Attributes
    ----------
    n_domains : int
        Number of domains, empty ones included.
    order : ndarray of int, shape (n_inside,)
        Rows of the respondents in any domain, by domain, then cluster, then row.
    starts : ndarray of int, shape (n_cells + 1,)
        Where each cell begins in ``order``, and the end.
    domain, cluster : ndarray of int, shape (n_cells,)
        The non-empty cells, sorted.
    """

    n_domains: int
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    domain: NDArray[np.int64]
    cluster: NDArray[np.int64]

    @classmethod
    def of(
        cls, design: Design, domain: NDArray[np.int32] | None = None, n_domains: int = 1
    ) -> Partition:
        """Sort the respondents of a design.

        Parameters
        ----------
        design : Design
            Final clusters.
        domain : ndarray of int32, shape (n,), optional
            Domain of each respondent, -1 for none; without it all belong to
            domain 0.
        n_domains : int
            Number of domains.

        Raises
        ------
        UnequalLengthsError
            Domain and design differ in length.
        """
        codes = np.zeros(design.n, dtype=np.int32) if domain is None else domain
        if len(codes) != design.n:
            raise UnequalLengthsError(domain=len(codes), design=design.n)
        n_clusters = design.clusters.n_clusters
        key = codes.astype(np.int64) * n_clusters + design.cluster
        order = np.argsort(key, kind="stable")
        order = order[np.searchsorted(key[order], 0) :]
        sorted_key = key[order]
        first = np.flatnonzero(np.diff(sorted_key, prepend=-1))
        cell = sorted_key[first]
        starts = np.append(first, len(order))
        return cls(n_domains, order, starts, cell // n_clusters, cell % n_clusters)

    @property
    def edges(self) -> list[int]:
        """Where each domain begins in ``order``, and the end."""
        cells = np.searchsorted(self.domain, np.arange(self.n_domains + 1))
        return [int(edge) for edge in self.starts[cells]]

    def sum_cells(self, rows: NDArray[Any], weight: Values) -> Values:
        """Sum weight times rows within cells.

        Parameters
        ----------
        rows : ndarray, shape (n, k)
            Any numbers.
        weight : ndarray of float64, shape (n,)
            One per row.

        Returns
        -------
        ndarray of float64, shape (n_cells, k)
        """
        cells = np.zeros((len(self.domain), rows.shape[1]))

        def summed(begin: int) -> tuple[slice, Values]:
            end = min(begin + ROWS_AT_ONCE, len(self.order))
            chosen = self.order[begin:end]
            weighted = rows[chosen] * weight[chosen, None]
            # A cell may begin in one block of rows and end in the next.
            first = int(np.searchsorted(self.starts, begin, side="right")) - 1
            last = int(np.searchsorted(self.starts, end, side="left"))
            local = np.maximum(self.starts[first:last] - begin, 0)
            return slice(first, last), np.add.reduceat(weighted, local, axis=0)

        for here, sums in in_turn(summed, range(0, len(self.order), ROWS_AT_ONCE)):
            cells[here] += sums
        return cells

    def rows_of_domains(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield domains with some of their rows, a block at a time."""
        for domain, (begin, end) in enumerate(pairwise(self.edges)):
            for first in range(begin, end, ROWS_AT_ONCE):
                yield domain, self.order[first : min(first + ROWS_AT_ONCE, end)]


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Weighted totals of one partition of the respondents into domains.

    Attributes
    ----------
    n_domains : int
        Number of domains, empty ones included.
    domain, cluster : ndarray of int64, shape (n_cells,)
        The non-empty cells, sorted by domain, then cluster.
    values : ndarray of float64, shape (n_cells, n_totals)
        Sum of weight times variable.
    n : ndarray of float64, shape (n_cells, n_supports)
        Contributing respondents whose weight is not zero.
    weight, squared_weight : ndarray of float64, shape (n_cells, n_supports)
        Sums of their weights and of the squares.
    """

    n_domains: int
    domain: NDArray[np.int64]
    cluster: NDArray[np.int64]
    values: Values
    n: Values
    weight: Values
    squared_weight: Values

    def of_domains(self, cells: Values) -> Values:
        """Add up a column per cell to a row per domain, shape (n_domains, k)."""
        found = np.zeros((self.n_domains, cells.shape[1]))
        present, sums = sum_runs(cells, self.domain)
        found[present] = sums
        return found

    def blocks(self, most_cells: int = CELLS_AT_ONCE) -> Iterator[tuple[slice, Totals]]:
        """Yield runs of domains with their totals, renumbered from 0.

        What is worked out for a few domains at a time stays in the cache and
        needs little memory, however many domains there are.

        Parameters
        ----------
        most_cells : int
            As many domains as have this many cells; one at least.
        """
        edges = np.searchsorted(self.domain, np.arange(self.n_domains + 1))
        first = 0
        while first < self.n_domains:
            last = int(np.searchsorted(edges, edges[first] + most_cells, side="right")) - 1
            last = min(max(last, first + 1), self.n_domains)
            here = slice(edges[first], edges[last])
            yield (
                slice(first, last),
                Totals(
                    n_domains=last - first,
                    domain=self.domain[here] - first,
                    cluster=self.cluster[here],
                    values=self.values[here],
                    n=self.n[here],
                    weight=self.weight[here],
                    squared_weight=self.squared_weight[here],
                ),
            )
            first = last

    def cells(self, support: int) -> tuple[Cells, NDArray[np.bool_]]:
        """Return the cells in which somebody contributes, and which of all they are."""
        filled = self.n[:, support] > 0
        return Cells(self.domain[filled], self.cluster[filled], self.n_domains), filled

    def linears(self) -> tuple[Linear, ...]:
        """Return the total of every variable, shape (n_domains,) each."""
        return identity_linears(self.of_domains(self.values))

    def influence(
        self, estimands: Sequence[Linear], columns: Sequence[int] | None = None
    ) -> Values:
        """Return the influence of every cell on the values of its domain.

        Parameters
        ----------
        estimands : sequence of Linear
            Algebra on these totals.
        columns : sequence of int, optional
            The totals the estimands depend on; without it, all.

        Returns
        -------
        ndarray of float64, shape (n_cells, n_estimands)
            In units of the values; the variance of a value is the variance
            of the sum of its influences.
        """
        gradient = gradients(estimands, columns)
        values = self.values if columns is None else self.values[:, columns]
        influence = np.empty((len(self.domain), len(estimands)))
        edges = np.searchsorted(self.domain, np.arange(self.n_domains + 1))
        with np.errstate(invalid="ignore"):
            for domain, (begin, end) in enumerate(pairwise(edges)):
                influence[begin:end] = multiply(values[begin:end], gradient[domain])
        return influence

    def __add__(self, other: Totals) -> Totals:
        """Totals of two disjoint parts of one sample, coded alike."""
        return merge((self, other))


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Microdata of a sample with their totals by one partition into domains.

    Attributes
    ----------
    design : Design
        Weights and clusters of the n respondents.
    units : Units
        Their variables.
    partition : Partition
        Into domains.
    totals : Totals
        What became of them.
    """

    design: Design
    units: Units
    partition: Partition
    totals: Totals

    @property
    def explained(self) -> ExplainedRows | None:
        """What calibrations explain of influences; None without any, or with replicates."""
        if not self.design.calibrations or self.design.replicates is not None:
            return None
        return ExplainedRows(self)

    def squares(self, gradient: Values, columns: Sequence[int] | None = None) -> Values:
        """Total the squared influences of respondents; see ``analysis.sample``.

        A second look at the rows: squares of influences cannot be had from
        totals without every product of two variables.
        """
        chosen = slice(None) if columns is None else list(columns)
        values = np.ascontiguousarray(self.units.values[:, chosen])
        weight = self.design.weight
        squares = np.zeros((self.totals.n_domains, gradient.shape[2]))

        def squared(block: tuple[int, NDArray[np.int64]]) -> tuple[int, Values]:
            domain, rows = block
            influence = multiply(values[rows].astype(np.float64), gradient[domain])
            return domain, np.sum(weight[rows, None] * influence**2, axis=0)

        for domain, sums in in_turn(squared, list(self.partition.rows_of_domains())):
            squares[domain] += sums
        return squares

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures without variance the design fixes; see ``analysis.sample``."""
        from analysis.variance.fixed import fixed_by_design

        return fixed_by_design(linears, is_flat, self)


def reduce(
    units: Units, design: Design, domain: NDArray[np.int32] | None = None, n_domains: int = 1
) -> Reduced:
    """Total the variables of all respondents per domain and final cluster.

    Parameters
    ----------
    units : Units
        Variables of the n respondents of the design.
    design : Design
        Weights and clusters.
    domain : ndarray of int32, shape (n,), optional
        Domain of each respondent, -1 for none; without it all belong to
        domain 0.
    n_domains : int
        Number of domains.

    Returns
    -------
    Reduced

    Raises
    ------
    UnequalLengthsError
        Units, domain and design differ in length.
    """
    if not len(units.values) == len(units.contributes) == design.n:
        raise UnequalLengthsError(units=len(units.values), design=design.n)
    partition = Partition.of(design, domain, n_domains)
    counted = units.contributes & (design.weight != 0)[:, None]
    totals = Totals(
        n_domains=n_domains,
        domain=partition.domain,
        cluster=partition.cluster,
        values=partition.sum_cells(units.values, design.weight),
        n=partition.sum_cells(counted, np.ones(design.n)),
        weight=partition.sum_cells(counted, design.weight),
        squared_weight=partition.sum_cells(counted, design.weight**2),
    )
    return Reduced(design, units, partition, totals)


def merge(parts: Sequence[Totals]) -> Totals:
    """Add the totals of disjoint parts of one sample.

    Parameters
    ----------
    parts : sequence of Totals
        Made with the same codes of domains and clusters and the same variables;
        a cell may occur in several parts.

    Returns
    -------
    Totals
        The same, up to rounding in the last digit, whatever the order.
    """
    n_clusters = 1 + max(
        (int(part.cluster.max()) for part in parts if len(part.cluster)), default=0
    )
    keys = np.concatenate([part.domain * n_clusters + part.cluster for part in parts])
    cells, index = np.unique(keys, return_inverse=True)

    def added(columns: Sequence[Values]) -> Values:
        return sum_rows(np.concatenate(columns), index, len(cells))

    return Totals(
        n_domains=parts[0].n_domains,
        domain=cells // n_clusters,
        cluster=cells % n_clusters,
        values=added([part.values for part in parts]),
        n=added([part.n for part in parts]),
        weight=added([part.weight for part in parts]),
        squared_weight=added([part.squared_weight for part in parts]),
    )
