"""The section ``[[weights]]``: from base weights to final ones, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.plan.engine import attempt
from analysis.plan.moved_totals import with_moved_totals
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.weights import (
    BaseStep,
    CalibrateStep,
    CombineStep,
    EligibilityStep,
    PoststratifyStep,
    PropensityStep,
    RakeStep,
    ResponseStep,
    ScaleStep,
    TrimStep,
    WeightSection,
)
from analysis.plan.step_rows import StepRows
from analysis.plan.table import Table
from analysis.results import Note
from analysis.weights import (
    Adjusted,
    BoundsOn,
    Calibrate,
    Collapse,
    CombineRounds,
    DistanceKind,
    InverseProbability,
    Nonresponse,
    Poststratify,
    Propensity,
    Rake,
    Redistribution,
    Regression,
    Restricted,
    Scale,
    Shares,
    Trim,
    UnknownEligibility,
    Weighted,
    WeightStep,
)
from analysis.weights.collapse import collapse

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reweighing:
    """A design after all steps.

    Attributes
    ----------
    design : Design
        With the final weights.
    steps : tuple of Adjusted
    notes : tuple of Note
        Reservations about replicates.
    """

    design: Design
    steps: tuple[Adjusted, ...] = ()
    notes: tuple[Note, ...] = ()


def reweigh(plan: Plan, table: Table, design: Design, reader: Reader) -> Reweighing | None:
    """Make the steps of a plan one after the other.

    Returns
    -------
    Reweighing or None
        None after noting faults.
    """
    made: list[Adjusted] = []
    weight = design.weight
    for section in plan.weights:
        step = _step(section, plan, table, reader)
        if step is None:
            return None
        adjusted = attempt(lambda: step.apply(weight), section.place, reader)  # noqa: B023
        if adjusted is None:
            return None
        made.append(adjusted)
        weight = adjusted.after
    if not made:
        return Reweighing(design)
    weighted = Weighted(design.weight, tuple(made))
    after = replace(design, weight=weight, calibrations=weighted.calibrations)
    notes: tuple[Note, ...] = ()
    if design.replicates is not None:
        after, notes = _replicated(plan, design, after, weighted)
    return Reweighing(after, tuple(with_moved_totals(made)), notes)


def _replicated(
    plan: Plan, before: Design, after: Design, weighted: Weighted
) -> tuple[Design, tuple[Note, ...]]:
    """Make the steps again in every replicate, unless the plan says otherwise."""
    replicates, section = before.replicates, plan.design.replicates
    if replicates is None or section is None or section.adjust is False:
        return after, ()
    n = replicates.n_replicates
    again = weighted.replicate(replicates.weights(before.weight, before.psu, 0, n))
    notes = tuple(
        Note("replicate-not-adjusted", f"{number + 1}: {code}") for number, code in again.failures
    )
    made = replace(replicates, factor=None, weight=again.weight)
    return replace(after, replicates=made), notes


Maker: TypeAlias = Callable[[Any, StepRows], WeightStep | None]


def _step(section: WeightSection, plan: Plan, table: Table, reader: Reader) -> WeightStep | None:
    """Prepare a step for the rows it is about."""
    n_faults = len(reader.faults)
    mask = table.mask(section.where, (*section.place, "where"), reader)
    if len(reader.faults) > n_faults:
        return None
    rows = StepRows(table, mask, section, plan.folder, reader, round_column(plan.data))
    return step_of(section, rows, reader)


def step_of(section: WeightSection, rows: StepRows, reader: Reader) -> WeightStep | None:
    """Prepare a step for some rows.

    Parameters
    ----------
    section : WeightSection
    rows : StepRows
    reader : Reader
        Takes the faults.

    Returns
    -------
    WeightStep or None
        None after noting faults.
    """
    n_faults = len(reader.faults)
    step = attempt(lambda: MAKERS[type(section)](section, rows), section.place, reader)
    if step is None or len(reader.faults) > n_faults:
        return None
    return step if rows.mask is None else Restricted(step, rows.mask)


def _base(section: BaseStep, rows: StepRows) -> WeightStep:
    return InverseProbability(rows.numbers(section.probability, "probability"))


def _eligibility(section: EligibilityStep, rows: StepRows) -> WeightStep | None:
    key = "known" if section.known else "unknown"
    named = rows.has_any(section.status, section.known or section.unknown, "status", key)
    if named is None:
        return None
    known = named if section.known else ~named
    return UnknownEligibility(rows.cells(section.within), known, section.minimum)


def _response(section: ResponseStep, rows: StepRows) -> WeightStep | None:
    found = rows.responded(section.responded)
    if found is None:
        return None
    responded, eligible = found
    cells = rows.cells(section.within)
    counts = cells.counts(responded)
    merged = collapse(cells, counts, Collapse(section.thin), section.minimum)
    return Nonresponse(merged.cells, responded, eligible, section.minimum, merged.merged)


def _propensity(section: PropensityStep, rows: StepRows) -> WeightStep | None:
    found = rows.responded(section.responded)
    if found is None:
        return None
    responded, eligible = found
    matrix = rows.model_matrix(section.terms, eligible)
    return (
        None
        if matrix is None
        else Propensity(
            matrix, responded, eligible, section.classes, section.weighted, section.minimum
        )
    )


def _poststratify(section: PoststratifyStep, rows: StepRows) -> WeightStep | None:
    margin = rows.margin(section.by, section.totals, section.place)
    return None if margin is None else Poststratify(margin, section.minimum)


def _rake(section: RakeStep, rows: StepRows) -> WeightStep | None:
    margins = [rows.margin(one.by, one.totals, one.place) for one in section.margins]
    known = [margin for margin in margins if margin is not None]
    if len(known) < len(margins):
        return None
    return Rake.to(
        known,
        tolerance=section.tolerance,
        max_iterations=section.max_iterations,
        reconcile=section.reconcile,
        minimum=section.minimum,
        regression=Regression(section.residuals),
    )


def _calibrate(section: CalibrateStep, rows: StepRows) -> WeightStep | None:
    found = rows.auxiliary(section.terms, section.totals)
    if found is None:
        return None
    lower, upper = section.bounds or (None, None)
    step = Calibrate.to(
        found.columns,
        found.totals,
        found.names,
        distance=DistanceKind(section.distance),
        bounds=(lower, upper),
        bounds_on=BoundsOn(section.bounds_on),
        tolerance=section.tolerance,
        max_iterations=section.max_iterations,
        regression=Regression(section.residuals),
    )
    return replace(step, times=rows.times_chosen)


def _trim(section: TrimStep, rows: StepRows) -> WeightStep:
    given = section.redistribute
    how = given if isinstance(given, str) else ("equally" if given else "none")
    return Trim(
        lower=-np.inf if section.lower is None else section.lower,
        upper=np.inf if section.upper is None else section.upper,
        quantiles=(section.quantiles[0], section.quantiles[1]) if section.quantiles else None,
        strict=section.strict,
        redistribution=Redistribution(how),
        within=rows.cells(section.within) if section.within else None,
        redo=section.again,
    )


def _scale(section: ScaleStep, rows: StepRows) -> WeightStep | None:
    cells = rows.cells(section.within)
    if section.to == "sample":
        return Scale(cells)
    if section.totals is None:
        return Scale(rows.cells(()), np.array([section.total or np.nan]))
    margin = rows.margin(section.within, section.totals, section.place)
    return None if margin is None else Scale(margin.cells, margin.totals)


def _combine(section: CombineStep, rows: StepRows) -> WeightStep | None:
    name = section.rounds or rows.rounds
    if not name:
        rows.reader.fault(section.place, "missing-key", key="rounds")
        return None
    cells = rows.cells((name,))
    if isinstance(section.shares, str):
        return CombineRounds(cells, Shares(section.shares))
    shares = [section.shares.get(label[0], np.nan) for label in cells.labels]
    if np.isnan(shares).any() or len(section.shares) != len(shares):
        known = ", ".join(label[0] for label in cells.labels)
        rows.reader.fault((*section.place, "shares"), "shares-of-rounds", known=known)
        return None
    return CombineRounds(cells, np.array(shares))


MAKERS: Mapping[type[WeightSection], Maker] = {
    BaseStep: _base,
    EligibilityStep: _eligibility,
    ResponseStep: _response,
    PropensityStep: _propensity,
    PoststratifyStep: _poststratify,
    RakeStep: _rake,
    CalibrateStep: _calibrate,
    TrimStep: _trim,
    ScaleStep: _scale,
    CombineStep: _combine,
}
