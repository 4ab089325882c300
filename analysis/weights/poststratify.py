"""Post-stratification: weights that add up to the population in every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.weights.cells import Margin
from analysis.weights.diagnostics import FEW_RESPONDENTS, CellReport, KnownTotals
from analysis.weights.nonresponse import cell_notes
from analysis.weights.step import Adjusted, Plain, checked

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Poststratify(Plain):
    """Multiply the weights of each cell so that they add up to its total.

    Attributes
    ----------
    margin : Margin
        Cells with their totals.
    minimum : int
        Cells with fewer respondents are pointed out.

    Notes
    -----
    [Lohr2021, ch. 4]. Everybody with weight must be in a cell,
    and every cell with a total must hold somebody with weight.
    """

    name: ClassVar[str] = "poststratify"

    margin: Margin
    minimum: int = FEW_RESPONDENTS

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        EmptyCellsError, CellsWithoutTotalError
            Sample and population do not have the same cells; all are named.
        MissingCategoryError
            A respondent with weight is in no cell.
        """
        cells = self.margin.cells
        before = checked(weight, cells.n)
        sums = cells.sums(before)
        totals = self.margin.checked(sums)
        factor = np.where(sums > 0, totals / np.where(sums > 0, sums, 1.0), 1.0)
        after = cells.multiply(factor, before)
        counts = cells.counts(before > 0)
        report = CellReport(cells.labels, counts, sums, totals, factor, self.minimum)
        reached = KnownTotals(tuple(self.margin.names), totals, sums, cells.sums(after))
        return Adjusted(self, before, after, report, reached, notes=cell_notes(report))

    def calibration(self, before: Values) -> Calibration:
        """Return the indicators of the cells."""
        return Calibration(self.margin.cells.indicators(), before)
