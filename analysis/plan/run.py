"""Running a plan: read, design, estimate, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from analysis.design import Design
from analysis.index.tree import Method
from analysis.plan.alike import check_design_codes, codes_alike
from analysis.plan.by_column import HandedOver, Totalled, run_by_column
from analysis.plan.contrasts import Compared, Known, run_contrast
from analysis.plan.design import build_design
from analysis.plan.engine import attempt, note_error
from analysis.plan.estimates import Sampled, run_estimate
from analysis.plan.facts import DesignFacts
from analysis.plan.faults import PlanFaults
from analysis.plan.figures import Estimated
from analysis.plan.hypotheses import Tested, run_test
from analysis.plan.indices import item_references, load_methods
from analysis.plan.models import Fitted, run_model
from analysis.plan.read_data import read_table
from analysis.plan.reader import Reader
from analysis.plan.remarks import check_rounds, crowded
from analysis.plan.room import check_room, free_memory, no_room, rows_of
from analysis.plan.scale_check import check_answers
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.weighting import reweigh
from analysis.results import Note

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
    notes : tuple of Note
        Reservations about the rows.
    """

    plan: Plan
    table: Table
    design: Design
    methods: Mapping[str, Method]
    notes: tuple[Note, ...] = ()


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
    notes : tuple of Note
        Reservations about the files and the plan as a whole.
    methods : mapping of str to Method
        Method files by their path.
    """

    plan: Plan
    facts: DesignFacts
    prepared: Prepared | None
    estimates: tuple[Estimated, ...]
    contrasts: tuple[Compared, ...]
    models: tuple[Fitted, ...] = ()
    hypotheses: tuple[Tested, ...] = ()
    notes: tuple[Note, ...] = ()
    methods: Mapping[str, Method] = field(default_factory=dict)


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
    notes: tuple[Note, ...] = ()
    if table is not None:
        check_answers(plan, methods, table, reader)
        check_design_codes(plan, table, reader)
        notes = (*check_rounds(plan, table, reader), *codes_alike(plan, table))
    design = None if table is None else build_design(plan, table, reader)
    if reader.faults or table is None or design is None:
        raise PlanFaults(reader.faults)
    return Prepared(plan, table, design, methods, notes)


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
    found = HandedOver() if needs_rows else run_by_column(plan, progress)
    if isinstance(found, Totalled):
        return _without_rows(plan, found, progress)
    try:
        _check_room(plan, found)
        return _by_rows(plan, progress)
    except MemoryError as error:
        raise no_room(plan, found.place, rows_of(plan), None, free_memory()) from error


def _check_room(plan: Plan, found: HandedOver) -> None:
    """Refuse rows that would not fit into memory, saying what else is wrong."""
    try:
        check_room(plan, found.place)
    except PlanFaults as faults:
        if found.error is None:
            raise
        reader = Reader(plan.positions)
        note_error(found.error, plan.data.place, reader)
        raise PlanFaults([*reader.faults, *faults.faults]) from faults


def _without_rows(plan: Plan, found: Totalled, progress: Progress) -> Outcome:
    """Compare what was worked out from totals of columns."""
    reader = Reader(plan.positions)
    contrasts = _contrasted(plan, found.estimates, (), reader, progress)
    if reader.faults:
        raise PlanFaults(reader.faults)
    notes = (*found.notes, *crowded(plan.estimates, found.estimates))
    return Outcome(
        plan, found.facts, None, found.estimates, contrasts, (), (), notes, found.methods
    )


def _by_rows(plan: Plan, progress: Progress) -> Outcome:
    """Do all that a plan says with its rows in memory."""
    prepared = prepare(plan, progress)
    reader = Reader(plan.positions, prepared.table.rows)
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
    models, hypotheses = _modelled(sampled, plan, reader, progress)
    contrasts = _contrasted(plan, estimates, models, reader, progress)
    if reader.faults:
        raise PlanFaults(reader.faults)
    facts = DesignFacts.of(weighted, prepared.table.n)
    notes = (*prepared.notes, *crowded(plan.estimates, estimates))
    return Outcome(
        plan,
        facts,
        prepared,
        tuple(estimates),
        contrasts,
        models,
        hypotheses,
        notes,
        prepared.methods,
    )


def _contrasted(
    plan: Plan,
    estimates: Sequence[Estimated],
    models: Sequence[Fitted],
    reader: Reader,
    progress: Progress,
) -> tuple[Compared, ...]:
    """Make the contrasts of a plan."""
    contrasts: list[Compared] = []
    known = Known({one.name: one for one in estimates}, {one.section.name: one for one in models})
    for contrast in plan.contrasts:
        progress("contrast", contrast.name)
        if known.has_all_of(contrast):
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
