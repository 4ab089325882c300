"""Doing what an order says, some hundred dossiers at a time.

The codes of a batch are sealed on the disk before the database knows their digests: when the
worker dies between the two, what lies on the disk opens nothing; when it dies after, nothing is
lost. An order can therefore be stopped, killed and gone on with at any point.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.i18n import TIMEZONE
from app.models import (
    ClosedDossier,
    CodeOrder,
    Draft,
    Field,
    Invitation,
    Round,
    ServiceCentre,
    Unit,
)
from app.services import invitations, short_codes
from app.services.orders import desk
from app.services.orders.scope import Scope, concerned, count
from app.services.orders.shelf import Shelf
from app.services.short_codes import ShortKeys

BATCH: Final = 500
PART: Final = "part"
_HERE: Final = ZoneInfo(TIMEZONE)


@dataclass(frozen=True, slots=True)
class Code:
    """A code in clear, for the sender."""

    dossier_id: int
    token: str
    short: str


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    centre_id: int
    centre: str
    commune: str | None
    field: str | None


def begin(db: Session, order_id: int, today: date) -> CodeOrder | None:
    """Begin, or begin again, to do an approved order; None if there is nothing to do."""
    order = desk.locked(db, order_id)
    if order.state not in ("approved", "running"):
        return None
    if order.state == "approved":
        order.state = "running"
        scope = Scope.from_json(order.scope)
        left = count(db, order.round_id, order.kind, order.sender, scope, today)
        order.n_wanted = order.n_codes + left
    return order


def step(db: Session, order_id: int, *, keys: ShortKeys, shelf: Shelf, now: datetime) -> bool:
    """Do one batch; whether there may be more. A stopped order does nothing."""
    order = desk.locked(db, order_id)
    if order.state != "running":
        return False
    today = now.astimezone(_HERE).date()
    rows = _next(db, order, today)
    if not rows:
        return False
    ids = [row.id for row in rows]
    if order.kind != "issue":
        _cancel(db, ids)
    if order.kind != "cancel":
        round_ = db.get_one(Round, order.round_id)
        codes = [Code(row.id, invitations.new_token(), short_codes.make()) for row in rows]
        shelf.keep(order_id, f"{PART}-{order.n_codes:08d}", _written(codes))
        expires_at = expiry(round_, now)
        db.execute(
            insert(Invitation),
            [
                _invitation(order, row, code, keys, expires_at)
                for row, code in zip(rows, codes, strict=True)
            ],
        )
    order.n_codes += len(rows)
    return True


def expiry(round_: Round, now: datetime) -> datetime:
    """Moment until which a code made now is taken: the end of a day in Vietnam."""
    days = now.astimezone(_HERE).date() + timedelta(days=round_.code_days)
    last = min(days, round_.closes_on)
    return datetime.combine(last + timedelta(days=1), time(), _HERE).astimezone(UTC)


def codes_of(db: Session, order_id: int, shelf: Shelf) -> list[Code]:
    """Read the codes an order made, as far as the database knows them, by dossier."""
    known = set(db.scalars(select(Invitation.token_digest).where(Invitation.order_id == order_id)))
    found = []
    for name in shelf.names(order_id, PART):
        for dossier_id, token, short in json.loads(shelf.read(order_id, name) or b"[]"):
            if invitations.digest_of(token) in known:
                found.append(Code(dossier_id, token, short))
    return found


def _next(db: Session, order: CodeOrder, today: date) -> list[_Row]:
    scope = Scope.from_json(order.scope)
    wanted = concerned(order.round_id, order.kind, order.sender, scope, today)
    if order.kind == "reissue":
        # Those that this order has made already are unused too.
        mine = select(Invitation.id).where(
            Invitation.dossier_id == ClosedDossier.id, Invitation.order_id == order.id
        )
        wanted &= ~mine.exists()
    rows = db.execute(
        select(
            ClosedDossier.id, ClosedDossier.centre_id, ServiceCentre.code,
            Unit.kind, Unit.code.label("unit"), Field.code.label("field"),
        )
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .join(Unit, Unit.id == ServiceCentre.unit_id)
        .outerjoin(Field, Field.id == ClosedDossier.field_id)
        .where(wanted)
        .order_by(ClosedDossier.centre_id, ClosedDossier.closed_on, ClosedDossier.id)
        .limit(BATCH)
    )  # fmt: skip
    return [
        _Row(id_, centre_id, centre, unit if kind == "commune" else None, field)
        for id_, centre_id, centre, kind, unit, field in rows
    ]


def _invitation(
    order: CodeOrder, row: _Row, code: Code, keys: ShortKeys, expires_at: datetime
) -> dict[str, object]:
    """Make a row: every closed dossier is in the sample, so each weighs one within its centre."""
    places = {"centre": row.centre, "commune": row.commune, "field": row.field}
    return {
        "round_id": order.round_id,
        "token_digest": invitations.digest_of(code.token),
        "short_digest": invitations.digest_of(keys.token(code.short)),
        "dossier_id": row.id,
        "order_id": order.id,
        "state": "unused",
        "expires_at": expires_at,
        "centre_id": row.centre_id,
        "stratum": row.centre,
        # Each dossier is drawn by itself; the mixer puts a label of its own in its place.
        "psu": secrets.token_hex(8),
        "base_weight": 1.0,
        "domains": {kind: place for kind, place in places.items() if place is not None},
    }


def _cancel(db: Session, dossier_ids: Sequence[int]) -> None:
    gone = db.scalars(
        update(Invitation)
        .where(Invitation.dossier_id.in_(dossier_ids), Invitation.state == "unused")
        .values(state="cancelled")
        .returning(Invitation.id)
    ).all()
    db.execute(delete(Draft).where(Draft.invitation_id.in_(gone)))


def _written(codes: Sequence[Code]) -> bytes:
    return json.dumps([[each.dossier_id, each.token, each.short] for each in codes]).encode()
