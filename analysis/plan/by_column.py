"""Plans that need no rows: totals straight from Parquet files.

A plan over large Parquet files is worked out from totals of columns where it
can be, in memory that does not grow with the number of rows. Whatever is
beyond that, or wrong, is left to the way by rows, which also says what is
wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from analysis.columnar import Request, StageNames, TotalsSample, Trait
from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.index.tree import Method
from analysis.plan.alike import alike
from analysis.plan.facts import DesignFacts
from analysis.plan.faults import Place
from analysis.plan.figures import Estimated
from analysis.plan.indices import item_references, load_methods
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.remarks import check_rounds
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.plan import Plan
from analysis.plan.source import ENDINGS
from analysis.plan.table import SQL_ERRORS, Table
from analysis.plan.totalling.columns import Columns, check_text, texts_of
from analysis.plan.totalling.errors import NeedsRowsError, NotNormalError
from analysis.plan.totalling.estimating import Estimating
from analysis.plan.totalling.making import (
    CLUSTER,
    HIDDEN,
    STRATUM,
    WEIGHT,
    Making,
    fpc_name,
    opened,
)
from analysis.plan.totalling.reduced import totals_of
from analysis.plan.totalling.view import View
from analysis.plan.totalling.weighing import is_by_cells, weigh
from analysis.results import Note
from analysis.variance.lonely import LonelyPolicy

ROWS_WORTH_IT: Final = 200_000
"""Fewer rows take no time either way."""

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Totalled:
    """What was worked out without rows.

    Attributes
    ----------
    facts : DesignFacts
    estimates : tuple of Estimated
    notes : tuple of Note
        Reservations about the columns.
    methods : mapping of str to Method
        Method files by their path.
    """

    facts: DesignFacts
    estimates: tuple[Estimated, ...]
    notes: tuple[Note, ...]
    methods: Mapping[str, Method]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Why rows are needed.

    Attributes
    ----------
    place : Place
        What in the plan needs them; empty if nothing in particular.
    error : AnalysisError, optional
        What is wrong, where that is why.
    """

    place: Place = ()
    error: AnalysisError | None = None


def run_by_column(plan: Plan, progress: Progress) -> Totalled | HandedOver:
    """Work out the estimates of a plan from totals of columns.

    Returns
    -------
    Totalled or HandedOver
        The latter where rows are needed, or to tell what is wrong.

    Raises
    ------
    PlanFaults
        What is wrong whatever the rows.
    """
    try:
        check_covered(plan)
        try:
            return _Run(plan, progress, is_text_normal=True).done()
        except NotNormalError:
            return _Run(plan, progress, is_text_normal=False).done()
    except NeedsRowsError as error:
        return HandedOver(error.place)
    except AnalysisError as error:
        return HandedOver(error=error)
    except (pa.ArrowException, OSError, *SQL_ERRORS):
        return HandedOver()


def check_covered(plan: Plan) -> None:
    """Refuse what needs rows, as far as it can be told without files.

    Raises
    ------
    NeedsRowsError
    """
    data = plan.data
    names = [data.file, *data.files, *(one.file for one in data.rounds)]
    endings = [name[name.rfind(".") :].lower() for name in names if name]
    if {data.format or ENDINGS.get(ending) for ending in endings} != {"parquet"}:
        raise NeedsRowsError("data", data.place)
    if data.no_answer:
        # Which cells are empty is found out row by row.
        raise NeedsRowsError("no_answer", (*data.place, "no_answer"))
    for place in [one.place for one in plan.models] + [one.place for one in plan.hypotheses]:
        raise NeedsRowsError("model or test", place)
    for step in plan.weights:
        if not is_by_cells(step):
            raise NeedsRowsError(step.step, (*step.place, "step"))
    if not plan.estimates:
        raise NeedsRowsError("estimates")
    _check_design(plan.design)


def _check_design(design: DesignSection) -> None:
    n_stages = len(design.clusters)
    for key, is_covered in (
        ("selection", design.selection == "simple"),
        ("replicates", design.replicates is None),
        ("weight", design.weight is not None),
        ("clusters", n_stages > 0),
        ("strata", len(design.strata) <= n_stages),
        ("fpc", all(isinstance(one, str | int | float) for one in design.fpc)),
        ("fpc", len(design.fpc) <= n_stages),
    ):
        if not is_covered:
            is_said = bool(getattr(design, key))
            raise NeedsRowsError(key, (*design.place, key) if is_said else design.place)


class _Run:
    """One plan over its files."""

    def __init__(self, plan: Plan, progress: Progress, *, is_text_normal: bool) -> None:
        self._plan, self._progress = plan, progress
        reader = Reader(plan.positions)
        self._methods = load_methods(plan, reader)
        if reader.faults:
            raise NeedsRowsError("methods")
        found = opened(plan, item_references(plan, self._methods))
        if found.files.n_rows < ROWS_WORTH_IT:
            raise NeedsRowsError("few rows")
        progress("reading", "")
        self._columns = Columns(Making(plan, found, is_text_normal).view())
        self._stages = tuple(self._stage(number) for number in range(len(plan.design.clusters)))

    def done(self) -> Totalled:
        """Work out everything."""
        plan, columns = self._plan, self._columns
        base = plan.design.weight if isinstance(plan.design.weight, str) else WEIGHT
        known = [name for name in columns.view.columns if name[0] != HIDDEN]
        notes = self._notes_on_rounds(base)
        weight, weighed = base, None
        if plan.weights:
            self._progress("weights", "")
            weighed = weigh(plan, columns, self._stages, base, known)
            columns.view, weight = weighed.view, weighed.weight
        design, facts = _design(columns.view, self._stages, weight)
        if weighed is not None:
            facts = replace(facts, steps=weighed.steps)
        lonely = LonelyPolicy(plan.design.lonely)
        estimating = Estimating(
            columns, self._stages, weight, lonely, self._methods, design, weighed, base
        )
        estimates = estimating.run(plan.estimates, self._progress)
        in_design = {*plan.design.strata, *plan.design.clusters}
        notes = (*notes, *columns.notes(name for name in known if name not in in_design))
        return Totalled(facts, estimates, notes, self._methods)

    def _notes_on_rounds(self, weight: str) -> tuple[Note, ...]:
        """Compare the PSUs of rounds with what the plan says of them."""
        design, rounds = self._plan.design, round_column(self._plan.data)
        if not rounds:
            return ()
        stratum = design.strata[0] if design.strata else ""
        stage = StageNames(design.clusters[0], stratum or None)
        view = self._columns.view
        found = totals_of(view, Request((stage,), weight, (Trait(),), (Trait(),), ((rounds,),)))
        cells = found.parts[0]
        columns = {rounds: texts_of(cells.domains[0][cells.domain])}
        for name, values in zip(found.request.design_columns, found.clusters, strict=True):
            columns[name] = texts_of(values[cells.cluster])
        check_text(text for column in columns.values() for text in column)
        reader = Reader(self._plan.positions)
        notes = check_rounds(self._plan, Table(pl.DataFrame(columns)), reader)
        if reader.faults:
            raise NeedsRowsError("rounds", (*design.place, "rounds"))
        return notes

    def _stage(self, number: int) -> StageNames:
        """Name the columns of a stage."""
        design = self._plan.design
        given = design.fpc[number] if number < len(design.fpc) else ""
        fpc = given if isinstance(given, str) else fpc_name(number)
        kind = design.fpc_kind
        if fpc:
            low, high = self._columns.ends(fpc)
            if low <= 0 or (kind is None and low < 1 < high):
                raise NeedsRowsError(fpc, (*design.place, "fpc", number))
            kind = kind or ("size" if high > 1 else "fraction")
        cluster = design.clusters[number]
        stratum = design.strata[number] if number < len(design.strata) else ""
        if number == 0 and STRATUM in self._columns.view.made:
            stratum = STRATUM
            cluster = CLUSTER if CLUSTER in self._columns.view.made else cluster
        return StageNames(
            cluster=cluster,
            stratum=stratum or None,
            size=fpc if fpc and kind == "size" else None,
            fraction=fpc if fpc and kind == "fraction" else None,
            is_nested=design.nested,
        )


def _design(view: View, stages: tuple[StageNames, ...], weight: str) -> tuple[Design, DesignFacts]:
    """Build the design, and tell of it as a whole."""
    found = totals_of(view, Request(stages, weight, (Trait(),)))
    for column in found.clusters:
        codes: list[str] = column.tolist() if column.dtype == object else []
        check_text(codes)
        if alike(dict.fromkeys(map(str, codes))):
            raise NeedsRowsError(codes[0])
    sample = TotalsSample.of(found)
    totals, clusters = sample.totals, sample.design.clusters
    if not totals.n.any():
        raise NeedsRowsError(weight)
    first = clusters.first
    seen = np.unique(first.unit[totals.cluster[totals.n[:, 0] > 0]])
    return sample.design, DesignFacts(
        rows=view.n_rows,
        n=view.n_rows,
        n_psu=clusters.n_psu,
        n_strata=clusters.n_strata,
        df=len(seen) - len(np.unique(first.unit_stratum[seen])),
        sum_of_weights=float(totals.values[:, 0].sum()),
    )
