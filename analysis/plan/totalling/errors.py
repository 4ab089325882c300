"""Why a plan is handed over to rows; nothing of this leaves the package."""

from __future__ import annotations

from analysis.plan.faults import Place


class NeedsRowsError(Exception):
    """Only rows can tell, or can tell what is wrong.

    Attributes
    ----------
    place : Place
        What in the plan it is about; empty if nothing in particular.
    """

    def __init__(self, why: object, place: Place = ()) -> None:
        self.place = place
        super().__init__(str(why))


class NotNormalError(NeedsRowsError):
    """A text is not in Unicode NFC: all texts have to be brought to it first."""
