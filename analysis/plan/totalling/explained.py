"""What known totals explain, over cells of respondents whose weights share one factor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration
from analysis.variance.residuals import Residuals

Values: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class OfCells:
    """Totals per domain and cell, sorted by domain.

    Attributes
    ----------
    domain, cell : ndarray of int64, shape (n,)
    values : ndarray of float64, shape (n, n_totals)
    """

    domain: Numbers
    cell: Numbers
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Calibrations of weights, each row of which is a cell of respondents.

    Attributes
    ----------
    residuals : Residuals
        Over cells.
    base : ndarray of float64, shape (n_cells,)
        Weight of each cell before the first step.
    of_clusters : sparse matrix, shape (n_clusters, n_cells)
        The same by final cluster.
    """

    residuals: Residuals
    base: Values
    of_clusters: Any

    @classmethod
    def of(
        cls, calibrations: Sequence[Calibration], weight: Values, base: Values, of_clusters: Any
    ) -> Calibrated:
        """Prepare the regressions.

        Parameters
        ----------
        calibrations : sequence of Calibration
            Over cells, in the order made.
        weight : ndarray of float64, shape (n_cells,)
            Final weight of each cell.
        base, of_clusters
            See the attributes.
        """
        return cls(Residuals(calibrations, weight), base, of_clusters)

    @property
    def per_base(self) -> list[Values]:
        """Auxiliary variables times weight after over weight before, (n_cells, p), last first."""
        share = np.divide(1.0, self.base, out=np.zeros_like(self.base), where=self.base != 0)
        return [auxiliary * share[:, None] for auxiliary in self.residuals.auxiliary_totals]


@dataclass(slots=True, eq=False)
class ExplainedCells:
    """What calibrations explain of the influences of one estimate.

    Attributes
    ----------
    calibrated : Calibrated
    find : callable
        Reads through the files for what domains add to totals, by cell.
    """

    calibrated: Calibrated
    find: Callable[[], OfCells]
    _found: OfCells | None = field(default=None)
    _edges: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def residuals(self) -> Residuals:
        """Regressions over cells."""
        return self.calibrated.residuals

    @property
    def cluster_totals(self) -> list[Values]:
        """Weighted totals of the auxiliary variables by final cluster, last first."""
        return [self.calibrated.of_clusters @ one for one in self.calibrated.per_base]

    def of_domain(self, domain: int, columns: Sequence[int] | None) -> tuple[Numbers, Values]:
        """Return the cells of a domain and what they add to totals."""
        if self._found is None:
            self._found = self.find()
        begin, end = np.searchsorted(self._found.domain, [domain, domain + 1])
        values = self._found.values[begin:end]
        if columns is not None:
            values = values[:, list(columns)]
        return self._found.cell[begin:end], values

    def taken(self, domain: int, gradient: Values) -> Values:
        """Return what is explained of a figure, per weight before the first step, (n_cells,).

        Parameters
        ----------
        domain : int
        gradient : ndarray of float64, shape (n_totals,)
            How the totals of the domain move the figure.
        """
        rows, values = self.of_domain(domain, None)
        coefficients = self.residuals.of_domain(rows, (values @ gradient)[:, None])
        parts = zip(self.calibrated.per_base, coefficients, strict=True)
        return np.asarray(sum(auxiliary @ found[:, 0] for auxiliary, found in parts))
