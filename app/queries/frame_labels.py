"""Names of the codes that stand in frames: units, centres, fields, procedures."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Field, Procedure, ServiceCentre, Unit

_UNITS = {"commune": "commune", "home_commune": "commune", "district": "district"}


def names_of(db: Session, column: str, codes: Iterable[str]) -> dict[str, str]:
    """Find the names of the codes of a column; codes without a name are left out.

    A code that was used again names the unit that has it today, or had it last.
    """
    wanted = [code for code in codes if code]
    if column in _UNITS:
        return _units(db, (_UNITS[column],), wanted)
    if column == "centre":
        return _named(db, ServiceCentre, wanted)
    if column == "field":
        return _named(db, Field, wanted)
    if column == "procedure":
        return _named(db, Procedure, wanted)
    if column == "agency":
        return {**_units(db, ("agency", "commune"), wanted), **_named(db, ServiceCentre, wanted)}
    return {}


def _units(db: Session, kinds: tuple[str, ...], codes: list[str]) -> dict[str, str]:
    rows = db.execute(
        select(Unit.code, Unit.name)
        .where(Unit.kind.in_(kinds), Unit.code.in_(codes))
        .order_by(Unit.valid_from)
    )
    return {code: name for code, name in rows}  # noqa: C416 - rows are not yet tuples to the checker


def _named(
    db: Session, table: type[ServiceCentre | Field | Procedure], codes: list[str]
) -> dict[str, str]:
    rows = db.execute(select(table.code, table.name).where(table.code.in_(codes)))
    return {code: name for code, name in rows}  # noqa: C416 - rows are not yet tuples to the checker
