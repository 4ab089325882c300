"""Stages of selection, on the level of final clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ALL_DRAWN = 1.0 - 1e-7
"""Sampled shares from here on are taken for a census: it has no variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of selection.

    Units and strata are numbered so that they never decrease along the final
    clusters: sums over them are sums over runs.

    Attributes
    ----------
    unit : ndarray of int32, shape (n_clusters,)
        Unit of this stage in which each final cluster lies, 0 to
        ``n_units - 1``.
    unit_stratum : ndarray of int32, shape (n_units,)
        Stratum in which each unit was drawn, nested in the unit of the stage
        before, 0 to ``n_strata - 1``.
    unit_fraction : ndarray of float64, shape (n_units,)
        Share of its stratum that was drawn, the unit's own probability for
        selection with unequal probabilities; 0 means drawn with replacement
        or so few that it does not matter.
    carried : ndarray of float64, shape (n_units,)
        Product of the fractions of the stages before; 1 at the first.
    """

    unit: NDArray[np.int32]
    unit_stratum: NDArray[np.int32]
    unit_fraction: NDArray[np.float64]
    carried: NDArray[np.float64]

    @property
    def n_units(self) -> int:
        """Number of units drawn."""
        return len(self.unit_stratum)

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return int(self.unit_stratum[-1]) + 1

    @property
    def units_per_stratum(self) -> NDArray[np.int64]:
        """Number of units drawn in each stratum, shape (n_strata,)."""
        return np.bincount(self.unit_stratum, minlength=self.n_strata)

    @property
    def is_final(self) -> bool:
        """Whether the units are the final clusters."""
        return self.n_units == len(self.unit)

    @property
    def open_share(self) -> NDArray[np.float64]:
        """Finite population correction ``1 - f`` of each unit, shape (n_units,)."""
        return np.where(self.unit_fraction < ALL_DRAWN, 1.0 - self.unit_fraction, 0.0)

    @property
    def is_lonely(self) -> NDArray[np.bool_]:
        """Whether each stratum has one unit that stands for more, shape (n_strata,)."""
        alone = self.units_per_stratum == 1
        first = np.searchsorted(self.unit_stratum, np.arange(self.n_strata))
        matters = (self.open_share > 0) & (self.carried > 0)
        return np.asarray(alone & matters[first])


class PairMatrix(Protocol):
    """Weights of pairs of PSUs drawn without replacement, unequally likely."""

    def quadratic(self, influence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``z' D z`` for influences ``z`` of all PSUs.

        Parameters
        ----------
        influence : ndarray of float64, shape (n_psu, k)

        Returns
        -------
        ndarray of float64, shape (k, k)
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """How the final clusters were drawn.

    Attributes
    ----------
    stages : tuple of Stage
        From primary sampling units (PSUs) on, as far as they matter to the
        variance.
    pairs : PairMatrix, optional
        Variance from pairs of PSUs instead of the spread within strata.
    """

    stages: tuple[Stage, ...]
    pairs: PairMatrix | None = None

    @property
    def n_clusters(self) -> int:
        """Number of final clusters drawn."""
        return len(self.stages[0].unit)

    @property
    def first(self) -> Stage:
        """The stage that draws PSUs."""
        return self.stages[0]

    @property
    def n_psu(self) -> int:
        """Number of PSUs drawn."""
        return self.first.n_units

    @property
    def n_strata(self) -> int:
        """Number of strata of PSUs."""
        return self.first.n_strata
