"""How each feature is added up: for all rows, or for the few that are exceptions.

Sums are integers, so "all but those" is as exact as the sum itself; and a
question hardly anybody leaves out costs hardly more than one nobody can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.columnar.layout import EVERYBODY, Layout
from analysis.columnar.request import Trait

FEW: Final = 0.15
"""Share of rows up to which picking them out costs less than adding all."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Places in ``Layout.small`` by the way in which sums are made.

    Attributes
    ----------
    dense : tuple of int
        Added up over all rows.
    few : tuple of int
        Traits added up over the rows that have them.
    many : tuple of int
        Traits whose sums are those of everybody without the rows that lack
        them.
    everybody : tuple of int
        The trait that everybody has, if it is wanted.
    dense_supports : tuple of int
        Places in ``dense`` of those that are supports too.
    """

    dense: tuple[int, ...]
    few: tuple[int, ...]
    many: tuple[int, ...]
    everybody: tuple[int, ...]
    dense_supports: tuple[int, ...]

    @classmethod
    def of(cls, layout: Layout, shares: Sequence[float]) -> Ways:
        """Choose by the share of rows that have each trait, in some rows.

        Parameters
        ----------
        layout : Layout
        shares : sequence of float
            For each of ``layout.small``; of no matter for numbers.
        """
        dense, few, many, everybody = [], [], [], []
        for place, (feature, share) in enumerate(zip(layout.small, shares, strict=True)):
            if feature == EVERYBODY:
                everybody.append(place)
            elif isinstance(feature, Trait) and share <= FEW:
                few.append(place)
            elif isinstance(feature, Trait) and share >= 1.0 - FEW:
                many.append(place)
            else:
                dense.append(place)
        first_support = len(layout.small) - len(layout.supports)
        return cls(
            tuple(dense),
            tuple(few),
            tuple(many),
            tuple(everybody),
            tuple(k for k, place in enumerate(dense) if place >= first_support),
        )

    @property
    def exceptions(self) -> tuple[int, ...]:
        """Those of which only exceptions are added up: ``few``, then ``many``."""
        return (*self.few, *self.many)
