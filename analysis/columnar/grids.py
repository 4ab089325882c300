"""How finely the numbers of some files have to be cut for exact sums."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from analysis.columnar.exact import BITS_OF_FLOAT, Grid
from analysis.columnar.features import Layout, largest
from analysis.columnar.files import Column, Files
from analysis.columnar.request import Number

BITS_OF_SHORT_FLOAT = 24


@dataclass(frozen=True, slots=True)
class Grids:
    """How weights, their squares and products with wide features are cut."""

    weight: Grid
    squared: Grid
    wide: tuple[Grid, ...]

    @classmethod
    def of(cls, weight: str, layout: Layout, files: Files) -> Grids:
        """Choose by the ranges of the columns and the number of rows."""
        low, high, significant = _range_of_weights(files.columns[weight], files)
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
    return low, high if high > 0 else 1.0, BITS_OF_SHORT_FLOAT if is_short else BITS_OF_FLOAT


def _size(feature: Number, files: Files) -> float:
    """Return the greatest size of a wide feature."""
    column = files.columns[feature.column]
    size = max(abs(float(column.low)), abs(float(column.high)))
    return (size * size if feature.is_squared else size) or 1.0
