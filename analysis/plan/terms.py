"""Terms of a model in a plan: columns and their products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from analysis.plan.faults import Place
from analysis.plan.reader import Reader
from analysis.plan.shapes import Several, Text

CONSTANTS: Final = frozenset({"0", "-1", "1"})
"""Without and with an intercept."""


@dataclass(frozen=True, slots=True)
class Term:
    """A column, a product ``a:b`` of columns, or ``1`` or ``0`` for the intercept."""

    name: str = "term"

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the term as written."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = Text(self.name).read(value, place, reader)
        if text is not None and not all(part.strip() for part in text.split(":")):
            reader.fault(place, "model.bad-term", term=text)
            return None
        return text


def columns_of(term: str) -> list[str]:
    """Return the columns that a term names; none for the intercept."""
    return [] if term.strip() in CONSTANTS else [part.strip() for part in term.split(":")]


TERMS = Several(Term(), "terms")
