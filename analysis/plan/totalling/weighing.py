"""Steps of weighting over cells: respondents that share all categories share a factor.

The rows are added up to the cells of all columns that any step reads. The
steps are then made to one row per cell, as they would be made to respondents,
and each respondent's weight is the weight before times the factors of the cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.columnar import Request, StageNames, Trait
from analysis.columnar.columns import Kind
from analysis.columnar.request import Code
from analysis.plan.engine import attempt
from analysis.plan.faults import PlanFaults
from analysis.plan.moved_totals import with_moved_totals
from analysis.plan.reader import Reader
from analysis.plan.references import references
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.weights import (
    BaseStep,
    CalibrateStep,
    EligibilityStep,
    PoststratifyStep,
    RakeStep,
    ResponseStep,
    ScaleStep,
    WeightSection,
)
from analysis.plan.step_rows import StepRows
from analysis.plan.table import Table
from analysis.plan.totalling.columns import Columns
from analysis.plan.totalling.distribution import spread_of_groups, spreads
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.explained import Calibrated
from analysis.plan.totalling.making import HIDDEN, where_name
from analysis.plan.totalling.reduced import totals_of
from analysis.plan.totalling.view import Made, View
from analysis.plan.weighting import step_of
from analysis.weights import Adjusted
from analysis.weights.diagnostics import Diagnostics, Spread

Values: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]

CELL: Final = HIDDEN + "cell"
ONE: Final = HIDDEN + "one"
FINAL: Final = HIDDEN + "final weight"

MOST_CELLS: Final = 2**18
MOST_AUXILIARIES: Final = 2**24
"""Cells times auxiliary variables: 128 MiB."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Weights after all steps.

    Attributes
    ----------
    view : View
        With the final weights.
    weight : str
        Their column.
    steps : tuple of Adjusted
    calibrated : Calibrated, optional
        Where known totals were met.
    codes : ndarray of int64, shape (n_cells,)
        Cells, by what is in column ``CELL``.
    """

    view: View
    weight: str
    steps: tuple[Adjusted, ...]
    calibrated: Calibrated | None
    codes: Numbers


def is_by_cells(section: WeightSection) -> bool:
    """Say whether a step gives the same factor to whoever shares all its categories."""
    match section:
        case ResponseStep():
            # Thin classes are put together by counts of all cases.
            return section.thin == "keep"
        case CalibrateStep():
            return section.bounds_on == "ratio" or not section.bounds
        case _:
            kinds = BaseStep | EligibilityStep | PoststratifyStep | RakeStep | ScaleStep
            return isinstance(section, kinds)


def weigh(
    plan: Plan,
    columns: Columns,
    stages: tuple[StageNames, ...],
    base: str,
    available: Sequence[str],
) -> Weighed:
    """Make all steps of a plan.

    Parameters
    ----------
    plan : Plan
    columns : Columns
    stages : tuple of StageNames
    base : str
        Column of the weights before the first step.
    available : sequence of str
        Columns that steps may name.

    Raises
    ------
    NeedsRowsError
    PlanFaults
        What is wrong whatever the rows.
    """
    axes = [_axis(name, columns) for name in _names(plan, available)]
    view = columns.view.with_made([Made(CELL, tuple(axis.name for axis in axes), _coder(axes))])
    request = Request(stages, base, (Trait(),), (Trait(),), ((CELL,),))
    found = totals_of(view, request)
    totals, clusters = found.totals()
    codes = found.parts[0].domains[0].astype(np.int64)
    if len(codes) > MOST_CELLS:
        raise NeedsRowsError("cells", plan.weights[0].place)
    weight = totals.values[:, found.layout.of_totals[0]]
    of_clusters = csr_matrix(
        (weight, (totals.cluster, totals.domain)), (clusters.n_clusters, len(codes))
    )
    cells = _Cells(
        _decoded(axes, codes),
        totals.of_domains(weight[:, None])[:, 0],
        totals.of_domains(totals.n)[:, 0],
    )
    made = _made(plan, cells)
    one = Made(ONE, (), lambda frame: pl.repeat(0, frame.height, dtype=pl.Int64, eager=True))
    view = view.with_made([_final(base, codes, made), one]).with_range(ONE, 0, 0)
    described = _described(view, base, codes, made, cells.times)
    low, high = described[-1].after.smallest, described[-1].after.largest
    view = view.with_range(FINAL, 0.0 if described[-1].after.n_zero else low, high)
    calibrations = [one.calibration for one in made]
    known = [one for one in calibrations if one is not None]
    calibrated = None
    if known:
        calibrated = Calibrated.of(known, made[-1].after, cells.base, of_clusters)
    steps = tuple(
        replace(one, described=of_rows)
        for one, of_rows in zip(with_moved_totals(made), described, strict=True)
    )
    return Weighed(view, FINAL, steps, calibrated, codes)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """One row per cell.

    Attributes
    ----------
    frame : polars.DataFrame
        The categories.
    base, times : ndarray of float64, shape (n_cells,)
        Weight, and how many respondents have it.
    """

    frame: pl.DataFrame
    base: Values
    times: Values


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    """A column that steps read, with its categories; nothing is one of them."""

    name: str
    values: list[Code]
    kind: pl.DataType

    @property
    def size(self) -> int:
        return len(self.values) + 1


def _names(plan: Plan, available: Sequence[str]) -> list[str]:
    """Return the columns that tell cells apart."""
    names: dict[str, None] = {}
    for section in plan.weights:
        if not is_by_cells(section):
            raise NeedsRowsError(section.step, (*section.place, "step"))
        if section.where is not None:
            names[where_name(section.where)] = None
        for reference in references(section, Reader(plan.positions)):
            if not reference.is_in_sql:
                names |= dict.fromkeys(reference.names(available))
    return list(names)


def _axis(name: str, columns: Columns) -> _Axis:
    kind: pl.DataType = pl.Int64()
    if columns.view.columns[name].kind in {Kind.FLOAT, Kind.SHORT_FLOAT}:
        kind = pl.Float64()
    elif columns.view.columns[name].kind is Kind.TEXT:
        kind = pl.String()
    return _Axis(name, list(columns.levels(name).values()), kind)


def _coder(axes: Sequence[_Axis]) -> Any:
    """Return a maker of the code of each row's cell."""
    if np.prod([float(axis.size) for axis in axes]) > 2.0**62:
        raise NeedsRowsError("cells")

    def make(frame: pl.DataFrame) -> pl.Series:
        code = pl.repeat(0, frame.height, dtype=pl.Int64, eager=True)
        for axis in axes:
            column = frame[axis.name].cast(axis.kind)
            places = pl.Series(range(len(axis.values)), dtype=pl.Int64)
            place = column.replace_strict(
                pl.Series(axis.values, dtype=axis.kind), places, default=len(axis.values)
            )
            code = code * axis.size + place
        return code

    return make


def _decoded(axes: Sequence[_Axis], codes: Numbers) -> pl.DataFrame:
    """Return the categories of each cell."""
    columns = []
    left = codes
    for axis in reversed(axes):
        left, place = np.divmod(left, axis.size)
        values = pl.Series(axis.name, [*axis.values, None], dtype=axis.kind)
        columns.append(values.gather(pl.Series(place)))
    frame = pl.DataFrame(columns[::-1])
    return frame if columns else pl.DataFrame({CELL: codes})


def _made(plan: Plan, cells: _Cells) -> list[Adjusted]:
    """Make all steps to the cells."""
    reader = Reader(plan.positions)
    table, weight = Table(cells.frame), cells.base
    made: list[Adjusted] = []
    for section in plan.weights:
        mask = None
        if section.where is not None:
            mask = cells.frame[where_name(section.where)].is_not_null().to_numpy()
        rows = StepRows(table, mask, section, plan.folder, reader, "", cells.times)
        step = step_of(section, rows, reader)
        adjusted = None
        if step is not None:
            adjusted = attempt(partial(step.apply, weight), section.place, reader)
        if adjusted is None:
            if any("row" in fault.context for fault in reader.faults) or not reader.faults:
                raise NeedsRowsError("step", section.place)
            raise PlanFaults(reader.faults)
        weight = adjusted.after
        calibration = adjusted.calibration
        is_large = calibration is not None and calibration.auxiliary.size > MOST_AUXILIARIES
        if is_large or (weight < 0).any():
            raise NeedsRowsError("step", section.place)
        made.append(adjusted)
    return made


def _final(base: str, codes: Numbers, made: Sequence[Adjusted]) -> Made:
    """Return the final weights as a column."""

    def make(frame: pl.DataFrame) -> pl.Series:
        *_, weight = _weights(frame, base, codes, made)
        return pl.Series(weight)

    return Made(FINAL, (base, CELL), make)


def _weights(
    frame: pl.DataFrame, base: str, codes: Numbers, made: Sequence[Adjusted]
) -> Iterator[Values]:
    """Yield the weights of some rows, before the first step and after each."""
    weight = frame[base].cast(pl.Float64).to_numpy()
    cell = np.searchsorted(codes, frame[CELL].to_numpy())
    yield weight
    for adjusted in made:
        weight = weight * adjusted.factor[cell]
        yield weight


def _described(
    view: View, base: str, codes: Numbers, made: Sequence[Adjusted], times: Values
) -> list[Diagnostics]:
    """Describe the weights of respondents before and after every step."""

    def passes() -> Iterator[list[Values]]:
        for frame in view.only([base, CELL]).frames():
            yield list(_weights(frame, base, codes, made))

    found: list[Spread] = spreads(passes, len(made) + 1)
    return [
        Diagnostics(
            found[number],
            found[number + 1],
            spread_of_groups(adjusted.factor, np.where(adjusted.before != 0, times, 0.0)),
        )
        for number, adjusted in enumerate(made)
    ]
