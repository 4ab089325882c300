"""Members of staff, as they are shown and as they sign in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Counter, CounterAlias, ServiceCentre, Staff, Unit


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff.

    Attributes
    ----------
    session_key : str
        Stands in the person's sessions; changing it ends them all.
    unit_code, unit_name : str or None
        The unit of a unit viewer.
    """

    id: int
    email: str
    full_name: str
    active: bool
    session_key: str
    roles: tuple[str, ...]
    unit_id: int | None
    unit_code: str | None
    unit_name: str | None
    created_at: datetime


def by_session_key(db: Session, session_key: str) -> Person | None:
    """Find the person a session belongs to."""
    found = db.scalar(_staff().where(Staff.fs_uniquifier == session_key))
    return None if found is None else _person(found)


def by_email(db: Session, email: str) -> Person | None:
    """Find a person by the e-mail address, written as `app.services.accounts` keeps it."""
    found = db.scalar(_staff().where(Staff.email == email))
    return None if found is None else _person(found)


def with_password(db: Session, email: str) -> tuple[Person | None, str | None]:
    """Find a person and the hash of the password."""
    found = db.scalar(_staff().where(Staff.email == email))
    return (None, None) if found is None else (_person(found), found.password)


def everyone(db: Session) -> tuple[Person, ...]:
    """List all members of staff by e-mail address."""
    return tuple(_person(found) for found in db.scalars(_staff().order_by(Staff.email)))


def domains_of_unit(db: Session, unit_id: int) -> tuple[tuple[str, str], ...]:
    """List the domains (kind, code) that are a unit's own: itself, its centres, their counters.

    Answers stay under the code a counter had when they came, so its earlier codes are there too.
    """
    unit = db.get_one(Unit, unit_id)
    centres = db.execute(
        select(ServiceCentre.id, ServiceCentre.code)
        .where(ServiceCentre.unit_id == unit_id)
        .order_by(ServiceCentre.code)
    ).all()
    own = Counter.centre_id.in_([id_ for id_, _ in centres])
    earlier = select(CounterAlias.code).join(Counter, CounterAlias.counter_id == Counter.id)
    counters = sorted(
        [
            *db.scalars(select(Counter.code).where(own)),
            *db.scalars(earlier.where(own)),
        ]
    )
    return (
        (unit.kind, unit.code),
        *(("centre", code) for _, code in centres),
        *(("counter", code) for code in counters),
    )


def _staff() -> Select[Staff]:
    return select(Staff).options(selectinload(Staff.roles), joinedload(Staff.unit))


def _person(staff: Staff) -> Person:
    return Person(
        id=staff.id,
        email=staff.email,
        full_name=staff.full_name,
        active=staff.active,
        session_key=staff.fs_uniquifier,
        roles=tuple(sorted(role.name for role in staff.roles)),
        unit_id=staff.unit_id,
        unit_code=staff.unit.code if staff.unit else None,
        unit_name=staff.unit.name if staff.unit else None,
        created_at=staff.created_at,
    )
