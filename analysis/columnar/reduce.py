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
from analysis.columnar.partition import Addends, Partition, blocks
from analysis.columnar.request import Request
from analysis.columnar.room import Room
from analysis.columnar.scatter import Helper
from analysis.columnar.totals import ColumnarTotals
from analysis.errors import BadWeightError, MissingDesignError

ROWS_AT_ONCE = 2**14
"""Rows turned into integers at a time: small enough for the cache."""


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
        self._parts = [
            Partition(names, self._columns, self._layout, self._grids) for names in request.by
        ]
        self._n_rows = 0

    def add(self, batch: Any) -> None:
        """Add the rows of a batch."""
        n = batch.num_rows
        coded = self._columns.read(batch)
        cluster = self._cluster(coded, n)
        cells = [part.cells(coded, cluster, self._clusters.bound) for part in self._parts]
        short = [part for part in self._parts if part.is_short_of_room]
        if short:
            self._helper.wait()
            for part in short:
                part.grow()
        weight = self._read_weight(batch)
        items = self._items.read(batch, self._request.item_columns)
        for rows in blocks(n, ROWS_AT_ONCE):
            room = self._helper.rooms.get()
            addends = self._addends(weight[rows], items, [cell[rows] for cell in cells], rows, room)
            self._helper.hand_over(partial(self._add, addends), room)
        self._n_rows += n

    def _add(self, addends: Addends) -> None:
        for number, part in enumerate(self._parts):
            part.add(addends, number)

    def _cluster(self, coded: Coded, n: int) -> NDArray[Any]:
        """Return the number of each row's cluster."""
        for name in self._request.design_columns:
            missing = coded[name][1]
            if missing is not None:
                raise MissingDesignError(column=name, row=self._n_rows + int(np.argmax(missing)))
        cluster, _ = self._clusters.number(coded, n)
        if self._clusters.bound > len(self._is_drawn):
            more = self._clusters.bound - len(self._is_drawn)
            self._is_drawn = np.pad(self._is_drawn, (0, more))
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
        self,
        weight: NDArray[np.float64],
        items: Mapping[str, ItemColumn],
        cells: Sequence[NDArray[np.int32]],
        rows: slice,
        room: Room,
    ) -> Addends:
        """Turn some rows into integers."""
        n, grids, supports = len(weight), self._grids, self._layout.supports
        small = self._items.small(items, rows, room)
        who = room.array("supports", (n, len(supports)), np.int64)
        np.copyto(who, small[:, small.shape[1] - len(supports) :])
        counted = room.array("counted", (n,), np.int64)
        np.copyto(counted, weight != 0)
        square = room.array("square", (n,), np.float64)
        np.multiply(weight, weight, out=square)
        pieces = room.array("weight", (grids.weight.n_pieces, n), np.int64)
        np.copyto(pieces, grids.weight.split(weight, room))
        kept = []
        for number, cell in enumerate(cells):
            kept.append(room.array(f"cell {number}", (n,), np.int32))
            np.copyto(kept[-1], cell)
        wide = [
            np.column_stack(list(grid.split(weight * feature)))
            for grid, feature in zip(grids.wide, self._items.wide(items, rows), strict=True)
        ]
        return Addends(pieces, grids.squared.split(square, room), counted, small, who, wide, kept)

    def result(self) -> ColumnarTotals:
        """Return the totals, clusters and domains sorted by their values."""
        self._helper.wait()
        drawn = np.flatnonzero(self._is_drawn)
        clusters = self._clusters.values(drawn)
        order = sort_keys(clusters, len(drawn))
        rank = np.zeros(len(self._is_drawn), dtype=np.int64)
        rank[drawn[order]] = np.arange(len(drawn))
        parts = []
        while self._parts:
            parts.append(self._parts.pop(0).totals(rank, len(drawn)))
        return ColumnarTotals(
            request=self._request,
            layout=self._layout,
            n_rows=self._n_rows,
            clusters=tuple(column[order] for column in clusters),
            parts=tuple(parts),
        )
