"""Inclusion probabilities within groups, by method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Probabilities:
    """Inclusion probabilities of units, given the units above.

    Attributes
    ----------
    of_group : ndarray of float64, shape (n_groups,), optional
        One probability for all units of a group that are not certain.
    of_unit : ndarray of float64, shape (m,), optional
        Or each unit's own.
    is_certain : ndarray of bool, shape (m,), optional
        Units drawn whatever happens; None if there are none.
    """

    of_group: Real | None
    of_unit: Real | None
    is_certain: Flags | None

    def at(self, place: NDArray[np.int64], group: Codes) -> Real:
        """Return the probabilities of some units.

        Parameters
        ----------
        place : ndarray of int64, shape (k,)
            Where the units stand among all.
        group : ndarray of int32, shape (k,)
            Their groups.
        """
        if self.of_unit is not None:
            return self.of_unit[place]
        found = np.empty(0) if self.of_group is None else self.of_group[group]
        return found if self.is_certain is None else np.where(self.is_certain[place], 1.0, found)


def equal(group: Codes, population: Real, expected: Real, is_named: Flags | None) -> Probabilities:
    """Return ``(n - c) / (N - c)`` for each group, with ``c`` units that are certain.

    Parameters
    ----------
    group : ndarray of int32, shape (m,)
    population, expected : ndarray of float64, shape (n_groups,)
        Units there are, and units to be drawn.
    is_named : ndarray of bool, shape (m,), optional
        Units the plan names as certain, at most as many as drawn.
    """
    n, rest = expected, population
    if is_named is not None:
        certain = np.bincount(group[is_named], minlength=len(population)).astype(np.float64)
        n, rest = np.maximum(n - certain, 0.0), rest - certain
    return Probabilities(_ratio(n, rest), None, is_named)


def proportional(
    group: Codes, n_groups: int, size: NDArray[np.int64], expected: Real, is_named: Flags | None
) -> Probabilities:
    """Return probabilities proportional to size, 1 where that would be 1 or more.

    Units with ``n * size >= total`` are certain; the others share what is left, again
    and again until none is left out [Tille2006, ch. 2].

    Parameters
    ----------
    group : ndarray of int32, shape (m,)
    n_groups : int
    size : ndarray of int64, shape (m,)
        Not negative; units of size 0 have probability 0 unless they are named.
    expected : ndarray of float64, shape (n_groups,)
        Units to be drawn; all products with sizes stay below 2**53.
    is_named : ndarray of bool, shape (m,), optional
        Units the plan names as certain.
    """
    x = size.astype(np.float64)
    is_certain = np.zeros(len(x), dtype=np.bool_) if is_named is None else is_named.copy()
    n, total = expected, np.zeros(n_groups)
    while True:
        certain = np.bincount(group[is_certain], minlength=n_groups).astype(np.float64)
        n = expected - certain
        left = np.where(is_certain, 0.0, x)
        total = np.bincount(group, weights=left, minlength=n_groups).astype(np.float64)
        is_new = ~is_certain & (x > 0) & (n[group] * x >= total[group])
        if not is_new.any():
            break
        is_certain |= is_new
    p = _ratio(np.maximum(n, 0.0)[group] * x, total[group])
    return Probabilities(None, np.where(is_certain, 1.0, p), is_certain)


def _ratio(above: Real, below: Real) -> Real:
    return np.divide(above, below, out=np.zeros(len(above)), where=below > 0)
