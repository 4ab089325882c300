"""Whether a plan fits a frame: columns, units, labels, sizes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from surveys.sampling.evaluate import evaluate
from surveys.sampling.frame import Frame
from surveys.sampling.layout import Layout, StageLayout, lay_out, units_called
from surveys.sampling.methods.sampford import CELLS_AT_MOST
from surveys.sampling.plan_faults import Fault
from surveys.sampling.plan_rules import faults_of_rules
from surveys.sampling.plan_values import MOST_UNITS, Faults
from surveys.sampling.schema import (
    OTHERS,
    POSITION,
    ROW,
    ROWS,
    SAMPFORD,
    Number,
    Plan,
    Stage,
)
from surveys.sampling.takes import domain_totals
from surveys.sampling.units import Units, texts_of

_EXACT = 2**53


def check_plan(plan: Plan, frame: Frame) -> tuple[Fault, ...]:
    """Return every fault of a plan over a frame; empty if it can be drawn."""
    return fit(plan, frame)[0]


def fit(plan: Plan, frame: Frame) -> tuple[tuple[Fault, ...], Layout | None]:
    """Lay a plan over a frame.

    Returns
    -------
    faults : tuple of Fault
    layout : Layout or None
        With all dossiers of each person; None if there are faults.
    """
    found = faults_of_rules(plan)
    if found:
        return found, None
    faults = Faults({})
    if plan.frame != frame.kind:
        faults.add("frame.kind", ("frame",), frame.kind)
    if plan.frame_hash and plan.frame_hash != frame.content_hash:
        faults.add("frame.hash", ("frame_hash",), frame.content_hash)
    if frame.n == 0:
        faults.add("frame.empty", ("frame",))
    _check_people(plan, frame, faults)
    for number, stage in enumerate(plan.stages):
        _check_names(stage, number, frame, faults)
    if faults.found:
        return tuple(faults.found), None
    layout = lay_out(plan, frame)
    for here in layout.stages:
        _Fit(layout, here, faults).check()
    if not faults.found:
        _check_takes(layout, faults)
    return tuple(faults.found), None if faults.found else layout


def _check_people(plan: Plan, frame: Frame, faults: Faults) -> None:
    """Check that permanent numbers are there where they are used."""
    person = frame.measures["prn"]
    for key, is_used in (
        ("coordination", plan.coordination is not None),
        ("one_per_person", plan.one_per_person),
    ):
        # An empty cell counts as 0, which nobody's number is but once in 2**53 cases.
        if is_used and (person == 0).any():
            faults.add("prn.missing", (key,), frame.keys[int(np.argmax(person == 0))])


def _check_names(stage: Stage, number: int, frame: Frame, faults: Faults) -> None:
    """Check that columns exist and hold what they are used for."""

    def codes(key: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in frame.categories:
                code = "column.not-codes" if name in frame.columns else "column.unknown"
                faults.add(code, ("stage", number, key), name)

    def numbers(key: str, name: str) -> None:
        if name not in frame.columns or name == "prn":
            faults.add("column.unknown", ("stage", number, key), name)
        elif frame.measure(name) is None:
            faults.add("column.not-number", ("stage", number, key), name)

    if stage.unit not in (ROW, POSITION):
        codes("unit", [stage.unit])
    codes("strata", stage.strata)
    codes("take_by", stage.take_by)
    codes("certainty_where", stage.certainty_where)
    codes("order", [name for name in stage.order if name not in frame.measures])
    if "prn" in stage.order:
        faults.add("column.not-codes", ("stage", number, "order"), "prn")
    if stage.size and stage.size != ROWS:
        numbers("size", stage.size)
    if stage.positions:
        numbers("positions", stage.positions)


class _Fit:
    """Checks of one stage whose columns exist."""

    def __init__(self, layout: Layout, here: StageLayout, faults: Faults) -> None:
        self.layout, self.here, self.faults = layout, here, faults
        self.stage, self.frame = here.stage, layout.frame
        self.above = layout.stages[: here.number - 1]

    def fault(self, code: str, key: str, value: object = "") -> None:
        """Note a fault at a key of the stage."""
        self.faults.add(code, ("stage", self.here.number - 1, key), value)

    def check(self) -> None:
        """Note every fault."""
        for key in ("strata", "order", "certainty_where"):
            for name in getattr(self.stage, key):
                if name not in self.frame.measures and not self._is_constant(name, self.here.units):
                    self.fault("column.not-constant", key, name)
        for name in self.stage.take_by:
            if not self._is_constant_in_groups(name):
                self.fault("column.not-constant", "take_by", name)
        self._labels()
        self._sizes()
        self._certainties()

    def _is_constant(self, name: str, units: Units) -> bool:
        above = {layout.stage.unit for layout in self.above}
        if name in above or name == units.name:
            return True
        return units.is_constant(self.frame.categories[name].codes)

    def _is_constant_in_groups(self, name: str) -> bool:
        if name in self.stage.strata:
            return True
        if self.stage.unit == POSITION:
            return self._is_constant(name, self.here.units)
        return bool(self.above) and self._is_constant(name, self.above[-1].units)

    def _labels(self) -> None:
        """Check that labels of amounts exist, and that every label has an amount."""
        wanted = self.stage.wanted
        if wanted is None or wanted.everywhere is not None:
            return
        columns = [self.frame.categories[name] for name in self.stage.labels_by]
        rows = self.here.units.row
        texts = texts_of(columns, rows, len(rows))
        used = np.bincount(texts.codes, minlength=len(texts.texts)) > 0
        there = {text for text, is_used in zip(texts.texts, used, strict=True) if is_used}
        for label in wanted.by_label:
            if label != OTHERS and label not in there:
                self.fault("take.unknown-label", wanted.kind, label)
        for label in sorted(there):
            if wanted.of(label) is None:
                self.fault("take.no-amount", wanted.kind, label)

    def _sizes(self) -> None:
        """Check that sizes are there, and that sums and products of them are exact."""
        here = self.here
        most = max([1, *(int(amount) for amount in _amounts(self.stage))])
        key = "positions" if here.is_position else "size"
        total = here.units.n if here.size is None else int(here.size.astype(np.float64).sum())
        longest = int(here.size.max(initial=0)) if here.is_position and here.size is not None else 0
        if total * most >= _EXACT:
            self.fault("size.too-large", key, total)
        elif longest > MOST_UNITS:
            # Each line of a list gets a random number: a slip of the keyboard must not fill memory.
            self.fault("size.too-large", key, longest)
        elif here.size is not None and total == 0:
            self.fault("size.all-zero", key, self.stage.positions or self.stage.size)
        elif self.stage.overall_take is not None:
            total = sum(domain_totals(self.layout, here).values())
            if total * most >= _EXACT:
                self.fault("size.too-large", "overall_take", total)

    def _certainties(self) -> None:
        """Check that certain units and values exist."""
        called = units_called(self.stage.certainty, self.here.units, self.frame, self.above)
        for name, units in called.items():
            if not units:
                self.fault("certainty.unknown-unit", "certainty", name)
        for name, values in self.stage.certainty_where.items():
            for value in values:
                if value not in self.frame.categories[name].labels:
                    self.fault("certainty.unknown-value", "certainty_where", value)


def _amounts(stage: Stage) -> list[Number]:
    wanted = stage.wanted
    if wanted is None:
        return []
    return [*wanted.by_label.values(), *([] if wanted.everywhere is None else [wanted.everywhere])]


def _check_takes(layout: Layout, faults: Faults) -> None:
    """Check takes of groups where certain units or a costly method make it necessary."""
    looked_at = [
        number
        for number, stage in enumerate(layout.plan.stages)
        if stage.has_certainties or stage.method == SAMPFORD
    ]
    if not looked_at:
        return
    for number, stand in enumerate(evaluate(layout, looked_at[-1] + 1)):
        here, groups = stand.here, stand.groups
        if here.is_named is not None:
            certain = np.bincount(groups.group[here.is_named[groups.unit]], minlength=groups.n)
            above = np.flatnonzero(certain > stand.takes.expected)
            if len(above):
                stratum = groups.strata[int(groups.stratum[above[0]])]
                faults.add("certainty.above-take", ("stage", number, "certainty"), stratum)
        if here.stage.method == SAMPFORD:
            cells = groups.population * stand.takes.n
            if (cells > CELLS_AT_MOST).any():
                faults.add("sampford.too-large", ("stage", number, "method"), int(cells.max()))
