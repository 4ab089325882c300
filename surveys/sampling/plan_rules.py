"""Which keys of a plan go together; nothing here needs a frame."""

from __future__ import annotations

from surveys.sampling.circle import widest_gap
from surveys.sampling.plan_faults import Fault
from surveys.sampling.plan_values import Faults
from surveys.sampling.schema import (
    ALL,
    AMOUNTS,
    CIRCULAR,
    FOR_POSITIONS,
    LISTED,
    ORDERED,
    POSITION,
    PPS,
    RANDOM_SIZE,
    ROW,
    SRS,
    SYSTEMATIC,
    Plan,
    Stage,
)

_ROUNDED_AT_RANDOM = frozenset({SRS, SYSTEMATIC, CIRCULAR})


def check_rules(plan: Plan, faults: Faults) -> None:
    """Note every contradiction within a plan."""
    units = [stage.unit for stage in plan.stages]
    for number, stage in enumerate(plan.stages):
        check = _StageCheck(stage, number, faults)
        if stage.unit in units[:number]:
            check.fault("stage.unit-repeated", "unit", stage.unit)
        if stage.unit == POSITION and number == 0:
            check.fault("stage.position-first", "unit")
        if stage.unit == POSITION and number < len(units) - 1:
            check.fault("stage.position-not-last", "unit")
        if stage.unit == ROW and units[number + 1 :] not in ([], [POSITION]):
            check.fault("stage.row-not-last", "unit")
        check.amounts(is_last=number == len(units) - 1)
        check.rounding()
        check.keys()
    _check_people(plan, faults)


def faults_of_rules(plan: Plan) -> tuple[Fault, ...]:
    """Return every contradiction within a plan that was built, not read."""
    faults = Faults({})
    check_rules(plan, faults)
    return tuple(faults.found)


def _check_people(plan: Plan, faults: Faults) -> None:
    last = len(plan.stages) - 1
    if plan.one_per_person and (plan.last.unit != ROW or plan.frame != "dossier"):
        faults.add("person.needs-rows", ("one_per_person",), plan.last.unit)
    if plan.coordination is not None:
        if plan.last.unit != ROW:
            faults.add("coordination.needs-rows", ("stage", last, "unit"), plan.last.unit)
        if plan.last.method not in ORDERED:
            faults.add("coordination.method", ("stage", last, "method"), plan.last.method)
        gap = widest_gap(plan.coordination)
        if gap is not None and gap[1] == 0:
            faults.add("coordination.no-gap", ("coordination", "avoid"))


class _StageCheck:
    """The rules of one stage."""

    def __init__(self, stage: Stage, number: int, faults: Faults) -> None:
        self.stage, self.number, self.faults = stage, number, faults

    def fault(self, code: str, key: str, value: object = "") -> None:
        """Note a fault at a key of the stage."""
        self.faults.add(code, ("stage", self.number, key), value)

    def amounts(self, *, is_last: bool) -> None:
        """Check that there is one amount."""
        stage = self.stage
        given = [name for name in AMOUNTS if getattr(stage, name) is not None]
        if stage.method == ALL:
            for name in given:
                self.fault("take.none", name)
        elif not given:
            self.fault("take.missing", "take")
        for name in given[1:]:
            self.fault("take.several", name)
        for name in given:
            if name.startswith("overall_") and not is_last:
                self.fault("overall.not-last", name)

    def rounding(self) -> None:
        """Check bounds and rounding, which are for amounts that are not whole numbers."""
        stage = self.stage
        low, high = stage.minimum, stage.maximum
        if low is not None and high is not None and low > high:
            self.fault("bounds.reversed", "maximum", high)
        is_rounded = stage.take is None and stage.method not in {ALL, *RANDOM_SIZE}
        for name in ("minimum", "maximum"):
            if getattr(stage, name) is not None and not is_rounded:
                self.fault("key.not-for", name, getattr(stage, name))
        if stage.rounding != "nearest" and not is_rounded:
            self.fault("key.not-for", "rounding", stage.rounding)
        if stage.rounding == "random":
            if stage.method not in _ROUNDED_AT_RANDOM:
                self.fault("key.not-for", "rounding", stage.rounding)
            if stage.has_certainties:
                self.fault("certainty.random-rounding", "rounding")

    def keys(self) -> None:
        """Check that each key means something for the method and the unit."""
        stage = self.stage
        is_position = stage.unit == POSITION
        if is_position and stage.method not in FOR_POSITIONS:
            self.fault("key.not-for", "method", stage.method)
        if is_position != bool(stage.positions):
            code = "key.missing" if is_position else "key.not-for"
            self.fault(code, "positions", stage.positions)
        if (stage.method in PPS) != bool(stage.size) and not is_position:
            code = "key.missing" if stage.method in PPS else "key.not-for"
            self.fault(code, "size", stage.size)
        unwanted = {
            "strata": is_position,
            "order": is_position or stage.method not in LISTED,
            "sort": is_position or stage.method not in LISTED,
            "ties": is_position or stage.method not in LISTED,
            "size": is_position,
            "size_floor": stage.method not in PPS,
            "certainty": is_position or stage.method == ALL,
            "certainty_where": is_position or stage.method == ALL,
            "take_by": stage.method == ALL,
        }
        plain = Stage(unit="", method="")
        for name, is_unwanted in unwanted.items():
            value = getattr(stage, name)
            if is_unwanted and value != getattr(plain, name):
                self.fault("key.not-for", name, value)
