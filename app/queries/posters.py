"""Read what stands on the sheets of counters, for one or for a whole province."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import Campaign, Counter, PosterLogo, Round, ServiceCentre, Unit


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A counter as its sheet names it."""

    counter_id: int
    code: str
    number: str
    counter: str
    centre: str
    province: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class ProvinceItem:
    """A province whose counters are in service.

    ``logo`` says whether it has a logo of its own; ``example`` is the code of one counter.
    """

    id: int
    name: str
    n_centres: int
    n_counters: int
    logo: bool
    example: str


def provinces(db: Session) -> tuple[ProvinceItem, ...]:
    """List the provinces that have open counters, by their codes."""
    rows = db.execute(_open_counters()).all()
    logos = set(db.scalars(select(PosterLogo.province_id)))
    names = {unit.id: unit for unit in db.scalars(select(Unit).where(Unit.kind == "province"))}
    above = _provinces_of_units(db)
    of_province: dict[int, list[tuple[int, str]]] = {}
    for counter, centre in rows:
        of_province.setdefault(above[centre.unit_id], []).append((centre.id, counter.code))
    return tuple(
        ProvinceItem(
            id=id_,
            name=names[id_].name,
            n_centres=len({centre for centre, _code in found}),
            n_counters=len(found),
            logo=id_ in logos,
            example=found[0][1],
        )
        for id_, found in sorted(of_province.items(), key=lambda each: names[each[0]].code)
        if id_ in names
    )


def sheets_of_province(db: Session, province_id: int) -> tuple[SheetRow, ...]:
    """List the open counters of a province in the order one takes them along.

    Raises
    ------
    NotFoundError
        ``unit.unknown``
    """
    province = db.get(Unit, province_id)
    if province is None or province.kind != "province":
        raise NotFoundError("unit.unknown", unit=province_id)
    above = _provinces_of_units(db)
    simulated = is_simulated(db, province_id)
    found = [
        SheetRow(
            counter.id, counter.code, counter.number, counter.name, centre.name, province.name,
            simulated,
        )
        for counter, centre in db.execute(_open_counters())
        if above[centre.unit_id] == province_id
    ]  # fmt: skip
    return tuple(found)


def code_of_counter(db: Session, counter_id: int) -> str | None:
    """Return the present code of a counter."""
    return db.scalar(select(Counter.code).where(Counter.id == counter_id))


def logo_of(db: Session, province_id: int) -> bytes | None:
    """Return the logo of a province, as PNG."""
    return db.scalar(select(PosterLogo.content).where(PosterLogo.province_id == province_id))


def province_of_counter(db: Session, counter_code: str) -> int | None:
    """Find the province a counter lies in, by its row number."""
    unit_id = db.scalar(
        select(ServiceCentre.unit_id)
        .join(Counter, Counter.centre_id == ServiceCentre.id)
        .where(Counter.code == counter_code)
    )
    return None if unit_id is None else _provinces_of_units(db)[unit_id]


def is_simulated(db: Session, province_id: int) -> bool:
    """Whether a simulated campaign takes open answers there, or is about to."""
    return (
        db.scalar(
            select(Round.id)
            .join(Campaign, Round.campaign_id == Campaign.id)
            .where(
                Campaign.province_id == province_id,
                Campaign.simulated,
                Round.source == "open",
                Round.state.in_(("draft", "open")),
            )
            .limit(1)
        )
        is not None
    )


def _open_counters() -> Select[*tuple[Any, ...]]:
    return (
        select(Counter, ServiceCentre)
        .join(ServiceCentre, Counter.centre_id == ServiceCentre.id)
        .join(Unit, ServiceCentre.unit_id == Unit.id)
        .where(Counter.closed_on.is_(None), ServiceCentre.valid_to.is_(None))
        .order_by(
            ServiceCentre.level.desc(), Unit.code, ServiceCentre.code, Counter.number, Counter.id
        )
    )


def _provinces_of_units(db: Session) -> dict[int, int]:
    """Find for each unit the province above it; a unit without one stands for itself."""
    units = {row.id: row for row in db.execute(select(Unit.id, Unit.parent_id, Unit.kind)).all()}
    found: dict[int, int] = {}
    for unit in units:
        at = unit
        while units[at].kind != "province" and units[at].parent_id in units:
            at = units[at].parent_id
        found[unit] = at if units[at].kind == "province" else unit
    return found
