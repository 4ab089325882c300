"""One-time codes: made, found again by their digest, used once."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Draft, Invitation, Round

# Digits and small letters that are not taken for one another when read from paper.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# 26 of 32 signs are 130 bits: not to be guessed, however many codes there are.
LENGTH = 26
_TYPED = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Issued:
    """A new code. The token is here only: the database keeps its digest."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a code that someone shows."""

    id: int
    round_id: int
    state: str
    expires_at: datetime
    centre_id: int | None
    counter_id: int | None


def create(
    db: Session,
    round_id: int,
    *,
    expires_at: datetime,
    centre_id: int | None = None,
    counter_id: int | None = None,
    stratum: str | None = None,
    psu: str | None = None,
    base_weight: float | None = None,
    domains: Mapping[str, str] | None = None,
) -> Issued:
    """Make a one-time code.

    Parameters
    ----------
    round_id : int
        The round it answers.
    expires_at : datetime
        From then on the code is not taken any more.
    centre_id, counter_id : int, optional
        Where the respondent was served, when that is known.
    stratum, psu, base_weight : optional
        Design of the sample; a sampled round needs all three, an open one takes none.
    domains : mapping, optional
        Domain to code, e.g. ``{"commune": "06652"}``.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``invitation.no-design``: the round is sampled and the design is not complete.
        ``invitation.design-unwanted``: the round is open and a design is given.
    """
    source = db.scalar(select(Round.source).where(Round.id == round_id))
    if source is None:
        raise NotFoundError("round.unknown", round=round_id)
    design = (stratum, psu, base_weight)
    if source == "sample" and (None in design or not base_weight or base_weight <= 0):
        raise ConflictError("invitation.no-design", round=round_id)
    if source == "open" and design != (None, None, None):
        raise ConflictError("invitation.design-unwanted", round=round_id)
    token = new_token()
    invitation = Invitation(
        round_id=round_id,
        token_digest=_digest(token),
        state="unused",
        expires_at=expires_at,
        centre_id=centre_id,
        counter_id=counter_id,
        stratum=stratum,
        psu=psu,
        base_weight=base_weight,
        domains=dict(domains or {}),
    )
    db.add(invitation)
    db.flush()
    return Issued(invitation.id, token)


def find(db: Session, token: str) -> Found | None:
    """Find a code as it was scanned or typed: case, hyphens and look-alikes do not matter.

    A token made of a short form finds the same code (`app.services.short_codes`).
    """
    digest = digest_of(token)
    if digest is None:
        return None
    query = select(
        Invitation.id,
        Invitation.round_id,
        Invitation.state,
        Invitation.expires_at,
        Invitation.centre_id,
        Invitation.counter_id,
    )
    row = db.execute(query.where(Invitation.token_digest == digest)).one_or_none()
    if row is None:
        row = db.execute(query.where(Invitation.short_digest == digest)).one_or_none()
    return None if row is None else Found(*row)


def cancel(db: Session, invitation_id: int) -> bool:
    """Cancel a code that was not used; whether it was."""
    done = db.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.state == "unused")
        .values(state="cancelled")
        .returning(Invitation.id)
    ).one_or_none()
    if done is None:
        return False
    _forget_draft(db, invitation_id)
    return True


def new_token() -> str:
    """Make a token: 130 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def written(token: str) -> str | None:
    """Write a code in its one way: case, hyphens, look-alikes; None for what cannot be one."""
    tidy = token.lower().translate(_TYPED)
    return tidy if len(tidy) == LENGTH and set(tidy) <= set(ALPHABET) else None


def digest_of(token: str) -> bytes | None:
    """Digest under which a code is kept; None for what cannot be one."""
    tidy = written(token)
    return None if tidy is None else _digest(tidy)


def _digest(tidy: str) -> bytes:
    return hashlib.sha256(tidy.encode("ascii")).digest()


def _forget_draft(db: Session, invitation_id: int) -> None:
    db.execute(delete(Draft).where(Draft.invitation_id == invitation_id))
