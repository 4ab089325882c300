"""Share interviews out among strata, by each of the usual methods."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from surveys.sampling.bethel import cheapest, whole_interviews
from surveys.sampling.bounds import share_within_bounds
from surveys.sampling.errors import (
    OneOfError,
    OutOfRangeError,
    SamplingError,
    SizeAboveMaximumError,
    SizeBelowMinimumError,
    UnequalLengthsError,
    require,
)
from surveys.sampling.expected import Search, tabulate
from surveys.sampling.precision import NEARLY
from surveys.sampling.rounding import round_to_total
from surveys.sampling.strata import Strata
from surveys.sampling.table import AllocationTable, Method, Refused, ReportingRule, TargetRow
from surveys.sampling.targets import Constraints, Target, constraints_of

Values = NDArray[np.float64]
Whole = NDArray[np.int64]

SIDE_BY_SIDE = (Method.EQUAL, Method.PROPORTIONAL, Method.SQUARE_ROOT, Method.NEYMAN, Method.POWER)
"""Methods that a page compares where it does not say which."""

LEAST_FACTOR = 1e-4
"""Targets are not tightened to less than this part of what was asked for."""

LOOSEST = 20.0
"""Logarithm of the factor beyond which looser targets ask for nothing any more."""


def allocate(
    strata: Strata,
    n: int | None = None,
    method: Method = Method.PROPORTIONAL,
    *,
    budget: float | None = None,
    measure: ArrayLike | None = None,
    component: str | None = None,
    exponent: float = 0.5,
    is_relative: bool = False,
    targets: Sequence[Target] = (),
    level: float = 0.95,
    rule: ReportingRule | None = None,
) -> AllocationTable:
    """Share interviews out among strata.

    Parameters
    ----------
    strata : Strata
    n : int, optional
        Interviews in all. ``TARGETS`` needs none; given one, it holds the
        largest ratio of standard errors to those wanted as low as it can.
    method : Method
    budget : float, optional
        Instead of ``n``, for ``OPTIMUM``: what may be spent.
    measure : array-like of float, shape (n_strata,), optional
        Measure of size for ``PROPORTIONAL``, ``SQUARE_ROOT`` and ``POWER``;
        eligible people without it.
    component : str, optional
        Whose variance counts for ``NEYMAN``, ``OPTIMUM`` and ``POWER``; the
        mean variance of all of them without it.
    exponent : float
        For ``POWER``, 0 to 1: 0 looks at units alone, 1 at the whole.
    is_relative : bool
        For ``POWER``: whether standard errors count relative to the mean, as
        first proposed; else margins do, which is better for shares near 1.
    targets : sequence of Target
        For ``TARGETS``; for other methods they are checked.
    level : float
        Confidence of the expected margins.
    rule : ReportingRule, optional

    Returns
    -------
    AllocationTable

    Raises
    ------
    SizeBelowMinimumError, SizeAboveMaximumError
        The bounds of the strata do not allow the size.
    TargetsUnreachableError, NotConvergedError
        See ``bethel.cheapest``.
    SamplingError
        What was given does not fit, see its kinds.
    """
    if budget is not None and method is not Method.OPTIMUM:
        raise OneOfError(names="n, budget")
    if method is Method.TARGETS:
        return _to_targets(strata, n, targets, level, rule)
    sizes = _measure(strata, method, measure, component, exponent, is_relative)
    if n is not None and budget is None:
        exact, whole = _for_size(strata, n, sizes)
    elif budget is not None and n is None:
        exact, whole = _for_budget(strata, budget, sizes)
    else:
        raise OneOfError(names="n, budget")
    checked = _targets(constraints_of(strata, targets), whole) if targets else ()
    return tabulate(method, strata, exact, whole, level=level, rule=rule, targets=checked)


def compare(
    strata: Strata,
    n: int,
    methods: Sequence[Method] = SIDE_BY_SIDE,
    *,
    measure: ArrayLike | None = None,
    component: str | None = None,
    exponent: float = 0.5,
    targets: Sequence[Target] = (),
    level: float = 0.95,
    rule: ReportingRule | None = None,
) -> tuple[AllocationTable | Refused, ...]:
    """Return allocations of the same size side by side, in the order of the methods.

    Parameters are those of ``allocate``. A method that cannot be carried out
    is answered by the code of what stands against it.
    """
    tables: list[AllocationTable | Refused] = []
    for method in methods:
        try:
            table = allocate(
                strata, n, method, measure=measure, component=component, exponent=exponent,
                targets=targets, level=level, rule=rule,
            )  # fmt: skip
        except SamplingError as error:
            tables.append(Refused(method, error.code, tuple(error.context.items())))
        else:
            tables.append(table)
    return tuple(tables)


def _require_size(strata: Strata, n: int) -> None:
    least, most = int(strata.lower.sum()), int(strata.upper.sum())
    if n < least:
        raise SizeBelowMinimumError(size=n, least=least)
    if n > most:
        raise SizeAboveMaximumError(size=n, most=most)


def _measure(
    strata: Strata,
    method: Method,
    measure: ArrayLike | None,
    component: str | None,
    exponent: float,
    is_relative: bool,
) -> Values:
    """Return to what a method makes interviews proportional."""
    size = strata.eligible if measure is None else np.asarray(measure, dtype=np.float64)
    if size.shape != (strata.n_strata,):
        raise UnequalLengthsError(name="measure")
    if not np.all(np.isfinite(size) & (size >= 0)):
        raise OutOfRangeError(name="measure", value=float(size.min()))
    spread = np.sqrt(strata.effect * _of_component(strata, strata.variance, component))
    match method:
        case Method.EQUAL:
            return np.ones(strata.n_strata)
        case Method.SQUARE_ROOT:
            return np.sqrt(size)
        case Method.NEYMAN:
            return strata.eligible * spread
        case Method.OPTIMUM:
            return strata.eligible * spread / np.sqrt(strata.cost)
        case Method.POWER:
            require(0 <= exponent <= 1, "exponent", exponent)
            if is_relative:
                centre = np.abs(_of_component(strata, strata.mean, component))
                require(bool(np.all(centre > 0)), "mean", float(centre.min()))
                spread = spread / centre
            return np.asarray(size**exponent * spread)
    return size


def _of_component(strata: Strata, values: Values, component: str | None) -> Values:
    if component is None:
        return np.asarray(values.mean(axis=0))
    return np.asarray(values[strata.component(component)])


def _for_size(strata: Strata, n: int, sizes: Values) -> tuple[Values, Whole]:
    """Return a number of interviews shared out, real and whole."""
    _require_size(strata, n)
    lower, upper = strata.lower.astype(float), strata.upper.astype(float)
    exact = share_within_bounds(float(n), sizes, lower, upper, fallback=strata.eligible)
    return exact, round_to_total(exact, n, strata.lower, strata.upper)


def _for_budget(strata: Strata, budget: float, sizes: Values) -> tuple[Values, Whole]:
    """Return what a sum of money buys, and whole interviews that do not cost more."""
    least = float(strata.cost @ strata.lower)
    require(0 < budget < math.inf, "budget", budget)
    if budget < least * (1.0 - NEARLY):
        raise SizeBelowMinimumError(size=budget, least=least)
    exact = share_within_bounds(
        budget, sizes, strata.lower.astype(float), strata.upper.astype(float),
        unit_cost=strata.cost, fallback=strata.eligible,
    )  # fmt: skip
    down = np.floor(exact + NEARLY * np.maximum(1.0, exact)).astype(np.int64)
    whole = np.clip(down, strata.lower, strata.upper)
    left = budget * (1.0 + NEARLY) - float(strata.cost @ whole)
    while (affordable := (whole < strata.upper) & (strata.cost <= left)).any():
        at = int(np.argmax(np.where(affordable, exact - whole, -np.inf)))
        whole[at] += 1
        left -= float(strata.cost[at])
    return exact, whole


def _to_targets(
    strata: Strata,
    n: int | None,
    targets: Sequence[Target],
    level: float,
    rule: ReportingRule | None,
) -> AllocationTable:
    constraints = constraints_of(strata, targets)
    lower, upper = strata.lower.astype(float), strata.upper.astype(float)
    if n is None:
        found = cheapest(constraints, strata.cost, lower, upper)
        whole = whole_interviews(found.interviews, constraints, strata.cost, lower, upper)
        rows = _targets(constraints, whole, found.prices)
        search = Search(1.0, found.iterations, found.gap)
        return tabulate(Method.TARGETS, strata, found.interviews, whole, level=level, rule=rule,
                        targets=rows, search=search)  # fmt: skip
    _require_size(strata, n)
    exact, search = _within_size(constraints, n, lower, upper, strata.eligible)
    whole = round_to_total(exact, n, strata.lower, strata.upper)
    return tabulate(Method.TARGETS, strata, exact, whole, level=level, rule=rule,
                    targets=_targets(constraints, whole), search=search)  # fmt: skip


def _within_size(
    constraints: Constraints, n: int, lower: Values, upper: Values, eligible: Values
) -> tuple[Values, Search]:
    """Return ``n`` interviews whose largest ratio of standard error to target is least."""
    each = np.ones_like(lower)

    def interviews(log_factor: float) -> Values:
        return cheapest(constraints.relaxed(math.exp(log_factor)), each, lower, upper).interviews

    def too_many(log_factor: float) -> float:
        return math.log(float(interviews(log_factor).sum()) / n)

    # The least factor at which everybody who can be asked is enough.
    tightest = math.log(max(LEAST_FACTOR, math.sqrt(constraints.reached(upper).max())))
    tightest += NEARLY
    if too_many(tightest) <= 0:
        start = interviews(tightest)
        exact = share_within_bounds(float(n), eligible, start, upper)
        return exact, Search(math.sqrt(constraints.reached(exact).max()))
    loosest = max(tightest, 0.0) + 1.0
    while too_many(loosest) > 0:
        loosest += 1.0
        if loosest > LOOSEST:
            raise SizeBelowMinimumError(size=n, least=math.ceil(interviews(loosest).sum()))
    factor = float(optimize.brentq(too_many, tightest, loosest, xtol=1e-9))
    found = cheapest(constraints.relaxed(math.exp(factor)), each, lower, upper)
    reached = math.sqrt(constraints.reached(found.interviews).max())
    return found.interviews, Search(reached, found.iterations, found.gap)


def _targets(
    constraints: Constraints, interviews: Whole, prices: Values | None = None
) -> tuple[TargetRow, ...]:
    ratio = constraints.reached(interviews.astype(float))
    # One per cent on a standard error is two on its variance, of which the price is known.
    known = (constraints.unit_variance / constraints.eligible).sum(axis=1)
    share = 0.02 * constraints.wanted / (constraints.wanted + known)
    savings = np.full(len(ratio), math.nan) if prices is None else share * prices
    return tuple(
        TargetRow(
            goal=goal,
            wanted=math.sqrt(wanted),
            expected=math.sqrt(wanted * achieved),
            is_reached=bool(achieved <= 1.0 + NEARLY),
            saving=float(saving),
        )
        for goal, wanted, achieved, saving in zip(
            constraints.goals, constraints.wanted, ratio, savings, strict=True
        )
    )
