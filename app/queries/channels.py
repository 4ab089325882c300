"""Read what tablets there are, and which ways of answering a round has."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Counter, KioskDevice, KioskHold, Round, ServiceCentre


@dataclass(frozen=True, slots=True)
class KioskItem:
    """A tablet of a counter. ``state`` is ``waiting``, ``expired``, ``working`` or ``ended``."""

    id: int
    name: str
    state: str
    seen_on: date | None
    created_at: datetime


def kiosks_of(db: Session, counter_code: str, now: datetime) -> tuple[KioskItem, ...]:
    """List the tablets of a counter, the newest first."""
    rows = db.scalars(
        select(KioskDevice)
        .join(Counter, Counter.id == KioskDevice.counter_id)
        .where(Counter.code == counter_code)
        .order_by(KioskDevice.id.desc())
    )
    return tuple(
        KioskItem(each.id, each.name, _state(each, now), each.seen_on, each.created_at)
        for each in rows
    )


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Forms on a tablet that the server has refused, by the tablet's own account."""

    centre_code: str
    centre_name: str
    counter_code: str
    counter_number: str
    device_name: str
    why: str
    refused_on: date
    n: int
    told_on: date | None


def held(db: Session, counter_code: str | None = None) -> tuple[HeldItem, ...]:
    """List what tablets hold because it was refused: of one counter, or of all of them."""
    query = (
        select(
            ServiceCentre.code,
            ServiceCentre.name,
            Counter.code,
            Counter.number,
            KioskDevice.name,
            KioskHold.why,
            KioskHold.refused_on,
            KioskHold.n,
            KioskDevice.seen_on,
        )
        .join(KioskDevice, KioskDevice.id == KioskHold.device_id)
        .join(Counter, Counter.id == KioskDevice.counter_id)
        .join(ServiceCentre, ServiceCentre.id == Counter.centre_id)
        .order_by(ServiceCentre.code, Counter.code, KioskDevice.id, KioskHold.refused_on)
    )
    if counter_code is not None:
        query = query.where(Counter.code == counter_code)
    return tuple(HeldItem(*row) for row in db.execute(query))


def takes_mode(db: Session, round_id: int, mode: str) -> bool:
    """Whether a round has a way of answering."""
    modes = db.scalar(select(Round.modes).where(Round.id == round_id))
    return modes is not None and mode in modes


def _state(device: KioskDevice, now: datetime) -> str:
    if device.ended_at is not None:
        return "ended"
    if device.token_digest is not None:
        return "working"
    return "waiting" if device.setup_expires_at > now else "expired"
