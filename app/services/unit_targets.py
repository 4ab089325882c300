"""Targets of units: a table of units and nodes, from a file or pasted, all of it or nothing."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Round, RoundTarget
from app.names import clean, search_key
from app.queries import domains
from app.services import audit

# Kinds of units a plan sets targets for.
KINDS: Final = ("commune", "centre", "field")
MOST_ROWS: Final = 5_000
HEAD_ROWS: Final = 15
_CODE_HEADS: Final = ("ma", "ma don vi", "code")
_NAME_HEADS: Final = ("ten", "ten don vi", "don vi", "name", "unit")
_NUMBER = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,4}))?\s*(%?)")

Key = tuple[str, str, str]
"""Node, kind of unit, code of the unit."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be taken: row as shown by a spreadsheet, what was written, and why."""

    row: int
    heading: str
    value: str
    code: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a table may speak of.

    Attributes
    ----------
    units : mapping of (kind, code) to str
        Names of units.
    nodes : mapping of str to tuple of str
        Node → its titles.
    """

    units: Mapping[tuple[str, str], str]
    nodes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Read:
    """What a table says: targets as shares between 0 and 1, or what is wrong with it."""

    targets: Mapping[Key, float]
    faults: tuple[Fault, ...]


def known_units(db: Session, first: date, last: date) -> dict[tuple[str, str], str]:
    """Name the units there were during a period, kind by kind."""
    places = domains.places(db, first, last)
    return {
        (kind, code): name
        for wanted in KINDS
        for (kind, code), name in sorted(places.names.items(), key=lambda pair: pair[0])
        if kind == wanted
    }


def rows_of_text(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Read what was pasted from a spreadsheet: tabs or semicolons between cells."""
    separator = "\t" if "\t" in text else ";"
    lines = csv.reader(text.splitlines(), delimiter=separator)
    return [(number, tuple(cells)) for number, cells in enumerate(lines, start=1) if any(cells)]


def read(rows: Iterable[tuple[int, Sequence[object]]], known: Known) -> Read:
    """Read a table: one line per unit, one column per node; empty cells set no target.

    Parameters
    ----------
    rows : iterable of (int, sequence)
        Numbers of rows and their cells.
    known : Known

    Returns
    -------
    Read
        With targets or with faults, never both.
    """
    faults: list[Fault] = []
    targets: dict[Key, _Written] = {}
    heads: _Heads | None = None
    finder = _Finder(known)
    for count, (number, cells) in enumerate(rows):
        texts = [_text(cell) for cell in cells]
        if heads is None:
            heads = _heads(texts, known)
            if heads is None and count >= HEAD_ROWS:
                break
            continue
        if len(targets) + len(faults) > MOST_ROWS * len(known.nodes):
            return Read({}, (Fault(number, "", "", "unit-target.too-many"),))
        _read_row(number, texts, heads, finder, targets, faults)
    if heads is None:
        return Read({}, (Fault(1, "", "", "unit-target.no-heading"),))
    if not targets and not faults:
        faults.append(Fault(1, "", "", "unit-target.nothing"))
    shares, mixed = _shares(targets)
    faults += mixed
    return Read({}, tuple(faults)) if faults else Read(shares, ())


def set_unit_targets(
    db: Session, code: str, targets: Mapping[Key, float], *, source: str, actor: str
) -> None:
    """Set what units are meant to reach; they replace all earlier targets of units.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``target.source-missing``, ``target.not-a-share``
    """
    found = db.scalar(select(Round).where(Round.code == code).with_for_update())
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    source = clean(source)
    if targets and not source:
        raise ConflictError("target.source-missing")
    if not all(0 <= value <= 1 for value in targets.values()):
        raise ConflictError("target.not-a-share")
    db.execute(
        delete(RoundTarget).where(RoundTarget.round_id == found.id, RoundTarget.domain_kind != "")
    )
    db.add_all(
        RoundTarget(
            round_id=found.id, node=node, domain_kind=kind, domain_code=unit, value=value,
            source=source,
        )
        for (node, kind, unit), value in targets.items()
    )  # fmt: skip
    audit.record(db, actor, "round.set-unit-targets", code, n=len(targets), source=source)


@dataclass(frozen=True, slots=True)
class _Written:
    """A number as it was written, and where."""

    number: float
    is_percent: bool
    row: int
    heading: str
    text: str


def _written(text: str, row: int, heading: str) -> _Written | None:
    """Read ``95``, ``95,5``, ``95%`` or ``0,95``; None for anything else."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    number = float(f"{found[1]}.{found[2] or 0}")
    most = 100.0
    return None if number > most else _Written(number, bool(found[3]), row, heading, text)


def _shares(
    written: Mapping[Key, _Written],
) -> tuple[dict[Key, float], list[Fault]]:
    """Turn numbers into shares: per cent, unless every number of the table is 1 or less.

    A table with both 95 and 0,95 may mean either by the second: that is a fault.
    """
    plain = [one for one in written.values() if not one.is_percent and one.number > 0]
    small = [one for one in plain if one.number <= 1]
    are_shares = bool(small) and len(small) == len(plain)
    faults = [
        Fault(one.row, one.heading, one.text, "unit-target.mixed")
        for one in ([] if are_shares else small)
    ]
    shares = {
        key: one.number if are_shares and not one.is_percent else one.number / 100
        for key, one in written.items()
    }
    return shares, faults


@dataclass(frozen=True, slots=True)
class _Heads:
    """Which column holds what."""

    code: int | None
    name: int | None
    nodes: Mapping[int, tuple[str, str]]


def _heads(texts: Sequence[str], known: Known) -> _Heads | None:
    """Find the columns; None if this is not the row of headings."""
    titles = {
        search_key(title): node for node, names in known.nodes.items() for title in (node, *names)
    }
    code = name = None
    nodes: dict[int, tuple[str, str]] = {}
    for place, text in enumerate(texts):
        key = search_key(text)
        inside = re.search(r"\(([a-z0-9_]+)\)\s*$", text)
        if key in _CODE_HEADS and code is None:
            code = place
        elif key in _NAME_HEADS and name is None:
            name = place
        elif inside and inside[1] in known.nodes:
            nodes[place] = (inside[1], text)
        elif key in titles:
            nodes[place] = (titles[key], text)
    if not nodes or (code is None and name is None):
        return None
    return _Heads(code, name, nodes)


class _Finder:
    """Finds units by code, also without the zeros that spreadsheets take away, or by name."""

    def __init__(self, known: Known) -> None:
        self._by_code: dict[str, set[tuple[str, str]]] = {}
        self._by_name: dict[str, set[tuple[str, str]]] = {}
        for unit, name in known.units.items():
            for written in {unit[1], unit[1].lstrip("0")}:
                self._by_code.setdefault(written, set()).add(unit)
            self._by_name.setdefault(search_key(name), set()).add(unit)

    def find(self, code: str, name: str) -> tuple[str, str] | None:
        """Return the only unit meant; None if there is none, or several."""
        found = self._by_code.get(code) or self._by_code.get(code.lstrip("0")) if code else None
        if found and len(found) > 1 and name:
            found = found & self._by_name.get(search_key(name), set())
        if not code and name:
            found = self._by_name.get(search_key(name))
        return next(iter(found)) if found and len(found) == 1 else None


def _read_row(
    number: int,
    texts: Sequence[str],
    heads: _Heads,
    finder: _Finder,
    targets: dict[Key, _Written],
    faults: list[Fault],
) -> None:
    def cell(place: int | None) -> str:
        return texts[place].strip() if place is not None and place < len(texts) else ""

    found = {place: cell(place) for place in heads.nodes}
    if not any(found.values()):
        return
    code, name = cell(heads.code), cell(heads.name)
    unit = finder.find(code, name)
    if unit is None:
        faults.append(Fault(number, "", code or name, "unit-target.unknown-unit"))
        return
    for place, value in found.items():
        node, heading = heads.nodes[place]
        if not value:
            continue
        share = _written(value, number, heading)
        key = (node, *unit)
        if share is None:
            faults.append(Fault(number, heading, value[:80], "unit-target.not-a-share"))
        elif key in targets:
            faults.append(Fault(number, heading, code or name, "unit-target.twice"))
        else:
            targets[key] = share


def _text(cell: object) -> str:
    """Write a cell as it was read: numbers without noise."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".") if not cell.is_integer() else str(int(cell))
    return str(cell)
