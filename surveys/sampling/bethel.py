"""The cheapest allocation that reaches several targets at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.errors import NotConvergedError, TargetsUnreachableError
from surveys.sampling.precision import NEARLY
from surveys.sampling.targets import Constraints

Values = NDArray[np.float64]

MULTIPLICATIVE_STEPS: Final = 60
"""Chromy's steps, each for the price of a matrix product, before Newton's."""

NEWTON_STEPS: Final = 200
"""Steps of Newton's method allowed after them."""

LEAP: Final = 10.0
"""Times a price by which it may change in one step."""

TINY: Final = 1e-300
"""Keeps a division by nothing from being one."""

DAMPINGS: Final = 20
"""Times a step is shortened tenfold before the search is given up."""

SHORTEST: Final = 1e-18
"""Part of a step below which it leads nowhere."""

REFINEMENTS: Final = 20
"""Halvings that find the end of a step to a millionth of its length."""

GAP: Final = 1e-9
"""Share of the cost by which a solution may at most be dearer than the cheapest."""

ACCEPTED_GAP: Final = 1e-4
"""The same where numbers are too far apart for more, still less than rounding costs."""

HALVINGS: Final = 60
"""Halvings after which a position between two allocations is known as well as a float can say."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The cheapest interviews that reach every target, not rounded.

    Attributes
    ----------
    interviews : ndarray of float64, shape (n_strata,)
    prices : ndarray of float64, shape (n_constraints,)
        Multiplier of each constraint: what it costs, 0 where it asks for
        nothing that others do not bring.
    iterations : int
    gap : float
        The cost is proved to be at most this share above the least there is.
    """

    interviews: Values
    prices: Values
    iterations: int
    gap: float


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Minimise ``cost @ x`` with ``loads @ (1/x) <= 1`` and ``lower <= x <= upper``."""

    loads: Values
    cost: Values
    lower: Values
    upper: Values
    alone: Values
    """What each target would cost if it were the only one and there were no bounds."""

    def interviews(self, prices: Values) -> Values:
        """Return the x that is best at given prices: ``sqrt(prices @ loads / cost)``."""
        return np.clip(np.sqrt(prices @ self.loads / self.cost), self.lower, self.upper)

    def used(self, x: Values) -> Values:
        """Return what is used of each constraint's 1."""
        return np.asarray(self.loads @ (1.0 / x))

    def bound(self, prices: Values) -> float:
        """Return a cost below which no allocation reaches the targets (the dual)."""
        x = self.interviews(prices)
        return float(self.cost @ x + (prices @ self.loads) @ (1.0 / x) - prices.sum())

    def repaired(self, x: Values) -> Values:
        """Return x moved just far enough towards the upper bounds to reach the targets."""
        excess = float(self.used(x).max())
        if excess <= 1.0:
            return x
        grown = np.minimum(x * excess, self.upper)
        if float(self.used(grown).max()) <= 1.0 + NEARLY:
            return grown
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            reached = self.used(grown + middle * (self.upper - grown)).max() <= 1.0 + NEARLY
            low, high = (low, middle) if reached else (middle, high)
        return grown + high * (self.upper - grown)


def cheapest(constraints: Constraints, cost: Values, lower: Values, upper: Values) -> Solution:
    """Return the cheapest interviews that reach every target.

    Parameters
    ----------
    constraints : Constraints
    cost : ndarray of float64, shape (n_strata,)
        Of one interview, positive.
    lower, upper : ndarray of float64, shape (n_strata,)
        Bounds of the interviews.

    Returns
    -------
    Solution

    Raises
    ------
    TargetsUnreachableError
        Some targets are not reached even at the upper bounds.
    NotConvergedError
        The cheapest was not found in the steps allowed.

    Notes
    -----
    The problem is convex; at prices of the constraints the best allocation is
    known [Bethel1989], so only prices are looked for: first by multiplying
    each with the square of what is used of its constraint [Chromy1987], then
    by Newton's method on those that matter. Each allocation is compared with
    the lower bound that its prices prove.
    """
    matters = constraints.loads.max(axis=0, initial=0.0) > 0
    x = lower.astype(np.float64).copy()
    if not matters.any():
        return Solution(x, np.zeros(len(constraints.goals)), 0, 0.0)
    # Where a target asks about a stratum, somebody has to be asked there.
    loads, relative = constraints.loads[:, matters], cost[matters] / float(cost[matters].mean())
    inside = _Problem(
        loads,
        relative,
        np.minimum(np.maximum(lower[matters], 1.0), upper[matters]),
        upper[matters],
        alone=np.sqrt(loads * relative).sum(axis=1) ** 2,
    )
    _refuse_unreachable(constraints, inside)
    found, prices, iterations, gap = _solve(inside)
    x[matters] = found
    # Prices of what others bring only creep towards 0; what is less than the gap is nothing.
    prices = np.where(prices > GAP * float(inside.cost @ found), prices, 0.0)
    return Solution(x, prices * float(cost[matters].mean()), iterations, gap)


def _refuse_unreachable(constraints: Constraints, problem: _Problem) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(problem.loads > 0, problem.loads / problem.upper, 0.0)
    beyond = parts.sum(axis=1) > 1.0 + NEARLY
    if beyond.any():
        at_fault = [str(constraints.goals[index]) for index in np.flatnonzero(beyond)]
        raise TargetsUnreachableError(tuple(at_fault))


def _solve(problem: _Problem) -> tuple[Values, Values, int, float]:
    prices = problem.alone / len(problem.loads)
    for _ in range(MULTIPLICATIVE_STEPS):
        prices = prices * problem.used(problem.interviews(prices)) ** 2
    best, gap = problem.upper, np.inf
    damping = 0.0
    for step in range(NEWTON_STEPS + 1):
        x = problem.repaired(problem.interviews(prices))
        dearer = (float(problem.cost @ x) - problem.bound(prices)) / float(problem.cost @ x)
        if dearer < gap:
            best, gap = x, dearer
        if gap <= GAP:
            return best, prices, MULTIPLICATIVE_STEPS + step, max(0.0, gap)
        moved, damping = _newton_step(problem, prices, damping)
        if moved is None:
            break
        prices = moved
    if gap <= ACCEPTED_GAP:
        return best, prices, MULTIPLICATIVE_STEPS + step, gap
    raise NotConvergedError(iterations=MULTIPLICATIVE_STEPS + step, gap=gap)


def _newton_step(problem: _Problem, prices: Values, damping: float) -> tuple[Values | None, float]:
    """Raise the dual by a projected Newton step; None where nothing raises it any more."""
    x = problem.interviews(prices)
    slope = problem.used(x) - 1.0
    scale = max(float(prices.max()), TINY)
    free = (prices > 1e-14 * scale) | (slope > 0)
    inner = (x > problem.lower) & (x < problem.upper)
    weighted = prices @ problem.loads
    bend = np.where(inner, 1.0 / (2.0 * np.maximum(weighted, TINY) * x), 0.0)
    part = problem.loads[free]
    curvature = (part * bend) @ part.T
    # Where nothing bends, prices go no further than they can be trusted to change at once.
    caution = np.abs(slope[free]) / (LEAP * np.maximum(prices, problem.alone)[free])
    for attempt in range(DAMPINGS):
        amount = max(damping, 1e-13) * 10.0**attempt
        damped = curvature + np.diag(caution + amount * np.diag(curvature) + TINY)
        step = np.zeros_like(prices)
        step[free] = np.linalg.solve(damped, slope[free])
        moved = _furthest_rising(problem, prices, step)
        if moved is not None:
            return moved, amount / 100.0
    return None, damping


def _furthest_rising(problem: _Problem, prices: Values, step: Values) -> Values | None:
    """Return the prices furthest along a step towards which the dual still rises.

    The dual is concave: where its slope at the end points onward, the end is higher
    than the start.
    """

    def moved(t: float) -> tuple[Values, bool]:
        there = np.maximum(0.0, prices + t * step)
        slope = problem.used(problem.interviews(there)) - 1.0
        return there, bool(slope @ (there - prices) > 0)

    low = 1.0
    best, rises = moved(low)
    if rises:
        return best
    while not rises:
        low /= 8.0
        if low < SHORTEST:
            return None
        best, rises = moved(low)
    high = 8.0 * low
    for _ in range(REFINEMENTS):
        middle = (low + high) / 2.0
        there, rises = moved(middle)
        if rises:
            best, low = there, middle
        else:
            high = middle
    return best


def whole_interviews(
    exact: Values, constraints: Constraints, cost: Values, lower: Values, upper: Values
) -> NDArray[np.int64]:
    """Return whole interviews that still reach every target.

    Everything is rounded up; then, in the order in which it was rounded up most
    (per cost), one interview each is given back where no target needs it.

    Parameters
    ----------
    exact : ndarray of float64, shape (n_strata,)
        Interviews that reach the targets.
    constraints, cost, lower, upper
        See ``cheapest``; whole bounds.

    Returns
    -------
    ndarray of int64, shape (n_strata,)
    """
    up = np.ceil(exact * (1.0 - NEARLY)).astype(np.int64)
    whole = np.clip(up, lower.astype(np.int64), upper.astype(np.int64))
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.where(constraints.loads > 0, constraints.loads / whole, 0.0).sum(axis=1)
    for at in np.argsort(-(whole - exact) * cost, kind="stable"):
        fewer = int(whole[at]) - 1
        load = constraints.loads[:, at]
        if fewer < lower[at] or fewer < exact[at] - 1.0 or (fewer == 0 and load.any()):
            continue
        more = load / fewer - load / whole[at] if fewer else np.zeros_like(load)
        if np.all(used + more <= 1.0 + NEARLY):
            whole[at] = fewer
            used = used + more
    return whole
