"""Plans written as TOML, in one way only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Final

from surveys.sampling.schema import Plan, Stage

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\"}


def dump_plan(plan: Plan, *, frame_hash: str | None = None) -> str:
    """Write a plan as TOML; ``read_plan`` gives the same plan back.

    Keys that say what holds anyway are left out.

    Parameters
    ----------
    plan : Plan
    frame_hash : str, optional
        Frame the plan is fixed for, instead of the plan's own.
    """
    document = document_of(plan)
    if frame_hash is not None:
        document["frame_hash"] = frame_hash
    tables = {name: value for name, value in document.items() if isinstance(value, dict)}
    stages = document.pop("stage")
    lines = _pairs(document)
    for stage in stages if isinstance(stages, list) else ():
        lines += ["", "[[stage]]", *_pairs(stage)]
        for name, value in stage.items():
            if isinstance(value, dict):
                lines += ["", f"[stage.{name}]", *_pairs(value)]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def document_of(plan: Plan, *, with_frame_hash: bool = True) -> dict[str, object]:
    """Return what a plan's TOML holds, as ``tomllib`` would read it with decimal shares."""
    document: dict[str, object] = {"sampling": 1}
    if plan.title:
        document["title"] = plan.title
    document["frame"] = plan.frame
    if plan.frame_hash and with_frame_hash:
        document["frame_hash"] = plan.frame_hash
    if plan.one_per_person:
        document["one_per_person"] = True
    document["stage"] = [_stage(stage) for stage in plan.stages]
    if plan.reserves is not None:
        document["reserves"] = (
            {"take": plan.reserves.take}
            if plan.reserves.share is None
            else {"share": _share(plan.reserves.share)}
        )
    if plan.coordination is not None:
        told: dict[str, object] = {}
        if plan.coordination.avoid:
            told["avoid"] = [list(arc) for arc in plan.coordination.avoid]
        if plan.coordination.avoid or plan.coordination.room != 1:
            told["room"] = _share(plan.coordination.room)
        document["coordination"] = told
    return document


def _stage(stage: Stage) -> dict[str, object]:
    told: dict[str, object] = {}
    plain = Stage(unit="", method="")
    for field in fields(Stage):
        value = getattr(stage, field.name)
        if value == getattr(plain, field.name):
            continue
        told[field.name] = _plain(value)
    return told


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _plain(value[name]) for name in sorted(value)}
    if isinstance(value, tuple):
        return list(value)
    return _share(value) if isinstance(value, Decimal) else value


def _share(value: Decimal) -> Decimal:
    """Return a share with as few digits as it needs and a point, as TOML wants it."""
    text = f"{value.normalize():f}"
    return Decimal(text if "." in text else f"{text}.0")


def _pairs(table: Mapping[str, object]) -> list[str]:
    return [
        f"{_name(key)} = {_value(value)}"
        for key, value in table.items()
        if not isinstance(value, dict)
    ]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    escaped = "".join(
        _ESCAPES.get(letter, letter if letter.isprintable() else _escape(letter)) for letter in text
    )
    return f'"{escaped}"'


def _escape(letter: str) -> str:
    return f"\\u{ord(letter):04X}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08X}"
