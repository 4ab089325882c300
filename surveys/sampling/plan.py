"""Plans of samples as TOML: reading with every fault at once, writing, hashing."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from decimal import Decimal

from surveys.sampling.frame import STANDARD
from surveys.sampling.plan_faults import FAULT_CODES, Fault, PlanRefusedError, shown
from surveys.sampling.plan_lines import lines_of
from surveys.sampling.plan_rules import check_rules
from surveys.sampling.plan_values import Faults, Table
from surveys.sampling.plan_write import document_of, dump_plan
from surveys.sampling.schema import (
    METHODS,
    ROUNDINGS,
    SORTS,
    STAGES_AT_MOST,
    TIES,
    Coordination,
    Plan,
    Reserves,
    Stage,
)

__all__ = [
    "FAULT_CODES",
    "Coordination",
    "Fault",
    "Plan",
    "PlanRefusedError",
    "Reserves",
    "Stage",
    "dump_plan",
    "plan_hash",
    "read_plan",
]

VERSION = 1
_HASH = re.compile(r"[0-9a-f]{64}")
# A key of thousands of parts takes tomllib minutes; no plan has one of more than three.
_LONG_KEY = re.compile(r"(?:\.[^.=,\n]+){60,}")
_SYNTAX_LINE = re.compile(r"at line (\d+)")


def read_plan(text: str) -> Plan:
    """Read a plan.

    Parameters
    ----------
    text : str
        TOML; docs/sampling.md names every key.

    Raises
    ------
    PlanRefusedError
        With every fault that can be seen without a frame.
    """
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise PlanRefusedError((Fault("plan.syntax", line=line, value=shown(long_key[0])),))
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        fault = Fault("plan.syntax", line=line, value=shown(error))
        raise PlanRefusedError((fault,)) from error
    faults = Faults(lines_of(text))
    plan = _plan(Table(document, (), faults), faults)
    if not faults.found:
        check_rules(plan, faults)
    if faults.found:
        raise PlanRefusedError(tuple(sorted(faults.found, key=lambda fault: fault.line)))
    return plan


def plan_hash(plan: Plan) -> str:
    """Return the SHA-256 of what a plan says, hexadecimal.

    It is that of the JSON of the document ``dump_plan`` writes, without ``frame_hash``:
    keys sorted, no spaces, UTF-8, shares as texts.
    """
    written = json.dumps(
        document_of(plan, with_frame_hash=False),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    )
    return hashlib.sha256(written.encode()).hexdigest()


def _plan(top: Table, faults: Faults) -> Plan:
    if top.whole("sampling") != VERSION:
        top.fault("value.unknown" if top.has("sampling") else "key.missing", "sampling")
    frame_hash = top.text("frame_hash")
    if frame_hash and not _HASH.fullmatch(frame_hash):
        top.fault("value.out-of-range", "frame_hash", frame_hash)
    plan = Plan(
        title=top.text("title"),
        frame=top.choice("frame", STANDARD),
        stages=_stages(top, faults),
        reserves=_reserves(top),
        coordination=_coordination(top),
        one_per_person=top.flag("one_per_person"),
        frame_hash=frame_hash,
    )
    top.close()
    return plan


def _stages(top: Table, faults: Faults) -> tuple[Stage, ...]:
    given = top.get("stage")
    if given is None:
        top.fault("key.missing", "stage")
        return ()
    if not isinstance(given, list) or not all(isinstance(part, dict) for part in given):
        top.fault("value.wrong-type", "stage")
        return ()
    if not 1 <= len(given) <= STAGES_AT_MOST:
        top.fault("stage.count", "stage", len(given))
    return tuple(
        _stage(Table(part, ("stage", number), faults)) for number, part in enumerate(given)
    )


def _stage(table: Table) -> Stage:
    stage = Stage(
        unit=table.text("unit", is_needed=True),
        method=table.choice("method", METHODS),
        strata=table.texts("strata"),
        order=table.texts("order"),
        sort=table.choice("sort", SORTS, "nested"),
        ties=table.choice("ties", TIES, "key"),
        size=table.text("size"),
        size_floor=table.whole("size_floor") or 0,
        positions=table.text("positions"),
        take=table.amount("take", is_share=False),
        share=table.amount("share", is_share=True),
        overall_take=table.amount("overall_take", is_share=False),
        overall_share=table.amount("overall_share", is_share=True),
        take_by=table.texts("take_by"),
        minimum=table.whole("minimum"),
        maximum=table.whole("maximum", low=1),
        rounding=table.choice("rounding", ROUNDINGS, "nearest"),
        certainty=table.texts("certainty"),
        certainty_where=table.texts_by_name("certainty_where"),
    )
    table.close()
    return stage


def _reserves(top: Table) -> Reserves | None:
    table = top.table("reserves")
    if table is None:
        return None
    found = Reserves(take=table.whole("take"), share=table.share("share"))
    if table.has("take") and table.has("share"):
        table.fault("take.several", "share")
    elif not (table.has("take") or table.has("share")):
        table.fault("take.missing", "take")
    table.close()
    return found


def _coordination(top: Table) -> Coordination | None:
    table = top.table("coordination")
    if table is None:
        return None
    avoid, room = table.arcs("avoid"), table.share("room")
    if avoid and not table.has("room"):
        table.fault("coordination.room-missing", "room")
    table.close()
    return Coordination(avoid=avoid, room=Decimal(1) if room is None else room)
