"""Totals of the population, as a plan writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from analysis.plan.faults import Place
from analysis.plan.reader import Reader, kind_of
from analysis.plan.shapes import Number, Text

Totals: TypeAlias = str | Mapping[tuple[str, ...], float]
"""A file, or a number by cell: one category per column."""

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class KnownTotals:
    """Totals of the population: a file, or a table by category.

    Tables within the table are crossed columns.
    """

    name: str = "table or path"

    def read(self, value: Any, place: Place, reader: Reader) -> Totals | None:
        """Return the path, or the numbers by cell."""
        if isinstance(value, str):
            return Text("path").read(value, place, reader)
        if not isinstance(value, Mapping):
            reader.fault(place, "wrong-type", expected=self.name, found=kind_of(value))
            return None
        if not value:
            reader.fault(place, "empty-table")
            return None
        found: dict[tuple[str, ...], float] = {}
        return found if self._fill(value, (), place, reader, found) else None

    def _fill(
        self,
        table: Mapping[str, Any],
        cell: tuple[str, ...],
        place: Place,
        reader: Reader,
        found: dict[tuple[str, ...], float],
    ) -> bool:
        is_whole = len(cell) < DEEPEST
        for name, entry in table.items():
            if isinstance(entry, Mapping):
                inner = (*cell, name), (*place, name)
                is_whole &= self._fill(entry, *inner, reader, found)
                continue
            number = Number().read(entry, (*place, name), reader)
            if number is None:
                is_whole = False
            else:
                found[*cell, name] = number
        return is_whole


TOTALS = KnownTotals()
