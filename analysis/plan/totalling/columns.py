"""Columns of files as a plan counts on them: numbers, or categories."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.columnar.columns import Kind
from analysis.columnar.request import Code
from analysis.plan.alike import MOST_LEVELS, alike
from analysis.plan.measured import MOST_CATEGORIES
from analysis.plan.source.types import as_text
from analysis.plan.table import sorted_levels
from analysis.plan.totalling.errors import NeedsRowsError, NotNormalError
from analysis.plan.totalling.view import View
from analysis.plan.words import SEVERAL
from analysis.results import Note

MOST_NUMBERS: Final = 2**18
"""Distinct values of a column that are looked for."""


@dataclass(slots=True, eq=False)
class Columns:
    """Columns of a view.

    Attributes
    ----------
    view : View
    """

    view: View
    _levels: dict[str, dict[str, Code]] = field(default_factory=dict)

    def is_number(self, name: str) -> bool:
        """Say whether a column holds numbers.

        Raises
        ------
        NeedsRowsError
            It holds neither numbers nor text.
        """
        column = self.view.columns[name]
        if column.is_number or column.is_truth:
            return True
        if column.kind is Kind.TEXT:
            return False
        raise NeedsRowsError(name)

    def ends(self, name: str) -> tuple[float, float]:
        """Return the least and the greatest number of a column."""
        column = self.view.columns[name]
        if not self.is_number(name) or column.low is None:
            raise NeedsRowsError(name)
        return float(column.low), float(column.high)

    def is_indicator(self, name: str) -> bool:
        """Say whether a column of numbers holds nothing but zeros and ones."""
        if self.view.columns[name].is_truth:
            return True
        low, high = self.ends(name)
        if low < 0 or high > 1:
            return False
        if self.view.columns[name].is_integer:
            return True
        return set(self.levels(name)) <= {"0", "1"}

    def coded(self, name: str) -> Mapping[str, Code]:
        """Return the categories of numbers that look like codes: whole, not many.

        Raises
        ------
        NeedsRowsError
            They do not.
        """
        levels = self.levels(name)
        whole = (float(code).is_integer() for code in levels.values())
        if self.is_number(name) and (len(levels) > MOST_CATEGORIES or not all(whole)):
            raise NeedsRowsError(name)
        return levels

    def levels(self, name: str) -> dict[str, Code]:
        """Return the categories of a column in order, each with what the files hold.

        Raises
        ------
        NeedsRowsError
            There are too many.
        NotNormalError
        """
        if name not in self._levels:
            found = self._distinct(name)
            if found is None:
                raise NeedsRowsError(name)
            self._levels[name] = self._named(name, found)
        return self._levels[name]

    def holds_only(self, name: str, codes: Sequence[Code]) -> bool:
        """Say whether a column holds nothing but some codes."""
        column = self.view.columns[name]
        if column.is_integer and column.low is not None:
            span = int(column.high) - int(column.low)
            if span < len(codes) and set(range(int(column.low), int(column.high) + 1)) <= {*codes}:
                return True
        return set(self.levels(name).values()) <= set(codes)

    def _named(self, name: str, found: set[Any]) -> dict[str, Code]:
        if not self.is_number(name):
            check_text(found)
            return {level: level for level in sorted_levels(list(found))}
        codes = sorted(found)
        kind = np.float64 if self.view.columns[name].is_float else None
        return dict(zip(texts_of(np.array(codes, dtype=kind)), codes, strict=True))

    def _distinct(self, name: str) -> set[Any] | None:
        """Read through a column for its distinct values; None if there are too many."""
        most = MOST_NUMBERS if self.is_number(name) else MOST_LEVELS
        found: set[Any] = set()
        for frame in self.view.only([name]).frames():
            column = frame[name].drop_nulls().unique()
            if column.dtype.is_float():
                column = column.drop_nans() + 0.0
            found |= set(column.cast(pl.Int8).to_list() if column.dtype == pl.Boolean else column)
            if len(found) > most:
                return None
        return found - {""}

    def notes(self, names: Iterable[str]) -> tuple[Note, ...]:
        """Return notes on texts that differ only by how they were typed."""
        notes = []
        for name in names:
            column = self.view.columns[name]
            texts = self._distinct(name) if column.kind is Kind.TEXT else None
            if texts is None:
                continue
            check_text(texts)
            groups = alike(sorted_levels(list(texts)))
            if groups:
                first, second, *_ = groups[0]
                notes.append(Note("codes-alike", SEVERAL.join((name, first, second))))
        return tuple(notes)


def check_text(texts: Iterable[object]) -> None:
    """Raise NotNormalError if a text is not in Unicode NFC."""
    for text in texts:
        if isinstance(text, str) and not unicodedata.is_normalized("NFC", text):
            raise NotNormalError(text)


def texts_of(values: np.ndarray[Any, Any]) -> list[str]:
    """Write values of a column that make domains as the codes of categories."""
    if values.dtype == object:
        return [str(value) for value in values.tolist()]
    if values.dtype.kind == "f":
        return as_text(pl.Series(values, dtype=pl.Float64)).to_list()
    return [str(value) for value in values.tolist()]
