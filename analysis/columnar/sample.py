"""A sample of which only totals are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.totals import ColumnarTotals
from analysis.design import Clusters, Design
from analysis.linear import Linear
from analysis.reduce import Totals

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TotalsSample:
    """Totals with their design, for ``analysis.finish``.

    Attributes
    ----------
    design : Design
        Clusters; no respondents.
    totals : Totals
    products : mapping of (int, int) to int
        Which total is that of the product of two variables; for design
        effects.
    """

    design: Design
    totals: Totals
    products: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        found: ColumnarTotals,
        number: int = 0,
        products: Mapping[tuple[int, int], int] | None = None,
    ) -> TotalsSample:
        """Take one partition into domains of what was reduced.

        Parameters
        ----------
        found : ColumnarTotals
        number : int
            Which entry of ``request.by``.
        products : mapping of (int, int) to int, optional
            Places in ``request.totals``: two variables, and their product.
        """
        totals, clusters = found.totals(number)
        place = found.layout.of_totals
        placed = {
            (place[one], place[other]): place[product]
            for (one, other), product in (products or {}).items()
        }
        return cls(_without_rows(clusters), totals, placed)

    @property
    def explained(self) -> None:
        """Weights are taken as they are."""
        return None

    def squares(self, gradient: Values, columns: Sequence[int] | None = None) -> Values:
        """Total the squared influences of respondents; see ``analysis.sample``."""
        chosen = range(gradient.shape[1]) if columns is None else columns
        used = np.flatnonzero((gradient != 0).any(axis=(0, 2))).tolist()
        squares = np.zeros((self.totals.n_domains, gradient.shape[2]))
        for i in used:
            for j in used:
                both = gradient[:, i] * gradient[:, j]
                total = self._product(chosen[i], chosen[j])
                squares += np.where(both != 0, both * total[:, None], 0.0)
        return squares

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures the design fixes: totals do not tell of any."""
        return np.zeros((self.totals.n_domains, len(linears)), dtype=np.bool_) & is_flat

    def _product(self, one: int, other: int) -> Values:
        """Return the total of a product in every domain; NaN if it was not asked for."""
        place = self.products.get((one, other), self.products.get((other, one)))
        if place is None:
            return np.full(self.totals.n_domains, np.nan)
        return self.totals.of_domains(self.totals.values[:, [place]])[:, 0]


def _without_rows(clusters: Clusters) -> Design:
    return Design(np.empty(0, dtype=np.int32), np.empty(0), clusters)
