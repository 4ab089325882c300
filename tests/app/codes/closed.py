"""A round whose dossiers are invited one by one, and closed dossiers for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from app.models import ClosedDossier, DossierUpload, Field, Invitation, Round
from app.services.dossiers import store
from app.services.dossiers import uploads as lists
from app.services.dossiers.checking import Written
from app.services.orders import desk
from app.services.orders.desk import Wish
from app.services.orders.scope import Scope
from app.services.sealing import Sealer
from tests.app import builders

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
OFFICE, OTHER = "lan@quangninh.gov.vn", "minh@quangninh.gov.vn"
SEALER = Sealer.from_secrets(("a key only for tests, long enough to be taken",))


@dataclass
class Place:
    """A town with a round of one-time codes, called ``ma``."""

    town: builders.Town
    round: Round


def place(db, *, simulated=True, **values) -> Place:
    town = builders.town(db)
    town.campaign.simulated = simulated
    given = {"code": "ma", "per_dossier": True, "name": "Đánh giá từng hồ sơ"} | values
    made = builders.sampled_round(db, town.campaign, "desk", **given)
    return Place(town, made)


def written(n, *, first=1, centre="hcc-06652", day="2026-11-16", phone="0912345678", **values):
    return [
        Written(
            row=number, code=f"H49.{number:05d}", closed_on=day, place=centre, field_name="ho-tich",
            phone=phone, **values,
        )
        for number in range(first, first + n)
    ]  # fmt: skip


def take(db, rows, *, code="ma", now=NOW, today=TODAY) -> DossierUpload:
    """Take dossiers as if a system had sent them."""
    target = store.target_of(db, code)
    checker = lists.checker_for(db, target, today)
    checker.take(rows)
    received = lists.Received("test", "sha256:test", channel="api")
    return lists.take_at_once(db, target, received, checker, SEALER, by="test", now=now)


def wish(kind="issue", sender="slips", **values):
    scope = Scope(**values.pop("scope", {}))
    return Wish(kind, scope, values.pop("reason", "Đợt tháng 11"), sender, **values)


def approved(db, *args, now=NOW, **values) -> int:
    """Ask for an order and have somebody else approve it; its number."""
    order = desk.ask(db, "ma", wish(*args, **values), actor=OFFICE, now=now, today=now.date())
    desk.decide(db, order.id, approve=True, actor=OTHER, now=now)
    return order.id


def dossiers(db):
    return db.scalars(select(ClosedDossier).order_by(ClosedDossier.id)).all()


def invitations(db, **wanted):
    query = select(Invitation).order_by(Invitation.id)
    for name, value in wanted.items():
        query = query.where(getattr(Invitation, name) == value)
    return db.scalars(query).all()


def field(db) -> Field:
    return db.scalars(select(Field)).one()
