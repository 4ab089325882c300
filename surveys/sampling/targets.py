"""Precision that is asked for: overall, of every unit, of one unit, by component."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.errors import NoTargetError, OneOfError, require
from surveys.sampling.precision import normal_quantile
from surveys.sampling.strata import Strata

Values = NDArray[np.float64]


class Scope(StrEnum):
    """Of whom an estimate is to be precise."""

    OVERALL = "overall"
    EACH_UNIT = "each-unit"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Target:
    """One wish.

    Attributes
    ----------
    scope : Scope
    margin, cv : float or None
        Half width of the interval, or standard error over the estimate; one of them.
    component : str or None
        None means every component.
    unit : str or None
        Where the scope is one unit.
    level : float
        Confidence of the margin.
    """

    scope: Scope
    margin: float | None = None
    cv: float | None = None
    component: str | None = None
    unit: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        if (self.margin is None) == (self.cv is None):
            raise OneOfError(names="margin, cv")
        for name, value in (("margin", self.margin), ("cv", self.cv)):
            if value is not None:
                require(0 < value < math.inf, name, value)
        normal_quantile(self.level)
        if (self.scope is Scope.UNIT) != (self.unit is not None):
            raise OneOfError(names="scope, unit")

    @classmethod
    def overall(
        cls, *, margin: float | None = None, cv: float | None = None, component: str | None = None
    ) -> Self:
        """Ask for precision of the whole."""
        return cls(Scope.OVERALL, margin, cv, component)

    @classmethod
    def each_unit(
        cls, *, margin: float | None = None, cv: float | None = None, component: str | None = None
    ) -> Self:
        """Ask for the same precision of every unit."""
        return cls(Scope.EACH_UNIT, margin, cv, component)

    @classmethod
    def of_unit(
        cls,
        unit: str,
        *,
        margin: float | None = None,
        cv: float | None = None,
        component: str | None = None,
    ) -> Self:
        """Ask for precision of one unit."""
        return cls(Scope.UNIT, margin, cv, component, unit)


@dataclass(frozen=True, slots=True)
class Goal:
    """One estimate that a target asks about.

    Attributes
    ----------
    unit : str or None
        None means the whole.
    component : str
    """

    unit: str | None
    component: str

    def __str__(self) -> str:
        return self.component if self.unit is None else f"{self.unit}: {self.component}"


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """Targets as inequalities ``sum(loads / interviews) <= 1`` [Bethel1989].

    Attributes
    ----------
    goals : tuple of Goal
        What each inequality is about.
    wanted : ndarray of float64, shape (n_constraints,)
        Variance asked for.
    unit_variance : ndarray of float64, shape (n_constraints, n_strata)
        Variance of the estimate is ``sum(unit_variance * (1/n - 1/N))``.
    eligible : ndarray of float64, shape (n_strata,)
        ``N``.
    loads : ndarray of float64, shape (n_constraints, n_strata)
    """

    goals: tuple[Goal, ...]
    wanted: Values
    unit_variance: Values
    eligible: Values
    loads: Values

    @classmethod
    def of(
        cls, goals: tuple[Goal, ...], wanted: Values, unit_variance: Values, eligible: Values
    ) -> Self:
        """Write variances that are wanted as inequalities.

        ``sum(v * (1/n - 1/N)) <= wanted`` is ``sum(v / n) <= wanted + sum(v / N)``.
        """
        known = (unit_variance / eligible).sum(axis=1)
        return cls(goals, wanted, unit_variance, eligible,
                   unit_variance / (wanted + known)[:, None])  # fmt: skip

    def relaxed(self, factor: float) -> Self:
        """Return the same with every standard error wanted times a factor."""
        return self.of(self.goals, self.wanted * factor**2, self.unit_variance, self.eligible)

    def reached(self, interviews: Values) -> Values:
        """Return the variance of each estimate over the one wanted; at most 1 is reached."""
        with np.errstate(divide="ignore"):
            per = np.maximum(0.0, 1.0 / interviews - 1.0 / self.eligible)
        matters = self.unit_variance > 0
        return np.asarray(
            (self.unit_variance * np.where(matters, per, 0.0)).sum(axis=1) / self.wanted
        )


def domain_variance(strata: Strata, component: int, unit: int | None) -> Values:
    """Return the variance per ``1/n - 1/N`` of each stratum in an estimate.

    ``(N_h / N)**2 * effect * S_h**2`` over the strata of the unit, or over all
    [Cochran1977, ch. 5].

    Returns
    -------
    ndarray of float64, shape (n_strata,)
        0 for strata outside the unit.
    """
    inside = np.ones(strata.n_strata) if unit is None else (strata.unit_of == unit).astype(float)
    share = inside * strata.eligible / float(inside @ strata.eligible)
    return np.asarray(share**2 * strata.effect * strata.variance[component])


def domain_mean(strata: Strata, component: int, unit: int | None) -> float:
    """Return the expected mean of a component in a unit, or overall."""
    inside = np.ones(strata.n_strata) if unit is None else (strata.unit_of == unit).astype(float)
    people = inside * strata.eligible
    return float(people @ strata.mean[component] / people.sum())


def constraints_of(strata: Strata, targets: Sequence[Target]) -> Constraints:
    """Write targets as inequalities, one per estimate that is asked for.

    Raises
    ------
    NoTargetError
        There is none.
    UnknownLabelError
        A target names a unit or a component that is not there.
    OutOfRangeError
        A CV is asked of an estimate that is expected to be 0.
    """
    if not targets:
        raise NoTargetError
    goals, wanted, rows = [], [], []
    for target in targets:
        for unit, component in _estimates(strata, target):
            mean = domain_mean(strata, component, unit)
            if target.margin is not None:
                error = target.margin / normal_quantile(target.level)
            else:
                require(mean != 0, "mean", mean)
                error = (target.cv or 0.0) * abs(mean)
            name = None if unit is None else strata.units[unit]
            goals.append(Goal(name, strata.components[component]))
            wanted.append(error**2)
            rows.append(domain_variance(strata, component, unit))
    return Constraints.of(tuple(goals), np.array(wanted), np.array(rows), strata.eligible)


def _estimates(strata: Strata, target: Target) -> Iterator[tuple[int | None, int]]:
    """Yield unit and component of every estimate a target asks about."""
    units: Sequence[int | None] = (None,)
    if target.scope is Scope.EACH_UNIT:
        units = range(len(strata.units))
    elif target.unit is not None:
        units = (strata.unit(target.unit),)
    components = range(len(strata.components))
    if target.component is not None:
        at = strata.component(target.component)
        components = range(at, at + 1)
    for unit in units:
        for component in components:
            yield unit, component
