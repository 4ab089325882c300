"""From the text of a plan to its sections, with every fault and its line."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.plan.check import check_plan
from analysis.plan.faults import PlanFault, PlanFaults, nearest
from analysis.plan.positions import find_positions
from analysis.plan.reader import Reader, Section, kind_of
from analysis.plan.schema.columns import DataSection, Derive
from analysis.plan.schema.contrasts import Contrast
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import ESTIMATES
from analysis.plan.schema.hypotheses import HYPOTHESES
from analysis.plan.schema.models import MODELS
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.scales import ScaleSection
from analysis.plan.schema.weights import STEPS
from analysis.plan.shapes import Text

VERSION = 1
TOP_KEYS = (
    "plan",
    "title",
    "data",
    "derive",
    "design",
    "weights",
    "scales",
    "estimate",
    "contrast",
    "model",
    "test",
)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|#.*')
_USUAL_MISTAKES = {
    "curly-quotes": re.compile("[“”„‘’]"),
    "key-needs-quotes": re.compile(
        r"(^|[{,.\[])\s*[\w \-]*[^\x00-\x7f][\w \-]*\s*=|[{,]\s*\w+ +\w+\s*="
    ),
    "decimal-comma": re.compile(r"=\s*[0-9]+,[0-9]+\s*(#|$)"),
}
"""What office programs and habits make of a line, told by what stands outside quotation marks."""

_PLACE_OF_ERROR = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")


def read_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises
    ------
    PlanFaults
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fault = PlanFault(
            "no-plan-file", context={"file": str(path), "reason": str(error.strerror)}
        )
        raise PlanFaults([fault]) from error
    except UnicodeDecodeError as error:
        raise PlanFaults([PlanFault("plan-not-utf8", context={"file": path.name})]) from error
    return parse_plan(text, path.parent)


def parse_plan(text: str, folder: Path) -> Plan:
    """Read a plan from its text.

    Parameters
    ----------
    text : str
        TOML.
    folder : Path
        Where relative paths begin.

    Raises
    ------
    PlanFaults
        With every fault of the plan itself; the files it names are not opened.
    """
    # As the rows are: a name is found however its marks were typed.
    text = unicodedata.normalize("NFC", text)
    written = _toml(text)
    reader = Reader(find_positions(text))
    _top_keys(written, reader)
    plan = _sections(written, folder, reader)
    check_plan(plan, written, reader)
    if reader.faults or plan is None:
        raise PlanFaults(reader.faults)
    return plan


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = _PLACE_OF_ERROR.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        reason = _PLACE_OF_ERROR.sub("", str(error)).strip()
        written = "".join(text.splitlines()[line - 1 : line])
        fault = PlanFault(_code_of(written), "", line, {"reason": reason})
        raise PlanFaults([fault]) from error
    except (RecursionError, ValueError) as error:
        raise PlanFaults([PlanFault("not-toml", context={"reason": str(error)})]) from error


def _code_of(line: str) -> str:
    """Say what is probably wrong with a line that is not TOML."""
    bare = _QUOTED.sub(lambda found: "" if found[0][0] == "#" else '""', line)
    for code, pattern in _USUAL_MISTAKES.items():
        if pattern.search(bare):
            return code
    return "not-toml"


def _top_keys(written: Mapping[str, Any], reader: Reader) -> None:
    for name in written:
        if name not in TOP_KEYS:
            meant = nearest(name, TOP_KEYS)
            code = "unknown-key-near" if meant else "unknown-key"
            reader.fault((name,), code, key=name, meant=meant, known=", ".join(TOP_KEYS))
    version = written.get("plan")
    if "plan" not in written:
        reader.fault((), "missing-version", version=VERSION)
    elif isinstance(version, bool) or version != VERSION:
        reader.fault(("plan",), "other-version", version=VERSION, found=version)


def _sections(written: Mapping[str, Any], folder: Path, reader: Reader) -> Plan | None:
    """Read every section, whatever is wrong with the others."""
    title = ""
    if "title" in written:
        title = Text(may_be_empty=True).read(written["title"], ("title",), reader) or ""
    data = _one(DataSection, "data", written, reader)
    design = _one(DesignSection, "design", written, reader)
    derive = [
        reader.section(Derive, table, place) for place, table in _each("derive", written, reader)
    ]
    weights = [
        reader.variant(STEPS, "step", table, place)
        for place, table in _each("weights", written, reader)
    ]
    scales = [
        reader.section(ScaleSection, table, place)
        for place, table in _each("scales", written, reader)
    ]
    estimates = [
        reader.variant(ESTIMATES, "kind", table, place)
        for place, table in _each("estimate", written, reader)
    ]
    contrasts = [
        reader.section(Contrast, table, place)
        for place, table in _each("contrast", written, reader)
    ]
    models = [
        reader.variant(MODELS, "kind", table, place)
        for place, table in _each("model", written, reader)
    ]
    hypotheses = [
        reader.variant(HYPOTHESES, "kind", table, place)
        for place, table in _each("test", written, reader)
    ]
    if data is None or design is None:
        return None
    return Plan(
        title=title,
        folder=folder,
        positions=reader.positions,
        data=data,
        design=design,
        derive=tuple(one for one in derive if one is not None),
        weights=tuple(one for one in weights if one is not None),
        scales=tuple(one for one in scales if one is not None),
        estimates=tuple(one for one in estimates if one is not None),
        contrasts=tuple(one for one in contrasts if one is not None),
        models=tuple(one for one in models if one is not None),
        hypotheses=tuple(one for one in hypotheses if one is not None),
    )


def _one(cls: type[Section], name: str, written: Mapping[str, Any], reader: Reader) -> Any:
    """Read a table that must be there."""
    if name not in written:
        reader.fault((), "missing-section", section=name)
        return None
    return reader.section(cls, written[name], (name,))


def _each(
    name: str, written: Mapping[str, Any], reader: Reader
) -> Sequence[tuple[tuple[str | int, ...], Any]]:
    """Return the tables of a list of tables with their places."""
    tables = written.get(name, [])
    if isinstance(tables, Mapping):
        reader.fault((name,), "single-brackets", section=name)
        return ()
    if not isinstance(tables, list):
        reader.fault((name,), "wrong-type", expected="list of tables", found=kind_of(tables))
        return ()
    return [((name, number), table) for number, table in enumerate(tables)]
