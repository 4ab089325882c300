"""Tokens by which a one-stop system shows who it is; the token itself is shown once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import IntegrationToken, Unit
from app.services import audit
from app.services.codes import checked_name

# Tells people, and programs that look for leaked secrets, what it is.
PREFIX: Final = "longdan_"
_BYTES: Final = 32
LONGEST_DAYS: Final = 730


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token was shown, and of which province it may speak."""

    id: int
    name: str
    province_id: int


def create(
    db: Session, *, name: str, province_id: int, expires_at: datetime, actor: str, now: datetime
) -> str:
    """Make a token; what is returned is nowhere else.

    Raises
    ------
    ConflictError
        ``name.malformed``, ``campaign.province-unknown``.
    """
    province = db.get(Unit, province_id)
    if province is None or province.kind != "province":
        raise ConflictError("campaign.province-unknown")
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    row = IntegrationToken(
        name=checked_name(name), token_digest=digest(token), province_id=province_id,
        created_by=actor, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    db.add(row)
    db.flush()
    audit.record(db, actor, "token.create", row.name, token=row.id, province=province.code)
    return token


def find(db: Session, token: str, now: datetime) -> Holder | None:
    """Find whose token this is; None if it is nobody's, revoked or over."""
    row = db.execute(
        select(IntegrationToken.id, IntegrationToken.name, IntegrationToken.province_id).where(
            IntegrationToken.token_digest == digest(token),
            IntegrationToken.revoked_at.is_(None),
            IntegrationToken.expires_at > now,
        )
    ).one_or_none()
    return None if row is None else Holder(*row)


def note_use(db: Session, holder: Holder, today: date) -> None:
    """Keep the day on which a token was last shown."""
    db.execute(
        update(IntegrationToken)
        .where(IntegrationToken.id == holder.id)
        .values(last_used_on=today)
    )  # fmt: skip


def revoke(db: Session, token_id: int, *, actor: str, now: datetime) -> None:
    """Take a token no longer.

    Raises
    ------
    NotFoundError
        ``token.unknown``
    """
    row = db.get(IntegrationToken, token_id, with_for_update=True)
    if row is None:
        raise NotFoundError("token.unknown", token=token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        audit.record(db, actor, "token.revoke", row.name, token=row.id)


def digest(token: str) -> bytes:
    """Digest under which a token is kept: it is random enough for a bare hash."""
    return hashlib.sha256(token.encode()).digest()
