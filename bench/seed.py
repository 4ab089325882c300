"""What the benchmarks rate: one counter with the speed form, one with the counter form."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.config import Settings
from app.db import Database
from app.demo.site import THREADS, WORKERS
from app.models import Campaign, Counter, Round, ServiceCentre, Unit
from app.services import instruments
from bench.journey import read_form
from bench.place import Place
from bench.servers import Layout, Server, free_port

SPEED_INSTRUMENT = Path(__file__).parent / "instruments" / "speed_22"
SPEED_COUNTER, PLAIN_COUNTER = "speed-05", "plain-05"
# The name of the field that holds what makes a form count once.
KEY_NAME = "form-key"
# Everyone comes from 127.0.0.1: the limit per network stays on, far out of reach.
UNREACHED = "100000000"
SECRET_KEY = "a key only for benchmarks, long enough to be taken"
LEAN_TABLE = """CREATE TABLE lean_response (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL,
    answers jsonb NOT NULL,
    received_on date NOT NULL DEFAULT current_date
)"""
_LONG_AGO, _FIRST_DAY, _LAST_DAY = date(2025, 7, 1), date(2026, 1, 1), date(2099, 12, 31)
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


def fill(place: Place) -> None:
    """Add two provinces, each with one centre, one counter and one open round."""
    database = Database(place.url, pool_size=1)
    with database.write() as db:
        open_round(db, "98", SPEED_COUNTER, SPEED_INSTRUMENT)
        open_round(db, "99", PLAIN_COUNTER, None)
    database.close()
    place.execute(LEAN_TABLE)


def open_round(db: Session, code: str, counter: str, folder: Path | None) -> None:
    """Add a province with one centre, one counter and one open round."""
    if folder is None:
        version, method = instruments.publish_catalogue(db, "counter_2026")
    else:
        version, method = instruments.publish_folder(db, folder)
    province = _unit(db, "province", code, None)
    commune = _unit(db, "commune", f"{code}001", province)
    centre = ServiceCentre(
        code=f"centre-{code}",
        name="Trung tâm Phục vụ hành chính công phường Đo Tốc Độ",
        level="commune",
        unit_id=commune.id,
        valid_from=_LONG_AGO,
    )
    campaign = Campaign(
        code=f"campaign-{code}",
        name="Đo tốc độ",
        name_en="Timing",
        province_id=province.id,
        simulated=True,
        created_at=_MADE_AT,
    )
    db.add_all([centre, campaign])
    db.flush()
    db.add(Counter(code=counter, centre_id=centre.id, number="05", name="Tiếp nhận hồ sơ hộ tịch"))
    db.add(
        Round(
            code=f"round-{code}",
            campaign_id=campaign.id,
            name="Đo tốc độ",
            name_en="Timing",
            instrument_version_id=version.id,
            method_version_id=method.id,
            source="open",
            modes=["web"],
            population="Không ai: câu trả lời do máy tạo ra",
            population_en="Nobody: answers are made by a machine",
            opens_on=_FIRST_DAY,
            closes_on=_LAST_DAY,
            state="open",
            created_at=_MADE_AT,
        )
    )
    db.flush()


def _unit(db: Session, kind: str, code: str, parent: Unit | None) -> Unit:
    unit = Unit(
        kind=kind,
        code=code,
        name=f"Đo Tốc Độ {code}",
        short_name=code,
        type_name="Phường",
        search_key=f"do toc do {code}",
        parent_id=None if parent is None else parent.id,
        valid_from=_LONG_AGO,
    )
    db.add(unit)
    db.flush()
    return unit


@dataclass(frozen=True, slots=True)
class OurPage:
    """A form's page as our own application makes it."""

    path: str
    encoding: str
    sent: bytes

    @property
    def plain(self) -> bytes:
        """The page before it was compressed."""
        return gzip.decompress(self.sent) if self.encoding == "gzip" else self.sent

    def lean_environment(self, place: Place) -> dict[str, str]:
        """Settings of the yardstick, which returns these very bytes."""
        file = place.folder / "form"
        file.write_bytes(self.sent)
        return {
            "LEAN_FORM": str(file),
            "LEAN_FORM_ENCODING": self.encoding,
            "LEAN_DATABASE": place.conninfo,
        }


def form_page(place: Place, counter: str) -> OurPage:
    """Go through a counter's start page to its form, as a citizen's browser would."""
    settings = Settings(
        database_url=place.url,
        var_dir=place.folder,
        secret_key=SECRET_KEY,
        log_level="WARNING",
    )
    app = create_app(settings)
    client = app.test_client()

    def fetch(path: str) -> TestResponse:
        answer = client.get(
            path, base_url="http://127.0.0.1", headers={"Accept-Encoding": "gzip, deflate, br"}
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
        return answer

    start = OurPage("", "gzip", fetch(f"/c/{counter}").data)
    consent = read_form(start.plain, "get")
    path = f"{consent.action}?{urlencode(consent.fixed)}"
    answer = fetch(path)
    app.extensions["longdan.database"].close()
    return OurPage(path, answer.headers.get("Content-Encoding", "identity"), answer.data)


def our_environment(place: Place, port: int) -> dict[str, str]:
    """Settings of our own application on the place's database."""
    return {
        "DATABASE_URL": place.conninfo,
        "SECRET_KEY": SECRET_KEY,
        "VAR_DIR": str(place.folder),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ANSWERS_PER_MINUTE": UNREACHED,
        "ANSWERS_BURST": UNREACHED,
        "COUNTER_ANSWERS_PER_MINUTE": UNREACHED,
        "COUNTER_ANSWERS_BURST": UNREACHED,
        # The load answers faster than anybody can read; forms are signed and checked all the same.
        "FORM_SECONDS": "0",
    }


@contextmanager
def our_server(place: Place, layout: Layout | None = None) -> Iterator[Server]:
    """Serve our own application on the place's database."""
    port = free_port()
    layout = layout or Layout("granian", WORKERS, THREADS)
    environment = our_environment(place, port)
    log = place.folder / "server.log"
    server = Server(layout.command("wsgi:app", port), port, environment, "/healthz", log)
    try:
        yield server
    finally:
        server.stop()
