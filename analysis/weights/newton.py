"""Finding the multipliers with which weights meet known totals.

The multipliers minimise a convex function whose gradient is the distance
from the totals [DevilleSarndal1992], so Newton's method with steps that are
shortened until they help always gets there if there is anything to get to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from analysis.weights.distance import Distance
from analysis.weights.errors import CalibrationImpossibleError

Values = NDArray[np.float64]

ROWS_AT_ONCE: Final = 2**12
SMALLEST: Final = 1e-13
"""Eigenvalues below this share of the largest are taken for zero."""
AGREEMENT: Final = 1e-9
"""Relative difference up to which dependent totals agree."""
HALVINGS: Final = 60
ROWS_OF_PROOF: Final = 200_000
"""Distinct rows up to which a failure is tried to be proved inevitable."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Rows with weight, and the totals they shall add up to.

    Attributes
    ----------
    auxiliary : ndarray of float64, shape (n, p)
    base : ndarray of float64, shape (n,)
        Positive.
    target : ndarray of float64, shape (p,)
    names : tuple of str
        Of the totals.
    """

    auxiliary: Values
    base: Values
    target: Values
    names: tuple[str, ...]

    def totals(self, weight: Values) -> Values:
        """Return weighted totals, shape (p,)."""
        found = np.zeros(len(self.target))
        for rows in self._blocks():
            found += weight[rows] @ self.auxiliary[rows]
        return found

    def size(self) -> Values:
        """Return what a distance from each total is measured by, shape (p,).

        The total itself, or the sum without signs where terms cancel; 1 where both are zero.
        """
        found = np.zeros(len(self.target))
        for rows in self._blocks():
            found += self.base[rows] @ np.abs(self.auxiliary[rows])
        largest = np.maximum(np.abs(self.target), found)
        return np.where(largest > 0, largest, 1.0)

    def products(self, weight: Values) -> Values:
        """Return weighted cross-products, shape (p, p)."""
        found = np.zeros((len(self.target), len(self.target)))
        for rows in self._blocks():
            block = self.auxiliary[rows]
            found += block.T @ (block * weight[rows, None])
        return found

    def _blocks(self) -> list[slice]:
        n = len(self.base)
        return [slice(first, first + ROWS_AT_ONCE) for first in range(0, n, ROWS_AT_ONCE)]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the search ended.

    Attributes
    ----------
    multipliers : ndarray of float64, shape (p,)
    ratio : ndarray of float64, shape (n,)
    iterations : int
    distance : float
        Largest distance from a total, relative to the total.
    worst : str
        Name of that total.
    """

    multipliers: Values
    ratio: Values
    iterations: int
    distance: float
    worst: str


def independent(problem: Problem) -> Values:
    """Return directions in which the auxiliary variables say something.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    ndarray of float64, shape (p, rank)
        Scaled so that the cross-products of the base weights become the unit
        matrix.

    Raises
    ------
    CalibrationImpossibleError
        Variables depend on each other and their totals do not in the same way.
    """
    products = problem.products(problem.base)
    length = np.sqrt(np.diag(products))
    absent = (length == 0) & (problem.target != 0)
    if absent.any():
        raise CalibrationImpossibleError(
            reason="nobody-has-it", totals=_listed(problem.names, absent)
        )
    length = np.where(length > 0, length, 1.0)
    values, vectors = np.linalg.eigh(products / np.outer(length, length))
    kept = values > SMALLEST * values[-1]
    scaled = problem.target / length
    left_over = vectors[:, ~kept].T @ scaled
    worst = int(np.argmax(np.abs(left_over))) if len(left_over) else 0
    if len(left_over) and abs(left_over[worst]) > AGREEMENT * np.linalg.norm(scaled):
        involved = np.abs(vectors[:, ~kept][:, worst]) > 1e-6
        raise CalibrationImpossibleError(
            reason="totals-disagree", totals=_listed(problem.names, involved)
        )
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]) / length[:, None])


# A step that is much too long overflows before it is shortened.
@np.errstate(over="ignore", invalid="ignore")
def solve(
    problem: Problem, distance: Distance, *, tolerance: float, max_iterations: int
) -> Solution:
    """Look for multipliers with which the weights meet the totals.

    Parameters
    ----------
    problem : Problem
    distance : Distance
        Its bounds fit the rows of the problem.
    tolerance : float
        Largest relative distance from a total that is good enough.
    max_iterations : int

    Returns
    -------
    Solution
        As far as it came; the caller judges ``distance``.
    """
    basis = independent(problem)
    size = problem.size()
    now = _evaluated(problem, distance, np.zeros(len(problem.target)))
    iterations = 0
    while np.max(np.abs(now.misfit) / size) > tolerance and iterations < max_iterations:
        step = _step(problem, distance, basis, now)
        following = _shortened(problem, distance, basis, now, step)
        iterations += 1
        if following is None:
            break
        now = following
    else:
        # Once more with what is known anyway: the last digits cost one pass.
        polished = _evaluated(
            problem, distance, now.multipliers + _step(problem, distance, basis, now)
        )
        if np.max(np.abs(polished.misfit) / size) < np.max(np.abs(now.misfit) / size):
            now = polished
    away = np.abs(now.misfit) / size
    worst = int(np.argmax(away))
    return Solution(
        now.multipliers, now.ratio, iterations, float(away[worst]), problem.names[worst]
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    multipliers: Values
    predictor: Values
    ratio: Values
    misfit: Values
    height: float


def _evaluated(problem: Problem, distance: Distance, multipliers: Values) -> _Point:
    predictor = problem.auxiliary @ multipliers
    ratio = distance.ratio(predictor)
    misfit = problem.target - problem.totals(problem.base * ratio)
    height = float(problem.base @ distance.potential(predictor) - problem.target @ multipliers)
    return _Point(multipliers, predictor, ratio, misfit, height)


def _step(problem: Problem, distance: Distance, basis: Values, now: _Point) -> Values:
    """Return Newton's step in the multipliers, shape (p,)."""
    products = problem.products(problem.base * distance.slope(now.predictor))
    values, vectors = np.linalg.eigh(basis.T @ products @ basis)
    # Where every weight is at a bound nothing moves: a long step, to be shortened.
    curvature = np.maximum(values, SMALLEST * max(float(values[-1]), 1.0))
    return np.asarray(basis @ (vectors @ ((vectors.T @ (basis.T @ now.misfit)) / curvature)))


def _shortened(
    problem: Problem, distance: Distance, basis: Values, now: _Point, step: Values
) -> _Point | None:
    """Halve a step until it leads downhill; None if it never does."""
    gain = float(now.misfit @ step)
    far = float(np.linalg.norm(basis.T @ now.misfit))
    length = 1.0
    for _ in range(HALVINGS):
        tried = _evaluated(problem, distance, now.multipliers + length * step)
        if np.isfinite(tried.height) and np.isfinite(tried.misfit).all():
            lower = tried.height <= now.height - 1e-4 * length * gain
            nearer = float(np.linalg.norm(basis.T @ tried.misfit)) <= (1 - 0.1 * length) * far
            # Across the valley all weights may be at a bound, where nothing shows the way back.
            too_far = float(tried.misfit @ step) < -0.9 * gain
            if (lower or nearer) and not too_far:
                return tried
        length /= 2
    return None


def is_impossible(problem: Problem, distance: Distance) -> bool:
    """Prove, if it can be proved in reasonable time, that no weights meet the totals.

    Parameters
    ----------
    problem : Problem
    distance : Distance
        Of which only the bounds count.

    Returns
    -------
    bool
        False where weights exist, and where it is not known.
    """
    lower, upper = distance.bounds.lower, distance.bounds.upper
    rows, place = np.unique(problem.auxiliary, axis=0, return_inverse=True)
    if len(rows) > ROWS_OF_PROOF:
        return False
    place = place.reshape(-1)
    low = np.bincount(place, weights=problem.base * lower, minlength=len(rows))
    high = np.bincount(place, weights=problem.base * upper, minlength=len(rows))
    size = problem.size()
    equations: Any = csr_matrix((rows / size).T)
    limits: Any = np.column_stack([low, high])
    found = linprog(np.zeros(len(rows)), A_eq=equations, b_eq=problem.target / size, bounds=limits)
    return bool(found.status == 2)


def _listed(names: tuple[str, ...], chosen: NDArray[np.bool_]) -> str:
    return ", ".join(names[number] for number in np.flatnonzero(chosen))
