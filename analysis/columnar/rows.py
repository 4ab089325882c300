"""Rows of a batch as the integers they add to their cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.codes import numbers
from analysis.columnar.columns import Column
from analysis.columnar.errors import WrongStatisticsError
from analysis.columnar.exact import Grid
from analysis.columnar.features import Items
from analysis.columnar.grids import Grids
from analysis.columnar.layout import Layout
from analysis.columnar.request import Request
from analysis.columnar.room import Room
from analysis.columnar.sums import Addends
from analysis.columnar.ways import Ways
from analysis.errors import BadWeightError


class RowReader:
    """Reads weights and items; one for each thread."""

    def __init__(
        self,
        request: Request,
        layout: Layout,
        grids: Grids,
        ways: Ways,
        columns: Mapping[str, Column],
    ) -> None:
        self._names = request.item_columns
        self._grids, self._ways = grids, ways
        self._weight = columns[request.weight]
        self._items = Items(layout, columns)

    def addends(self, batch: Any, first_row: int, room: Room) -> Addends:
        """Turn the rows of a batch into integers.

        Parameters
        ----------
        batch : pyarrow.RecordBatch
        first_row : int
            Its number, for messages.
        room : Room
            Where to put them.

        Raises
        ------
        BadWeightError, BadColumnTypeError, WrongStatisticsError
        """
        weight = self._read_weight(batch, first_row)
        items = self._items.read(batch, self._names)
        n, grids, ways = len(weight), self._grids, self._ways
        n_weight, n_squared = grids.weight.n_pieces, grids.squared.n_pieces
        pieces = room.array("pieces", (n_weight + n_squared + 1, n), np.int64)
        square = room.array("square", (n,), np.float64)
        np.multiply(weight, weight, out=square)
        grids.weight.split(weight, pieces[:n_weight], room)
        grids.squared.split(square, pieces[n_weight:-1], room)
        np.not_equal(weight, 0.0, out=pieces[-1], casting="unsafe")
        moments = room.array("moments", (n, len(pieces)), np.int64)
        np.copyto(moments, pieces.T)
        wide = [
            np.ascontiguousarray(_cut(weight * feature, grid).T)
            for grid, feature in zip(grids.wide, self._items.wide(items), strict=True)
        ]
        exceptions = [
            self._items.rows(items, place, n, has=place in ways.few) for place in ways.exceptions
        ]
        dense = self._items.dense(items, ways.dense, n, room)
        return Addends(pieces, moments, dense, exceptions, wide)

    def _read_weight(self, batch: Any, first_row: int) -> NDArray[np.float64]:
        weight, missing = numbers(batch.column(self._weight.name), self._weight)
        if missing is not None:
            raise BadWeightError(row=first_row + int(np.argmax(missing)), value="missing")
        least, greatest = weight.min(), weight.max()
        if not (least >= 0 and greatest < np.inf):
            row = int(np.argmax(~((weight >= 0) & (weight < np.inf))))
            raise BadWeightError(row=first_row + row, value=weight[row])
        if greatest >= self._grids.weight.limit:
            raise WrongStatisticsError(column=self._weight.name)
        return weight.astype(np.float64, copy=False)


def _cut(product: NDArray[np.float64], grid: Grid) -> NDArray[np.int64]:
    """Cut products of weight and feature; what is infinite cannot be."""
    if len(product) and not np.abs(product).max() < grid.limit:
        raise WrongStatisticsError(value=np.abs(product).max())
    return grid.cut(product)
