"""Read service centres and their counters, as lists, pages and printed sheets show them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFoundError
from app.models import Counter, CounterAlias, Field, ServiceCentre, Unit
from app.names import query_key, search_key
from app.queries.posters import is_simulated


@dataclass(frozen=True, slots=True)
class CentreItem:
    """A centre in a list. ``closed_on`` is the first day on which it no longer exists."""

    code: str
    name: str
    level: str
    unit_name: str
    closed_on: date | None
    n_counters: int
    n_closed: int


@dataclass(frozen=True, slots=True)
class CentrePage:
    """One page of the list of centres; pages count from 1."""

    items: tuple[CentreItem, ...]
    page: int
    n_pages: int
    n_found: int


@dataclass(frozen=True, slots=True)
class EarlierCode:
    """A code that a counter had before."""

    code: str
    printed_as: str
    replaced_on: date


@dataclass(frozen=True, slots=True)
class CounterItem:
    """A counter with the codes it had before, the newest first."""

    id: int
    code: str
    number: str
    name: str
    field_code: str | None
    field_name: str | None
    closed_on: date | None
    earlier: tuple[EarlierCode, ...]


@dataclass(frozen=True, slots=True)
class CentreDetail:
    """A centre with its counters in order of numbers.

    ``simulated`` says that answers given now are part of a simulated campaign.
    """

    code: str
    name: str
    level: str
    address: str | None
    unit_name: str
    province_id: int
    province_name: str
    closed_on: date | None
    simulated: bool
    counters: tuple[CounterItem, ...]

    def counter(self, code: str) -> CounterItem:
        """Return one of the counters.

        Raises
        ------
        NotFoundError
            ``counter.unknown``
        """
        for item in self.counters:
            if item.code == code:
                return item
        raise NotFoundError("counter.unknown", counter=code)


@dataclass(frozen=True, slots=True)
class FieldItem:
    """A field of procedures."""

    code: str
    name: str


def list_centres(db: Session, text: str = "", *, page: int = 1, size: int = 25) -> CentrePage:
    """List centres: those of provinces first, then in order of their units' codes.

    Parameters
    ----------
    text : str
        Only centres whose name has words beginning with these, with or without accents, or whose
        code this is.
    page : int
        Counted from 1; a page past the end is the last.
    """
    rows = db.execute(
        select(ServiceCentre, Unit.name)
        .join(Unit, ServiceCentre.unit_id == Unit.id)
        .order_by(ServiceCentre.level.desc(), Unit.code, ServiceCentre.code)
    ).all()
    found = [(centre, name) for centre, name in rows if _matches(centre, text)]
    n_pages = max(1, -(-len(found) // size))
    page = min(max(page, 1), n_pages)
    shown = found[(page - 1) * size : page * size]
    counts = _counts(db, [centre.id for centre, _name in shown])
    items = tuple(
        CentreItem(
            code=centre.code,
            name=centre.name,
            level=centre.level,
            unit_name=unit_name,
            closed_on=centre.valid_to,
            n_counters=counts[centre.id][0],
            n_closed=counts[centre.id][1],
        )
        for centre, unit_name in shown
    )
    return CentrePage(items, page, n_pages, len(found))


def detail(db: Session, code: str) -> CentreDetail:
    """Return a centre with its counters.

    Raises
    ------
    NotFoundError
        ``centre.unknown``
    """
    # An address may hold signs that PostgreSQL takes in no text.
    centre = code.isprintable() and db.scalar(
        select(ServiceCentre)
        .where(ServiceCentre.code == code)
        .options(joinedload(ServiceCentre.unit))
    )
    if not centre:
        raise NotFoundError("centre.unknown", centre=code)
    counters = db.scalars(
        select(Counter).where(Counter.centre_id == centre.id).options(joinedload(Counter.field))
    ).all()
    province = _province(centre.unit)
    earlier = _earlier(db, [counter.id for counter in counters])
    return CentreDetail(
        code=centre.code,
        name=centre.name,
        level=centre.level,
        address=centre.address,
        unit_name=centre.unit.name,
        province_id=province.id,
        province_name=province.name,
        closed_on=centre.valid_to,
        simulated=is_simulated(db, province.id),
        counters=tuple(
            CounterItem(
                id=counter.id,
                code=counter.code,
                number=counter.number,
                name=counter.name,
                field_code=counter.field.code if counter.field else None,
                field_name=counter.field.name if counter.field else None,
                closed_on=counter.closed_on,
                earlier=tuple(earlier[counter.id]),
            )
            for counter in sorted(counters, key=lambda counter: _in_order(counter.number))
        ),
    )


def centre_of_counter(db: Session, code: str) -> CentreDetail:
    """Return the centre that has a counter with this present code.

    Raises
    ------
    NotFoundError
        ``counter.unknown``
    """
    centre = db.scalar(
        select(ServiceCentre.code)
        .join(Counter, Counter.centre_id == ServiceCentre.id)
        .where(Counter.code == code)
    )
    if centre is None:
        raise NotFoundError("counter.unknown", counter=code)
    return detail(db, centre)


@dataclass(frozen=True, slots=True)
class CounterChoice:
    """An open counter to choose from a list."""

    code: str
    number: str
    counter: str
    centre: str


def all_open_counters(db: Session) -> tuple[CounterChoice, ...]:
    """List every open counter, by centres and numbers."""
    rows = db.execute(
        select(Counter.code, Counter.number, Counter.name, ServiceCentre.name)
        .join(ServiceCentre, Counter.centre_id == ServiceCentre.id)
        .where(Counter.closed_on.is_(None), ServiceCentre.valid_to.is_(None))
        .order_by(ServiceCentre.level.desc(), ServiceCentre.name, Counter.number)
    )
    return tuple(CounterChoice(*row) for row in rows)


def fields(db: Session) -> tuple[FieldItem, ...]:
    """List the fields of procedures in alphabetical order."""
    rows = db.execute(select(Field.code, Field.name)).all()
    found = [FieldItem(code, name) for code, name in rows]
    return tuple(sorted(found, key=lambda field: search_key(field.name)))


def _matches(centre: ServiceCentre, text: str) -> bool:
    wanted = search_key(text)
    if not wanted:
        # Signs alone find nothing; nothing typed finds everything.
        return not text.strip()
    words = f" {search_key(centre.name)}"
    return (
        f" {wanted}" in words
        or f" {query_key(text)}" in words
        or centre.code == text.strip().lower()
    )


def _counts(db: Session, centre_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Numbers of open and of closed counters."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    rows = db.execute(
        select(Counter.centre_id, func.count(), func.count(Counter.closed_on))
        .where(Counter.centre_id.in_(list(centre_ids)))
        .group_by(Counter.centre_id)
    )
    for centre_id, everything, closed in rows:
        found[centre_id] = (everything - closed, closed)
    return found


def _earlier(db: Session, counter_ids: Iterable[int]) -> dict[int, list[EarlierCode]]:
    found: dict[int, list[EarlierCode]] = defaultdict(list)
    aliases = db.scalars(
        select(CounterAlias)
        .where(CounterAlias.counter_id.in_(list(counter_ids)))
        .order_by(CounterAlias.replaced_on.desc(), CounterAlias.code)
    )
    for alias in aliases:
        found[alias.counter_id].append(EarlierCode(alias.code, alias.printed_as, alias.replaced_on))
    return found


def _province(unit: Unit) -> Unit:
    """Climb to the province; a unit without one stands for itself."""
    above = unit
    while above.kind != "province" and above.parent is not None:
        above = above.parent
    return above if above.kind == "province" else unit


def _in_order(number: str) -> tuple[int, str]:
    return (int(number) if number.isdigit() else 10**9, number)
