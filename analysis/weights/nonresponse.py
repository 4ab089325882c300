"""Letting those who answered stand for those who did not, within cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.errors import UnequalLengthsError
from analysis.results import Note
from analysis.weights.cells import Cells
from analysis.weights.collapse import Collapse, collapse
from analysis.weights.diagnostics import FEW_RESPONDENTS, CellReport
from analysis.weights.errors import EmptyCellsError, Label
from analysis.weights.step import Adjusted, Plain, checked

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class UnknownEligibility(Plain):
    """Spread the weight of cases whose eligibility is unknown over the others.

    Within a cell, those known to be eligible and those known to be ineligible
    take the weight of the unknown in proportion to their own: the same share
    of the unknown is taken to be eligible [Valliant2018, ch. 13].

    Attributes
    ----------
    cells : Cells
    known : ndarray of bool, shape (n,)
        Whether it is known if the case is eligible.
    minimum : int
        Cells with fewer known cases are pointed out.
    """

    name: ClassVar[str] = "unknown-eligibility"

    cells: Cells
    known: Mask
    minimum: int = FEW_RESPONDENTS

    def __post_init__(self) -> None:
        _same_length(self.cells, self.known)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError
            Cells with weight, but without any known case.
        """
        before = checked(weight, self.cells.n)
        after, report = carry(self.cells, before, self.known, ~self.known, self.minimum)
        return Adjusted(self, before, after, report, notes=cell_notes(report))


@dataclass(frozen=True, slots=True, eq=False)
class Nonresponse(Plain):
    """Let respondents carry the weight of the nonrespondents of their class.

    The factor of a class is the weight of its eligible cases over the weight of
    its respondents, the inverse of its weighted response rate [Lohr2021, ch. 8].

    Attributes
    ----------
    cells : Cells
        Classes, thin ones already put together.
    responded : ndarray of bool, shape (n,)
    eligible : ndarray of bool, shape (n,), optional
        Ineligible cases keep their weight, they stand for other ineligible
        ones; without it everybody is eligible.
    minimum : int
        Classes with fewer respondents are pointed out.
    merged : tuple of tuple of tuple of str
        Labels of classes that were put together.
    """

    name: ClassVar[str] = "nonresponse"

    cells: Cells
    responded: Mask
    eligible: Mask | None = None
    minimum: int = FEW_RESPONDENTS
    merged: tuple[tuple[Label, ...], ...] = ()

    def __post_init__(self) -> None:
        _same_length(self.cells, self.responded)

    @classmethod
    def by_class(
        cls,
        columns: Sequence[Column],
        responded: Mask,
        *,
        eligible: Mask | None = None,
        thin: Collapse = Collapse.KEEP,
        minimum: int = FEW_RESPONDENTS,
    ) -> Nonresponse:
        """Make classes by crossing columns.

        Parameters
        ----------
        columns : sequence of ndarray, shape (n,)
            Known of respondents and nonrespondents; none for a single class.
        responded, eligible : ndarray of bool, shape (n,)
        thin : Collapse
            What becomes of classes with few respondents.
        minimum : int
            How many are enough.

        Raises
        ------
        ThinCellsError
            There are thin classes and ``thin`` is to fail.
        """
        answered = np.asarray(responded, dtype=np.bool_)
        cells = Cells.from_columns(columns) if columns else Cells.whole(len(answered))
        _same_length(cells, answered)
        concerned = answered if eligible is None else answered & eligible
        found = collapse(cells, cells.counts(concerned), thin, minimum)
        return cls(found.cells, answered, eligible, minimum, found.merged)

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError
            Classes with eligible weight, but without any respondent; all of them.
        """
        before = checked(weight, self.cells.n)
        takes, gives = self.responded, ~self.responded
        if self.eligible is not None:
            takes, gives = takes & self.eligible, gives & self.eligible
        after, report = carry(self.cells, before, takes, gives, self.minimum, self.merged)
        return Adjusted(self, before, after, report, notes=cell_notes(report))


def carry(
    cells: Cells,
    weight: Values,
    takes: Mask,
    gives: Mask,
    minimum: int,
    merged: tuple[tuple[Label, ...], ...] = (),
) -> tuple[Values, CellReport]:
    """Give the weight of some rows to others of the same cell, in proportion.

    Parameters
    ----------
    cells : Cells
    weight : ndarray of float64, shape (n,)
    takes, gives : ndarray of bool, shape (n,)
        Rows in neither keep their weight.
    minimum, merged
        For the report.

    Raises
    ------
    EmptyCellsError
        Cells in which there is weight to give and nobody to take it.
    """
    given = cells.sums(np.where(gives, weight, 0.0))
    taken = cells.sums(np.where(takes, weight, 0.0))
    alone = (given > 0) & (taken == 0)
    if alone.any():
        raise EmptyCellsError([cells.labels[cell] for cell in np.flatnonzero(alone)])
    before = given + taken
    factor = np.where(taken > 0, before / np.where(taken > 0, taken, 1.0), 1.0)
    after = np.where(takes, cells.multiply(factor, weight), np.where(gives, 0.0, weight))
    counts = cells.counts(takes & (weight > 0))
    return after, CellReport(cells.labels, counts, before, before, factor, minimum, merged)


def cell_notes(report: CellReport) -> tuple[Note, ...]:
    """Point out cells that are thin or were put together."""
    notes: tuple[Note, ...] = ()
    if report.thin:
        notes = (*notes, Note("thin-cells", str(len(report.thin))))
    if report.merged:
        notes = (*notes, Note("cells-merged", str(len(report.merged))))
    return notes


def _same_length(cells: Cells, mask: Mask) -> None:
    if len(mask) != cells.n:
        raise UnequalLengthsError(cells=cells.n, mask=len(mask))
