"""How finely the numbers of some files have to be cut for exact sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from analysis.columnar.columns import Column, Kind
from analysis.columnar.exact import BITS_OF_FLOAT, Grid
from analysis.columnar.layout import Layout, largest
from analysis.columnar.request import Number

BITS_OF_SHORT_FLOAT = 24


class Source(Protocol):
    """What has to be known of the files."""

    @property
    def n_rows(self) -> int:
        """Rows of all files."""
        ...

    @property
    def columns(self) -> Mapping[str, Column]:
        """The columns, with the ranges of those that are numbers."""
        ...

    def least_positive(self, name: str) -> float:
        """Return the least number above zero in a column; else 1."""
        ...


@dataclass(frozen=True, slots=True)
class Grids:
    """How weights, their squares and products with wide features are cut."""

    weight: Grid
    squared: Grid
    wide: tuple[Grid, ...]

    @classmethod
    def of(cls, weight: str, layout: Layout, files: Source) -> Grids:
        """Choose by the ranges of the columns and the number of rows."""
        low, high, significant = range_of_weights(files.columns[weight], files)
        size = max((largest(feature, files.columns) for feature in layout.small), default=1.0)
        return cls(
            weight=Grid.of(high, low, files.n_rows * size, significant),
            squared=Grid.of(high * high, low * low, files.n_rows, BITS_OF_FLOAT),
            wide=tuple(
                Grid.of(high * _size(feature, files), 0.0, files.n_rows, BITS_OF_FLOAT)
                for feature in layout.wide
            ),
        )


def range_of_weights(column: Column, files: Source) -> tuple[float, float, int]:
    """Return the least positive and the greatest weight, and how many bits they have."""
    if column.is_integer:
        return 1.0, max(float(column.high), 1.0), 1
    low, high = float(column.low), float(column.high)
    if not low > 0:
        low = files.least_positive(column.name)
    is_short = column.kind is Kind.SHORT_FLOAT
    return low, high if high > 0 else 1.0, BITS_OF_SHORT_FLOAT if is_short else BITS_OF_FLOAT


def _size(feature: Number, files: Source) -> float:
    """Return the greatest size of a wide feature."""
    column = files.columns[feature.column]
    size = max(abs(float(column.low)), abs(float(column.high)))
    return (size * size if feature.is_squared else size) or 1.0
