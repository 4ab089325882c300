"""A sample of which only totals are left, that may look at its rows once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.columnar import TotalsSample
from analysis.design import Design
from analysis.linear import Linear
from analysis.plan.totalling.explained import ExplainedCells
from analysis.plan.totalling.second_look import SecondLook
from analysis.reduce import Totals
from analysis.variance.fixed import TINY

Values = NDArray[np.float64]

LEFT: Final = 1e-3
"""Share of sums of squares of either sign that is left at least, to lose no more digits."""


@dataclass(slots=True, eq=False)
class SeenSample:
    """Totals with their design, for ``analysis.finish``.

    Attributes
    ----------
    known : TotalsSample
        Totals with the products that were totalled beside them.
    look : SecondLook
        For what these do not tell.
    n : int
        Number of rows.
    has_products : bool
        Whether all products were totalled that design effects need.
    explained : ExplainedCells, optional
        What calibrations explain of influences.
    """

    known: TotalsSample
    look: SecondLook
    n: int
    has_products: bool
    explained: ExplainedCells | None = None
    _moments: Values | None = field(default=None)

    @property
    def design(self) -> Design:
        """Clusters; no respondents."""
        return self.known.design

    @property
    def totals(self) -> Totals:
        """Totals per domain and final cluster."""
        return self.known.totals

    def squares(self, gradient: Values, columns: Sequence[int] | None = None) -> Values:
        """Total the squared influences of respondents; see ``analysis.sample``.

        Where the squares of a figure cancel, so that digits would be lost, the
        influences themselves are squared row by row.
        """
        chosen = list(range(gradient.shape[1]) if columns is None else columns)
        moments = self._moments_of(chosen)
        found = np.einsum("dtk,dtk->dk", gradient, moments @ gradient)
        size = np.abs(gradient)
        gross = np.einsum("dtk,dtk->dk", size, np.abs(moments) @ size)
        cancels = (found < LEFT * gross).any(axis=1)
        if cancels.any():
            found[cancels] = self.look.squares(gradient, chosen, cancels)[cancels]
        return np.asarray(found)

    def _moments_of(self, chosen: Sequence[int]) -> Values:
        """Return weighted sums of the products of any two totals in every domain."""
        if self.has_products:
            return self._products_of(chosen)
        if self._moments is None:
            self._moments = self.look.moments()
        return self._moments[:, list(chosen)][:, :, list(chosen)]

    def _products_of(self, chosen: Sequence[int]) -> Values:
        """Return the products that were totalled; zero where none is needed."""
        totals = self.totals
        found = np.zeros((totals.n_domains, len(chosen), len(chosen)))
        place = {column: k for k, column in enumerate(chosen)}
        for (one, other), product in self.known.products.items():
            if one in place and other in place:
                total = totals.of_domains(totals.values[:, [product]])[:, 0]
                found[:, place[one], place[other]] = total
                found[:, place[other], place[one]] = total
        return found

    def fixed(self, linears: Sequence[Linear], is_flat: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which figures the design fixes; see ``analysis.variance.fixed``."""
        found = np.zeros_like(is_flat)
        domain, figure = np.nonzero(is_flat & ~self._are_nothing(linears))
        if not len(domain):
            return found
        gradient = np.array(
            [linears[k].gradient[d] for d, k in zip(domain.tolist(), figure.tolist(), strict=True)]
        )
        taken = None
        if self.explained is not None:
            taken = np.array(
                [
                    self.explained.taken(d, one)
                    for d, one in zip(domain.tolist(), gradient, strict=True)
                ]
            )
        distance, largest = self.look.spread(domain, gradient, taken)
        size = np.abs(
            [linears[k].value[d] for d, k in zip(domain.tolist(), figure.tolist(), strict=True)]
        )
        moves = largest > TINY * size / self.n
        found[domain, figure] = moves & (distance <= TINY * largest)
        return found

    def _are_nothing(self, linears: Sequence[Linear]) -> NDArray[np.bool_]:
        """Say which figures are zero because nobody adds anything to them."""
        totals = self.totals
        everybody = np.abs(totals.of_domains(np.abs(totals.values)))
        moved = [np.abs(linear.gradient) * everybody for linear in linears]
        is_nothing = np.column_stack([(one == 0).all(axis=1) for one in moved])
        return np.asarray(is_nothing & self._is_never_negative(linears))

    def _is_never_negative(self, linears: Sequence[Linear]) -> NDArray[np.bool_]:
        """Say which figures are made of totals to which nobody adds less than nothing."""
        may_be = np.array([self.look.may_be_negative(one) for one in self.look.features])
        return np.column_stack(
            [~((linear.gradient != 0) & may_be).any(axis=1) for linear in linears]
        )
