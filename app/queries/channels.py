"""Read what tablets there are, and which ways of answering a round has."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Counter, KioskDevice, Round


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
