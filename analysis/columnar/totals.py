"""Totals of part of a sample that can be added to those of other parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.errors import DifferentRequestsError, NotKeptAsPartError
from analysis.columnar.exact import add
from analysis.columnar.layout import Layout
from analysis.columnar.order import Values, sort_keys
from analysis.columnar.request import Request, StageNames
from analysis.design import Clusters, Design, StageColumns
from analysis.reduce import Totals
from analysis.sums import sum_runs

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ExactSums:
    """Sums, each rounded once, with what was rounded away; shape (n_cells, k) each.

    ``low`` is None where it was not kept: then nothing can be added.
    """

    high: Floats
    low: Floats | None

    @classmethod
    def empty(cls, n_cells: int, k: int, *, is_part: bool) -> ExactSums:
        """Return sums yet to be written."""
        return cls(np.empty((n_cells, k)), np.empty((n_cells, k)) if is_part else None)

    def taken(self, cells: slice) -> ExactSums:
        """Return the sums of some cells, in the same memory."""
        return ExactSums(self.high[cells], None if self.low is None else self.low[cells])

    def of_columns(self, columns: Sequence[int]) -> ExactSums:
        """Return some columns."""
        chosen = list(columns)
        return ExactSums(self.high[:, chosen], None if self.low is None else self.low[:, chosen])

    def write(self, columns: slice, high: Floats, low: Floats) -> None:
        """Write some columns."""
        self.high[:, columns] = high
        if self.low is not None:
            self.low[:, columns] = low

    def write_one(self, column: int, high: Floats, low: Floats) -> None:
        """Write one column, shape (n_cells,)."""
        self.write(slice(column, column + 1), high[:, None], low[:, None])

    def placed(self, cells: NDArray[np.int64], n_cells: int) -> ExactSums:
        """Return the sums as cells of a longer list."""
        if self.low is None:
            raise NotKeptAsPartError
        moved = np.zeros((2, n_cells, self.high.shape[1]))
        moved[0, cells], moved[1, cells] = self.high, self.low
        return ExactSums(moved[0], moved[1])

    def __add__(self, other: ExactSums) -> ExactSums:
        if self.low is None or other.low is None:
            raise NotKeptAsPartError
        return ExactSums(*add(self.high, self.low, other.high, other.low))


@dataclass(frozen=True, slots=True, eq=False)
class DomainTotals:
    """Totals of one partition into domains.

    Attributes
    ----------
    domains : tuple of ndarray, shape (n_domains,) each
        Values of the columns that make the domains, sorted.
    n_domains : int
    domain, cluster : ndarray of int64, shape (n_cells,)
        The non-empty cells, sorted.
    values : ExactSums, shape (n_cells, n_totals)
        Weight times feature.
    n : ndarray of int64, shape (n_cells, n_supports)
        Contributing respondents with positive weight.
    squared_weight : ExactSums, shape (n_cells, n_supports)
    """

    domains: Values
    n_domains: int
    domain: NDArray[np.int64]
    cluster: NDArray[np.int64]
    values: ExactSums
    n: NDArray[np.int64]
    squared_weight: ExactSums


@dataclass(frozen=True, slots=True, eq=False)
class ColumnarTotals:
    """Totals of some files, for every partition into domains asked for.

    Attributes
    ----------
    request : Request
    layout : Layout
        Which sums are kept.
    n_rows : int
        Respondents.
    clusters : tuple of ndarray, shape (n_clusters,) each
        Values of the columns that tell clusters apart, sorted; a cluster with
        nobody in any domain is there.
    parts : tuple of DomainTotals
        As ``request.by``.
    """

    request: Request
    layout: Layout
    n_rows: int
    clusters: Values
    parts: tuple[DomainTotals, ...]

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.clusters[0])

    def __add__(self, other: ColumnarTotals) -> ColumnarTotals:
        """Totals of both parts of one sample, without any error.

        Raises
        ------
        DifferentRequestsError, NotKeptAsPartError
        """
        if self.request != other.request:
            raise DifferentRequestsError
        layout = self.layout if self.layout == other.layout else _full(self.request)
        first, second = self._with_layout(layout), other._with_layout(layout)
        clusters, of_first, of_second = _union(
            first.clusters, second.clusters, first.n_clusters, second.n_clusters
        )
        parts = tuple(
            _merge(a, b, of_first, of_second, len(clusters[0]))
            for a, b in zip(first.parts, second.parts, strict=True)
        )
        return ColumnarTotals(self.request, layout, self.n_rows + other.n_rows, clusters, parts)

    def _with_layout(self, layout: Layout) -> ColumnarTotals:
        """Repeat columns that were kept once, where the other part has several."""
        if layout == self.layout:
            return self
        totals = (
            *self.layout.of_totals,
            *(self._place_of_support(place) for place in self.layout.of_supports),
        )
        supports = self.layout.of_supports
        parts = tuple(
            replace(
                part,
                values=part.values.of_columns(totals),
                n=part.n[:, list(supports)],
                squared_weight=part.squared_weight.of_columns(supports),
            )
            for part in self.parts
        )
        return replace(self, layout=layout, parts=parts)

    def _place_of_support(self, support: int) -> int:
        return len(self.layout.small) - len(self.layout.supports) + support

    def design(self) -> tuple[Clusters, NDArray[np.int64]]:
        """Build the stages of selection.

        Returns
        -------
        Clusters
        cluster : ndarray of int64, shape (n_clusters,)
            Final cluster in which each cluster lies; the same one for several
            where stages do not matter to the variance.

        Raises
        ------
        BadFractionError, SizeTooSmallError, PsuInTwoStrataError
        """
        named = dict(zip(self.request.design_columns, self.clusters, strict=True))

        def given(name: str | None) -> Any:
            return None if name is None else named[name]

        def columns(stage: StageNames) -> StageColumns:
            return StageColumns(
                cluster=named[stage.cluster],
                stratum=given(stage.stratum),
                size=given(stage.size),
                fraction=given(stage.fraction),
                is_nested=stage.is_nested,
            )

        stages = [columns(stage) for stage in self.request.stages]
        design = Design.from_stages(stages, np.ones(self.n_clusters))
        return design.clusters, design.cluster.astype(np.int64)

    def totals(self, number: int = 0) -> tuple[Totals, Clusters]:
        """Return the totals of one partition into domains, and the design.

        Columns of ``values`` and of ``n`` are those of ``layout``; see its
        ``of_totals`` and ``of_supports``.

        Parameters
        ----------
        number : int
            Which entry of ``request.by``.
        """
        clusters, cluster = self.design()
        part = self.parts[number]
        n_small, n_supports = len(self.layout.small), len(self.layout.supports)
        totals = Totals(
            n_domains=part.n_domains,
            domain=part.domain,
            cluster=cluster[part.cluster],
            values=part.values.high,
            n=part.n.astype(np.float64),
            weight=part.values.high[:, n_small - n_supports : n_small],
            squared_weight=part.squared_weight.high,
        )
        return _sorted(totals, clusters.n_clusters), clusters


def merge(parts: Sequence[ColumnarTotals]) -> ColumnarTotals:
    """Add the totals of disjoint parts of one sample.

    The result is the same, to the last bit, in whatever order and grouping
    parts are added.

    Parameters
    ----------
    parts : sequence of ColumnarTotals
        Made by the same request as parts; at least one.

    Raises
    ------
    DifferentRequestsError, NotKeptAsPartError
    """
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def _full(request: Request) -> Layout:
    """Return the layout that keeps every feature asked for by itself."""
    n_totals, n_supports = len(request.totals), len(request.supports)
    return Layout(
        small=(*request.totals, *request.supports),
        wide=(),
        supports=request.supports,
        of_totals=tuple(range(n_totals)),
        of_supports=tuple(range(n_supports)),
    )


def _union(
    first: Values, second: Values, n_first: int, n_second: int
) -> tuple[Values, NDArray[np.int64], NDArray[np.int64]]:
    """Return all distinct keys, sorted, and where those of both parts are."""
    if not first:
        return (), np.zeros(n_first, dtype=np.int64), np.zeros(n_second, dtype=np.int64)
    both = tuple(np.concatenate(pair) for pair in zip(first, second, strict=True))
    order = sort_keys(both, n_first + n_second)
    ordered = [column[order] for column in both]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in ordered])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.cumsum(is_new) - 1
    return tuple(column[is_new] for column in ordered), place[:n_first], place[n_first:]


def _merge(
    first: DomainTotals,
    second: DomainTotals,
    clusters_of_first: NDArray[np.int64],
    clusters_of_second: NDArray[np.int64],
    n_clusters: int,
) -> DomainTotals:
    domains, of_first, of_second = _union(
        first.domains, second.domains, first.n_domains, second.n_domains
    )
    n_domains = len(domains[0]) if domains else 1
    key_first = of_first[first.domain] * n_clusters + clusters_of_first[first.cluster]
    key_second = of_second[second.domain] * n_clusters + clusters_of_second[second.cluster]
    cells = np.union1d(key_first, key_second)
    place_first, place_second = (np.searchsorted(cells, key) for key in (key_first, key_second))

    def added(one: ExactSums, other: ExactSums) -> ExactSums:
        return one.placed(place_first, len(cells)) + other.placed(place_second, len(cells))

    n = np.zeros((len(cells), first.n.shape[1]), dtype=np.int64)
    n[place_first] = first.n
    n[place_second] += second.n
    return DomainTotals(
        domains=domains,
        n_domains=n_domains,
        domain=cells // n_clusters,
        cluster=cells % n_clusters,
        values=added(first.values, second.values),
        n=n,
        squared_weight=added(first.squared_weight, second.squared_weight),
    )


def _sorted(totals: Totals, n_clusters: int) -> Totals:
    """Order cells by domain and final cluster; add up those that are one."""
    key = totals.domain * n_clusters + totals.cluster
    if (np.diff(key) > 0).all():
        return totals
    order = np.argsort(key, kind="stable")
    columns = (totals.values, totals.n, totals.weight, totals.squared_weight)
    cells, values = sum_runs(totals.values[order], key[order])
    n, weight, squared_weight = (sum_runs(rows[order], key[order])[1] for rows in columns[1:])
    return Totals(
        n_domains=totals.n_domains,
        domain=cells // n_clusters,
        cluster=cells % n_clusters,
        values=values,
        n=n,
        weight=weight,
        squared_weight=squared_weight,
    )
