"""What contradicts itself in the steps of weighting."""

from __future__ import annotations

from analysis.plan.reader import Reader
from analysis.plan.schema.weights import (
    CalibrateStep,
    EligibilityStep,
    ScaleStep,
    TrimStep,
    WeightSection,
)


def check_step(step: WeightSection, reader: Reader) -> None:
    """Note what contradicts itself in one step."""
    match step:
        case EligibilityStep() if bool(step.known) == bool(step.unknown):
            reader.fault(step.place, "known-or-unknown", status=step.status)
        case CalibrateStep():
            _check_ends(step.bounds, step, "bounds", reader)
            if step.distance == "logit" and not step.bounds:
                reader.fault(step.place, "key-needed-with", key="bounds", value="logit")
            if step.residuals == "derivative" and step.bounds and step.bounds_on == "weight":
                needed = "bounds_on = ratio"
                place = (*step.place, "residuals")
                reader.fault(place, "key-only-with", key="residuals", needed=needed)
        case TrimStep():
            _check_ends(step.quantiles, step, "quantiles", reader)
            if step.lower is None and step.upper is None and not step.quantiles:
                reader.fault(step.place, "trim-without-bounds")
            if step.lower is not None and step.upper is not None:
                _check_ends((step.lower, step.upper), step, "lower", reader)
        case ScaleStep():
            _check_scale(step, reader)
        case _:
            return


def _check_ends(ends: tuple[float, ...], step: WeightSection, key: str, reader: Reader) -> None:
    place = (*step.place, key)
    if not ends:
        return
    if len(ends) != 2:
        reader.fault(place, "two-numbers", found=len(ends))
    elif not ends[0] < ends[1]:
        reader.fault(place, "lower-not-below-upper", lower=ends[0], upper=ends[1])


def _check_scale(step: ScaleStep, reader: Reader) -> None:
    given = (step.total is not None, step.totals is not None)
    wanted = [(False, False)] if step.to == "sample" else [(True, False), (False, True)]
    if given not in wanted:
        reader.fault(step.place, "scale-form")
    elif step.totals is not None and not step.within:
        reader.fault(step.place, "key-needs-key", key="totals", needed="within")
    elif step.total is not None and step.within:
        reader.fault((*step.place, "within"), "key-only-with", key="within", needed="totals")
