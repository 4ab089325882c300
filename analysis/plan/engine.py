"""Errors of the statistics, told as faults of the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from analysis.errors import AnalysisError
from analysis.plan.faults import Place, PlanFaults
from analysis.plan.reader import Reader

T = TypeVar("T")


def attempt(work: Callable[[], T], place: Place, reader: Reader) -> T | None:
    """Do something; an error of the statistics becomes a fault at a place of the plan.

    Returns
    -------
    object or None
        What ``work`` returns; None after noting a fault.
    """
    n_faults = len(reader.faults)
    try:
        return work()
    except PlanFaults:
        raise
    except AnalysisError as error:
        if len(reader.faults) > n_faults:
            # It follows from what was noted already.
            return None
        note_error(error, place, reader)
        return None


def note_error(error: AnalysisError, place: Place, reader: Reader) -> None:
    """Note an error of the statistics at a place of the plan."""
    context = dict(error.context)
    if context.get("row", "").isdigit():
        context["row"] = str(int(context["row"]) + 1)
    reader.fault(place, error.code, **context)
