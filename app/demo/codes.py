"""Simulated closed dossiers, orders for their codes, and answers, through the services of all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.code_jobs import CodeJobs
from app.config import Settings
from app.db import Database
from app.demo import province
from app.demo.counter_answers import entered_of
from app.demo.people import Opinions
from app.demo.sample_file import BASE_2017
from app.i18n import TIMEZONE
from app.models import Field, Round, ServiceCentre, Unit
from app.services import campaigns, instruments, interview
from app.services.campaigns import RoundPlan
from app.services.consent import consents
from app.services.dossiers import store
from app.services.dossiers import uploads as lists
from app.services.dossiers.checking import Written
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.services.mixing.work import Mixer
from app.services.orders import delivery, desk
from app.services.orders.desk import Wish
from app.services.orders.scope import Scope
from app.services.sealing import Sealer

ROUND = "ho-so-mo-phong"
SEED = 11
ASKS, DECIDES = "sonoivu@example.vn", "giamsat@example.vn"
_CENTRES, _PER_CENTRE = 10, 64
_SHARE_ANSWERING = 0.4
_HERE = ZoneInfo(TIMEZONE)
# Lists came, codes went out and people answered so many days ago.
_LISTED, _ANSWERED = timedelta(days=14), timedelta(days=4)


def is_made(database: Database) -> bool:
    """Whether the round is there with its dossiers."""
    with database.read() as db:
        return db.scalar(select(Round.id).where(Round.code == ROUND)) is not None


def make(database: Database, settings: Settings, moment: datetime) -> None:
    """Make the round, its dossiers and codes; have some people answer; ask for one more order."""
    then = moment - _LISTED
    jobs = CodeJobs(database, settings, now=lambda: then)
    generator = np.random.default_rng(SEED)
    with database.write() as db:
        _open(db, moment, then)
        _take(db, settings, generator, then)
        order_id = _order(db, then, "messages", "Cấp mã cho hồ sơ trả kết quả trong hai tuần đầu")
    jobs.do_order(order_id)
    with database.write() as db:
        fetched = delivery.fetch(db, order_id, jobs.shelf, actor=ASKS, now=then)
    delivery.forget(order_id, jobs.shelf)
    tokens = [line.split("/r/")[1][:26] for line in fetched.content.decode().splitlines()[1:]]
    _answer(database, settings, tokens, generator, moment - _ANSWERED)
    Mixer(database, settings).run(moment)
    with database.write() as db:
        desk.ask(
            db, ROUND, Wish("reissue", Scope(), "Phiếu của một số hồ sơ bị thất lạc", "slips"),
            actor=ASKS, now=moment, today=moment.astimezone(_HERE).date(),
        )  # fmt: skip
    CodeJobs(database, settings, now=lambda: moment).sweep()


def _open(db: Session, moment: datetime, then: datetime) -> None:
    instrument, method = instruments.publish_catalogue(db, "counter_2026")
    first = then.astimezone(_HERE).date()
    plan = RoundPlan(
        code=ROUND,
        name="Mời từng hồ sơ bằng mã một lần (mô phỏng)",
        name_en="Every closed dossier invited by a one-time code (simulated)",
        instrument_version_id=instrument.id,
        method_version_id=method.id,
        source="sample",
        per_dossier=True,
        modes=["web"],
        population="Người có hồ sơ được trả kết quả tại mười trung tâm (dân số mô phỏng).",
        population_en="People whose dossier was closed at ten centres (simulated population).",
        opens_on=first - timedelta(days=1),
        closes_on=moment.astimezone(_HERE).date() + timedelta(days=60),
        min_n=province.MIN_N,
    )
    campaigns.create_round(db, province.CAMPAIGN, plan, actor=province.ACTOR, now=then)
    campaigns.open_round(db, ROUND, actor=province.ACTOR, today=first)


def _take(db: Session, settings: Settings, generator: np.random.Generator, then: datetime) -> None:
    today = then.astimezone(_HERE).date()
    target = store.target_of(db, ROUND)
    checker = lists.checker_for(db, target, today)
    checker.take(_dossiers(db, generator, then))
    received = lists.Received("ho-so-mo-phong.csv", "sha256:simulated", channel="api")
    row = lists.take_at_once(
        db, target, received, checker, Sealer.of(settings), by="Một cửa (mô phỏng)", now=then
    )
    if row.state != "taken":
        raise TypeError(f"the simulated list was {row.state}: {row.problems[:3]}")


def _dossiers(db: Session, generator: np.random.Generator, then: datetime) -> Iterator[Written]:
    centres = db.scalars(
        select(ServiceCentre.code)
        .join(Unit, Unit.id == ServiceCentre.unit_id)
        .where(ServiceCentre.valid_to.is_(None), ServiceCentre.level == "commune")
        .order_by(ServiceCentre.code)
        .limit(_CENTRES)
    ).all()
    fields = db.scalars(select(Field.code).order_by(Field.code).limit(2)).all()
    today = then.astimezone(_HERE).date()
    for number in range(_CENTRES * _PER_CENTRE):
        day = today - timedelta(days=int(generator.integers(0, 14)))
        yield Written(
            row=number + 1, code=f"MP.{day:%y%m%d}-{number + 1:04d}", closed_on=day.isoformat(),
            place=centres[number % len(centres)], field_name=str(generator.choice(fields)),
            phone=f"09{generator.integers(10**7, 10**8)}",
        )  # fmt: skip


def _order(db: Session, then: datetime, sender: str, reason: str) -> int:
    wish = Wish("issue", Scope(), reason, sender, {"form": "csv", "plain": True})
    today = then.astimezone(_HERE).date()
    order = desk.ask(db, ROUND, wish, actor=ASKS, now=then, today=today)
    desk.decide(db, order.id, approve=True, actor=DECIDES, now=then)
    return order.id


def _answer(
    database: Database,
    settings: Settings,
    tokens: list[str],
    generator: np.random.Generator,
    then: datetime,
) -> None:
    opinions = Opinions(BASE_2017, generator)
    today = then.astimezone(_HERE).date()
    with database.write() as db:
        key = keys.ensure(db, KeyShelf(settings.spool_keys), then)
        for token in tokens:
            if generator.random() > _SHARE_ANSWERING:
                continue
            opened = interview.open_code(db, token, then, today)
            if not isinstance(opened, interview.Opened) or opened.code is None:
                raise TypeError("a simulated code does not open")
            centre = opened.code.domains["centre"]
            answers = opinions.answer(opened.instrument, opened.code.domains["commune"], centre)
            consent = consents(opened.instrument)["vi"]
            submission = interview.Submission(
                entered_of(answers), "vi", consent, UUID(bytes=generator.bytes(16), version=4)
            )
            outcome = interview.submit_code(db, opened, submission, key, then, today)
            if not isinstance(outcome, interview.Accepted):
                raise TypeError(f"a simulated answer was refused: {outcome}")
