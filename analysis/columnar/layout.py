"""Which sums are kept for a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.columnar.columns import Column
from analysis.columnar.errors import BadColumnTypeError
from analysis.columnar.request import Code, Feature, Number, Request, Trait

SMALL = 2**12
"""Whole numbers up to here are multiplied with pieces of the weight."""

EVERYBODY = Trait()


@dataclass(frozen=True, slots=True)
class Layout:
    """Which sums are kept.

    Features that are the same for these files are kept once: whoever answers
    a column without missing values is everybody.

    Attributes
    ----------
    small : tuple of Feature
        Whole numbers of few bits; those of ``supports`` come last.
    wide : tuple of Number
        All other numbers.
    supports : tuple of Trait
        Whose respondents, and squares of weights, are counted too.
    of_totals : tuple of int
        For each total asked for, its place in ``small`` and ``wide``, put one
        after the other.
    of_supports : tuple of int
        For each support asked for, its place in ``supports``.
    """

    small: tuple[Feature, ...]
    wide: tuple[Number, ...]
    supports: tuple[Trait, ...]
    of_totals: tuple[int, ...]
    of_supports: tuple[int, ...]

    @classmethod
    def of(cls, request: Request, columns: Mapping[str, Column]) -> Layout:
        """Plan the sums of a request.

        Raises
        ------
        BadColumnTypeError
        """
        totals = [_simplest(feature, columns) for feature in request.totals]
        wanted_supports = [_simplest_trait(trait, columns) for trait in request.supports]
        supports = tuple(dict.fromkeys(wanted_supports))
        wide = tuple(
            dict.fromkeys(
                feature
                for feature in totals
                if isinstance(feature, Number) and largest(feature, columns) > SMALL
            )
        )
        others = dict.fromkeys(feature for feature in totals if feature not in wide)
        small = (*(feature for feature in others if feature not in supports), *supports)
        places = {feature: place for place, feature in enumerate((*small, *wide))}
        return cls(
            small=small,
            wide=wide,
            supports=supports,
            of_totals=tuple(places[feature] for feature in totals),
            of_supports=tuple(supports.index(trait) for trait in wanted_supports),
        )

    @property
    def n_totals(self) -> int:
        """Number of weighted sums."""
        return len(self.small) + len(self.wide)


def largest(feature: Feature, columns: Mapping[str, Column]) -> float:
    """Return the greatest size a feature can have; infinite if not known."""
    if isinstance(feature, Trait):
        return 1.0
    column = columns[feature.column]
    if column.is_truth:
        return 1.0
    if not column.is_number:
        raise BadColumnTypeError(column=column.name, type=column.type)
    if column.low is None or column.is_float:
        return float("inf")
    size = float(max(abs(int(column.low)), abs(int(column.high))))
    return size * size if feature.is_squared else size


def _simplest(feature: Feature, columns: Mapping[str, Column]) -> Feature:
    if isinstance(feature, Trait):
        return _simplest_trait(feature, columns)
    if feature.is_squared and _is_zero_or_one(columns[feature.column]):
        return Number(feature.column)
    return feature


def _is_zero_or_one(column: Column) -> bool:
    """Say whether squares of the numbers are the numbers."""
    if column.is_truth:
        return True
    is_told = column.is_integer and column.low is not None
    return is_told and column.low >= 0 and column.high <= 1


def _simplest_trait(trait: Trait, columns: Mapping[str, Column]) -> Trait:
    if trait.codes is not None and not all(
        _holds_only(columns[name], trait.codes) for name in trait.columns
    ):
        return Trait(tuple(sorted(set(trait.columns))), tuple(dict.fromkeys(trait.codes)))
    if all(columns[name].may_be_missing for name in trait.columns):
        return Trait(tuple(sorted(set(trait.columns))))
    return EVERYBODY


def _holds_only(column: Column, codes: Sequence[Code]) -> bool:
    """Say whether every answer in a column must be one of the codes."""
    if not column.is_integer or column.low is None:
        return False
    low, high = int(column.low), int(column.high)
    return high - low < len(codes) and set(range(low, high + 1)) <= set(codes)
