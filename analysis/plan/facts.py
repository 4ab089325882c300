"""What the result tells of the design as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.design import Design
from analysis.plan.weighting import Reweighing
from analysis.results import Note
from analysis.weights import Adjusted


@dataclass(frozen=True, slots=True, eq=False)
class DesignFacts:
    """The design with the final weights, in a few numbers.

    Attributes
    ----------
    rows : int
        Rows that were read.
    n, n_psu, n_strata : int
    df : float
    sum_of_weights : float
    steps : tuple of Adjusted
        What was done to the weights.
    notes : tuple of Note
    """

    rows: int
    n: int
    n_psu: int
    n_strata: int
    df: float
    sum_of_weights: float
    steps: tuple[Adjusted, ...] = ()
    notes: tuple[Note, ...] = ()

    @classmethod
    def of(cls, weighted: Reweighing, rows: int) -> DesignFacts:
        """Take the facts from a design with its rows."""
        design: Design = weighted.design
        return cls(
            rows=rows,
            n=design.n,
            n_psu=design.n_psu,
            n_strata=design.n_strata,
            df=design.df,
            sum_of_weights=float(design.weight.sum()),
            steps=weighted.steps,
            notes=weighted.notes,
        )
