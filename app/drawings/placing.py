"""Puts places of a map on a grid, one cell each, so that every one can be read.

The cells are given out so that the sum of squared distances from the true places is smallest, which
keeps neighbours near each other and north above south.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Column and row of a grid, counted from 0 in the north-west."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of the places, in their order, and the size of the grid."""

    cells: tuple[Cell, ...]
    n_columns: int
    n_rows: int


def place(points: Sequence[tuple[float, float] | None], n_columns: int | None = None) -> Grid:
    """Give every place a cell of its own.

    Parameters
    ----------
    points : sequence of (latitude, longitude) or None
        In degrees. Places without a point follow in rows of their own below the others.
    n_columns : int, optional
        As many columns; without it the grid is about as wide as the land is.
    """
    known = [(number, point) for number, point in enumerate(points) if point is not None]
    x, y = _plane([point for _number, point in known])
    if n_columns is None:
        n_columns = _columns(x, y)
    n_rows = math.ceil(len(known) * _ROOM / n_columns) if known else 0
    cells: dict[int, Cell] = {}
    for (number, _point), cell in zip(known, _assign(x, y, n_columns, n_rows), strict=True):
        cells[number] = cell
    used = sorted({cell.row for cell in cells.values()})
    rows = {row: at for at, row in enumerate(used)}
    cells = {number: Cell(cell.column, rows[cell.row]) for number, cell in cells.items()}
    unknown = [number for number in range(len(points)) if number not in cells]
    for at, number in enumerate(unknown):
        cells[number] = Cell(at % n_columns, len(used) + at // n_columns)
    n_rows = len(used) + math.ceil(len(unknown) / n_columns)
    return Grid(tuple(cells[number] for number in range(len(points))), n_columns, n_rows)


# Cells for each place: the free ones let the outline of the land show.
_ROOM = 1.3


def _plane(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Place points on a plane: east in x and south in y, in the same unit."""
    if not points:
        return [], []
    middle = sum(latitude for latitude, _ in points) / len(points)
    narrower = math.cos(math.radians(middle))
    return [east * narrower for _, east in points], [-north for north, _ in points]


def _columns(x: Sequence[float], y: Sequence[float]) -> int:
    """As many columns as make square cells over the extent of the places."""
    if len(x) < 2:
        return max(len(x), 1)
    wide = max(max(x) - min(x), 1e-9)
    high = max(max(y) - min(y), 1e-9)
    return min(max(round(math.sqrt(len(x) * _ROOM * wide / high)), 1), 14)


def _assign(x: Sequence[float], y: Sequence[float], n_columns: int, n_rows: int) -> list[Cell]:
    if not x:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    grid = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
    columns, rows = (axis.ravel() for axis in grid)
    east = _spread(np.asarray(x), n_columns)
    south = _spread(np.asarray(y), n_rows)
    cost = (east[:, None] - columns) ** 2 + (south[:, None] - rows) ** 2
    _places, chosen = linear_sum_assignment(cost)
    return [Cell(int(columns[at]), int(rows[at])) for at in chosen]


def _spread(values, n: int):  # type: ignore[no-untyped-def]  # arrays of numpy, imported late
    """Stretch coordinates from the first to the last cell."""
    extent = values.max() - values.min()
    if extent <= 0:
        return values * 0 + (n - 1) / 2
    return (values - values.min()) / extent * (n - 1)
