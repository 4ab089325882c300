"""Running a plan: read, design, estimate, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from analysis.design import Design
from analysis.index.tree import Method
from analysis.plan.contrasts import Compared, run_contrast
from analysis.plan.design import build_design
from analysis.plan.engine import attempt
from analysis.plan.estimates import Sampled, run_estimate
from analysis.plan.faults import PlanFaults
from analysis.plan.figures import Estimated
from analysis.plan.hypotheses import Tested, run_test
from analysis.plan.indices import item_references, load_methods
from analysis.plan.models import Fitted, run_model
from analysis.plan.read_data import read_table
from analysis.plan.reader import Reader
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.weighting import Reweighing, reweigh

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
    prepared : Prepared
    weighted : Reweighing
        The design with the final weights.
    estimates : tuple of Estimated
    contrasts : tuple of Compared
    models : tuple of Fitted
    hypotheses : tuple of Tested
    """

    prepared: Prepared
    weighted: Reweighing
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


def run(plan: Plan, progress: Progress = silent) -> Outcome:
    """Do all that a plan says.

    Parameters
    ----------
    plan : Plan
    progress : callable
        Told what is being done.

    Raises
    ------
    PlanFaults
        With everything that is wrong, the sections that could not be worked
        out each with a fault of their own.
    """
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
        found = run_estimate(section, sampled, reader)
        if found is not None:
            estimates.append(found)
    contrasts: list[Compared] = []
    known = {one.name: one for one in estimates}
    for contrast in plan.contrasts:
        progress("contrast", contrast.name)
        named = {one.estimate for one in contrast.inputs.values()} | {contrast.estimate}
        if named - {None} <= known.keys():
            work = partial(run_contrast, contrast, known, reader)
            contrasts += attempt(work, contrast.place, reader) or []
    models, hypotheses = _modelled(sampled, plan, reader, progress)
    if reader.faults:
        raise PlanFaults(reader.faults)
    return Outcome(prepared, weighted, tuple(estimates), tuple(contrasts), models, hypotheses)


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
