"""Closed dossiers, orders for codes and what became of them, as the office reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import (
    ClosedDossier,
    CodeOrder,
    CodeWeek,
    DossierSigner,
    DossierUpload,
    IntegrationToken,
    Invitation,
    Round,
    ServiceCentre,
    Unit,
)

# With fewer codes, how many are used would say who answered.
FEWEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class UploadShown:
    """A list of closed dossiers and what became of it."""

    id: int
    channel: str
    file_name: str
    file_hash: str
    stored_name: str | None
    manifest: Mapping[str, Any] | None
    columns: Mapping[str, Any]
    state: str
    n_rows: int
    n_read: int
    n_new: int
    n_known: int
    n_problems: int
    problems: tuple[Mapping[str, Any], ...]
    uploaded_by: str
    created_at: datetime

    @property
    def is_pending(self) -> bool:
        """Whether it changes without anybody's doing."""
        return self.state in ("waiting", "reading")


@dataclass(frozen=True, slots=True)
class OrderShown:
    """An order for codes, and how far it is."""

    id: int
    round_code: str
    round_name: str
    round_name_en: str
    kind: str
    scope: Mapping[str, Any]
    sender: str | None
    options: Mapping[str, Any]
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    finished_at: datetime | None
    n_wanted: int
    n_codes: int
    file_name: str | None
    file_hash: str | None
    file_expires_at: datetime | None
    fetched_by: str | None
    fetched_at: datetime | None
    failure: Mapping[str, Any] | None

    @property
    def is_moving(self) -> bool:
        """Whether the worker is at it."""
        return self.state in ("approved", "running")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Dossiers, and what became of their codes; None where it is not told.

    ``n_used`` and ``n_expired`` are those of the last weekly count.
    """

    n_closed: int = 0
    n_made: int = 0
    n_delivered: int = 0
    n_used: int | None = None
    n_expired: int | None = None


@dataclass(frozen=True, slots=True)
class CentreNumbers:
    """The numbers of a centre, and of its weeks by their Mondays."""

    code: str
    name: str
    total: Numbers
    weeks: tuple[tuple[date, Numbers], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The numbers of a round; ``counted_on`` is the day of the weekly count."""

    total: Numbers
    centres: tuple[CentreNumbers, ...]
    counted_on: date | None


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A system's token, without the token."""

    id: int
    name: str
    province: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class SignerShown:
    """A system's key for signing lists."""

    id: int
    name: str
    province: str
    public_key: bytes
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


def uploads_of(db: Session, round_code: str, most: int = 50) -> tuple[UploadShown, ...]:
    """List the newest lists of a round."""
    rows = db.scalars(_uploads(round_code).order_by(DossierUpload.id.desc()).limit(most))
    return tuple(_upload(row) for row in rows)


def upload(db: Session, round_code: str, upload_id: int) -> UploadShown:
    """Return a list.

    Raises
    ------
    NotFoundError
        ``upload.unknown``
    """
    row = db.scalar(_uploads(round_code).where(DossierUpload.id == upload_id))
    if row is None:
        raise NotFoundError("upload.unknown", upload=upload_id)
    return _upload(row)


def orders_of(db: Session, round_code: str, most: int = 100) -> tuple[OrderShown, ...]:
    """List the newest orders of a round."""
    query = _orders().where(Round.code == round_code)
    rows = db.execute(query.order_by(CodeOrder.id.desc()).limit(most))
    return tuple(_order(*row) for row in rows)


def waiting_orders(db: Session) -> tuple[OrderShown, ...]:
    """List the orders that a second person has yet to decide, oldest first."""
    rows = db.execute(_orders().where(CodeOrder.state == "asked").order_by(CodeOrder.id))
    return tuple(_order(*row) for row in rows)


def order(db: Session, round_code: str, order_id: int) -> OrderShown:
    """Return an order.

    Raises
    ------
    NotFoundError
        ``order.unknown``
    """
    query = _orders().where(Round.code == round_code, CodeOrder.id == order_id)
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("order.unknown", order=order_id)
    return _order(*row)


def account_of(db: Session, round_code: str) -> Account:
    """Add up closed dossiers and codes by centre and week of closing."""
    week = func.date_trunc("week", ClosedDossier.closed_on).cast(CodeWeek.week.type)
    live = db.execute(
        select(
            ServiceCentre.code, ServiceCentre.name, week, func.count(),
            func.count(Invitation.id), func.count(CodeOrder.fetched_at),
        )
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .join(Round, Round.id == ClosedDossier.round_id)
        .outerjoin(
            Invitation,
            (Invitation.dossier_id == ClosedDossier.id) & (Invitation.state != "cancelled"),
        )
        .outerjoin(CodeOrder, CodeOrder.id == Invitation.order_id)
        .where(Round.code == round_code)
        .group_by(ServiceCentre.code, ServiceCentre.name, week)
        .order_by(ServiceCentre.name, week)
    ).all()  # fmt: skip
    counted = {
        (centre, of): (made, used, expired, on)
        for centre, of, made, used, expired, on in db.execute(
            select(
                ServiceCentre.code, CodeWeek.week, CodeWeek.n_made, CodeWeek.n_used,
                CodeWeek.n_expired, CodeWeek.counted_on,
            )
            .join(ServiceCentre, ServiceCentre.id == CodeWeek.centre_id)
            .join(Round, Round.id == CodeWeek.round_id)
            .where(Round.code == round_code)
        )
    }  # fmt: skip
    weeks: dict[tuple[str, str], list[tuple[date, Numbers]]] = {}
    for centre, name, of, closed, made, delivered in live:
        then, used, expired, _on = counted.get((centre, of), (0, 0, 0, None))
        is_told = then >= FEWEST_SHOWN
        numbers = Numbers(
            closed, made, delivered, used if is_told else None, expired if is_told else None
        )
        weeks.setdefault((centre, name), []).append((of, numbers))
    centres = tuple(
        CentreNumbers(code, name, _total(code, weeks[code, name], counted),
                      tuple(weeks[code, name]))
        for code, name in weeks
    )  # fmt: skip
    days = [on for *_rest, on in counted.values()]
    return Account(_sum(centres, counted), centres, max(days) if days else None)


def tokens(db: Session) -> tuple[TokenShown, ...]:
    """List the tokens, newest first."""
    rows = db.execute(
        select(
            IntegrationToken.id, IntegrationToken.name, Unit.name, IntegrationToken.created_by,
            IntegrationToken.created_at, IntegrationToken.expires_at,
            IntegrationToken.revoked_at, IntegrationToken.last_used_on,
        )
        .join(Unit, Unit.id == IntegrationToken.province_id)
        .order_by(IntegrationToken.id.desc())
    )  # fmt: skip
    return tuple(TokenShown(*row) for row in rows)


def signers(db: Session) -> tuple[SignerShown, ...]:
    """List the keys that sign lists, newest first."""
    rows = db.execute(
        select(
            DossierSigner.id, DossierSigner.name, Unit.name, DossierSigner.public_key,
            DossierSigner.created_by, DossierSigner.created_at, DossierSigner.revoked_at,
        )
        .join(Unit, Unit.id == DossierSigner.province_id)
        .order_by(DossierSigner.id.desc())
    )  # fmt: skip
    return tuple(SignerShown(*row) for row in rows)


def centres_of(db: Session, round_code: str) -> tuple[tuple[str, str], ...]:
    """List the centres that closed dossiers of a round, as (code, name)."""
    rows = db.execute(
        select(ServiceCentre.code, ServiceCentre.name)
        .where(
            ServiceCentre.id.in_(
                select(ClosedDossier.centre_id)
                .join(Round, Round.id == ClosedDossier.round_id)
                .where(Round.code == round_code)
            )
        )
        .order_by(ServiceCentre.name)
    )
    return tuple((code, name) for code, name in rows)


_Counted = Mapping[tuple[str, date], tuple[int, int, int, date]]


def _total(centre: str, weeks: list[tuple[date, Numbers]], counted: _Counted) -> Numbers:
    own = [numbers for (code, _of), numbers in counted.items() if code == centre]
    return _added([numbers for _of, numbers in weeks], [(a, b, c) for a, b, c, _ in own])


def _sum(centres: tuple[CentreNumbers, ...], counted: _Counted) -> Numbers:
    return _added(
        [centre.total for centre in centres], [(a, b, c) for a, b, c, _ in counted.values()]
    )


def _added(live: list[Numbers], then: list[tuple[int, int, int]]) -> Numbers:
    is_told = sum(made for made, _used, _expired in then) >= FEWEST_SHOWN
    return Numbers(
        sum(each.n_closed for each in live),
        sum(each.n_made for each in live),
        sum(each.n_delivered for each in live),
        sum(used for _made, used, _expired in then) if is_told else None,
        sum(expired for _made, _used, expired in then) if is_told else None,
    )


def _uploads(round_code: str) -> Select[DossierUpload]:
    return (
        select(DossierUpload)
        .join(Round, Round.id == DossierUpload.round_id)
        .where(Round.code == round_code)
    )


def _upload(row: DossierUpload) -> UploadShown:
    return UploadShown(
        row.id, row.channel, row.file_name, row.file_hash, row.stored_name, row.manifest,
        row.columns, row.state, row.n_rows, row.n_read, row.n_new, row.n_known, row.n_problems,
        tuple(row.problems), row.uploaded_by, row.created_at,
    )  # fmt: skip


def _orders() -> Select[CodeOrder, str, str, str]:
    return select(CodeOrder, Round.code, Round.name, Round.name_en).join(
        Round, Round.id == CodeOrder.round_id
    )


def _order(row: CodeOrder, round_code: str, name: str, name_en: str) -> OrderShown:
    return OrderShown(
        row.id, round_code, name, name_en, row.kind, row.scope, row.sender, row.options,
        row.reason, row.state, row.asked_by, row.asked_at, row.decided_by, row.decided_at,
        row.finished_at, row.n_wanted, row.n_codes, row.file_name, row.file_hash,
        row.file_expires_at, row.fetched_by, row.fetched_at, row.failure,
    )  # fmt: skip
