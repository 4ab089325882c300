"""Algebra on weighted totals that remembers its own derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Values of domains and their first-order dependence on weighted totals.

    A share is ``y / one``, an index of five components is their weighted sum,
    "this group minus that" is a minus sign. The gradient is kept, not the
    influence of each PSU: it is as short as the list of totals however many
    PSUs there are, and ``Totals.influence`` turns it into influences with one
    matrix product.

    Attributes
    ----------
    value : ndarray of float64, shape (n_domains,)
        NaN where the value does not exist.
    gradient : ndarray of float64, shape (n_domains, n_totals)
        Derivative of each value by each total of its own domain.
    """

    value: NDArray[np.float64]
    gradient: NDArray[np.float64]

    def __add__(self, other: Linear | float) -> Linear:
        """Add value and gradient."""
        if isinstance(other, Linear):
            return Linear(self.value + other.value, self.gradient + other.gradient)
        return Linear(self.value + other, self.gradient)

    def __sub__(self, other: Linear | float) -> Linear:
        """Subtract value and gradient."""
        return self + (-1.0) * other

    def __mul__(self, other: Linear | float) -> Linear:
        """Multiply, with the derivative of a product."""
        if isinstance(other, Linear):
            gradient = self.gradient * other.value[:, None] + other.gradient * self.value[:, None]
            return Linear(self.value * other.value, gradient)
        return Linear(self.value * other, self.gradient * other)

    def __truediv__(self, other: Linear | float) -> Linear:
        """Divide, with the derivative of a quotient; NaN where dividing by zero."""
        if not isinstance(other, Linear):
            return self * (1.0 / other)
        divisor = np.where(other.value == 0, np.nan, other.value)
        value = self.value / divisor
        gradient = (self.gradient - value[:, None] * other.gradient) / divisor[:, None]
        return Linear(value, gradient)

    __radd__ = __add__
    __rmul__ = __mul__

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where there is a value, shape (n_domains,)."""
        return ~np.isnan(self.value)

    def of_domains(self, domains: slice) -> Linear:
        """Return the values of a run of domains."""
        return Linear(self.value[domains], self.gradient[domains])

    def transform(self, value: NDArray[np.float64], slope: NDArray[np.float64]) -> Linear:
        """Apply a function known by its values and slopes, shape (n_domains,)."""
        return Linear(value, self.gradient * slope[:, None])

    def where(self, holds: NDArray[np.bool_], otherwise: float) -> Linear:
        """Keep the value where ``holds``; elsewhere a constant without variance."""
        return Linear(
            np.where(holds, self.value, otherwise), np.where(holds[:, None], self.gradient, 0.0)
        )


def identity_linears(totals: NDArray[np.float64]) -> tuple[Linear, ...]:
    """Turn totals of shape (n_domains, n_totals) into values with unit gradients."""
    n_domains, n_totals = totals.shape
    unit = np.eye(n_totals)
    return tuple(
        Linear(totals[:, j], np.broadcast_to(unit[j], (n_domains, n_totals)))
        for j in range(n_totals)
    )


def side_by_side(linears: Sequence[Linear], n_domains: int) -> NDArray[np.float64]:
    """Return values as columns, shape (n_domains, n_linears); there may be none."""
    found = np.empty((n_domains, len(linears)))
    for k, linear in enumerate(linears):
        found[:, k] = linear.value
    return found


def gradients(
    estimands: Sequence[Linear], columns: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """Stack gradients by some columns, shape (n_domains, n_columns, n_estimands)."""
    chosen = slice(None) if columns is None else list(columns)
    return np.stack([estimand.gradient[:, chosen] for estimand in estimands], axis=2)
