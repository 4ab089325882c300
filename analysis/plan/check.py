"""What can be wrong with a plan before any file is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.plan.check_contrasts import Names, check_contrast
from analysis.plan.check_design import check_design
from analysis.plan.check_models import check_models
from analysis.plan.check_weights import check_step
from analysis.plan.faults import Place, nearest
from analysis.plan.reader import Reader
from analysis.plan.schema.estimates import (
    EstimateSection,
    IntraclassEstimate,
    QuantileEstimate,
)
from analysis.plan.schema.plan import Plan


def check_plan(plan: Plan | None, written: Mapping[str, Any], reader: Reader) -> None:
    """Note what contradicts itself.

    Parameters
    ----------
    plan : Plan or None
        As far as it could be read; None if there is no use in going on.
    written : mapping
        The text, as ``tomllib`` reads it: names of sections with faults in them
        are known all the same.
    reader : Reader
        Takes the faults.
    """
    for section in ("estimate", "contrast", "derive", "model", "test"):
        _unique_names(section, written, reader)
    if plan is None:
        return
    # What was read with faults would only seem to contradict itself.
    if reader.is_clean(plan.data.place):
        _check_data(plan, reader)
    if reader.is_clean(plan.design.place):
        check_design(plan.design, reader)
    for step in plan.weights:
        if reader.is_clean(step.place):
            check_step(step, reader)
    for estimate in plan.estimates:
        if reader.is_clean(estimate.place):
            _check_estimate(estimate, plan, reader)
    known = {estimate.name: estimate for estimate in plan.estimates}
    models = _names(written.get("model"))
    named = Names(_names(written.get("estimate")), models)
    for contrast in plan.contrasts:
        if reader.is_clean(contrast.place):
            check_contrast(contrast, known, named, reader)
    check_models(plan, models, reader)


def _names(tables: object) -> list[str]:
    """Return the names in a list of tables, as far as it is one."""
    found = tables if isinstance(tables, list) else []
    return [
        table["name"]
        for table in found
        if isinstance(table, Mapping) and isinstance(table.get("name"), str)
    ]


def _unique_names(section: str, written: Mapping[str, Any], reader: Reader) -> None:
    tables = written.get(section)
    seen: dict[str, int] = {}
    for number, table in enumerate(tables if isinstance(tables, list) else []):
        name = table.get("name") if isinstance(table, Mapping) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            first = reader.positions.line((section, seen[name], "name"))
            reader.fault((section, number, "name"), "name-twice", name=name, first=first)
        seen.setdefault(name, number)


def exactly_one(
    given: Mapping[str, bool], place: Place, reader: Reader, *, may_lack: bool = False
) -> None:
    """Note a fault unless exactly one of some keys is given."""
    found = [name for name, is_given in given.items() if is_given]
    if len(found) > 1:
        reader.fault((*place, found[1]), "keys-exclude", one=found[0], other=found[1])
    elif not found and not may_lack:
        reader.fault(place, "one-of-keys", keys=", ".join(given))


def known_name(name: str, known: Iterable[str], place: Place, code: str, reader: Reader) -> bool:
    """Say whether a name is known, noting a fault if not."""
    names = list(known)
    if name in names:
        return True
    reader.fault(place, code, name=name, meant=nearest(name, names), known=", ".join(names))
    return False


def _check_estimate(estimate: EstimateSection, plan: Plan, reader: Reader) -> None:
    """Note what an estimate needs of the design and does not find."""
    if isinstance(estimate, IntraclassEstimate) and not plan.design.clusters:
        reader.fault(estimate.place, "no-clusters-for-icc")
    wants = isinstance(estimate, QuantileEstimate) and estimate.interval == "replicates"
    if wants and plan.design.replicates is None:
        reader.fault((*estimate.place, "interval"), "replicate-interval")


def _check_data(plan: Plan, reader: Reader) -> None:
    data = plan.data
    given = {
        "file": data.file is not None,
        "files": bool(data.files),
        "rounds": bool(data.rounds),
    }
    exactly_one(given, data.place, reader)
    if len(data.separator) != 1 or data.separator in "\r\n\"'":
        reader.fault((*data.place, "separator"), "bad-separator", value=data.separator)
    if data.separator == data.decimal:
        reader.fault((*data.place, "decimal"), "separator-is-decimal", value=data.decimal)
    seen: set[str] = set()
    for round_file in data.rounds:
        if round_file.round in seen:
            reader.fault((*round_file.place, "round"), "repeated", value=round_file.round)
        seen.add(round_file.round)
