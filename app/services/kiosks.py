"""Tablets at counters: set up by an address that works once, known afterwards by a token.

Only a tablet the office has set up hands in answers as a kiosk's; anyone may do so with a phone,
and then the answers say that. Digests alone are kept: who reads the database cannot pose as one.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Counter, KioskDevice
from app.services import audit
from app.services.codes import checked_name

# Long enough to carry a tablet to its counter, too short to find a forgotten note.
SETUP_LASTS: Final = timedelta(minutes=30)
_SIGNS: Final = 24


@dataclass(frozen=True, slots=True)
class Claimed:
    """A tablet that was just set up. The token is here only."""

    token: str
    counter_code: str


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet in service."""

    id: int
    counter_id: int
    counter_code: str
    seen_on: date | None


def begin(db: Session, counter_code: str, *, name: str, actor: str, now: datetime) -> str:
    """Announce a tablet; what is returned makes its set-up address.

    Raises
    ------
    NotFoundError
        ``counter.unknown``
    ConflictError
        ``counter.closed`` or ``name.malformed``.
    """
    counter = db.scalar(select(Counter).where(Counter.code == counter_code))
    if counter is None:
        raise NotFoundError("counter.unknown", counter=counter_code)
    if counter.closed_on is not None:
        raise ConflictError("counter.closed", counter=counter_code)
    token = secrets.token_urlsafe(_SIGNS)
    device = KioskDevice(
        counter_id=counter.id,
        name=checked_name(name),
        setup_digest=_digest(token),
        setup_expires_at=now + SETUP_LASTS,
        created_by=actor,
        created_at=now,
    )
    db.add(device)
    db.flush()
    audit.record(db, actor, "kiosk.begin", counter_code, device=device.id)
    return token


def is_offered(db: Session, setup: str, now: datetime) -> bool:
    """Whether a set-up address still works."""
    return db.scalar(select(KioskDevice.id).where(*_offered(setup, now))) is not None


def claim(db: Session, setup: str, now: datetime) -> Claimed | None:
    """Use a set-up address up, once; None if it does not work any more."""
    token = secrets.token_urlsafe(_SIGNS)
    counter_id = db.scalar(
        update(KioskDevice)
        .where(*_offered(setup, now))
        .values(setup_digest=None, token_digest=_digest(token))
        .returning(KioskDevice.counter_id)
    )
    if counter_id is None:
        return None
    code = db.scalars(select(Counter.code).where(Counter.id == counter_id)).one()
    return Claimed(token, code)


def find(db: Session, token: str, *, ended: bool = False) -> Device | None:
    """Find the tablet in service that has a token; with `ended`, one taken out of it too."""
    query = (
        select(KioskDevice.id, KioskDevice.counter_id, Counter.code, KioskDevice.seen_on)
        .join(Counter, Counter.id == KioskDevice.counter_id)
        .where(KioskDevice.token_digest == _digest(token))
    )
    if not ended:
        query = query.where(KioskDevice.ended_at.is_(None))
    row = db.execute(query).one_or_none()
    return None if row is None else Device(*row)


def note_seen(db: Session, device: Device, today: date) -> None:
    """Keep the day on which a tablet was last at work."""
    db.execute(update(KioskDevice).where(KioskDevice.id == device.id).values(seen_on=today))


def end(db: Session, counter_code: str, device_id: int, *, actor: str, now: datetime) -> None:
    """Take a tablet out of service: what it still holds is refused, and stays on it.

    Raises
    ------
    NotFoundError
        ``kiosk.unknown``
    """
    found = db.scalar(
        select(KioskDevice)
        .join(Counter, Counter.id == KioskDevice.counter_id)
        .where(KioskDevice.id == device_id, Counter.code == counter_code)
    )
    if found is None:
        raise NotFoundError("kiosk.unknown", device=device_id)
    if found.ended_at is None:
        found.ended_at, found.ended_by, found.setup_digest = now, actor, None
        audit.record(db, actor, "kiosk.end", counter_code, device=device_id)


def _offered(setup: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        KioskDevice.setup_digest == _digest(setup),
        KioskDevice.setup_expires_at > now,
        KioskDevice.ended_at.is_(None),
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
