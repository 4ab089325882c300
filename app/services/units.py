"""Load administrative units; loading again what is there changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.models import Unit, UnitSuccession
from app.services.unit_source import REFORM, SuccessionRecord, UnitKey, UnitMap, UnitRecord

_KINDS = ("country", "province", "district", "commune")
_COLUMNS = (
    "name",
    "short_name",
    "type_name",
    "search_key",
    "parent_id",
    "valid_to",
    "latitude",
    "longitude",
    "area_km2",
)


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What loading did, in numbers of units; successions are those added, changed or removed."""

    added: int
    changed: int
    unchanged: int
    successions: int


def load(db: Session, units: UnitMap) -> UnitLoad:
    """Bring the units of the database to those of the source.

    Units that the source does not name are left alone.

    Parameters
    ----------
    db : Session
        Transaction to write in.
    units : UnitMap
        Whole, or of one province.
    """
    ids: dict[UnitKey, int] = {}
    added = changed = unchanged = 0
    for kind in _KINDS:
        records = [record for record in units.units if record.key.kind == kind]
        kept = _existing(db, kind, {record.key.code for record in records})
        new: list[dict[str, Any]] = []
        for record in records:
            wanted = _values(record, ids)
            row = kept.get(record.key)
            if row is None:
                new.append({"kind": kind, **_identity(record.key), **wanted})
                continue
            ids[record.key] = row.id
            if wanted == {column: getattr(row, column) for column in _COLUMNS}:
                unchanged += 1
            else:
                db.execute(update(Unit).where(Unit.id == row.id).values(wanted))
                changed += 1
        ids.update(_insert(db, new))
        added += len(new)
    return UnitLoad(added, changed, unchanged, _load_successions(db, units.successions, ids))


def _identity(key: UnitKey) -> dict[str, Any]:
    return {"code": key.code, "valid_from": key.valid_from}


def _values(record: UnitRecord, ids: dict[UnitKey, int]) -> dict[str, Any]:
    return {
        "name": record.name,
        "short_name": record.short_name,
        "type_name": record.type_name,
        "search_key": record.search_key,
        "parent_id": None if record.parent is None else ids[record.parent],
        "valid_to": record.valid_to,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "area_km2": record.area_km2,
    }


def _existing(db: Session, kind: str, codes: Iterable[str]) -> dict[UnitKey, Any]:
    found = db.execute(
        select(Unit.id, Unit.code, Unit.valid_from, *(getattr(Unit, name) for name in _COLUMNS))
        .where(Unit.kind == kind)
        .where(Unit.code.in_(sorted(codes)))
    )
    return {UnitKey(kind, row.code, row.valid_from): row for row in found}


def _insert(db: Session, rows: Sequence[dict[str, Any]]) -> dict[UnitKey, int]:
    if not rows:
        return {}
    made = db.execute(insert(Unit).returning(Unit.id, Unit.kind, Unit.code, Unit.valid_from), rows)
    return {UnitKey(row.kind, row.code, row.valid_from): row.id for row in made}


def _load_successions(
    db: Session, successions: Sequence[SuccessionRecord], ids: dict[UnitKey, int]
) -> int:
    """Make the ways onward of the loaded units those of the source; return how many differed."""
    table = UnitSuccession
    wanted = {
        (ids[way.predecessor], ids[way.successor]): (REFORM, way.whole, way.main)
        for way in successions
    }
    found = db.execute(
        select(
            table.predecessor_id, table.successor_id, table.effective_on, table.whole, table.main
        ).where(table.predecessor_id.in_(sorted({before for before, _ in wanted})))
    )
    kept = {(row[0], row[1]): (row[2], row[3], row[4]) for row in found}
    stale = [pair for pair in kept if kept[pair] != wanted.get(pair)]
    for before, after in stale:
        db.execute(delete(table).where(table.predecessor_id == before, table.successor_id == after))
    missing = [
        {
            "predecessor_id": before,
            "successor_id": after,
            "effective_on": effective_on,
            "whole": whole,
            "main": main,
        }
        for (before, after), (effective_on, whole, main) in wanted.items()
        if kept.get((before, after)) != (effective_on, whole, main)
    ]
    if missing:
        db.execute(insert(table), missing)
    return len({*stale, *((row["predecessor_id"], row["successor_id"]) for row in missing)})
