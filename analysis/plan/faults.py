"""What is wrong with a plan or with the file it reads, with the place and the line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeAlias

from analysis.errors import AnalysisError

Place: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top of the plan, e.g. ``("estimate", 0, "of")``."""


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One thing wrong.

    Attributes
    ----------
    code : str
        What is wrong, e.g. ``"unknown-key"``; the sentence is made elsewhere.
    place : str
        Where, e.g. ``"estimate[1].of"``; empty for the plan as a whole.
    line : int
        Line of the plan, from 1; 0 if there is none.
    context : mapping of str to str
        What the sentence needs.
    """

    code: str
    place: str = ""
    line: int = 0
    context: Mapping[str, str] = field(default_factory=dict)


class PlanFaults(AnalysisError):  # noqa: N818  plural on purpose: it carries them all
    """A plan with everything that is wrong with it, in the order of its lines."""

    code = "plan-faults"

    def __init__(self, faults: Iterable[PlanFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(
            faults="; ".join(f"{fault.code} at {fault.place}:{fault.line}" for fault in self.faults)
        )


def shown_place(place: Place) -> str:
    """Write a place as people count: ``estimate[1].of[2]`` begins at 1."""
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty string."""
    by_folded = {one.casefold(): one for one in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""
