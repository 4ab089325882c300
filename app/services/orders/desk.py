"""Asking for codes to be issued, issued again or cancelled, and deciding about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import CodeOrder, Round
from app.models.codes import ORDER_KINDS, SENDERS
from app.names import clean
from app.services import audit
from app.services.orders import scope as scopes
from app.services.orders.scope import Scope

LONGEST_REASON: Final = 500
WAITING: Final = ("asked", "approved", "running", "stopped")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    Attributes
    ----------
    kind : {'issue', 'reissue', 'cancel'}
        What is to be done.
    sender : {'slips', 'messages', 'webhook'} or None
        How the codes go out; cancelling needs none.
    options : mapping
        What the sender has to know: ``host``, ``plain``, ``form``.
    """

    kind: str
    scope: Scope
    reason: str
    sender: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def ask(
    db: Session, round_code: str, wish: Wish, *, actor: str, now: datetime, today: date
) -> CodeOrder:
    """Ask for something to be done with codes.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-per-dossier``, ``round.not-open``; ``order.kind-unknown``,
        ``order.sender-unknown``, ``order.reason-missing``, ``order.days-reversed``,
        ``order.too-many-named``; ``order.nothing``: no dossier is concerned.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code))
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    if not round_.per_dossier:
        raise ConflictError("round.not-per-dossier", round=round_code)
    # Codes that could not be answered with would only disappoint.
    if round_.state != "open" and wish.kind != "cancel":
        raise ConflictError("round.not-open")
    reason = clean(wish.reason)[:LONGEST_REASON]
    _refuse(wish, reason)
    if not scopes.count(db, round_.id, wish.kind, wish.sender, wish.scope, today):
        raise ConflictError("order.nothing")
    order = CodeOrder(
        round_id=round_.id, kind=wish.kind, scope=wish.scope.to_json(), reason=reason,
        sender=None if wish.kind == "cancel" else wish.sender, options=dict(wish.options),
        state="asked", asked_by=actor, asked_at=now, n_codes=0, n_wanted=0,
    )  # fmt: skip
    db.add(order)
    db.flush()
    _record(db, order, actor, "ask", kind=order.kind, scope=order.scope, sender=order.sender)
    return order


def decide(db: Session, order_id: int, *, approve: bool, actor: str, now: datetime) -> CodeOrder:
    """Approve or refuse what somebody else asked for.

    Raises
    ------
    NotFoundError
        ``order.unknown``
    ConflictError
        ``order.not-asked``: it is decided; ``order.same-person``.
    """
    order = locked(db, order_id)
    if order.state != "asked":
        raise ConflictError("order.not-asked")
    if order.asked_by == actor:
        raise ConflictError("order.same-person")
    order.state = "approved" if approve else "refused"
    order.decided_by, order.decided_at = actor, now
    if not approve:
        order.finished_at = now
    _record(db, order, actor, "approve" if approve else "refuse")
    return order


def withdraw(db: Session, order_id: int, *, actor: str, now: datetime) -> CodeOrder:
    """Take a wish back that nobody has decided about.

    Raises
    ------
    ConflictError
        ``order.not-asked``
    """
    order = locked(db, order_id)
    if order.state != "asked":
        raise ConflictError("order.not-asked")
    order.state, order.finished_at = "withdrawn", now
    _record(db, order, actor, "withdraw")
    return order


def stop(db: Session, order_id: int, *, actor: str) -> CodeOrder:
    """Stop an order at work; what was done so far counts.

    Raises
    ------
    ConflictError
        ``order.not-running``
    """
    order = locked(db, order_id)
    if order.state not in ("approved", "running"):
        raise ConflictError("order.not-running")
    order.state = "stopped"
    _record(db, order, actor, "stop", done=order.n_codes)
    return order


def resume(db: Session, order_id: int, *, actor: str) -> CodeOrder:
    """Go on with an order that was stopped, or that failed by a fault of ours.

    Raises
    ------
    ConflictError
        ``order.not-stopped``
    """
    order = locked(db, order_id)
    if order.state not in ("stopped", "failed") or order.decided_by is None:
        raise ConflictError("order.not-stopped")
    order.state, order.failure, order.finished_at = "approved", None, None
    _record(db, order, actor, "resume", done=order.n_codes)
    return order


def found(db: Session, order_id: int) -> CodeOrder:
    """Find an order.

    Raises
    ------
    NotFoundError
        ``order.unknown``
    """
    order = db.get(CodeOrder, order_id)
    if order is None:
        raise NotFoundError("order.unknown", order=order_id)
    return order


def locked(db: Session, order_id: int) -> CodeOrder:
    """Find an order and keep others from changing it.

    Raises
    ------
    NotFoundError
        ``order.unknown``
    """
    found = db.scalar(
        select(CodeOrder)
        .where(CodeOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("order.unknown", order=order_id)
    return found


def _refuse(wish: Wish, reason: str) -> None:
    if wish.kind not in ORDER_KINDS:
        raise ConflictError("order.kind-unknown")
    if wish.kind != "cancel" and wish.sender not in SENDERS:
        raise ConflictError("order.sender-unknown")
    if not reason:
        raise ConflictError("order.reason-missing")
    scopes.refuse(wish.scope)


def _record(db: Session, order: CodeOrder, actor: str, what: str, **details: Any) -> None:
    audit.record(db, actor, f"codes.{what}", f"order {order.id}", **details)
