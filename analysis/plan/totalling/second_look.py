"""A second look at the rows: what totals do not tell.

Squares of influences, for design effects: one matrix per domain is kept, of
weighted sums of the products of any two features, and the square of any
combination of them follows. And whether all respondents of a stratum
contribute alike, so that the design fixes a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.columnar import Feature, Trait
from analysis.columnar.columns import Kind
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.view import View

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST_PRODUCTS: Final = 2**24
"""Products of two features, over all domains, that are kept: 128 MiB."""

FIGURES_AT_ONCE: Final = 64
MOST_FIGURES: Final = 2_000
"""Figures that may be fixed by the design, each to be looked at by itself."""

PLACE: Final = "\x01place"
"""Names of columns worked out here."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows by the values of some columns.

    Attributes
    ----------
    names : tuple of str
        No columns for one group.
    values : tuple of ndarray, shape (n_groups,) each
        In the order of the groups.
    n_groups : int
    """

    names: tuple[str, ...]
    values: tuple[NDArray[Any], ...]
    n_groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows.

    Attributes
    ----------
    domain, stratum : ndarray of int64, shape (n,)
        -1 for no domain.
    weight : ndarray of float64, shape (n,)
    values : ndarray of float64, shape (n, n_features)
    base : ndarray of float64, shape (n,)
        Weight before the first step; only where weights were calibrated.
    cell : ndarray of int64, shape (n,)
        Cell of those whose weights share a factor.
    """

    domain: Numbers
    stratum: Numbers
    weight: Values
    values: Values
    base: Values
    cell: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class SecondLook:
    """Rows by domain, with what they add to totals.

    Attributes
    ----------
    view : View
    weight : str
    features : tuple of Feature
        What is totalled, in the order of the totals.
    domains, strata : Group
    cells : Group, optional
        Of respondents whose weights share a factor.
    base : str
        Column of the weights before the first step.
    """

    view: View
    weight: str
    features: tuple[Feature, ...]
    domains: Group
    strata: Group
    cells: Group | None = None
    base: str = ""

    def moments(self) -> Values:
        """Return ``sum(w * x * x')`` in every domain, (n_domains, n_features, n_features).

        Raises
        ------
        NeedsRowsError
            There are too many products.
        """
        n, k = self.domains.n_groups, len(self.features)
        if n * k * k > MOST_PRODUCTS:
            raise NeedsRowsError("products")
        found = np.zeros((n, k, k))
        for rows in self.rows(range(k)):
            order = np.argsort(rows.domain, kind="stable")
            edges = np.searchsorted(rows.domain[order], np.arange(n + 1))
            values, weight = rows.values[order], rows.weight[order]
            for present in np.flatnonzero(np.diff(edges)).tolist():
                here = slice(edges[present], edges[present + 1])
                found[present] += values[here].T @ (values[here] * weight[here, None])
        return found

    def squares(
        self, gradient: Values, columns: Sequence[int], wanted: NDArray[np.bool_]
    ) -> Values:
        """Return ``sum(w * z ** 2)`` of influences, row by row, (n_domains, n_figures).

        Parameters
        ----------
        gradient : ndarray of float64, shape (n_domains, n_columns, n_figures)
        columns : sequence of int
            The features the gradient is about.
        wanted : ndarray of bool, shape (n_domains,)
            Other domains are left at zero.
        """
        found = np.zeros((len(gradient), gradient.shape[2]))
        for rows in self.rows(columns):
            order = np.argsort(rows.domain, kind="stable")
            edges = np.searchsorted(rows.domain[order], np.arange(len(gradient) + 1))
            for domain in np.flatnonzero((np.diff(edges) > 0) & wanted).tolist():
                here = order[edges[domain] : edges[domain + 1]]
                influence = rows.values[here] @ gradient[domain]
                found[domain] += rows.weight[here] @ influence**2
        return found

    def spread(
        self, domain: Numbers, gradient: Values, taken: Values | None = None
    ) -> tuple[Values, Values]:
        """Return how far apart influences are within strata, and how large they are.

        Parameters
        ----------
        domain : ndarray of int64, shape (m,)
            Domains of m figures.
        gradient : ndarray of float64, shape (m, n_features)
            How the totals of the domain move each of them.
        taken : ndarray of float64, shape (m, n_cells), optional
            What known totals explain, per weight before the first step.

        Returns
        -------
        distance : ndarray of float64, shape (m,)
            Largest distance between two respondents of one stratum, of weight
            times influence; respondents outside the domain have none.
        largest : ndarray of float64, shape (m,)
            Largest size, before anything is taken.

        Raises
        ------
        NeedsRowsError
            There are too many figures.
        """
        if len(domain) > MOST_FIGURES:
            raise NeedsRowsError("figures")
        least = np.full((self.strata.n_groups, len(domain)), np.inf)
        greatest, largest = -least, np.zeros(len(domain))
        for first in range(0, len(domain), FIGURES_AT_ONCE):
            chosen = slice(first, first + FIGURES_AT_ONCE)
            used = np.flatnonzero(gradient[chosen].any(axis=0)).tolist()
            for rows in self.rows(used):
                moved = rows.values @ gradient[chosen][:, used].T * rows.weight[:, None]
                moved[rows.domain[:, None] != domain[chosen]] = 0.0
                size = np.maximum(moved.max(axis=0), -moved.min(axis=0))
                largest[chosen] = np.maximum(largest[chosen], size)
                if taken is not None:
                    moved -= taken[chosen].T[rows.cell] * rows.base[:, None]
                order = np.argsort(rows.stratum, kind="stable")
                ordered = rows.stratum[order]
                begins = np.flatnonzero(np.diff(ordered, prepend=-1))
                here = (ordered[begins], chosen)
                least[here] = np.minimum(least[here], np.minimum.reduceat(moved[order], begins))
                greatest[here] = np.maximum(
                    greatest[here], np.maximum.reduceat(moved[order], begins)
                )
        return (greatest - least).max(axis=0), largest

    def may_be_negative(self, feature: Feature) -> bool:
        """Say whether somebody may add less than nothing to a total."""
        if isinstance(feature, Trait) or feature.is_squared:
            return False
        low = self.view.columns[feature.column].low
        return low is None or float(low) < 0

    def rows(self, chosen: Sequence[int]) -> Iterator[Rows]:
        """Yield all rows with some of the features, some rows at a time."""
        features = [self.features[k] for k in chosen]
        items = [name for feature in features for name in _columns(feature)]
        cells = Group((), (), 1) if self.cells is None else self.cells
        base = self.base or self.weight
        names = [*self.domains.names, *self.strata.names, *cells.names, self.weight, base, *items]
        numbered = self._numbered(cells)
        domains, strata = self._numbered(self.domains), self._numbered(self.strata)
        places = [f"{PLACE} {k}" for k in range(len(features))]
        values = [self._value(one).alias(k) for one, k in zip(features, places, strict=True)]
        for frame in self.view.only(dict.fromkeys(names)).frames():
            yield Rows(
                self._places(frame, self.domains, domains),
                self._places(frame, self.strata, strata),
                frame[self.weight].cast(pl.Float64).to_numpy(),
                frame.with_columns(values).select(places).to_numpy().astype(np.float64),
                frame[base].cast(pl.Float64).to_numpy(),
                self._places(frame, cells, numbered),
            )

    def _numbered(self, group: Group) -> pl.DataFrame:
        """Return the values of groups with their numbers."""
        columns = {
            name: values.tolist() if values.dtype == object else values
            for name, values in zip(group.names, group.values, strict=True)
        }
        if not columns:
            return pl.DataFrame()
        frame = pl.DataFrame(columns).with_columns(self._key(name) for name in group.names)
        return frame.with_columns(pl.Series(PLACE, np.arange(group.n_groups)))

    def _places(self, frame: pl.DataFrame, group: Group, numbered: pl.DataFrame) -> Numbers:
        """Return the group of each row; -1 for none."""
        if not group.names:
            return np.zeros(frame.height, dtype=np.int64)
        keys = frame.select(self._key(name) for name in group.names)
        joined = keys.join(numbered, on=list(group.names), how="left", maintain_order="left")
        return joined[PLACE].fill_null(-1).to_numpy()

    def _key(self, name: str) -> pl.Expr:
        """Return a column by which rows are grouped, alike here and in the list of groups."""
        match self.view.columns[name].kind:
            case Kind.TEXT:
                return pl.col(name).cast(pl.String)
            case Kind.FLOAT | Kind.SHORT_FLOAT:
                return pl.col(name).cast(pl.Float64) + 0.0
            case _:
                return pl.col(name).cast(pl.Int64)

    def _value(self, feature: Feature) -> pl.Expr:
        """Return what a row adds to a total, before weighting."""
        if isinstance(feature, Trait):
            if not feature.columns:
                return pl.lit(1.0)
            parts = [self._has(name, feature.codes) for name in feature.columns]
            return reduce(or_, parts).cast(pl.Float64)
        number = pl.col(feature.column).cast(pl.Float64).fill_nan(0.0).fill_null(0.0)
        return number * number if feature.is_squared else number

    def _has(self, name: str, codes: Sequence[Any] | None) -> pl.Expr:
        column = pl.col(name)
        kind = self.view.columns[name].kind
        if kind is Kind.TEXT:
            column = column.cast(pl.String)
            known = column.is_not_null() & (column != "")
        elif kind in {Kind.FLOAT, Kind.SHORT_FLOAT}:
            known = column.is_not_null() & column.is_not_nan()
            codes = None if codes is None else [float(code) for code in codes]
        else:
            column = column.cast(pl.Int64)
            known = column.is_not_null()
        if codes is not None:
            known = known & column.is_in(list(codes))
        return known.fill_null(value=False)


def _columns(feature: Feature) -> tuple[str, ...]:
    return feature.columns if isinstance(feature, Trait) else (feature.column,)
