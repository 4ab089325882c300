"""What can be wrong with an adjustment of weights, each with a stable code."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.errors import AnalysisError

Label = tuple[str, ...]


def shown(label: Label) -> str:
    """Write the label of a cell, e.g. ``"north, 20-29"``."""
    return ", ".join(label)


class CellsError(AnalysisError):
    """Something is wrong with cells, all of which are named.

    Attributes
    ----------
    cells : tuple of tuple of str
        Labels of the cells at fault.
    """

    def __init__(self, cells: Sequence[Label], **context: object) -> None:
        self.cells = tuple(cells)
        super().__init__(cells="; ".join(shown(label) for label in self.cells), **context)


class EmptyCellsError(CellsError):
    """Cells that someone has to stand for hold nobody who could."""

    code = "empty-cells"


class ThinCellsError(CellsError):
    """Cells have fewer respondents than wanted and may not be merged."""

    code = "thin-cells"


class CellsWithoutTotalError(CellsError):
    """Respondents with weight are in cells that the population does not have."""

    code = "cells-without-total"


class MissingCategoryError(AnalysisError):
    """Respondents with weight belong to no cell."""

    code = "missing-category"


class BadProbabilityError(AnalysisError):
    """A probability of inclusion is not above 0 and at most 1."""

    code = "bad-probability"


class BadTotalError(AnalysisError):
    """A known total is not a number, negative where people are counted, or not of these cells."""

    code = "bad-total"


class BadBoundsError(AnalysisError):
    """Bounds are in the wrong order or leave a weight no room."""

    code = "bad-bounds"


class BadShareError(AnalysisError):
    """Shares of rounds are negative or do not add up to one."""

    code = "bad-share"


class TotalsDisagreeError(AnalysisError):
    """Margins of the same population add up to different totals."""

    code = "totals-disagree"


class CalibrationImpossibleError(AnalysisError):
    """No weights within the bounds meet the totals."""

    code = "calibration-impossible"


class CalibrationNotConvergedError(AnalysisError):
    """Weights that meet the totals were not found in the iterations allowed."""

    code = "calibration-not-converged"


class TrimmingImpossibleError(CellsError):
    """The total cannot be kept within the bounds."""

    code = "trimming-impossible"


class PropensityError(AnalysisError):
    """The propensity to respond cannot be estimated."""

    code = "propensity-not-estimated"
