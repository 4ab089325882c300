"""One pass over Parquet files: weighted totals per final cluster and domain.

Only the columns that are needed are read, some rows at a time; what is kept
are sums per non-empty (domain, cluster) cell, as integers, so that neither
the order of rows nor their division into files changes a bit of the result.
One thread reads, one turns rows into integers, one adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.codes import numbers
from analysis.columnar.errors import WrongStatisticsError
from analysis.columnar.features import ItemColumn, Items, Layout
from analysis.columnar.files import Files
from analysis.columnar.grids import Grids
from analysis.columnar.keys import Coded, KeyColumns, Keys, sort_keys
from analysis.columnar.partition import Partition
from analysis.columnar.request import Request
from analysis.columnar.room import Room
from analysis.columnar.scatter import Helper
from analysis.columnar.sums import Addends, Sums
from analysis.columnar.totals import ColumnarTotals
from analysis.columnar.ways import Ways
from analysis.errors import BadWeightError, MissingDesignError


def reduce_parquet(
    paths: Sequence[Path | str] | Path | str, request: Request, *, is_part: bool = False
) -> ColumnarTotals:
    """Total columns of Parquet files per domain and final cluster.

    Parameters
    ----------
    paths : path or sequence of paths
        Parts of one sample, with the same columns.
    request : Request
        What is wanted.
    is_part : bool
        Whether totals of other parts will be added, from another process or
        machine; then what is rounded away from each sum is kept with it.

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
        return reduction.result(is_part=is_part)


class _Reduction:
    """Sums so far."""

    def __init__(self, request: Request, files: Files, helper: Helper) -> None:
        self._request, self._helper = request, helper
        self._layout = Layout.of(request, files.columns)
        self._grids = Grids.of(request.weight, self._layout, files)
        self._weight = files.columns[request.weight]
        self._items = Items(self._layout, {n: files.columns[n] for n in request.item_columns})
        self._columns = KeyColumns(request.key_columns, files.columns)
        self._clusters = Keys(request.design_columns, self._columns)
        self._is_drawn = np.zeros(0, dtype=np.bool_)
        self._ways: Ways | None = None
        self._parts: list[Partition] = []
        self._n_rows = 0

    def add(self, batch: Any) -> None:
        """Add the rows of a batch."""
        items = self._items.read(batch, self._request.item_columns)
        ways = self._ways or self._begin(items)
        coded = self._columns.read(batch)
        cluster = self._cluster(coded, batch.num_rows)
        room = self._helper.rooms.get()
        cells = [self._cell(part, coded, cluster, room) for part in self._parts]
        if any(part.is_short_of_room for part in self._parts):
            self._helper.wait()
            for part in self._parts:
                part.grow()
        addends = self._addends(self._read_weight(batch), items, ways, room)
        self._helper.hand_over(partial(self._add, cells, addends), room)
        self._n_rows += batch.num_rows

    def _begin(self, items: Mapping[str, ItemColumn]) -> Ways:
        """Choose the ways of summing by what the first rows look like."""
        self._ways = Ways.of(self._layout, self._items.shares(items))
        self._parts = [
            Partition(names, self._columns, Sums(self._layout, self._ways, self._grids))
            for names in self._request.by
        ]
        return self._ways

    def _add(self, cells: Sequence[NDArray[np.int32]], addends: Addends) -> None:
        for part, cell in zip(self._parts, cells, strict=True):
            part.add(cell, addends)

    def _cell(
        self, part: Partition, coded: Coded, cluster: NDArray[Any], room: Room
    ) -> NDArray[np.int32]:
        """Return the cell of each row, where the next batch leaves it alone."""
        number = self._parts.index(part)
        kept = room.array(f"cell {number}", (len(cluster),), np.int32)
        np.copyto(kept, part.cells(coded, cluster, self._clusters.bound))
        return kept

    def _cluster(self, coded: Coded, n: int) -> NDArray[Any]:
        """Return the number of each row's cluster."""
        for name in self._request.design_columns:
            missing = coded[name][1]
            if missing is not None:
                raise MissingDesignError(column=name, row=self._n_rows + int(np.argmax(missing)))
        cluster, _ = self._clusters.number(coded, n)
        if self._clusters.bound > len(self._is_drawn):
            more = self._clusters.bound - len(self._is_drawn)
            self._is_drawn = np.pad(
                self._is_drawn, (0, more), constant_values=self._clusters.are_all_present
            )
        if not self._clusters.are_all_present:
            self._is_drawn[cluster] = True
        return cluster

    def _read_weight(self, batch: Any) -> NDArray[np.float64]:
        weight, missing = numbers(batch.column(self._weight.name), self._weight)
        if missing is not None:
            raise BadWeightError(row=self._n_rows + int(np.argmax(missing)), value="missing")
        least, greatest = weight.min(), weight.max()
        if not (least >= 0 and greatest < np.inf):
            row = int(np.argmax(~((weight >= 0) & (weight < np.inf))))
            raise BadWeightError(row=self._n_rows + row, value=weight[row])
        if greatest >= self._grids.weight.limit:
            raise WrongStatisticsError(column=self._weight.name)
        return weight.astype(np.float64, copy=False)

    def _addends(
        self, weight: NDArray[np.float64], items: Mapping[str, ItemColumn], ways: Ways, room: Room
    ) -> Addends:
        """Turn some rows into integers."""
        n, grids = len(weight), self._grids
        n_weight, n_squared = grids.weight.n_pieces, grids.squared.n_pieces
        pieces = room.array("pieces", (n_weight + n_squared + 1, n), np.int64)
        square = room.array("square", (n,), np.float64)
        np.multiply(weight, weight, out=square)
        grids.weight.split(weight, pieces[:n_weight], room)
        grids.squared.split(square, pieces[n_weight:-1], room)
        np.not_equal(weight, 0.0, out=pieces[-1], casting="unsafe")
        moments = room.array("moments", pieces.T.shape, np.int64)
        np.copyto(moments, pieces.T)
        wide = [
            np.ascontiguousarray(grid.cut(weight * feature).T)
            for grid, feature in zip(grids.wide, self._items.wide(items), strict=True)
        ]
        exceptions = [
            self._items.rows(items, place, n, has=place in ways.few) for place in ways.exceptions
        ]
        dense = self._items.dense(items, ways.dense, n, room)
        return Addends(pieces, moments, dense, exceptions, wide)

    def result(self, *, is_part: bool) -> ColumnarTotals:
        """Return the totals, clusters and domains sorted by their values."""
        self._helper.wait()
        drawn = np.flatnonzero(self._is_drawn)
        clusters = self._clusters.values(drawn)
        order = sort_keys(clusters, len(drawn))
        rank = np.zeros(len(self._is_drawn), dtype=np.int64)
        rank[drawn[order]] = np.arange(len(drawn))
        parts = []
        while self._parts:
            parts.append(self._parts.pop(0).totals(rank, len(drawn), is_part=is_part))
        return ColumnarTotals(
            request=self._request,
            layout=self._layout,
            n_rows=self._n_rows,
            clusters=tuple(column[order] for column in clusters),
            parts=tuple(parts),
        )
