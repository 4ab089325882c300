"""One pass over Parquet files: weighted totals per final cluster and domain.

Only the columns that are needed are read, some rows at a time; what is kept
are sums per non-empty (domain, cluster) cell, as integers, so that neither
the order of rows nor their division into files changes a bit of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analysis.columnar.codes import numbers
from analysis.columnar.errors import WrongStatisticsError
from analysis.columnar.exact import BITS_OF_FLOAT, Grid
from analysis.columnar.features import ItemColumn, Items, Layout, largest
from analysis.columnar.files import Column, Files
from analysis.columnar.keys import KeyColumns, Keys, sort_keys
from analysis.columnar.numbering import PairNumbering
from analysis.columnar.request import Number, Request
from analysis.columnar.scatter import Cells, Helper
from analysis.columnar.totals import ColumnarTotals, DomainTotals, ExactSums
from analysis.errors import BadWeightError, MissingDesignError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROWS_AT_ONCE = 2**14
"""Rows turned into integers at a time: small enough for the cache."""

CELLS_AT_ONCE = 2**14


def reduce_parquet(paths: Sequence[Path | str] | Path | str, request: Request) -> ColumnarTotals:
    """Total columns of Parquet files per domain and final cluster.

    Parameters
    ----------
    paths : path or sequence of paths
        Parts of one sample, with the same columns.
    request : Request
        What is wanted.

    Returns
    -------
    ColumnarTotals
        The same bits whatever the order of rows and files. Missing answers
        are zeros and do not contribute; respondents without a domain are in
        none, yet their cluster was drawn.

    Raises
    ------
    UnknownColumnError, BadColumnTypeError, EmptySampleError,
    MissingDesignError, BadWeightError, WrongStatisticsError
    """
    listed = [paths] if isinstance(paths, (str, Path)) else paths
    files = Files.open(listed, request.columns, (request.weight, *request.item_columns))
    with Helper() as helper:
        reduction = _Reduction(request, files, helper)
        for batch in files.batches():
            reduction.add(batch)
        return reduction.result()


@dataclass(frozen=True, slots=True)
class _Grids:
    """How weights, their squares and products with wide features are cut."""

    weight: Grid
    squared: Grid
    wide: tuple[Grid, ...]

    @classmethod
    def of(cls, request: Request, layout: Layout, files: Files) -> _Grids:
        column = files.columns[request.weight]
        low, high, significant = _range_of_weights(column, files)
        size = max((largest(feature, files.columns) for feature in layout.small), default=1.0)
        return cls(
            weight=Grid.of(high, low, files.n_rows * size, significant),
            squared=Grid.of(high * high, low * low, files.n_rows, BITS_OF_FLOAT),
            wide=tuple(
                Grid.of(high * _size(feature, files), 0.0, files.n_rows, BITS_OF_FLOAT)
                for feature in layout.wide
            ),
        )


def _range_of_weights(column: Column, files: Files) -> tuple[float, float, int]:
    """Return the least positive and the greatest weight, and how many bits they have."""
    if pa.types.is_integer(column.kind):
        return 1.0, max(float(column.high), 1.0), 1
    low, high = float(column.low), float(column.high)
    if not low > 0:
        low = files.least_positive(column.name)
    is_short = pa.types.is_float32(column.kind) or pa.types.is_float16(column.kind)
    return low, high if high > 0 else 1.0, 24 if is_short else BITS_OF_FLOAT


def _size(feature: Number, files: Files) -> float:
    """Return the greatest size of a wide feature."""
    column = files.columns[feature.column]
    size = max(abs(float(column.low)), abs(float(column.high)))
    return (size * size if feature.is_squared else size) or 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Addends:
    """What some rows add to their cells: weights in pieces, and features."""

    weight: list[Integers]
    squared: list[Integers]
    counted: Integers
    small: Integers
    supports: Integers
    wide: list[Integers]


class _Partition:
    """Sums of one partition into domains. Cell 0 is for those in no domain."""

    def __init__(self, names: Sequence[str], columns: KeyColumns, layout: Layout, grids: _Grids):
        self.domains = Keys(names, columns)
        self.pairs = PairNumbering()
        n_supports = len(layout.supports)
        self.values = [Cells(len(layout.small)) for _ in range(grids.weight.n_pieces)]
        self.wide = [Cells(grid.n_pieces) for grid in grids.wide]
        self.squares = [Cells(n_supports) for _ in range(grids.squared.n_pieces)]
        self.n = Cells(n_supports)

    def cells(self, coded: Any, cluster: NDArray[np.int32], n_clusters: int) -> NDArray[np.int32]:
        """Return the cell of each row, making room for new ones."""
        domain = self.domains.number(coded, len(cluster))
        n_domains = len(self.domains)
        outside = domain < 0
        if outside.any():
            inside = np.flatnonzero(~outside)
            cell = np.zeros(len(domain), dtype=np.int32)
            cell[inside] = 1 + self.pairs.number(
                cluster[inside], n_clusters, domain[inside], n_domains
            )
        else:
            cell = self.pairs.number(cluster, n_clusters, domain, n_domains) + np.int32(1)
        for sums in (*self.values, *self.wide, *self.squares, self.n):
            sums.grow(1 + len(self.pairs))
        return cell

    def add(self, cell: NDArray[np.int32], rows: _Addends) -> None:
        """Add some rows to their cells."""
        for sums, piece in zip(self.values, rows.weight, strict=True):
            sums.add(cell, piece, rows.small)
        for sums, piece in zip(self.squares, rows.squared, strict=True):
            sums.add(cell, piece, rows.supports)
        self.n.add(cell, rows.counted, rows.supports)
        for sums, pieces in zip(self.wide, rows.wide, strict=True):
            sums.add(cell, np.ones(len(cell), dtype=np.int64), pieces)


class _Reduction:
    """Sums so far."""

    def __init__(self, request: Request, files: Files, helper: Helper) -> None:
        self._helper = helper
        self._request = request
        self._layout = Layout.of(request, files.columns)
        self._grids = _Grids.of(request, self._layout, files)
        self._weight = files.columns[request.weight]
        self._items = Items(self._layout, {n: files.columns[n] for n in request.item_columns})
        self._columns = KeyColumns(request.key_columns, files.columns)
        self._clusters = Keys(request.design_columns, self._columns)
        self._parts = [
            _Partition(names, self._columns, self._layout, self._grids) for names in request.by
        ]
        self._n_rows = 0

    def add(self, batch: Any) -> None:
        """Add the rows of a batch."""
        n = batch.num_rows
        coded = self._columns.read(batch)
        self._check_design(coded)
        cluster = self._clusters.number(coded, n)
        cells = [part.cells(coded, cluster, len(self._clusters)) for part in self._parts]
        weight = self._read_weight(batch)
        items = self._items.read(batch, self._request.item_columns)
        for rows in _blocks(n):
            addends = self._addends(weight[rows], items, rows)
            for part, cell in zip(self._parts, cells, strict=True):
                self._helper.hand_over(partial(part.add, cell[rows], addends))
        # Cells may have to move to a larger place before the next batch.
        self._helper.wait()
        self._n_rows += n

    def _addends(
        self, weight: NDArray[Any], items: Mapping[str, ItemColumn], rows: slice
    ) -> _Addends:
        numbers_ = weight.astype(np.float64, copy=False)
        small = self._items.small(items, rows)
        grids = self._grids
        return _Addends(
            weight=grids.weight.split(numbers_),
            squared=grids.squared.split(numbers_ * numbers_),
            counted=(numbers_ != 0).astype(np.int64),
            small=small,
            supports=small[:, small.shape[1] - len(self._layout.supports) :].copy(),
            wide=[
                np.column_stack(grid.split(numbers_ * feature))
                for grid, feature in zip(grids.wide, self._items.wide(items, rows), strict=True)
            ],
        )

    def _check_design(self, coded: Any) -> None:
        for name in self._request.design_columns:
            missing = coded[name][1]
            if missing is not None:
                raise MissingDesignError(column=name, row=self._n_rows + int(np.argmax(missing)))

    def _read_weight(self, batch: Any) -> NDArray[Any]:
        weight, missing = numbers(batch.column(self._weight.name), self._weight)
        if missing is not None:
            raise BadWeightError(row=self._n_rows + int(np.argmax(missing)), value="missing")
        if not (weight.min() >= 0 and weight.max() < np.inf):
            row = int(np.argmax(~((weight >= 0) & (weight < np.inf))))
            raise BadWeightError(row=self._n_rows + row, value=weight[row])
        if weight.max() >= self._grids.weight.limit:
            raise WrongStatisticsError(column=self._weight.name)
        return weight

    def result(self) -> ColumnarTotals:
        """Return the totals, clusters and domains sorted by their values."""
        clusters = self._clusters.values()
        order = sort_keys(clusters, len(self._clusters))
        rank = _ranks(order)
        parts = []
        while self._parts:
            parts.append(_part(self._parts.pop(0), rank, self._grids))
        return ColumnarTotals(
            request=self._request,
            layout=self._layout,
            n_rows=self._n_rows,
            clusters=tuple(column[order] for column in clusters),
            parts=tuple(parts),
        )


def _part(part: _Partition, cluster_rank: NDArray[np.int64], grids: _Grids) -> DomainTotals:
    values = part.domains.values()
    order = sort_keys(values, len(part.domains))
    cluster, domain = part.pairs.pairs
    domain, cluster = _ranks(order)[domain], cluster_rank[cluster]
    cells = np.argsort(domain * len(cluster_rank) + cluster)
    return DomainTotals(
        domains=tuple(column[order] for column in values),
        n_domains=len(part.domains),
        domain=domain[cells],
        cluster=cluster[cells],
        values=_values(part, grids, cells),
        n=part.n.sums[1 + cells],
        squared_weight=_exact([sums.sums for sums in part.squares], grids.squared, cells),
    )


def _values(part: _Partition, grids: _Grids, cells: NDArray[np.int64]) -> ExactSums:
    found = [_exact([sums.sums for sums in part.values], grids.weight, cells)]
    for sums, grid in zip(part.wide, grids.wide, strict=True):
        pieces = [sums.sums[:, [piece]] for piece in range(grid.n_pieces)]
        found.append(_exact(pieces, grid, cells))
    if len(found) == 1:
        return found[0]
    return ExactSums(
        np.concatenate([sums.high for sums in found], axis=1),
        np.concatenate([sums.low for sums in found], axis=1),
    )


def _exact(pieces: Sequence[Integers], grid: Grid, cells: NDArray[np.int64]) -> ExactSums:
    """Turn the sums of some cells into floats, some at a time."""
    shape = (len(cells), pieces[0].shape[1])
    found = ExactSums(np.empty(shape), np.empty(shape))

    def work_out(rows: slice) -> None:
        chosen = 1 + cells[rows]
        found.high[rows], found.low[rows] = grid.total([piece[chosen] for piece in pieces])

    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(work_out, _blocks(len(cells), CELLS_AT_ONCE)):
            pass
    return found


def _ranks(order: NDArray[np.int64]) -> NDArray[np.int64]:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _blocks(n: int, step: int = ROWS_AT_ONCE) -> Iterator[slice]:
    for begin in range(0, n, step):
        yield slice(begin, min(begin + step, n))
