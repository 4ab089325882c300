"""Two sampled rounds of one campaign, published, with places that lie somewhere."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from app.models import RoundTarget
from app.reports import sources
from app.services import publishing
from app.services.reports.letterhead import Letterhead, usual
from tests.app import builders, desk

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
DAY = date(2026, 1, 5)
POINTS = {
    "07000": (20.97, 107.76),
    "06652": (20.95, 107.08),
    "06967": None,
    "06700": (21.07, 106.95),
    "06709": (21.05, 107.1),
}


def earlier_people():
    """The same people a year before: with the officials only half of each PSU is satisfied."""
    return [
        {**person, "answers": {**person["answers"], "officials_1": 5 if at % 4 < 2 else 2}}
        for at, person in enumerate(desk.people())
    ]


@pytest.fixture
def publish(database, settings):
    def publish(code, **values):
        with database.write() as db:
            return publishing.publish(
                db, code, var_dir=settings.var_dir, code_version="1.2.3", actor="x", now=NOW,
                **values,
            )  # fmt: skip

    return publish


@pytest.fixture
def province(database):
    with database.write() as db:
        made = builders.province(db)
        for code, (name, _stratum, _psus) in desk.COMMUNES.items():
            kind = next(kind for kind in ("Đặc khu", "Phường", "Xã") if name.startswith(kind))
            latitude, longitude = POINTS[code] or (None, None)
            builders.commune(
                db, made, code, name, type_name=kind, latitude=latitude, longitude=longitude
            )
        return made


@pytest.fixture
def rounds(database, province, publish):
    """Make a campaign with the round of 2026 and, if asked for, one of 2025."""

    def make(*, simulated=True, earlier=False, public=True):
        with database.write() as db:
            campaign = builders.campaign(db, province, simulated=simulated)
            if earlier:
                desk.sampled_round(
                    db, campaign, earlier_people(), code="mau-2025", name="Điều tra mẫu 2025",
                    name_en="Sample 2025", opens_on=date(2025, 7, 1), closes_on=date(2025, 12, 31),
                )  # fmt: skip
            made = desk.sampled_round(
                db, campaign, code="mau-2026", name="Điều tra mẫu 2026", name_en="Sample 2026",
                opens_on=date(2026, 1, 1), closes_on=date(2026, 6, 30),
            )  # fmt: skip
            db.add(RoundTarget(round_id=made.id, node="overall", value=0.95, source="Kế hoạch"))
            db.add(RoundTarget(round_id=made.id, node="results", value=0.9, source="Kế hoạch"))
        if earlier:
            publish("mau-2025", public=public)
        publish("mau-2026", public=public)

    return make


@pytest.fixture
def read(database, app):
    """Read what a report of the round of 2026 is made from."""

    def read():
        with database.read() as db:
            return sources.read(db, "mau-2026")

    return read


@pytest.fixture
def context(app):
    """Stand in an application, as the worker and the commands do."""
    with app.app_context():
        yield SimpleNamespace(app=app)


@pytest.fixture
def letterhead() -> Letterhead:
    return usual("Tỉnh Quảng Ninh")
