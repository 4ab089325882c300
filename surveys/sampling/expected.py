"""Work out what is expected of the interviews of each stratum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.precision import (
    FEW,
    LEAVES_RANGE,
    NEARLY,
    NORMAL_POOR,
    TAKEN_WHOLE,
    WITHOUT_INTERVIEWS,
    Precision,
    normal_quantile,
    round_up,
)
from surveys.sampling.strata import Strata
from surveys.sampling.table import (
    TOO_FEW,
    TOO_WIDE,
    AllocationTable,
    Expected,
    Held,
    Method,
    ReportingRule,
    StratumRow,
    TargetRow,
    UnitRow,
)

Values = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Search:
    """How an allocation was found; see ``AllocationTable``."""

    relaxation: float = math.nan
    iterations: int = 0
    gap: float = 0.0


def tabulate(
    method: Method,
    strata: Strata,
    exact: Values,
    interviews: Whole,
    *,
    level: float = 0.95,
    rule: ReportingRule | None = None,
    targets: tuple[TargetRow, ...] = (),
    search: Search | None = None,
) -> AllocationTable:
    """Return the table of an allocation.

    Parameters
    ----------
    method : Method
    strata : Strata
    exact : ndarray of float64, shape (n_strata,)
        Interviews before rounding.
    interviews : ndarray of int64, shape (n_strata,)
    level : float
        Confidence of the margins.
    rule : ReportingRule, optional
    targets : tuple of TargetRow
    search : Search, optional

    Raises
    ------
    OutOfRangeError
        ``level`` is not between 0 and 1.

    Notes
    -----
    The variance of a unit or of the whole is ``sum((N_h/N)**2 * effect *
    (1 - n_h/N_h) * S_h**2 / n_h)`` [Cochran1977, ch. 5], ``N_h`` eligible people.
    """
    how, reporting = search or Search(), rule or ReportingRule()
    cases = cases_for(strata, interviews)
    judge = _Judge(strata, interviews, normal_quantile(level), reporting)
    everybody = np.arange(strata.n_strata)
    rows = tuple(
        StratumRow(
            label=strata.labels[at],
            unit=strata.units[strata.unit_of[at]],
            population=int(strata.population[at]),
            exact=float(exact[at]),
            interviews=int(interviews[at]),
            cases=int(cases[at]),
            weight=float(strata.eligible[at] / interviews[at]) if interviews[at] else math.nan,
            held=_held(strata, interviews, at),
            components=judge.components(everybody[at : at + 1]),
        )
        for at in range(strata.n_strata)
    )
    units = tuple(
        _unit_row(strata, judge, unit, np.flatnonzero(strata.unit_of == unit), cases)
        for unit in range(len(strata.units))
    )
    return AllocationTable(
        method=method,
        strata=rows,
        units=units,
        components=judge.components(everybody),
        interviews=int(interviews.sum()),
        cases=int(cases.sum()),
        population=int(strata.population.sum()),
        cost=float(strata.cost @ interviews),
        weighting_effect=judge.weighting_effect(everybody),
        n_reportable=sum(unit.is_reportable for unit in units),
        targets=targets,
        relaxation=how.relaxation,
        iterations=how.iterations,
        gap=how.gap,
    )


def cases_for(strata: Strata, interviews: Whole) -> Whole:
    """Return the cases to draw so that as many interviews are expected."""
    per_case = strata.eligibility * strata.response
    wanted = np.array(
        [round_up(n / rate) for n, rate in zip(interviews, per_case, strict=True)], dtype=np.int64
    )
    return np.where(strata.whole, strata.population, np.minimum(wanted, strata.population))


def _held(strata: Strata, interviews: Whole, at: int) -> Held:
    if strata.whole[at]:
        return Held.WHOLE
    if interviews[at] >= strata.upper[at]:
        return Held.MAXIMUM
    return Held.MINIMUM if interviews[at] <= strata.lower[at] else Held.FREE


def _unit_row(strata: Strata, judge: _Judge, unit: int, members: Whole, cases: Whole) -> UnitRow:
    components = judge.components(members)
    return UnitRow(
        unit=strata.units[unit],
        population=int(strata.population[members].sum()),
        interviews=int(judge.interviews[members].sum()),
        cases=int(cases[members].sum()),
        weighting_effect=judge.weighting_effect(members),
        components=components,
        is_reportable=not any(expected.withheld for expected in components),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """Works out what is expected of any group of strata."""

    strata: Strata
    interviews: Whole
    quantile: float
    rule: ReportingRule

    def weighting_effect(self, members: Whole) -> float:
        """Return ``n * sum(w**2) / sum(w)**2`` with the weight ``N_h / n_h`` of every interview."""
        n, people = self.interviews[members], self.strata.eligible[members]
        asked = n > 0
        if not asked.any():
            return math.nan
        squares = float((people[asked] ** 2 / n[asked]).sum())
        return float(n.sum()) * squares / float(people[asked].sum()) ** 2

    def components(self, members: Whole) -> tuple[Expected, ...]:
        """Return what is expected of every component."""
        return tuple(
            self._expected(component, members) for component in range(len(self.strata.components))
        )

    def _expected(self, component: int, members: Whole) -> Expected:
        strata = self.strata
        n, people = self.interviews[members], strata.eligible[members]
        variance, mean = strata.variance[component, members], strata.mean[component, members]
        share = people / people.sum()
        total, everybody = float(n.sum()), float(people.sum())
        centre = float(share @ mean)
        if (n == 0).any():
            error = math.inf
        else:
            left = np.maximum(0.0, 1.0 / n - 1.0 / people)
            error = math.sqrt(float((share**2 * strata.effect[members] * variance) @ left))
        per = max(0.0, 1.0 / total - 1.0 / everybody) if total else 0.0
        simple = per * _total_variance(people, mean, variance)
        effect = error**2 / simple if simple > 0 and math.isfinite(error) else math.nan
        effective = total / effect if effect > 0 else total
        precision = Precision(
            interviews=total,
            effective=effective,
            standard_error=error,
            margin=self.quantile * error,
            cv=error / abs(centre) if centre else math.nan,
            notes=self._notes(component, members, centre, error, effective),
        )
        withheld = self._withheld(component, total, precision.margin)
        return Expected(
            strata.components[component], centre, precision, effect, everybody, withheld
        )

    def _notes(
        self, component: int, members: Whole, mean: float, error: float, effective: float
    ) -> tuple[str, ...]:
        n, people = self.interviews[members], self.strata.eligible[members]
        if (n == 0).any():
            return (WITHOUT_INTERVIEWS,)
        if (n >= people * (1.0 - NEARLY)).all():
            return (TAKEN_WHOLE,)
        if not self.strata.is_share[component]:
            return ()
        rarer = min(mean, 1.0 - mean)
        notes = (
            (NORMAL_POOR, effective * rarer < FEW * (1.0 - NEARLY)),
            (LEAVES_RANGE, self.quantile * error > rarer * (1.0 + NEARLY)),
        )
        return tuple(code for code, holds in notes if holds)

    def _withheld(self, component: int, interviews: float, margin: float) -> tuple[str, ...]:
        is_wide = self.strata.is_share[component] and margin > self.rule.margin * (1.0 + NEARLY)
        reasons = ((TOO_FEW, interviews < self.rule.minimum), (TOO_WIDE, is_wide))
        return tuple(code for code, holds in reasons if holds)


def _total_variance(people: Values, mean: Values, variance: Values) -> float:
    """Return the variance among all, within strata and between them, with divisor N - 1."""
    total = float(people.sum())
    centre = float(people @ mean) / total
    within = float(np.maximum(people - 1.0, 0.0) @ variance)
    between = float(people @ (mean - centre) ** 2)
    return (within + between) / max(total - 1.0, 1.0)
