"""Estimates that are functions of totals: which totals, and which functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.finish import Algebra, Estimand
from analysis.linear import Linear
from analysis.plan.figures import Label
from analysis.plan.reader import Reader
from analysis.plan.schema.estimates import (
    AverageEstimate,
    CountEstimate,
    EstimateSection,
    ProportionEstimate,
    RatioEstimate,
)
from analysis.plan.table import Table
from analysis.reduce import Units
from analysis.results import IntervalMethod

MOST_CATEGORIES: Final = 100
"""A column of numbers with more distinct values is not taken for categories."""

SHARE: Final = (0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What each respondent contributes, and what is made of the totals.

    Attributes
    ----------
    units : Units
    algebra : callable
        From totals to one ``Estimand`` per label.
    labels : tuple of Label
    """

    units: Units
    algebra: Algebra
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class FigureOfTotals:
    """One total, or the ratio of two."""

    label: Label
    top: int
    bottom: int | None
    support: int
    ends: tuple[float, float] | None = None
    interval: IntervalMethod = IntervalMethod.MEAN

    def estimand(self, totals: Sequence[Linear]) -> Estimand:
        """Work it out from the totals."""
        if self.bottom is None:
            return Estimand(totals[self.top], self.support, self.ends, self.interval, (self.top,))
        linear = totals[self.top] / totals[self.bottom]
        columns = (self.top, self.bottom)
        return Estimand(linear, self.support, self.ends, self.interval, columns)


@dataclass(slots=True, eq=False)
class _Columns:
    """Columns to be totalled, collected one after the other."""

    values: list[NDArray[Any]] = field(default_factory=list)
    contributes: list[NDArray[np.bool_]] = field(default_factory=list)
    figures: list[FigureOfTotals] = field(default_factory=list)

    def add(self, values: NDArray[Any]) -> int:
        """Add a column and return its number."""
        self.values.append(values)
        return len(self.values) - 1

    def support(self, known: NDArray[np.bool_]) -> int:
        """Add a column of who contributes and return its number."""
        self.contributes.append(known)
        return len(self.contributes) - 1

    def measured(self) -> Measured:
        """Put the columns side by side."""
        figures = tuple(self.figures)
        return Measured(
            Units(np.column_stack(self.values), np.column_stack(self.contributes)),
            lambda totals: [figure.estimand(totals) for figure in figures],
            tuple(figure.label for figure in figures),
        )


def measure(section: EstimateSection, table: Table, reader: Reader) -> Measured | None:
    """Read the columns of an estimate that is a function of totals.

    Returns
    -------
    Measured or None
        None after noting faults.
    """
    columns = _Columns()
    match section:
        case RatioEstimate():
            _add_ratios(section, table, columns)
        case CountEstimate() if not section.of:
            everybody = np.ones(table.n, dtype=np.bool_)
            top, support = columns.add(everybody.astype(np.int8)), columns.support(everybody)
            columns.figures.append(FigureOfTotals(Label(), top, None, support))
        case CountEstimate() | AverageEstimate():
            for number, name in enumerate(section.of):
                _add_column(section, name, number, table, columns, reader)
    return None if reader.faults else columns.measured()


def _add_ratios(section: RatioEstimate, table: Table, columns: _Columns) -> None:
    for upper in section.numerator:
        for lower in section.denominator:
            top, bottom = table.numbers(upper), table.numbers(lower)
            known = ~np.isnan(top + bottom)
            support = columns.support(known)
            top_place = columns.add(np.where(known, top, 0.0))
            bottom_place = columns.add(np.where(known, bottom, 0.0))
            name = f"{upper}/{lower}"
            figure = figure_of_ratio(section, name, top_place, bottom_place, support)
            columns.figures.append(figure)


def _add_column(
    section: AverageEstimate | CountEstimate,
    name: str,
    number: int,
    table: Table,
    columns: _Columns,
    reader: Reader,
) -> None:
    """Add a column as numbers or as indicators of its categories."""
    place = (*section.place, "of", number)
    is_mean = section.kind in {"mean", "proportion"}
    counts = isinstance(section, CountEstimate | ProportionEstimate)
    if table.is_number(name) and not section.categories:
        numbers = table.numbers(name)
        if not counts or _is_indicator(numbers):
            known = ~np.isnan(numbers)
            support = columns.support(known)
            top = columns.add(np.where(known, numbers, 0.0))
            bottom = columns.add(known.astype(np.int8)) if is_mean else None
            columns.figures.append(figure_of_totals(section, Label(name), top, bottom, support))
            return
        if not _is_coded(numbers):
            reader.fault(place, "not-categories", column=name, most=MOST_CATEGORIES)
            return
    if not table.is_number(name) and not counts and not section.categories:
        held, numeric = table.cells(name)
        if held and numeric * 2 > held and (stray := table.stray(name)):
            row, cell = stray
            reader.fault(place, "almost-numbers", column=name, row=row + 1, cell=cell)
            return
    _add_categories(section, name, table, columns, reader)


def _is_indicator(numbers: NDArray[np.float64]) -> bool:
    return bool(np.isin(numbers[~np.isnan(numbers)], (0.0, 1.0)).all())


def _is_coded(numbers: NDArray[np.float64]) -> bool:
    """Say whether numbers look like codes: whole, and not many different ones."""
    levels = np.unique(numbers[~np.isnan(numbers)])
    return len(levels) <= MOST_CATEGORIES and bool((levels == np.round(levels)).all())


def _add_categories(
    section: AverageEstimate | CountEstimate,
    name: str,
    table: Table,
    columns: _Columns,
    reader: Reader,
) -> None:
    coded = table.coded(name)
    for position, category in enumerate(section.categories):
        if category not in coded.levels:
            place = (*section.place, "categories", position)
            listed = ", ".join(coded.levels[:20])
            reader.fault(place, "no-such-category", column=name, category=category, known=listed)
    known = coded.codes >= 0
    support = columns.support(known)
    bottom = None
    if section.kind in {"mean", "proportion"}:
        bottom = columns.add(known.astype(np.int8))
    for code, level in enumerate(coded.levels):
        if level in section.categories or not section.categories:
            top = columns.add((coded.codes == code).astype(np.int8))
            columns.figures.append(
                figure_of_totals(section, Label(name, level), top, bottom, support)
            )


def figure_of_totals(
    section: EstimateSection, label: Label, top: int, bottom: int | None, support: int
) -> FigureOfTotals:
    """Say what an estimate makes of a total, or of two."""
    if isinstance(section, ProportionEstimate):
        method = IntervalMethod(section.interval)
        return FigureOfTotals(label, top, bottom, support, SHARE, method)
    return FigureOfTotals(label, top, bottom, support)


def figure_of_ratio(
    section: RatioEstimate, name: str, top: int, bottom: int, support: int
) -> FigureOfTotals:
    """Say what a ratio makes of two totals."""
    method = IntervalMethod(section.interval)
    ends = None if method is IntervalMethod.MEAN else SHARE
    return FigureOfTotals(Label(name), top, bottom, support, ends, method)
