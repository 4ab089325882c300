"""Reading what another system sends: strictly, and with every fault at its place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from app.services.dossiers.checking import Written

MOST_DOSSIERS: Final = 1_000
MOST_BYTES: Final = 2 * 1024 * 1024
NEEDED: Final = ("code", "centre", "closed_on")
# Name of a field of a dossier → its longest text.
FIELDS: Final = {
    "code": 60, "centre": 200, "closed_on": 10, "procedure": 300, "field": 200, "phone": 40,
    "email": 254,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit, and where, as a JSON pointer [RFC6901]."""

    pointer: str
    code: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent. ``row`` of a dossier counts from 1."""

    round: str
    dossiers: tuple[Written, ...]


def parse(body: bytes) -> Any:
    """Read JSON; ``ValueError`` for anything that is none, or has a key twice."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError from error


def read(said: Any) -> Sent | tuple[Fault, ...]:
    """Read what was sent, or list everything that does not fit."""
    faults = tuple(_faults(said))
    if faults:
        return faults
    rows = tuple(
        Written(
            row=number, code=each["code"], closed_on=each["closed_on"], place=each["centre"],
            procedure=each.get("procedure", ""), field_name=each.get("field", ""),
            phone=each.get("phone", ""), email=each.get("email", ""),
        )
        for number, each in enumerate(said["dossiers"], start=1)
    )  # fmt: skip
    return Sent(said["round"], rows)


def _faults(said: Any) -> Iterator[Fault]:
    if not isinstance(said, dict):
        yield Fault("", "json.not-an-object")
        return
    for name in said.keys() - {"round", "dossiers"}:
        yield Fault(_pointer(name), "json.unknown-field")
    code = said.get("round")
    if not isinstance(code, str) or not 1 <= len(code) <= 40:
        yield Fault("/round", "json.not-a-text" if "round" in said else "json.missing")
    dossiers = said.get("dossiers")
    if not isinstance(dossiers, list):
        yield Fault("/dossiers", "json.not-a-list" if "dossiers" in said else "json.missing")
    elif not 1 <= len(dossiers) <= MOST_DOSSIERS:
        yield Fault("/dossiers", "json.too-many" if dossiers else "json.empty")
    else:
        for index, dossier in enumerate(dossiers):
            yield from _of_dossier(dossier, f"/dossiers/{index}")


def _of_dossier(dossier: Any, where: str) -> Iterator[Fault]:
    if not isinstance(dossier, dict):
        yield Fault(where, "json.not-an-object")
        return
    for name in dossier.keys() - FIELDS.keys():
        yield Fault(where + _pointer(name), "json.unknown-field")
    for name, longest in FIELDS.items():
        if name not in dossier:
            if name in NEEDED:
                yield Fault(f"{where}/{name}", "json.missing")
            continue
        value = dossier[name]
        if not isinstance(value, str):
            yield Fault(f"{where}/{name}", "json.not-a-text")
        elif len(value) > longest or (name in NEEDED and not value):
            yield Fault(f"{where}/{name}", "json.length")


def _pointer(name: str) -> str:
    shown = name[:40].encode("utf-8", "replace").decode()
    return "/" + shown.replace("~", "~0").replace("/", "~1")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse(_constant: str) -> NoReturn:
    raise ValueError
