"""What the parts of a province that figures are given for are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Counter, CounterAlias, Field, ServiceCentre, Unit
from app.names import search_key


@dataclass(frozen=True, slots=True)
class Places:
    """Names of communes, centres, counters and fields, and the kinds of communes.

    Attributes
    ----------
    names : mapping of (kind, code) to str
        Kinds are commune, commune_kind, centre, counter and field.
    commune_kind : mapping of str to str
        Commune → code of its kind, e.g. ``"phuong"``.
    """

    names: Mapping[tuple[str, str], str]
    commune_kind: Mapping[str, str]


def places(db: Session, first: date, last: date) -> Places:
    """Read the places that existed on any day of a period; the later of two with one code."""
    names: dict[tuple[str, str], str] = {}
    commune_kind: dict[str, str] = {}
    communes = db.scalars(
        select(Unit)
        .where(
            Unit.kind == "commune",
            Unit.valid_from <= last,
            or_(Unit.valid_to.is_(None), Unit.valid_to > first),
        )
        .order_by(Unit.valid_from)
    )
    for unit in communes:
        kind = search_key(unit.type_name).replace(" ", "_")
        names["commune", unit.code] = unit.name
        names["commune_kind", kind] = unit.type_name
        commune_kind[unit.code] = kind
    for code, name in db.execute(select(ServiceCentre.code, ServiceCentre.name)):
        names["centre", code] = name
    # Every centre has a counter 01, so its name alone would not do.
    counters = (
        select(Counter.code, Unit.name, Counter.number, Counter.name)
        .join(Counter.centre)
        .join(ServiceCentre.unit)
    )
    for code, unit_name, number, name in db.execute(counters):
        names["counter", code] = f"{unit_name}, quầy {number}: {name}"
    # Answers stay under the code a counter had when they came.
    earlier = (
        select(CounterAlias.code, Unit.name, CounterAlias.printed_as)
        .join(Counter, Counter.id == CounterAlias.counter_id)
        .join(Counter.centre)
        .join(ServiceCentre.unit)
    )
    for code, unit_name, printed_as in db.execute(earlier):
        names["counter", code] = f"{unit_name}, {printed_as[:1].lower()}{printed_as[1:]}"
    for code, name in db.execute(select(Field.code, Field.name)):
        names["field", code] = name
    return Places(names, commune_kind)
