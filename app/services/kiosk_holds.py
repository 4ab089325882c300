"""What tablets still hold because the server has refused it: how many, since when and why.

A tablet says so itself, each time anew, for only it knows how much it holds; what it says takes
the place of what it said before. Nothing is told of the answers, or of who gave them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import KioskHold
from app.services.kiosks import Device, note_seen

# Refused until something changes here: the tablet tries again by itself.
FOR_NOW: Final = (
    "counter.closed", "counter.unknown", "device", "round.none", "round.not-yet", "round.over",
)  # fmt: skip
# Refused whatever happens: the tablet has set it aside.
FOR_GOOD: Final = ("answered-otherwise", "answers", "malformed", "too-large", "version")
MOST_KINDS: Final = 50
MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Hold:
    """So many forms that were refused for one reason, first on one day."""

    why: str
    refused_on: date
    n: int


def read(sent: object, today: date) -> tuple[Hold, ...] | None:
    """Read what a tablet says, without trusting any of it; None if it cannot be that."""
    if not isinstance(sent, list) or len(sent) > MOST_KINDS:
        return None
    found: dict[tuple[str, date], int] = {}
    for each in sent:
        if not isinstance(each, dict):
            return None
        why, day, n = each.get("why"), each.get("on"), each.get("n")
        if why not in FOR_NOW + FOR_GOOD or type(n) is not int or not 1 <= n <= MOST:
            return None
        try:
            refused_on = min(date.fromisoformat(day), today) if isinstance(day, str) else today
        except ValueError:
            return None
        found[why, refused_on] = found.get((why, refused_on), 0) + n
    return tuple(Hold(why, day, n) for (why, day), n in sorted(found.items()))


def keep(db: Session, device: Device, holds: Sequence[Hold], today: date) -> None:
    """Keep what a tablet says it holds, in the place of what it said before."""
    db.execute(delete(KioskHold).where(KioskHold.device_id == device.id))
    db.add_all(
        KioskHold(device_id=device.id, why=each.why, refused_on=each.refused_on, n=each.n)
        for each in holds
    )
    note_seen(db, device, today)
