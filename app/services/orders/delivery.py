"""Bringing codes out: a file that is fetched once, or calls to another system."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.errors import ConflictError
from app.i18n import TIMEZONE
from app.models import Campaign, ClosedDossier, CodeOrder, Invitation, Round, ServiceCentre
from app.services import audit, short_codes
from app.services.dossiers import contacts
from app.services.orders import desk, messages, slips, webhook
from app.services.orders.making import Code
from app.services.orders.messages import Message
from app.services.orders.shelf import Shelf
from app.services.orders.slips import Sheet, Slip
from app.services.sealing import Sealer

FILE: Final = "file"
_HERE: Final = ZoneInfo(TIMEZONE)

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Item:
    """A code with what the sender says of it. ``contact`` is empty where none is known."""

    dossier: str
    centre: str
    token: str
    short: str
    phone: str
    email: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything a sender needs."""

    order_id: int
    round_code: str
    simulated: bool
    public_url: str
    options: dict[str, object]
    items: tuple[Item, ...]

    def address(self, item: Item) -> str:
        """Address that a code opens."""
        return f"{self.public_url}/r/{item.token}"


@dataclass(frozen=True, slots=True)
class Made:
    """A file to be fetched; ``ending`` of its name."""

    content: bytes
    ending: str


class Sender(Protocol):
    """A way for codes to go out."""

    def __call__(self, parcel: Parcel, tell: Tell) -> Made | None:
        """Make a file of the codes, or bring them out; `tell` is called with how many are done."""


def sender_of(name: str | None, settings: Settings) -> Sender:
    """Choose a sender.

    Raises
    ------
    ConflictError
        ``order.sender-unknown``
    """

    def by_webhook(parcel: Parcel, tell: Tell) -> None:
        _call(parcel, settings, tell)

    senders: dict[str | None, Sender] = {
        "slips": _slips, "messages": _messages, "webhook": by_webhook,
    }  # fmt: skip
    if name not in senders:
        raise ConflictError("order.sender-unknown")
    return senders[name]


def parcel_of(db: Session, order: CodeOrder, codes: Sequence[Code], settings: Settings) -> Parcel:
    """Gather what is said of the codes of an order, by centre and dossier."""
    sealer = Sealer.of(settings)
    by_dossier = {each.dossier_id: each for each in codes}
    rows = db.execute(
        select(
            ClosedDossier.id, ClosedDossier.code, ServiceCentre.name, ClosedDossier.contact_sealed,
            Invitation.expires_at,
        )
        .join(Invitation, Invitation.dossier_id == ClosedDossier.id)
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .where(Invitation.order_id == order.id, Invitation.state == "unused")
        .order_by(ServiceCentre.code, ClosedDossier.code)
    ).all()  # fmt: skip
    round_code, simulated = db.execute(
        select(Round.code, Campaign.simulated)
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(Round.id == order.round_id)
    ).one()
    items = []
    for id_, dossier, centre, sealed, expires_at in rows:
        code = by_dossier.get(id_)
        if code is None:
            continue
        reached = contacts.open_(sealer, order.round_id, dossier, sealed)
        last_day = (expires_at.astimezone(_HERE) - timedelta(seconds=1)).date()
        items.append(
            Item(dossier, centre, code.token, short_codes.shown(code.short), reached.phone,
                 reached.email, last_day)
        )  # fmt: skip
    return Parcel(
        order.id, round_code, simulated, settings.public_url, dict(order.options), tuple(items)
    )  # fmt: skip


def put_down(
    db: Session, order_id: int, made: Made, shelf: Shelf, *, kept_for: timedelta, now: datetime
) -> None:
    """Seal a file that is to be fetched, and end the order."""
    order = desk.locked(db, order_id)
    round_code = db.scalars(select(Round.code).where(Round.id == order.round_id)).one()
    shelf.keep(order_id, FILE, made.content)
    order.file_name = f"ma-mot-lan-{round_code}-{order_id}.{made.ending}"
    order.file_hash = f"sha256:{hashlib.sha256(made.content).hexdigest()}"
    order.file_expires_at = now + kept_for
    finish(db, order, now)


def brought_out(db: Session, order_id: int, host: str, now: datetime) -> None:
    """End an order whose codes were handed to another system."""
    order = desk.locked(db, order_id)
    order.fetched_by, order.fetched_at = host, now
    finish(db, order, now)


def finish(db: Session, order: CodeOrder, now: datetime) -> None:
    """End an order that was done."""
    order.state, order.finished_at = "done", now
    audit.record(
        db, order.asked_by, "codes.done", f"order {order.id}", kind=order.kind,
        codes=order.n_codes, sender=order.sender, file=order.file_hash,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file of an order, handed out this once."""

    name: str
    content: bytes


def fetch(db: Session, order_id: int, shelf: Shelf, *, actor: str, now: datetime) -> Fetched:
    """Hand out the file of an order, once; `forget` destroys it after the transaction.

    Raises
    ------
    ConflictError
        ``order.no-file``; ``order.fetched``; ``order.file-over``.
    """
    order = desk.locked(db, order_id)
    if order.file_name is None or order.file_expires_at is None:
        raise ConflictError("order.no-file")
    if order.fetched_at is not None:
        raise ConflictError("order.fetched")
    content = shelf.read(order_id, FILE) if order.file_expires_at > now else None
    if content is None:
        raise ConflictError("order.file-over")
    order.fetched_by, order.fetched_at = actor, now
    audit.record(db, actor, "codes.fetch", f"order {order_id}", file=order.file_hash)
    return Fetched(order.file_name, content)


def forget(order_id: int, shelf: Shelf) -> None:
    """Destroy everything of an order that lies on the disk."""
    shelf.destroy(order_id)


def _slips(parcel: Parcel, tell: Tell) -> Made:
    """Set slips; more than one PDF holds are several in one archive."""
    wanted = [
        Slip(each.dossier, each.centre, parcel.address(each), each.short, each.last_day)
        for each in parcel.items
    ]
    sheets = []
    for done, content in slips.slips_pdfs(
        wanted, Sheet(f"{parcel.public_url}/ma", parcel.simulated)
    ):
        sheets.append(content)
        tell(done)
    if len(sheets) == 1:
        return Made(sheets[0], "pdf")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(sheets, start=1):
            archive.writestr(f"phieu-{number:03d}.pdf", content)
    return Made(out.getvalue(), "zip")


def _messages(parcel: Parcel, tell: Tell) -> Made:
    form = str(parcel.options.get("form", "xlsx"))
    listed = [
        Message(each.phone, each.email, each.dossier, parcel.address(each), each.short,
                each.last_day)
        for each in parcel.items
    ]  # fmt: skip
    content = messages.messages_file(listed, form=form, plain=bool(parcel.options.get("plain")))
    tell(len(listed))
    return Made(content, form)


def _call(parcel: Parcel, settings: Settings, tell: Tell) -> None:
    allowed = webhook.Allowed.of(settings.webhook_urls, settings.webhook_networks)
    url = str(parcel.options.get("url", ""))
    for at in range(0, len(parcel.items), webhook.BATCH):
        some = parcel.items[at : at + webhook.BATCH]
        body = webhook.body_of(
            parcel.order_id, parcel.round_code,
            [{"dossier": each.dossier, "address": parcel.address(each), "short": each.short,
              "last_day": each.last_day.isoformat()} for each in some],
        )  # fmt: skip
        where = webhook.destination(url, allowed)
        key = f"order-{parcel.order_id}-{at // webhook.BATCH + 1}"
        webhook.post(where, body, key=key, secret_key=settings.secret_key)
        tell(at + len(some))
