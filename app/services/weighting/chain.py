"""The chain of steps from base weights to final ones, one visible step after the other."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.errors import AnalysisError
from analysis.plan.moved_totals import with_moved_totals
from analysis.plan.read import parse_plan
from analysis.plan.reader import Reader
from analysis.plan.step_rows import StepRows
from analysis.plan.table import Table
from analysis.plan.weighting import step_of
from analysis.results import Note
from analysis.weights import Adjusted, CellReport, Fit, KnownTotals, Weighted, WeightStep
from app.errors import LongdanError
from app.services.weighting import compiled
from app.services.weighting.controls import Control, disagreeing
from app.services.weighting.recipe import Calibrated, Recipe, RecipeRefusedError, Step, Trim
from app.services.weighting.rows import Rows

Values = NDArray[np.float64]
Told = Callable[[int, str], None]
"""Told before each step: how many are done, and the kind of the next; what it raises goes through.
"""

Keep = Callable[[int, "Sequence[Made]"], None]
"""Given what each step of the recipe made, with its number, as soon as it is made."""

FILE: Final = "answers.parquet"
RECONCILED: Final = "totals-reconciled"


class StepRefusedError(LongdanError):
    """A step cannot be made; nothing is stored.

    Codes are those of `analysis.weights.errors` and of `analysis.plan`, and
    ``weights.negative``, ``weights.exploding``, ``weights.totals-apart``, ``weights.mixed``,
    ``weights.total-not-finite``.
    """

    def __init__(self, code: str, number: int, kind: str, **context: object) -> None:
        super().__init__(code, **context)
        self.number = number
        self.kind = kind


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A step that was made.

    Attributes
    ----------
    number : int
        Of the recipe's step, from 1; what a step brings with it has the same.
    kind : str
        As in the recipe; ``restore`` for control totals met again after trimming.
    section : str
        The section of an analysis plan that does the same.
    """

    number: int
    kind: str
    section: str
    adjusted: Adjusted
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What there is to know of a step made before; the step itself is in its section.

    Attributes
    ----------
    after : ndarray of float64, shape (n,)
    notes, of_step : tuple of Note
        Of `Made` and of its ``adjusted``; the others are as there.
    """

    number: int
    kind: str
    section: str
    after: Values
    regression_weight: Values | None
    cells: CellReport | None
    totals: KnownTotals | None
    fit: Fit | None
    notes: tuple[Note, ...]
    of_step: tuple[Note, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """All steps, made.

    Attributes
    ----------
    design : Design
        With the final weights, and what the variance needs of the control totals.
    """

    rows: Rows
    made: tuple[Made, ...]
    design: Design

    @property
    def weight(self) -> Values:
        """Final weights, shape (n,)."""
        return self.design.weight

    @property
    def plan(self) -> str:
        """The sections of an analysis plan that make these weights."""
        return "".join(made.section for made in self.made)


def silent(done: int, kind: str) -> None:
    """Tell nobody."""


def kept_nowhere(number: int, made: "Sequence[Made]") -> None:
    """Keep nothing."""


def follow(
    recipe: Recipe,
    rows: Rows,
    controls: Mapping[str, Control],
    told: Told = silent,
    *,
    done: Sequence[Sequence[Done]] = (),
    keep: Keep = kept_nowhere,
) -> Chain:
    """Make every step of a recipe.

    Parameters
    ----------
    controls : mapping of str to Control
        By content hash.
    told : callable
        See `Told`.
    done : sequence of sequence of Done
        What the first steps made when they were made before, on the same rows.
    keep : callable
        See `Keep`.

    Raises
    ------
    RecipeRefusedError
        It names columns that are not there, or needs cases that nobody knows.
    StepRefusedError
        A step cannot be made.
    """
    check_columns(recipe, rows)
    maker = _Maker(rows, controls)
    for number, step in enumerate(recipe.steps, start=1):
        if number <= len(done):
            maker.take_up(step, done[number - 1])
            continue
        told(number - 1, step.kind)
        first = len(maker.made)
        maker.make(number, step)
        keep(number, maker.made[first:])
    told(len(recipe.steps), "")
    adjusted = with_moved_totals([one.adjusted for one in maker.made])
    made = tuple(replace(one, adjusted=new) for one, new in zip(maker.made, adjusted, strict=True))
    base = rows.design()
    weighted = Weighted(base.weight, tuple(adjusted))
    design = replace(base, weight=weighted.weight, calibrations=weighted.calibrations)
    return Chain(rows, made, design)


def check_columns(recipe: Recipe, rows: Rows) -> None:
    """Refuse a recipe that needs what the rows do not have."""
    if recipe.needs_cases and not rows.n_more:
        raise RecipeRefusedError("recipe.no-cases", step=1)
    for number, step in enumerate(recipe.steps, start=1):
        named = [*getattr(step, "within", ())]
        for term in getattr(step, "terms", ()):
            named += [part.strip() for part in term.split(":")]
        known = rows.frame.columns if isinstance(step, Trim) else rows.known
        for column in named:
            if column not in known:
                raise RecipeRefusedError("recipe.column-unknown", step=number, column=column)


class _Maker:
    """Makes steps one after the other on the same rows."""

    def __init__(self, rows: Rows, controls: Mapping[str, Control]) -> None:
        self.rows, self.controls = rows, controls
        self.table = Table(rows.frame)
        self.weight: Values = rows.start
        self.made: list[Made] = []
        self.last_calibration: Calibrated | None = None

    def make(self, number: int, step: Step) -> None:
        if isinstance(step, Trim):
            self._trim(number, step)
        elif isinstance(step, Calibrated):
            self._calibrate(number, step, step.kind)
            self.last_calibration = step
        else:
            section = compiled.section(step, self.rows, ())
            self._keep(number, step.kind, section, self._adjusted(number, step.kind, section))

    def take_up(self, step: Step, done: Sequence[Done]) -> None:
        """Go on after a step that was made before."""
        for one in done:
            adjusted = Adjusted(
                self._step(one.number, one.kind, one.section), self.weight, one.after, one.cells,
                one.totals, one.fit, one.of_step, one.regression_weight,
            )  # fmt: skip
            self._keep(one.number, one.kind, one.section, adjusted, one.notes)
        if isinstance(step, Calibrated):
            self.last_calibration = step

    def _keep(
        self, number: int, kind: str, section: str, adjusted: Adjusted,
        notes: tuple[Note, ...] = (),
    ) -> None:  # fmt: skip
        if not np.isfinite(adjusted.after).all():
            raise StepRefusedError("weights.total-not-finite", number, kind)
        self.made.append(Made(number, kind, section, adjusted, notes))
        self.weight = adjusted.after

    def _adjusted(self, number: int, kind: str, section: str) -> Adjusted:
        """Read a section and apply its step to the weights as they are."""
        try:
            return self._step(number, kind, section).apply(self.weight)
        except AnalysisError as error:
            raise StepRefusedError(error.code, number, kind, **error.context) from error

    def _step(self, number: int, kind: str, section: str) -> WeightStep:
        """Read the step that a section writes down."""
        plan = parse_plan(compiled.header(self.rows.layout, FILE) + section, Path())
        (written,) = plan.weights
        reader = Reader(plan.positions)
        mask = self.table.mask(written.where, (*written.place, "where"), reader)
        step = None
        if not reader.faults:
            rows = StepRows(self.table, mask, written, plan.folder, reader)
            step = step_of(written, rows, reader)
        if step is None:
            fault = reader.faults[0]
            raise StepRefusedError(fault.code, number, kind, **fault.context)
        return step

    def _calibrate(self, number: int, step: Calibrated, kind: str) -> None:
        controls, notes = self._agreed(number, step, kind)
        section = compiled.section(step, self.rows, controls)
        adjusted = self._adjusted(number, kind, section)
        self._refuse_odd(number, step, kind, adjusted)
        self._keep(number, kind, section, adjusted, notes)

    def _agreed(
        self, number: int, step: Calibrated, kind: str
    ) -> tuple[list[Control], tuple[Note, ...]]:
        """Return control totals that add up to one number, and say if they had to be scaled."""
        found = [self.controls[name] for name in step.controls]
        if len({control.counted for control in found}) > 1:
            raise StepRefusedError("weights.mixed", number, kind)
        apart = disagreeing(found)
        if apart is not None:
            least, most, share = apart
            raise StepRefusedError(
                "weights.totals-apart", number, kind, one=least.name, total=least.total,
                other=most.name, other_total=most.total, share=share,
            )  # fmt: skip
        total = found[0].total
        is_same = all(math.isclose(one.total, total, rel_tol=1e-12) for one in found)
        if is_same:
            return found, ()
        note = Note(RECONCILED, f"{max(abs(one.total / total - 1.0) for one in found):.6g}")
        return [found[0], *(one.scaled(total) for one in found[1:])], (note,)

    def _refuse_odd(self, number: int, step: Calibrated, kind: str, adjusted: Adjusted) -> None:
        """Refuse weights below zero, and weights that grew or shrank beyond reason."""
        there = adjusted.before > 0
        n_negative = int((adjusted.after[there] <= 0).sum())
        if n_negative:
            raise StepRefusedError("weights.negative", number, kind, n=n_negative)
        factor = adjusted.factor[there]
        largest, smallest = float(factor.max()), float(factor.min())
        if largest > step.largest_factor or smallest < 1.0 / step.largest_factor:
            worst = int(np.argmax(np.abs(np.log(factor))))
            raise StepRefusedError(
                "weights.exploding", number, kind, largest=largest, smallest=smallest,
                limit=step.largest_factor, cell=self._cell_of(there, worst, step),
            )  # fmt: skip

    def _cell_of(self, there: NDArray[np.bool_], place: int, step: Calibrated) -> str:
        """Say to which cells of the control totals a row belongs."""
        row = int(np.flatnonzero(there)[place])
        columns = dict.fromkeys(
            column for name in step.controls for column in self.controls[name].columns
        )
        frame = self.rows.frame
        return ", ".join(str(frame[self.rows.column_for_all(column)][row]) for column in columns)

    def _trim(self, number: int, step: Trim) -> None:
        answers = self.weight[self.rows.answered]
        median = float(np.median(answers[answers > 0]))
        upper, lower = step.times_median * median, step.least_times_median * median
        section = compiled.trim_section(lower, upper, step.redistribute, step.within, self.rows)
        adjusted = self._adjusted(number, step.kind, section)
        self._keep(number, step.kind, section, adjusted)
        was_cut = bool((adjusted.before != adjusted.after).any())
        if step.restore and was_cut and self.last_calibration is not None:
            self._calibrate(number, self.last_calibration, "restore")


def n_steps(recipe: Recipe) -> int:
    """Count the steps that progress is told by."""
    return len(recipe.steps)


def weights_by_step(chain: Chain) -> Sequence[tuple[str, Values]]:
    """Name the weights after every step: ``weight.1-unknown``, ``weight.2-nonresponse``, …."""
    return [
        (f"weight.{place}-{made.kind}", made.adjusted.after)
        for place, made in enumerate(chain.made, start=1)
    ]
