"""Dossiers with codes, citizens who answer with them, and a mixer."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from app.models import FreeText, Response, Round, ServiceCentre, Spooled, SpoolKey
from app.services import interview
from app.services.consent import consents
from app.services.interview import Accepted
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.services.mixing.work import Mixer
from tests.app import builders

NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
TODAY = date(2026, 5, 4)


@dataclass
class World:
    """A round about closed dossiers, in which citizens answer."""

    database: object
    settings: object
    town: builders.Town
    round: Round
    shelf: KeyShelf
    tokens: list = field(default_factory=list)

    def issue(self, centre=None, field="ho-tich", **values):
        centre = centre or self.town.centre
        domains = {"centre": centre.code, "field": field, "commune": "06652"}
        with self.database.write() as db:
            given = {
                "centre_id": centre.id, "stratum": centre.code, "psu": uuid4().hex,
                "base_weight": 1.0, "domains": domains,
            }  # fmt: skip
            return builders.invitation(db, self.round, **given | values)

    def answer(self, issued=None, *, now=NOW, entered=None, replacing=False, **where):
        """Hand answers in with a code; what is not given is plain."""
        issued = issued or self.issue(**where)
        given = {"overall": ["4"], "late": ["no"]} | (entered or {})
        today = now.date()
        with self.database.write() as db:
            opened = interview.open_code(db, issued.token, now, today, replacing=replacing)
            agreed = consents(opened.instrument)["vi"]
            sent = interview.Submission(given, "vi", agreed, uuid4())
            key = keys.newest(db) or keys.make(db, self.shelf, now)
            outcome = interview.submit_code(db, opened, sent, key, now, today)
        assert outcome == Accepted()
        return issued

    def answers(self, n, **values):
        return [self.answer(**values) for _ in range(n)]

    def mix(self, now, **values):
        return Mixer(self.database, self.settings).run(now, **values)

    def close(self):
        with self.database.write() as db:
            db.execute(update(Round).values(state="closed"))

    def count(self, table):
        with self.database.read() as db:
            return db.scalar(select(func.count()).select_from(table))

    def rows(self, table):
        with self.database.read() as db:
            return db.execute(select(table.__table__)).all()

    @property
    def standing(self):
        """Answers among the responses, answers that wait, texts, keys, files of keys."""
        return (
            self.count(Response), self.count(Spooled), self.count(FreeText),
            self.count(SpoolKey), len(self.shelf.names()),
        )  # fmt: skip


@pytest.fixture
def world(database, settings, tmp_path) -> World:
    own = replace(settings, var_dir=tmp_path)
    with database.write() as db:
        town = builders.town(db)
        of_round = builders.sampled_round(db, town.campaign, "errand", per_dossier=True)
    return World(database, own, town, of_round, KeyShelf(own.spool_keys))


@pytest.fixture
def second_centre(database, world) -> ServiceCentre:
    with database.write() as db:
        commune = builders.commune(db, world.town.province, "06661", "Phường Hà Tu")
        return builders.centre(db, commune)
