"""Running a plan: read, design, estimate, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from analysis.design import Design
from analysis.index.tree import Method
from analysis.plan.by_column import run_by_column
from analysis.plan.contrasts import Compared, run_contrast
from analysis.plan.design import build_design
from analysis.plan.engine import attempt
from analysis.plan.estimates import Sampled, run_estimate
from analysis.plan.facts import DesignFacts
from analysis.plan.faults import PlanFaults
from analysis.plan.figures import Estimated
from analysis.plan.hypotheses import Tested, run_test
from analysis.plan.indices import item_references, load_methods
from analysis.plan.models import Fitted, run_model
from analysis.plan.read_data import read_table
from analysis.plan.reader import Reader
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.weighting import reweigh

Progress = Callable[[str, str], None]
"""Told what is being done: a code and a name."""


def silent(code: str, name: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A plan with its rows and their design.

    Attributes
    ----------
    plan : Plan
    table : Table
    design : Design
        With the weights as drawn.
    methods : mapping of str to Method
        Method files by their path.
    """

    plan: Plan
    table: Table
    design: Design
    methods: Mapping[str, Method]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Everything a plan asks for.

    Attributes
    ----------
    plan : Plan
    facts : DesignFacts
        The design with the final weights.
    prepared : Prepared, optional
        None where rows were not needed.
    estimates : tuple of Estimated
    contrasts : tuple of Compared
    models : tuple of Fitted
    hypotheses : tuple of Tested
    """

    plan: Plan
    facts: DesignFacts
    prepared: Prepared | None
    estimates: tuple[Estimated, ...]
    contrasts: tuple[Compared, ...]
    models: tuple[Fitted, ...] = ()
    hypotheses: tuple[Tested, ...] = ()


def prepare(plan: Plan, progress: Progress = silent) -> Prepared:
    """Read the rows and build their design.

    Raises
    ------
    PlanFaults
        The rows are not what the plan says.
    """
    reader = Reader(plan.positions)
    progress("reading", "")
    methods = load_methods(plan, reader)
    table = read_table(plan, item_references(plan, methods), reader)
    design = None if table is None else build_design(plan, table, reader)
    if reader.faults or table is None or design is None:
        raise PlanFaults(reader.faults)
    return Prepared(plan, table, design, methods)


def run(plan: Plan, progress: Progress = silent, *, needs_rows: bool = False) -> Outcome:
    """Do all that a plan says.

    Parameters
    ----------
    plan : Plan
    progress : callable
        Told what is being done.
    needs_rows : bool
        Whether the rows are wanted even where totals of columns would do.

    Raises
    ------
    PlanFaults
        With everything that is wrong, the sections that could not be worked
        out each with a fault of their own.
    """
    without_rows = None if needs_rows else run_by_column(plan, progress)
    if without_rows is not None:
        facts, found = without_rows
        reader = Reader(plan.positions)
        contrasts = _contrasted(plan, found, reader, progress)
        if reader.faults:
            raise PlanFaults(reader.faults)
        return Outcome(plan, facts, None, found, contrasts)
    prepared = prepare(plan, progress)
    reader = Reader(plan.positions)
    if plan.weights:
        progress("weights", "")
    weighted = reweigh(plan, prepared.table, prepared.design, reader)
    if weighted is None:
        raise PlanFaults(reader.faults)
    sampled = Sampled(prepared.table, weighted.design, plan.design, prepared.methods)
    estimates = []
    for section in plan.estimates:
        progress("estimate", section.name)
        estimated = run_estimate(section, sampled, reader)
        if estimated is not None:
            estimates.append(estimated)
    contrasts = _contrasted(plan, estimates, reader, progress)
    models, hypotheses = _modelled(sampled, plan, reader, progress)
    if reader.faults:
        raise PlanFaults(reader.faults)
    facts = DesignFacts.of(weighted, prepared.table.n)
    return Outcome(plan, facts, prepared, tuple(estimates), contrasts, models, hypotheses)


def _contrasted(
    plan: Plan, estimates: Sequence[Estimated], reader: Reader, progress: Progress
) -> tuple[Compared, ...]:
    """Make the contrasts of a plan."""
    contrasts: list[Compared] = []
    known = {one.name: one for one in estimates}
    for contrast in plan.contrasts:
        progress("contrast", contrast.name)
        named = {one.estimate for one in contrast.inputs.values()} | {contrast.estimate}
        if named - {None} <= known.keys():
            work = partial(run_contrast, contrast, known, reader)
            contrasts += attempt(work, contrast.place, reader) or []
    return tuple(contrasts)


def _modelled(
    sampled: Sampled, plan: Plan, reader: Reader, progress: Progress
) -> tuple[tuple[Fitted, ...], tuple[Tested, ...]]:
    """Fit the models of a plan and make its tests."""
    table, design, lonely = sampled.table, sampled.design, sampled.lonely
    models: list[Fitted] = []
    for section in plan.models:
        progress("model", section.name)
        work = partial(run_model, section, table, design, lonely, reader)
        fitted = attempt(work, section.place, reader)
        if fitted is not None:
            models.append(fitted)
    known = {one.section.name: one for one in models}
    hypotheses: list[Tested] = []
    for asked in plan.hypotheses:
        progress("test", asked.name)
        test = partial(run_test, asked, table, design, lonely, known, reader)
        tested = attempt(test, asked.place, reader)
        if tested is not None:
            hypotheses.append(tested)
    return tuple(models), tuple(hypotheses)
