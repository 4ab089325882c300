"""What an adjustment did to the weights, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.weights.errors import Label

Values = NDArray[np.float64]

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
"""Shares of rows at which distributions are described."""

FEW_RESPONDENTS: Final = 20
"""Cells with fewer respondents are pointed out, unless another number is given."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Distribution of weights, or of factors, over rows.

    Attributes
    ----------
    n : int
        Rows that are not zero; all else but ``n_zero`` is about these.
    n_zero, n_negative : int
        Rows that are zero, or below.
    total, smallest, largest : float
    quantiles : tuple of float
        At ``QUANTILES``, by linear interpolation.
    design_effect : float
        ``1 + cv**2``, what unequal weights alone cost [Kish1992].
    effective_n : float
        ``n / design_effect``, that is ``(sum w)**2 / sum w**2``.
    """

    n: int
    n_zero: int
    n_negative: int
    total: float
    smallest: float
    largest: float
    quantiles: tuple[float, ...]
    design_effect: float
    effective_n: float

    @classmethod
    def of(cls, values: Values) -> Spread:
        """Describe an array of shape (n,); NaN where nothing differs from zero."""
        inside = values[values != 0]
        n = len(inside)
        if n == 0:
            nan = float("nan")
            return cls(0, len(values), 0, 0.0, nan, nan, (nan,) * len(QUANTILES), nan, 0.0)
        total = float(inside.sum())
        effective_n = total**2 / float(inside @ inside)
        return cls(
            n=n,
            n_zero=len(values) - n,
            n_negative=int((inside < 0).sum()),
            total=total,
            smallest=float(inside.min()),
            largest=float(inside.max()),
            quantiles=tuple(float(value) for value in np.quantile(inside, QUANTILES)),
            design_effect=n / effective_n if effective_n > 0 else float("nan"),
            effective_n=effective_n,
        )


@dataclass(frozen=True, slots=True, eq=False)
class KnownTotals:
    """How far weighted totals are from known ones.

    Attributes
    ----------
    names : tuple of str
    target, before, after : ndarray of float64, shape (p,)
        What is known, and what the weights before and after say.
    """

    names: tuple[str, ...]
    target: Values
    before: Values
    after: Values

    @property
    def distance_before(self) -> Values:
        """Distance from the target as a share of it, shape (p,)."""
        return relative_distance(self.before, self.target)

    @property
    def distance_after(self) -> Values:
        """Distance from the target as a share of it, shape (p,)."""
        return relative_distance(self.after, self.target)


@dataclass(frozen=True, slots=True, eq=False)
class CellReport:
    """What happened in each cell.

    Attributes
    ----------
    labels : tuple of tuple of str
    n : ndarray of int, shape (n_cells,)
        Respondents with weight who stand for the cell.
    before, after : ndarray of float64, shape (n_cells,)
        Weight of everybody concerned, before and after.
    factor : ndarray of float64, shape (n_cells,)
        What the weights of those who stand for the cell were multiplied by.
    minimum : int
        Cells with fewer respondents are thin.
    merged : tuple of tuple of tuple of str
        Labels of cells that were put together, one tuple per merged cell.
    """

    labels: tuple[Label, ...]
    n: NDArray[np.int64]
    before: Values
    after: Values
    factor: Values
    minimum: int = FEW_RESPONDENTS
    merged: tuple[tuple[Label, ...], ...] = ()

    @property
    def thin(self) -> tuple[Label, ...]:
        """Cells with some, but few respondents."""
        chosen = (self.n > 0) & (self.n < self.minimum)
        return tuple(self.labels[cell] for cell in np.flatnonzero(chosen))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How an iterative adjustment came to its end.

    Attributes
    ----------
    iterations : int
    distance : float
        Largest relative distance to what was aimed at.
    coefficients : ndarray of float64, shape (p,)
        Of a propensity model, or the multipliers of a calibration; empty for
        raking.
    """

    iterations: int
    distance: float
    coefficients: Values


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Weights before and after a step, and their ratio where a weight was left."""

    before: Spread
    after: Spread
    factor: Spread


def relative_distance(values: Values, target: Values) -> Values:
    """Return distances as shares of the target; of a target of zero, as they are."""
    return np.abs(values - target) / np.where(target == 0, 1.0, np.abs(target))
