"""Read administrative units: by code, by name, as a tree, on a day, before and after a reform."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import NotFoundError
from app.models import Unit, UnitSuccession
from app.names import query_key, search_key, spelling_key


@dataclass(frozen=True, slots=True)
class UnitItem:
    """A unit. Points in degrees, area in square kilometres.

    ``valid_from`` of units of the map until 30/6/2025 is the day that map is known for, not the
    day they were founded.
    """

    id: int
    kind: str
    code: str
    name: str
    short_name: str
    type_name: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None
    latitude: float | None
    longitude: float | None
    area_km2: float | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit and what is below it, in order of codes."""

    unit: UnitItem
    children: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A unit that followed or preceded another.

    ``whole`` is False when the predecessor was divided; ``main`` marks the successor that takes
    the place of the predecessor where only one can.
    """

    unit: UnitItem
    effective_on: date
    whole: bool
    main: bool


def by_code(db: Session, kind: str, code: str, on: date) -> UnitItem:
    """Return the unit that has an official code on a day.

    Raises
    ------
    NotFoundError
        ``unit.unknown``
    """
    found = db.scalar(select(Unit).where(Unit.kind == kind, Unit.code == code, _valid(on)))
    if found is None:
        raise NotFoundError("unit.unknown", kind=kind, unit=code)
    return _item(found)


def by_id(db: Session, unit_id: int) -> UnitItem:
    """Return a unit.

    Raises
    ------
    NotFoundError
        ``unit.unknown``
    """
    found = db.get(Unit, unit_id)
    if found is None:
        raise NotFoundError("unit.unknown", id=unit_id)
    return _item(found)


def valid_on(
    db: Session, on: date, *, kind: str | None = None, within: int | None = None
) -> tuple[UnitItem, ...]:
    """List the units that exist on a day, in order of codes.

    Parameters
    ----------
    db : Session
        Transaction to read in.
    on : date
        The day.
    kind : str, optional
        Only units of this kind.
    within : int, optional
        Only units somewhere below this one.
    """
    query = select(Unit).where(_valid(on)).order_by(Unit.code, Unit.id)
    if kind is not None:
        query = query.where(Unit.kind == kind)
    if within is not None:
        query = query.where(Unit.id.in_(_below(within)))
    return tuple(_item(unit) for unit in db.scalars(query))


def tree(db: Session, root: int, on: date) -> Branch:
    """Return a unit with everything below it on a day.

    Raises
    ------
    NotFoundError
        ``unit.unknown``
    """
    children: dict[int | None, list[UnitItem]] = defaultdict(list)
    for unit in valid_on(db, on, within=root):
        children[unit.parent_id].append(unit)

    def branch(unit: UnitItem) -> Branch:
        return Branch(unit, tuple(branch(child) for child in children[unit.id]))

    return branch(by_id(db, root))


def find(
    db: Session,
    text: str,
    *,
    on: date | None = None,
    kinds: Collection[str] = (),
    within: int | None = None,
    limit: int = 20,
) -> tuple[UnitItem, ...]:
    """Find units by name or alias, with or without accents, in any spelling of tones.

    First come units of exactly this name, then those written with the same accents, then names
    that begin with the text, then the others.

    Parameters
    ----------
    db : Session
        Transaction to read in.
    text : str
        Beginning of one or more words of the name, e.g. ``"hong g"`` or ``"P. Hồng Gai"``.
    on : date, optional
        Only units that exist on this day.
    kinds : collection of str, optional
        Only units of these kinds.
    within : int, optional
        Only units somewhere below this one.
    limit : int
        Most units to return.
    """
    wanted = query_key(text)
    if not wanted:
        return ()
    query = select(Unit).where(_named(wanted)).order_by(Unit.code, Unit.id)
    if on is not None:
        query = query.where(_valid(on))
    if kinds:
        query = query.where(Unit.kind.in_(sorted(kinds)))
    if within is not None:
        query = query.where(Unit.id.in_(_below(within)))
    spelling = spelling_key(text)
    found = sorted(db.scalars(query), key=lambda unit: _rank(unit, wanted, spelling))
    return tuple(_item(unit) for unit in found[:limit])


def successors(db: Session, unit_id: int) -> tuple[Relation, ...]:
    """List what followed a unit: the main successor first, then in order of codes."""
    return _relations(db, UnitSuccession.predecessor_id, UnitSuccession.successor_id, unit_id)


def predecessors(db: Session, unit_id: int) -> tuple[Relation, ...]:
    """List what a unit was made of: units that went to it mainly first, then in order of codes."""
    return _relations(db, UnitSuccession.successor_id, UnitSuccession.predecessor_id, unit_id)


def _relations(
    db: Session,
    known: InstrumentedAttribute[int],
    sought: InstrumentedAttribute[int],
    unit_id: int,
) -> tuple[Relation, ...]:
    found = db.execute(
        select(Unit, UnitSuccession)
        .join(UnitSuccession, sought == Unit.id)
        .where(known == unit_id)
        .order_by(UnitSuccession.main.desc(), Unit.code, Unit.id)
    )
    return tuple(
        Relation(_item(unit), way.effective_on, way.whole, way.main) for unit, way in found
    )


def _item(unit: Unit) -> UnitItem:
    return UnitItem(
        id=unit.id,
        kind=unit.kind,
        code=unit.code,
        name=unit.name,
        short_name=unit.short_name,
        type_name=unit.type_name,
        parent_id=unit.parent_id,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        latitude=unit.latitude,
        longitude=unit.longitude,
        area_km2=unit.area_km2,
    )


def _rank(unit: Unit, wanted: str, spelling: str) -> tuple[bool, ...]:
    """Sort key of what was found: the closer to what was typed, the smaller."""
    key = unit.search_key.partition("|")[0]
    bare = key.removeprefix(search_key(unit.type_name)).strip()
    spelled = (spelling_key(unit.name), spelling_key(unit.short_name))
    return (
        spelling not in spelled,
        wanted not in (key, bare),
        not any(spelling in one for one in spelled),
        not (key.startswith(wanted) or bare.startswith(wanted)),
    )


def _valid(on: date) -> ColumnElement[bool]:
    return (Unit.valid_from <= on) & or_(Unit.valid_to.is_(None), Unit.valid_to > on)


def _named(wanted: str) -> ColumnElement[bool]:
    """Whether words of the name begin with the text, or an alias does, spaces left out."""
    words = func.concat(" ", func.split_part(Unit.search_key, "|", 1))
    return or_(
        words.contains(f" {wanted}", autoescape=True),
        Unit.search_key.contains(f"|{wanted.replace(' ', '')}", autoescape=True),
    )


def _below(root: int) -> Select[tuple[int]]:
    below = select(Unit.id).where(Unit.parent_id == literal(root)).cte("below", recursive=True)
    below = below.union_all(select(Unit.id).join(below, Unit.parent_id == below.c.id))
    return select(below.c.id)
