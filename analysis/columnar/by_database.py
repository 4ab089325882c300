"""Totals of Parquet files by a group-by of DuckDB over whole numbers.

Weights are cut to whole numbers before they are added, so that the sums are
those of a pass over the rows, to the last bit. Where somebody did not answer,
sums over those who did are sums over everybody minus those who did not: these
are few, and are grouped by what they left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.columns import Kind
from analysis.columnar.database import Table, quoted
from analysis.columnar.exact import BITS_OF_FLOAT
from analysis.columnar.grids import Grids, range_of_weights
from analysis.columnar.layout import EVERYBODY, Layout, largest
from analysis.columnar.order import Values, numbered, order_of
from analysis.columnar.request import Feature, Number, Request, Trait
from analysis.columnar.totals import ColumnarTotals, DomainTotals, ExactSums
from analysis.columnar.whole import Digits, Whole

Integers = NDArray[np.int64]

FIRST_ROWS: Final = 2**15
FEW_CELLS: Final = 2**12
"""Cells among the first rows up to which, as for up to half of the rows, there are few."""
MOST_TRAITS: Final = 12
MOST_MISSING: Final = 0.5
"""Answers missing per row up to which those who lack some are few."""


def reduce_in_database(
    paths: Sequence[Path | str], request: Request, *, is_part: bool, n_threads: int
) -> ColumnarTotals | None:
    """Total columns by a group-by, if that is possible and quicker.

    Returns
    -------
    ColumnarTotals, or None
        None for columns of text, features that are floats or codes, many
        small cells, many missing answers, and whenever something is wrong: a
        pass over the rows knows in which row.
    """
    if any(isinstance(one, Trait) and one.codes for one in (*request.totals, *request.supports)):
        return None
    import duckdb

    try:
        table = Table.open(paths, request.columns, n_threads)
        if table is None:
            return None
        with table:
            plan = _Plan.of(request, table.with_ranges((request.weight, *request.item_columns)))
            return None if plan is None else plan.totals(is_part=is_part)
    except duckdb.Error:
        return None


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Sums of groups of rows, shape (n_groups,) each.

    Attributes
    ----------
    keys : tuple of ndarray of int64
        Values of the columns that are grouped by; 0 where missing.
    is_inside : ndarray of bool
        Whether none of them is missing.
    lacks : ndarray of int64
        Bits of the traits that the rows lack.
    n : ndarray of int64
        Rows with positive weight.
    weight, squared : Digits
        Sums of weights and of their squares.
    features : list of Digits
        Sums of weights times numbers.
    """

    keys: tuple[Integers, ...]
    is_inside: NDArray[np.bool_]
    lacks: Integers
    n: Integers
    weight: Digits
    squared: Digits
    features: list[Digits]


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What is asked of the database."""

    request: Request
    table: Table
    layout: Layout
    weight: Whole
    squared: Whole

    @classmethod
    def of(cls, request: Request, table: Table) -> _Plan | None:
        """Plan the queries, if they are worth it."""
        if any(not _is_key(table.columns[name].kind) for name in request.key_columns):
            return None
        given = table.columns[request.weight]
        if not given.is_number or table.n_missing[request.weight] or not given.low >= 0:
            return None
        layout = Layout.of(request, table.columns)
        if layout.wide or not all(_is_whole(feature, table) for feature in layout.small):
            return None
        grids = Grids.of(request.weight, layout, table)
        size = max((largest(feature, table.columns) for feature in layout.small), default=1.0)
        low, high, significant = range_of_weights(table.columns[request.weight], table)
        weight = Whole.of_weights(grids.weight, low, high, significant, size)
        squared = Whole.of_grid(grids.squared, low * low, high * high, BITS_OF_FLOAT)
        if weight is None or squared is None:
            return None
        plan = cls(request, table, layout, weight, squared)
        return plan if plan._is_quicker() else None

    def _is_quicker(self) -> bool:
        """Look at how many answers are missing, and at the cells of the first rows."""
        traits = self._traits()
        asked = {name for trait in traits for name in trait.columns}
        n_missing = sum(self.table.n_missing[name] for name in asked)
        if len(traits) > MOST_TRAITS or n_missing > MOST_MISSING * self.table.n_rows:
            return False
        for number in range(len(self.request.by)):
            keys = ", ".join(map(quoted, self._keys(number)))
            first = f"SELECT {keys} FROM {self.table.source} LIMIT {FIRST_ROWS}"  # noqa: S608  quoted
            query = f"SELECT count(*) AS n FROM (SELECT DISTINCT {keys} FROM ({first}))"  # noqa: S608
            n_cells = int(self.table.fetch(query)["n"][0])
            if n_cells > max(FEW_CELLS, min(FIRST_ROWS, self.table.n_rows) / 2):
                return False
        return True

    def _keys(self, number: int) -> list[str]:
        """Name the columns that a partition is grouped by."""
        return list(dict.fromkeys((*self.request.design_columns, *self.request.by[number])))

    def _traits(self) -> list[Trait]:
        """Return who is not everybody."""
        return [one for one in self.layout.small if isinstance(one, Trait) and one != EVERYBODY]

    def _numbers(self) -> list[Number]:
        return [one for one in self.layout.small if isinstance(one, Number)]

    def totals(self, *, is_part: bool) -> ColumnarTotals | None:
        """Ask for everything; None if something is wrong with the data."""
        parts: list[DomainTotals] = []
        clusters: Values = ()
        for number in range(len(self.request.by)):
            groups = self._groups(number, lacking=False)
            if groups is None:
                return None
            few = self._groups(number, lacking=True) if self._traits() else None
            part, clusters = self._part(number, groups, few, is_part=is_part)
            parts.append(part)
        n_rows = self.table.n_rows
        return ColumnarTotals(self.request, self.layout, n_rows, clusters, tuple(parts))

    def _groups(self, number: int, *, lacking: bool) -> _Groups | None:
        """Group everybody, or those who lack some trait by what they lack."""
        keys = self._keys(number)
        found = self.table.fetch(self._query(keys, lacking=lacking))
        n_groups = len(found["n"])
        is_given = [~np.ma.getmaskarray(found[f"k{k}"]) for k in range(len(keys))]
        n_design = len(self.request.design_columns)
        is_drawn = np.logical_and.reduce(is_given[:n_design])
        if not is_drawn.all():
            return None

        def digits(name: str, whole: Whole) -> Digits:
            return tuple(_whole(found[f"{name}_{k}"]) for k in range(whole.grid.n_pieces))

        n_features = 0 if lacking else len(self._numbers())
        return _Groups(
            keys=tuple(_whole(found[f"k{k}"]) for k in range(len(keys))),
            is_inside=np.logical_and.reduce(is_given),
            lacks=_whole(found["lacks"]) if lacking else np.zeros(n_groups, dtype=np.int64),
            n=_whole(found["n"]),
            weight=digits("w", self.weight),
            squared=digits("q", self.squared),
            features=[digits(f"f{k}", self.weight) for k in range(n_features)],
        )

    def _query(self, keys: Sequence[str], *, lacking: bool) -> str:
        """Write a group-by: rows cut to whole numbers, sums of groups, their digits."""
        weight = f"{quoted(self.request.weight)}::DOUBLE"
        w, q = self.weight.pieces("weight"), self.squared.pieces("(weight * weight)")
        rows = [f"{quoted(name)} AS k{k}" for k, name in enumerate(keys)]
        grouped = [f"k{k}" for k in range(len(keys))]
        sums = {"w": [f"w{j}" for j in range(len(w))], "q": [f"q{j}" for j in range(len(q))]}
        where = ""
        answers = self._answers()
        if lacking:
            bits = [f"(({one}) IS NULL)::BIGINT * {1 << k}" for k, one in enumerate(answers)]
            rows.append(f"{' + '.join(bits)} AS lacks")
            grouped.append("lacks")
            where = f"WHERE ({' & '.join(answers)}) IS NULL"
        else:
            for k, number in enumerate(self._numbers()):
                rows.append(f"{_value(number)} AS x{k}")
                sums[f"f{k}"] = [f"w{j} * x{k}" for j in range(len(w))]
        cut = ", ".join(f"{one} AS w{j}" for j, one in enumerate(w)) + ", "
        cut += ", ".join(f"{one} AS q{j}" for j, one in enumerate(q))
        has_zeros = not self.table.columns[self.request.weight].low > 0
        inner = [f"count(*) {'FILTER (weight > 0)' if has_zeros else ''} AS n"]
        inner += [
            f"sum({one}) AS {name}_{j}" for name, of in sums.items() for j, one in enumerate(of)
        ]
        outer = [*grouped, "n"]
        for name, of in sums.items():
            whole = self.squared if name == "q" else self.weight
            digits = whole.digits([f"{name}_{j}" for j in range(len(of))])
            outer += [f"{one} AS {name}_{j}" for j, one in enumerate(digits)]
        return (  # names are quoted, all else is written here
            f"SELECT {', '.join(outer)} FROM (SELECT {', '.join([*grouped, *inner])} FROM "  # noqa: S608
            f"(SELECT *, {cut} FROM (SELECT {', '.join(rows)}, {weight} AS weight "
            f"FROM {self.table.source} {where})) GROUP BY {', '.join(grouped)})"
        )

    def _answers(self) -> list[str]:
        """Write what is missing for those who lack each trait, in one type."""
        traits = self._traits()
        types = {self.table.columns[name].type for trait in traits for name in trait.columns}
        kind = types.pop() if len(types) == 1 and types != {"BOOLEAN"} else "BIGINT"
        return [_answer(trait, kind) for trait in traits]

    def _part(
        self, number: int, groups: _Groups, few: _Groups | None, *, is_part: bool
    ) -> tuple[DomainTotals, Values]:
        """Put sums into the order of domains and clusters."""
        keys = self._keys(number)
        design = [keys.index(name) for name in self.request.design_columns]
        by = [keys.index(name) for name in self.request.by[number]]
        n_groups = len(groups.n)
        clusters, cluster = numbered([groups.keys[k] for k in design], n_groups)
        n_clusters = len(clusters[0])
        inside = np.flatnonzero(groups.is_inside)
        domains, domain = numbered([groups.keys[k][inside] for k in by], len(inside))
        n_domains = len(domains[0]) if domains else int(len(inside) > 0)
        order = order_of(domain * n_clusters + cluster[inside], n_domains * n_clusters)
        cells = inside[order]
        lost = _Lost.of(groups, few, len(self._traits()))
        values = ExactSums.empty(len(cells), self.layout.n_totals, is_part=is_part)
        n_supports = len(self.layout.supports)
        squared = ExactSums.empty(len(cells), n_supports, is_part=is_part)
        n = np.empty((len(cells), n_supports), dtype=np.int64)
        first, traits, numbers = (
            len(self.layout.small) - n_supports,
            self._traits(),
            self._numbers(),
        )
        for place, feature in enumerate(self.layout.small):
            if isinstance(feature, Number):
                sums = groups.features[numbers.index(feature)]
                values.write_one(place, *self.weight.total([one[cells] for one in sums]))
                continue
            k = traits.index(feature) if feature != EVERYBODY else None
            sums = lost.rest(groups.weight, lost.weight, k)
            values.write_one(place, *self.weight.total([one[cells] for one in sums]))
            if place >= first:
                sums = lost.rest(groups.squared, lost.squared, k)
                squared.write_one(place - first, *self.squared.total([one[cells] for one in sums]))
                n[:, place - first] = lost.rest((groups.n,), lost.n, k)[0][cells]
        part = DomainTotals(domains, n_domains, domain[order], cluster[cells], values, n, squared)
        return part, clusters


@dataclass(frozen=True, slots=True, eq=False)
class _Lost:
    """Sums of those who lack each trait, as digits of shape (n_groups,)."""

    n: list[Digits]
    weight: list[Digits]
    squared: list[Digits]

    @classmethod
    def of(cls, groups: _Groups, few: _Groups | None, n_traits: int) -> _Lost:
        """Add up groups by what they lack."""
        if few is None:
            return cls([], [], [])
        inside, chosen = np.flatnonzero(groups.is_inside), np.flatnonzero(few.is_inside)
        both = [
            np.concatenate([a[inside], b[chosen]])
            for a, b in zip(groups.keys, few.keys, strict=True)
        ]
        _, rank = numbered(both, len(inside) + len(chosen))
        group = np.zeros(int(rank.max(initial=0)) + 1, dtype=np.int64)
        group[rank[: len(inside)]] = inside
        of_few = group[rank[len(inside) :]]
        n_groups = len(groups.n)
        lost = cls([], [], [])
        for k in range(n_traits):
            rows = np.flatnonzero((few.lacks[chosen] >> k) & 1)
            for sums, digits in zip(
                (lost.n, lost.weight, lost.squared),
                ((few.n,), few.weight, few.squared),
                strict=True,
            ):
                sums.append(
                    tuple(_added(of_few[rows], one[chosen[rows]], n_groups) for one in digits)
                )
        return lost

    @staticmethod
    def rest(everybody: Digits, lost: list[Digits], k: int | None) -> Digits:
        """Return the sums of those who have a trait; of everybody without one."""
        if k is None:
            return everybody
        return tuple(one - other for one, other in zip(everybody, lost[k], strict=True))


def _added(group: Integers, numbers: Integers, n_groups: int) -> Integers:
    sums = np.zeros(n_groups, dtype=np.int64)
    np.add.at(sums, group, numbers)
    return sums


def _whole(column: NDArray[np.generic]) -> Integers:
    """Return integers, zero where missing."""
    return np.ma.filled(column, 0).astype(np.int64)


def _is_key(kind: Kind) -> bool:
    return kind in {Kind.INTEGER, Kind.TRUTH}


def _is_whole(feature: Feature, table: Table) -> bool:
    """Say whether a feature is a whole number in SQL as well."""
    if isinstance(feature, Trait):
        kinds = [table.columns[name].kind for name in feature.columns]
        return feature.codes is None and all(map(_is_key, kinds))
    column = table.columns[feature.column]
    return column.is_truth or (column.is_integer and column.low is not None and column.low >= 0)


def _answer(trait: Trait, kind: str) -> str:
    """Write something that is missing for those who lack a trait."""
    columns = [f"{quoted(name)}::{kind}" for name in trait.columns]
    return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"


def _value(number: Number) -> str:
    column = f"{quoted(number.column)}::BIGINT"
    return f"({column} * {column})" if number.is_squared else column
