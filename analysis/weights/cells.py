"""Cells of respondents, and what is known of the population in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import encode
from analysis.errors import UnequalLengthsError
from analysis.weights.errors import (
    BadTotalError,
    CellsWithoutTotalError,
    EmptyCellsError,
    Label,
    MissingCategoryError,
    shown,
)
from analysis.weights.keys import JointCells, Key, multiply_by, narrow, sum_by

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Which cell each respondent belongs to.

    Attributes
    ----------
    key : ndarray of unsigned int, shape (n,)
        Position in ``labels``; ``len(labels)`` for respondents in no cell.
    labels : tuple of tuple of str
        Name of each cell: one category of each column that made it.
    times : ndarray of float64, shape (n,), optional
        How many respondents with weight each row stands for; one without it.
    """

    key: Key
    labels: tuple[Label, ...]
    times: Values | None = None

    @classmethod
    def from_columns(cls, columns: Sequence[Column]) -> Cells:
        """Cross columns of names or integers.

        Parameters
        ----------
        columns : sequence of ndarray, shape (n,)
            Who has a missing value in any belongs to no cell.

        Returns
        -------
        Cells
            Combinations that occur, sorted.

        Raises
        ------
        UnequalLengthsError
            The columns differ in length.
        """
        coded = [encode(column) for column in columns]
        if len({len(one.codes) for one in coded}) > 1:
            raise UnequalLengthsError(columns=[len(one.codes) for one in coded])
        labels = [[(level,) for level in one.levels] for one in coded]
        parts = [cls.from_codes(one.codes, names) for one, names in zip(coded, labels, strict=True)]
        return parts[0] if len(parts) == 1 else cls.crossed(parts)

    @classmethod
    def from_codes(cls, code: NDArray[np.signedinteger], labels: Sequence[Label]) -> Cells:
        """Take codes as they are, negative for no cell.

        Raises
        ------
        BadTotalError
            A code is not a position in ``labels``.
        """
        n_cells = len(labels)
        if len(code) and int(code.max()) >= n_cells:
            raise BadTotalError(code=int(code.max()), n_cells=n_cells)
        if len(code) and int(code.min()) < 0:
            code = np.where(code < 0, n_cells, code.astype(np.int32))
        return cls(narrow(code, n_cells), tuple(labels))

    @classmethod
    def crossed(cls, parts: Sequence[Cells]) -> Cells:
        """Cross several lists of cells of the same respondents, keeping what occurs."""
        joint = JointCells.of([part.key for part in parts], [part.n_cells + 1 for part in parts])
        inside = np.logical_and.reduce(
            [code < part.n_cells for code, part in zip(joint.codes, parts, strict=True)]
        )
        labels = [
            tuple(
                name for part, code in zip(parts, codes, strict=True) for name in part.labels[code]
            )
            for codes in zip(*(code[inside].tolist() for code in joint.codes), strict=True)
        ]
        place = np.full(joint.size, len(labels))
        place[joint.present[inside]] = np.arange(len(labels))
        return cls(narrow(place, len(labels))[joint.key], tuple(labels))

    @classmethod
    def whole(cls, n: int) -> Cells:
        """Put n respondents into one cell."""
        return cls(np.zeros(n, dtype=np.uint8), (("all",),))

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.key)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.labels)

    def sums(self, weight: Values) -> Values:
        """Sum weights within cells, shape (n_cells,).

        Raises
        ------
        MissingCategoryError
            A respondent with weight belongs to no cell.
        """
        found = sum_by(self.key, weight, self.n_cells + 1)
        if found[-1] != 0:
            lost = (self.key == self.n_cells) & (weight != 0)
            raise MissingCategoryError(respondents=int(self._each(lost).sum()))
        return found[:-1]

    def counts(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count respondents within cells, shape (n_cells,)."""
        return sum_by(self.key, self._each(rows), self.n_cells + 1)[:-1].astype(np.int64)

    def _each(self, rows: NDArray[np.bool_]) -> NDArray[Any]:
        """Return for how many respondents each of some rows stands, shape (n,)."""
        return rows if self.times is None else rows * self.times

    def multiply(self, factor: Values, weight: Values) -> Values:
        """Multiply weights by the factor of their cell, shape (n,)."""
        return multiply_by(self.key, np.append(factor, 1.0), weight)

    def indicators(self) -> Values:
        """Return a column of zeros and ones per cell, shape (n, n_cells)."""
        places = np.arange(self.n_cells)
        return np.equal(self.key[:, None], places).astype(np.float64)

    def merged(self, place: NDArray[np.int64], labels: Sequence[Label]) -> Cells:
        """Put cells together: ``place`` is the new position of each."""
        moved = np.append(place, len(labels))
        return Cells(narrow(moved, len(labels))[self.key], tuple(labels), self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """How many people the population has in each cell.

    Attributes
    ----------
    cells : Cells
        Of the respondents.
    totals : ndarray of float64, shape (n_cells,)
        NaN for cells of which nothing is known.
    name : str
        For messages, e.g. ``"stype"``.
    """

    cells: Cells
    totals: Values
    name: str = ""

    def __post_init__(self) -> None:
        if len(self.totals) != self.cells.n_cells:
            raise BadTotalError(margin=self.name, totals=len(self.totals))
        if np.any(self.totals < 0) or np.any(np.isinf(self.totals)):
            raise BadTotalError(margin=self.name)

    @classmethod
    def of(
        cls, columns: Sequence[Column], totals: Mapping[str | Label, float], name: str = ""
    ) -> Margin:
        """Look for the respondents of each known total.

        Parameters
        ----------
        columns : sequence of ndarray, shape (n,)
            Crossed with each other.
        totals : mapping
            Number of people by category, or by tuple of categories where
            there are several columns.
        name : str
            For messages.

        Raises
        ------
        BadTotalError
            A total is negative or not a number, or its key has not one
            category per column.
        """
        known = {key if isinstance(key, tuple) else (key,): total for key, total in totals.items()}
        for label, total in known.items():
            if len(label) != len(columns) or not np.isfinite(total) or total < 0:
                raise BadTotalError(margin=name, cell=shown(label), total=total)
        found = Cells.from_columns(columns)
        labels = tuple(sorted(set(found.labels) | set(known)))
        place = {label: position for position, label in enumerate(labels)}
        moved = np.array([place[label] for label in found.labels], dtype=np.int64)
        return cls(
            found.merged(moved, labels),
            np.array([known.get(label, np.nan) for label in labels], dtype=np.float64),
            name,
        )

    @property
    def names(self) -> list[str]:
        """Name of each total, e.g. ``"stype:H"``."""
        start = f"{self.name}:" if self.name else ""
        return [start + shown(label) for label in self.cells.labels]

    def checked(self, sums: Values) -> Values:
        """Return the totals, zero where there is neither anybody nor a total.

        Parameters
        ----------
        sums : ndarray of float64, shape (n_cells,)
            Weight found in each cell.

        Raises
        ------
        EmptyCellsError
            Cells of the population without a respondent with weight.
        CellsWithoutTotalError
            Respondents in cells that are empty or unknown in the population.
        """
        totals = np.nan_to_num(self.totals, nan=0.0)
        stray = (totals == 0) & (sums > 0)
        if stray.any():
            raise CellsWithoutTotalError(self._labels(stray), margin=self.name)
        empty = (totals > 0) & (sums == 0)
        if empty.any():
            raise EmptyCellsError(self._labels(empty), margin=self.name)
        return totals

    def _labels(self, chosen: NDArray[np.bool_]) -> list[Label]:
        return [self.cells.labels[cell] for cell in np.flatnonzero(chosen)]
