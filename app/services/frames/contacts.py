"""Who may read the contact data of a frame, and when they go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import Frame
from app.services import audit
from app.services.frames import gather
from app.services.frames.vault import Contact, Vault

ROLES: Final = frozenset({"office", "fieldwork"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads contact data: account and roles."""

    account: str
    roles: Collection[str]


def contacts_of(
    db: Session, vault: Vault, frame_code: str, keys: Sequence[str], *, by: Reader, purpose: str
) -> dict[str, Contact]:
    """Read the contacts of some rows of a frozen frame, by key; the audit log says who did.

    Parameters
    ----------
    purpose : str
        What they are read for, e.g. ``draw 3``; it goes into the audit log.

    Raises
    ------
    NotFoundError
        ``frame.unknown``; ``contacts.not-yours``: neither of the office nor of fieldwork;
        ``contacts.deleted``: their time is over.
    SealError
        They were altered, or sealed with a key the settings no longer hold.
    """
    if not ROLES & set(by.roles):
        raise NotFoundError("contacts.not-yours", account=by.account)
    frame = db.scalar(select(Frame).where(Frame.code == frame_code))
    if frame is None:
        raise NotFoundError("frame.unknown", frame=frame_code)
    if frame.contacts_deleted_at is not None:
        raise NotFoundError("contacts.deleted", frame=frame_code)
    found = vault.find(frame.id, keys)
    audit.record(
        db, by.account, "frame.contacts-read", frame_code, asked=len(keys), found=len(found),
        purpose=purpose,
    )  # fmt: skip
    return found


def delete(db: Session, vault: Vault, frame_code: str, *, actor: str, now: datetime) -> None:
    """Delete the contact data of a frame now; nothing brings them back.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    _delete(db, vault, gather.locked(db, frame_code), actor, now)


def delete_due(db: Session, vault: Vault, today: date, now: datetime) -> int:
    """Delete the contact data whose time is over, and say of how many frames."""
    due = db.scalars(
        select(Frame)
        .where(Frame.contacts_delete_on <= today, Frame.contacts_deleted_at.is_(None))
        .order_by(Frame.id)
        .with_for_update(skip_locked=True)
    ).all()
    for frame in due:
        _delete(db, vault, frame, "operator", now)
    return len(due)


def _delete(db: Session, vault: Vault, frame: Frame, actor: str, now: datetime) -> None:
    # The files first: an entry in the log must not say what did not happen.
    vault.delete(frame.id)
    if frame.contacts_deleted_at is None:
        frame.contacts_deleted_at = now
        audit.record(db, actor, "frame.contacts-delete", frame.code)
