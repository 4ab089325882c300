"""The audit log: who did what, chained so that a change anywhere in it shows.

``chain = SHA-256(previous chain ‖ canonical JSON of the entry)``. Entries are added one after
another under an advisory lock, so the chain has no branches.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import AuditEntry
from app.models.base import now

_LOCK = 7_201_956
_START = b"\0" * 32


def record(db: Session, actor: str, action: str, subject: str, **details: Any) -> None:
    """Add an entry.

    Parameters
    ----------
    actor : str
        Who acts: e-mail address of a member of staff, or ``"operator"`` for a command.
    action : str
        Stable name, e.g. ``round.close``.
    subject : str
        What it is done to, e.g. the round's code. Never an answer or a citizen's code.
    **details
        Values that JSON can hold.
    """
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = db.scalar(select(AuditEntry.chain).order_by(AuditEntry.id.desc()).limit(1))
    at = now()
    chain = _link(last or _START, at, actor, action, subject, details)
    db.add(
        AuditEntry(at=at, actor=actor, action=action, subject=subject, details=details, chain=chain)
    )
    db.flush()


def first_broken(db: Session) -> int | None:
    """Find the first entry that does not follow from the one before; None if all do.

    Removing entries from the end leaves a whole chain: compare the last link with a copy kept
    elsewhere.
    """
    previous = _START
    for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.chain != _link(
            previous, entry.at, entry.actor, entry.action, entry.subject, entry.details
        ):
            return entry.id
        previous = entry.chain
    return None


def _link(
    previous: bytes,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    details: dict[str, Any],
) -> bytes:
    entry = {
        "at": at.isoformat(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "details": details,
    }
    canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()
