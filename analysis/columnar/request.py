"""What is to be totalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Code: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Number:
    """The number in a column; a missing one counts zero.

    Attributes
    ----------
    column : str
        A column of numbers.
    is_squared : bool
        Whether its square is meant.
    """

    column: str
    is_squared: bool = False


@dataclass(frozen=True, slots=True)
class Trait:
    """One for whoever has a trait, zero for all others.

    Attributes
    ----------
    columns : tuple of str
        Those with the trait have one of the codes in any of these columns;
        with no columns, everybody has it.
    codes : tuple of int or str, optional
        Without it, any answer is meant.
    """

    columns: tuple[str, ...] = ()
    codes: tuple[Code, ...] | None = None


Feature: TypeAlias = Number | Trait


@dataclass(frozen=True, slots=True)
class StageNames:
    """Columns that tell of one stage of selection.

    Attributes
    ----------
    cluster : str
        Unit of this stage.
    stratum : str, optional
        Stratum within the unit of the stage before.
    size, fraction : str, optional
        Number of units in the stratum, or the share of them that was drawn.
    is_nested : bool
        Whether names of units may repeat from stratum to stratum.
    """

    cluster: str
    stratum: str | None = None
    size: str | None = None
    fraction: str | None = None
    is_nested: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are given."""
        named = (self.stratum, self.cluster, self.size, self.fraction)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True)
class Request:
    """Totals that are wanted from one pass over the files.

    Attributes
    ----------
    stages : tuple of StageNames
        From primary sampling units on.
    weight : str
        Column of weights.
    totals : tuple of Feature
        What is weighted and summed.
    supports : tuple of Trait
        Who contributes to an estimand; estimands with the same missing
        answers share one.
    by : tuple of tuple of str
        Columns whose crossed values are domains, one entry per partition into
        domains; no columns for the whole. Whoever lacks one of the values is
        in no domain.
    """

    stages: tuple[StageNames, ...]
    weight: str
    totals: tuple[Feature, ...]
    supports: tuple[Trait, ...] = (Trait(),)
    by: tuple[tuple[str, ...], ...] = ((),)

    @property
    def design_columns(self) -> tuple[str, ...]:
        """Columns that tell one final cluster from another."""
        return _distinct(name for stage in self.stages for name in stage.names)

    @property
    def domain_columns(self) -> tuple[str, ...]:
        """Columns that tell domains apart."""
        return _distinct(name for names in self.by for name in names)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns that are numbered, not summed."""
        return _distinct((*self.design_columns, *self.domain_columns))

    @property
    def item_columns(self) -> tuple[str, ...]:
        """Columns that are summed or counted."""
        features: Sequence[Feature] = (*self.totals, *self.supports)
        return _distinct(
            name
            for feature in features
            for name in ((feature.column,) if isinstance(feature, Number) else feature.columns)
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that have to be read."""
        return _distinct((*self.key_columns, self.weight, *self.item_columns))


def _distinct(names: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))  # type: ignore[call-overload]
