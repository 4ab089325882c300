"""What estimates need of columns in files, without their rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from analysis.columnar import Feature, Number, Trait
from analysis.columnar.files import Files, is_number
from analysis.columnar.request import Code
from analysis.plan.figures import Label
from analysis.plan.measured import MOST_CATEGORIES, FigureOfTotals, figure_of_totals
from analysis.plan.schema.estimates import (
    AverageEstimate,
    CountEstimate,
    EstimateSection,
    ProportionEstimate,
)
from analysis.plan.table import sorted_levels

Products = dict[tuple[int, int], int]


class NeedsRowsError(Exception):
    """Only rows can tell, or can tell what is wrong; never leaves the package."""


@dataclass(slots=True, eq=False)
class ColumnsOfFiles:
    """Columns of files as a plan sees them: numbers, or categories.

    Attributes
    ----------
    files : Files
    """

    files: Files
    _levels: dict[str, list[Code]] = field(default_factory=dict)

    def is_number(self, name: str) -> bool:
        """Say whether a column holds numbers.

        Raises
        ------
        NeedsRowsError
            It holds neither numbers nor text.
        """
        kind = self.files.columns[name].kind
        if is_number(kind) or pa.types.is_boolean(kind):
            return True
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return False
        raise NeedsRowsError(name)

    def is_whole(self, name: str) -> bool:
        """Say whether a column holds whole numbers."""
        kind = self.files.columns[name].kind
        return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind))

    def ends(self, name: str) -> tuple[float, float]:
        """Return the least and the greatest number of a column."""
        column = self.files.columns[name]
        if not self.is_number(name) or column.low is None:
            raise NeedsRowsError(name)
        return float(column.low), float(column.high)

    def levels(self, name: str) -> list[Code]:
        """Return the categories of a column, in order.

        Raises
        ------
        NeedsRowsError
            It holds numbers that are no codes, or text not in Unicode NFC.
        """
        if name not in self._levels:
            if self.is_number(name):
                low, high = self.ends(name)
                if not self.is_whole(name) or high - low >= MOST_CATEGORIES:
                    raise NeedsRowsError(name)
            found = self.files.distinct(name)
            texts = [one for one in found if isinstance(one, str)]
            check_text(texts)
            levels: list[Code] = list(sorted_levels(texts)) if texts else sorted(found)
            self._levels[name] = levels
        return self._levels[name]

    def check_domains(self, by: Iterable[str]) -> None:
        """Raise NeedsRowsError unless all columns can tell domains apart."""
        for name in by:
            if self.is_number(name) and not self.is_whole(name):
                raise NeedsRowsError(name)


def check_text(texts: Iterable[object]) -> None:
    """Raise NeedsRowsError if a text is not in Unicode NFC."""
    for text in texts:
        if isinstance(text, str) and not unicodedata.is_normalized("NFC", text):
            raise NeedsRowsError(text)


@dataclass(slots=True, eq=False)
class Wanted:
    """Sums that one estimate needs.

    Attributes
    ----------
    totals : list of Feature
    supports : list of Trait
    figures : list of FigureOfTotals
        What is made of them, by their places.
    squares : dict of int to int
        Place of the square of a total.
    """

    totals: list[Feature] = field(default_factory=list)
    supports: list[Trait] = field(default_factory=list)
    figures: list[FigureOfTotals] = field(default_factory=list)
    squares: dict[int, int] = field(default_factory=dict)

    def add(self, feature: Feature) -> int:
        """Want a total and return its place."""
        self.totals.append(feature)
        return len(self.totals) - 1

    def support(self, trait: Trait) -> int:
        """Want respondents to be counted and return their place."""
        self.supports.append(trait)
        return len(self.supports) - 1

    def products(self, begin: int) -> Products:
        """Return where the totals of products are, for design effects.

        Parameters
        ----------
        begin : int
            Place of the first total of this estimate.
        """
        found: Products = {}
        for figure in self.figures:
            top, bottom = begin + figure.top, figure.bottom
            if figure.top in self.squares:
                found[top, top] = begin + self.squares[figure.top]
            if bottom is not None:
                found[top, begin + bottom] = top
                found[begin + bottom, begin + bottom] = begin + bottom
        return found


def wanted_by(section: EstimateSection, columns: ColumnsOfFiles) -> Wanted:
    """Say which sums an estimate needs.

    Raises
    ------
    NeedsRowsError
    """
    wanted = Wanted()
    if not isinstance(section, AverageEstimate | CountEstimate):
        raise NeedsRowsError(section.name)
    if not section.of:
        top, support = wanted.add(Trait()), wanted.support(Trait())
        wanted.squares[top] = top
        wanted.figures.append(FigureOfTotals(Label(), top, None, support))
    for name in section.of:
        counts = isinstance(section, CountEstimate | ProportionEstimate)
        is_meant_as_number = columns.is_number(name) and not section.categories
        if is_meant_as_number and (not counts or _is_indicator(name, columns)):
            _add_number(section, name, wanted)
        elif counts or section.categories:
            _add_categories(section, name, columns, wanted)
        else:
            raise NeedsRowsError(name)
    return wanted


def _is_indicator(name: str, columns: ColumnsOfFiles) -> bool:
    low, high = columns.ends(name)
    return columns.is_whole(name) and low >= 0 and high <= 1


def _add_number(section: AverageEstimate | CountEstimate, name: str, wanted: Wanted) -> None:
    known = Trait((name,))
    top, support = wanted.add(Number(name)), wanted.support(known)
    bottom = wanted.add(known) if section.kind in {"mean", "proportion"} else None
    if section.design_effect != "none":
        wanted.squares[top] = wanted.add(Number(name, is_squared=True))
    wanted.figures.append(figure_of_totals(section, Label(name), top, bottom, support))


def _add_categories(
    section: AverageEstimate | CountEstimate, name: str, columns: ColumnsOfFiles, wanted: Wanted
) -> None:
    levels: Mapping[str, Code] = {str(level): level for level in columns.levels(name)}
    if not set(section.categories) <= set(levels):
        raise NeedsRowsError(name)
    known = Trait((name,))
    support = wanted.support(known)
    bottom = wanted.add(known) if section.kind in {"mean", "proportion"} else None
    for text, level in levels.items():
        if text in section.categories or not section.categories:
            top = wanted.add(Trait((name,), (level,)))
            wanted.squares[top] = top
            figure = figure_of_totals(section, Label(name, text), top, bottom, support)
            wanted.figures.append(figure)
