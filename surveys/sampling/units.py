"""Units of each stage in a frame, numbered in the order that chance counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.frame import Categories, Frame
from surveys.sampling.schema import ROW, joined

Codes = NDArray[np.int32]
Whole = NDArray[np.int64]

_TABLE_AT_MOST = 4_000_000
"""Pairs of codes up to this many are numbered by a table instead of by sorting."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """All units of one stage, in the order of the units above and then of their own codes.

    Attributes
    ----------
    name : str
        Column of the frame, or ``"row"``.
    n : int
        How many there are.
    parent : ndarray of int32, shape (n,)
        Unit of the stage before; zeros at the first stage.
    of_row : ndarray of int32, shape (n_rows,), optional
        Unit of each row of the frame; None if rows are the units.
    row : ndarray of int64, shape (n,)
        The first row of each unit.
    """

    name: str
    n: int
    parent: Codes
    of_row: Codes | None
    row: Whole

    def codes(self, frame: Frame, units: Whole) -> list[str]:
        """Return the codes of some units, without those of the units above."""
        if self.name == ROW:
            return frame.names(units)
        column = frame.categories[self.name]
        return [column.labels[code] for code in column.codes[self.row[units]].tolist()]

    def per_row(self) -> Codes:
        """Return the unit of each row, shape (n_rows,)."""
        return np.arange(self.n, dtype=np.int32) if self.of_row is None else self.of_row

    def total(self, values: Whole) -> Whole:
        """Return the sum of a measure of rows in each unit, shape (n,); exact below 2**53."""
        if self.of_row is None:
            return values
        return np.bincount(self.of_row, weights=values, minlength=self.n).astype(np.int64)

    def count(self, is_kept: NDArray[np.bool_] | None) -> Whole:
        """Return the number of rows of each unit that are kept, shape (n,)."""
        if self.of_row is None:
            return np.ones(self.n, dtype=np.int64) if is_kept is None else is_kept.astype(np.int64)
        rows = self.of_row if is_kept is None else self.of_row[is_kept]
        return np.bincount(rows, minlength=self.n)

    def is_constant(self, codes: Codes) -> bool:
        """Return whether all rows of a unit have the same code."""
        if self.of_row is None:
            return True
        return bool((codes[self.row][self.of_row] == codes).all())


def row_units(frame: Frame, above: Units | None) -> Units:
    """Return the rows of a frame as units of the stage below others."""
    parent = np.zeros(frame.n, dtype=np.int32) if above is None else above.per_row()
    return Units(ROW, frame.n, parent, None, np.arange(frame.n))


def column_units(frame: Frame, name: str, above: Units | None) -> Units:
    """Return the units that a column names, within the units above."""
    column = frame.categories[name]
    n_labels = len(column.labels)
    if above is None:
        parent, of_row = np.zeros(n_labels, dtype=np.int32), column.codes
    else:
        parent, of_row = _nested(above, column)
    return Units(name, len(parent), parent, of_row, _first_rows(of_row, len(parent)))


def _first_rows(codes: Codes, n: int) -> Whole:
    """Return where each code stands first; all occur.

    Looks at as many rows as it needs: mostly the first few hold every code.
    """
    first = np.full(n, -1, dtype=np.int64)
    length = min(8 * n, len(codes))
    while True:
        first[codes[length - 1 :: -1] if length else codes] = np.arange(length - 1, -1, -1)
        if length == len(codes) or (first >= 0).all():
            return first
        length = min(4 * length, len(codes))


def _nested(above: Units, column: Categories) -> tuple[Codes, Codes]:
    """Give numbers to the pairs of a unit above and a code."""
    outer = above.per_row()
    n_labels = len(column.labels)
    of_label = outer[_first_rows(column.codes, n_labels)]
    if (of_label[column.codes] == outer).all():  # each code lies in one unit above
        if (of_label[1:] >= of_label[:-1]).all():
            return of_label, column.codes
        order = np.argsort(of_label, kind="stable")
        place = np.empty(n_labels, dtype=np.int32)
        place[order] = np.arange(n_labels, dtype=np.int32)
        return of_label[order], place[column.codes]
    codes, pairs = number_pairs(outer, column.codes, above.n, n_labels)
    return (pairs // n_labels).astype(np.int32), codes


def number_pairs(outer: Codes, inner: Codes, n_outer: int, n_inner: int) -> tuple[Codes, Whole]:
    """Give numbers to the pairs of codes that occur, in their order.

    Returns
    -------
    codes : ndarray of int32, shape (n,)
        Number of the pair of each element.
    pairs : ndarray of int64, shape (n_pairs,)
        ``outer * n_inner + inner`` of each pair.
    """
    pair = outer.astype(np.int64) * n_inner + inner
    n_possible = n_outer * n_inner
    if n_possible > _TABLE_AT_MOST:
        pairs, codes = np.unique(pair, return_inverse=True)
        return codes.astype(np.int32), pairs
    occurs = np.zeros(n_possible, dtype=np.bool_)
    occurs[pair] = True
    number = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    return number[pair], np.flatnonzero(occurs)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Several columns in one text per element.

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        Which text each element has.
    texts : tuple of str
        The texts that occur, sorted.
    """

    codes: Codes
    texts: tuple[str, ...]


def texts_of(columns: Sequence[Categories], rows: Whole | None, n: int) -> Texts:
    """Join columns of a frame to one text for each of some rows.

    Parameters
    ----------
    columns : sequence of Categories
    rows : ndarray of int64, shape (n,), optional
        All rows if not given.
    n : int
        Number of rows; without columns each has the text ``""``.
    """
    if not columns:
        return Texts(np.zeros(n, dtype=np.int32), ("",))
    codes = columns[0].codes if rows is None else columns[0].codes[rows]
    parts = [(label,) for label in columns[0].labels]
    for column in columns[1:]:
        inner = column.codes if rows is None else column.codes[rows]
        n_inner = len(column.labels)
        codes, pairs = number_pairs(codes, inner, len(parts), n_inner)
        parts = [
            (*parts[outer], column.labels[label])
            for outer, label in zip(*(x.tolist() for x in np.divmod(pairs, n_inner)), strict=True)
        ]
    texts = [joined(part) for part in parts]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    place = np.empty(len(texts), dtype=np.int32)
    place[order] = np.arange(len(texts), dtype=np.int32)
    if order != list(range(len(texts))):
        codes = place[codes]
    return Texts(codes, tuple(texts[number] for number in order))
