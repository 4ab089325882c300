"""What estimates need of columns in files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from analysis.columnar import Feature, Number, Trait
from analysis.plan.figures import Label
from analysis.plan.measured import FigureOfTotals, figure_of_ratio, figure_of_totals
from analysis.plan.schema.estimates import (
    AverageEstimate,
    CountEstimate,
    EstimateSection,
    ProportionEstimate,
    RatioEstimate,
)
from analysis.plan.totalling.columns import Columns
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.making import bottom_name, product_name, top_name

Pairs: TypeAlias = dict[tuple[int, int], int]

_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]")


@dataclass(slots=True, eq=False)
class Wanted:
    """Sums that one estimate needs.

    Attributes
    ----------
    totals : list of Feature
    supports : list of Trait
    figures : list of FigureOfTotals
        What is made of them, by their places.
    products : dict of (int, int) to int
        Place of the total of the product of two of them, for design effects.
    """

    totals: list[Feature] = field(default_factory=list)
    supports: list[Trait] = field(default_factory=list)
    figures: list[FigureOfTotals] = field(default_factory=list)
    products: Pairs = field(default_factory=dict)

    def add(self, feature: Feature) -> int:
        """Want a total and return its place."""
        self.totals.append(feature)
        return len(self.totals) - 1

    def support(self, trait: Trait) -> int:
        """Want respondents to be counted and return their place."""
        self.supports.append(trait)
        return len(self.supports) - 1

    def is_own_square(self, *places: int) -> None:
        """Say that totals are those of zeros and ones, which are their own squares."""
        for place in places:
            self.products[place, place] = place


def wanted_by(section: EstimateSection, columns: Columns) -> Wanted:
    """Say which sums an estimate needs.

    Raises
    ------
    NeedsRowsError
    """
    wanted = Wanted()
    match section:
        case RatioEstimate():
            for upper in section.numerator:
                for lower in section.denominator:
                    _add_ratio(section, upper, lower, wanted)
        case CountEstimate() if not section.of:
            top, support = wanted.add(Trait()), wanted.support(Trait())
            wanted.is_own_square(top)
            wanted.figures.append(FigureOfTotals(Label(), top, None, support))
        case AverageEstimate() | CountEstimate():
            for name in section.of:
                _add_column(section, name, columns, wanted)
        case _:
            raise NeedsRowsError(section.kind, (*section.place, "kind"))
    return wanted


def _add_column(
    section: AverageEstimate | CountEstimate, name: str, columns: Columns, wanted: Wanted
) -> None:
    counts = isinstance(section, CountEstimate | ProportionEstimate)
    is_number = columns.is_number(name)
    if is_number and not section.categories and (not counts or columns.is_indicator(name)):
        _add_number(section, name, wanted)
    elif section.categories or (not is_number and (counts or not _has_numbers(name, columns))):
        _add_categories(section, name, columns, wanted)
    elif counts:
        columns.coded(name)
        _add_categories(section, name, columns, wanted)
    else:
        raise NeedsRowsError(name, (*section.place, "of"))


def _has_numbers(name: str, columns: Columns) -> bool:
    """Say whether any text begins as a number does; rows tell if it is a mistake."""
    return any(_NUMBER.match(level) for level in columns.levels(name))


def _add_number(section: AverageEstimate | CountEstimate, name: str, wanted: Wanted) -> None:
    known = Trait((name,))
    top, support = wanted.add(Number(name)), wanted.support(known)
    bottom = _bottom(section, known, top, wanted)
    if section.design_effect != "none":
        wanted.products[top, top] = wanted.add(Number(name, is_squared=True))
    wanted.figures.append(figure_of_totals(section, Label(name), top, bottom, support))


def _add_categories(
    section: AverageEstimate | CountEstimate, name: str, columns: Columns, wanted: Wanted
) -> None:
    levels = columns.levels(name)
    if not set(section.categories) <= set(levels):
        raise NeedsRowsError(name, (*section.place, "categories"))
    known = Trait((name,))
    support = wanted.support(known)
    tops = {
        text: wanted.add(Trait((name,), (level,)))
        for text, level in levels.items()
        if text in section.categories or not section.categories
    }
    bottom = None
    for text, top in tops.items():
        wanted.is_own_square(top)
        bottom = _bottom(section, known, top, wanted, bottom)
        wanted.figures.append(figure_of_totals(section, Label(name, text), top, bottom, support))


def _bottom(
    section: EstimateSection, known: Trait, top: int, wanted: Wanted, place: int | None = None
) -> int | None:
    """Want those who answered, for means and shares; who has the trait is among them."""
    if section.kind not in {"mean", "proportion"}:
        return None
    bottom = wanted.add(known) if place is None else place
    wanted.is_own_square(bottom)
    wanted.products[top, bottom] = top
    return bottom


def _add_ratio(section: RatioEstimate, upper: str, lower: str, wanted: Wanted) -> None:
    top_column, bottom_column = top_name(upper, lower), bottom_name(upper, lower)
    support = wanted.support(Trait((top_column,)))
    top, bottom = wanted.add(Number(top_column)), wanted.add(Number(bottom_column))
    if section.design_effect != "none":
        wanted.products[top, top] = wanted.add(Number(top_column, is_squared=True))
        wanted.products[bottom, bottom] = wanted.add(Number(bottom_column, is_squared=True))
        wanted.products[top, bottom] = wanted.add(Number(product_name(upper, lower)))
    wanted.figures.append(figure_of_ratio(section, f"{upper}/{lower}", top, bottom, support))
