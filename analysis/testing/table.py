"""Two-way tables: shares of cells and how they vary together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import Coded
from analysis.design import Design
from analysis.errors import AnalysisError, EmptyDomainError
from analysis.results import Note
from analysis.variables import Mask, Values, read_domain, read_variable
from analysis.variance.joint import Joint, infer
from analysis.variance.lonely import LonelyPolicy

MOST_CELLS: Final = 2_000
"""Covariances of all pairs of cells are held at once."""


class TooManyCellsError(AnalysisError):
    """A table has so many cells that their covariances say nothing and fill the memory."""

    code = "test.too-many-cells"


@dataclass(frozen=True, slots=True, eq=False)
class TotalEstimator:
    """People of the population in the cells of a classification.

    Attributes
    ----------
    cell : ndarray of int64, shape (n,)
        Cell of each respondent, 0 to ``n_cells - 1``; -1 outside the domain.
    n_cells : int
    """

    cell: NDArray[np.int64]
    n_cells: int

    @property
    def contributes(self) -> Mask:
        """Respondents in the table, shape (n,)."""
        return self.cell >= 0

    def value(self, weight: Values) -> Values:
        """Return the totals, shape (n_cells,)."""
        rows = np.flatnonzero(self.contributes)
        return np.bincount(self.cell[rows], weight[rows], self.n_cells).astype(np.float64)

    def influence(self, weight: Values, value: Values) -> Values:
        """Return whether each respondent is in each cell, shape (n, n_cells)."""
        found = np.zeros((len(weight), len(value)))
        rows = np.flatnonzero(self.contributes)
        found[rows, self.cell[rows]] = 1.0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A two-way table of estimated shares.

    Attributes
    ----------
    row_levels, column_levels : tuple of str
        Categories that somebody in the domain has.
    totals : Joint
        People in each cell, row after row.
    joint : Joint
        Shares of all people of the domain in each cell, row after row.
    count : ndarray of int64, shape (n_rows, n_columns)
        Respondents.
    """

    row_levels: tuple[str, ...]
    column_levels: tuple[str, ...]
    totals: Joint
    joint: Joint
    count: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of row and of column categories."""
        return len(self.row_levels), len(self.column_levels)

    @property
    def shares(self) -> Values:
        """Shares of the cells, shape (n_rows, n_columns)."""
        return self.joint.value.reshape(self.shape)

    @property
    def standard_errors(self) -> Values:
        """Standard errors of the shares, shape (n_rows, n_columns)."""
        return self.joint.standard_errors().reshape(self.shape)

    @property
    def n(self) -> int:
        """Respondents in the table."""
        return int(self.count.sum())

    @property
    def notes(self) -> tuple[Note, ...]:
        """Reservations that go with every figure of the table."""
        return self.joint.notes

    def within_rows(self) -> Joint:
        """Return the shares of the columns within each row, row after row."""
        n_rows, n_columns = self.shape
        member = np.repeat(np.eye(n_rows), n_columns, axis=0)
        member = member @ member.T

        def divided(shares: Values) -> Values:
            return np.asarray(shares / (member @ shares))

        of_row = member @ self.joint.value
        slope = np.diag(1.0 / of_row) - (self.joint.value / of_row**2)[:, None] * member
        return self.joint.transform(divided, slope)


def make_table(
    rows: Column | Coded,
    columns: Column | Coded,
    design: Design,
    *,
    where: Mask | None = None,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> Table:
    """Cross two classifications.

    Parameters
    ----------
    rows, columns : ndarray or Coded, shape (n,)
        Categories; respondents without one of them are outside the table.
    design : Design
    where : ndarray of bool, shape (n,), optional
        The domain.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Returns
    -------
    Table

    Raises
    ------
    EmptyDomainError, UnequalLengthsError, TooManyCellsError
    """
    coded = [
        read_variable(name, column, design.n).as_coded()
        for name, column in (("rows", rows), ("columns", columns))
    ]
    inside = read_domain(where, design.weight)
    for one in coded:
        inside = inside & (one.codes >= 0)
    if not inside.any():
        raise EmptyDomainError
    levels, cells = [], []
    for one in coded:
        found, position = np.unique(one.codes[inside], return_inverse=True)
        levels.append(tuple(one.levels[code] for code in found))
        cells.append(position)
    shape = len(levels[0]), len(levels[1])
    if shape[0] * shape[1] > MOST_CELLS:
        raise TooManyCellsError(rows=shape[0], columns=shape[1], most=MOST_CELLS)
    cell = np.full(design.n, -1, dtype=np.int64)
    cell[inside] = cells[0] * shape[1] + cells[1]
    estimator = TotalEstimator(cell, shape[0] * shape[1])
    totals = infer(estimator, design, lonely=lonely)
    count = np.bincount(cell[inside], minlength=estimator.n_cells).reshape(shape)
    return Table(levels[0], levels[1], totals, _shares(totals), count)


def _shares(totals: Joint) -> Joint:
    """Divide totals by their sum."""

    def divided(cells: Values) -> Values:
        with np.errstate(invalid="ignore"):
            return np.asarray(cells / cells.sum())

    share, whole = divided(totals.value), totals.value.sum()
    slope = (np.eye(len(share)) - share[:, None]) / whole
    return totals.transform(divided, slope)
