"""A province whose citizens answer at a counter and with codes, and what is stored of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Database
from app.models import Invitation, Response, Round, ServiceCentre, Spooled
from app.services import instruments, invitations
from app.services.consent import consents
from app.services.mixing import keys
from app.services.mixing.shelf import KeyShelf
from app.services.mixing.work import Mixer
from app.web.citizen.pages import version_of
from bench import seed
from surveys.instrument.load import read
from surveys.instrument.model import Instrument

COUNTER = "numbered-05"
FOLDER = Path(__file__).parents[1] / "instruments" / "numbered"
# Every second citizen has a code; every fourth writes something too.
_CODE_EVERY, _TEXT_EVERY = 2, 4


@dataclass(frozen=True, slots=True)
class Sending:
    """One person's answers: where they go and what is sent, the same in every attempt."""

    number: int
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds at the end.

    Attributes
    ----------
    numbers : mapping of int to int
        Planted number of an answer to how often it is there.
    """

    numbers: Mapping[int, int]
    n_waiting: int


class World:
    """The answers of ``n`` people, in a database of its own.

    Parameters
    ----------
    url : str
        Of an empty, migrated database.
    folder : Path
        Where keys are kept.
    """

    def __init__(self, url: str, folder: Path, n: int) -> None:
        self.settings = Settings(
            database_url=url, var_dir=folder, secret_key=seed.SECRET_KEY, log_level="ERROR"
        )
        self._database = Database(url, pool_size=1)
        with self._database.write() as db:
            seed.open_round(db, "97", COUNTER, seed.SPEED_INSTRUMENT)
            of_dossiers, self._instrument = _rounds(db)
            keys.ensure(db, KeyShelf(self.settings.spool_keys), datetime.now(UTC))
            centre = db.scalars(select(ServiceCentre)).one()
            tokens = {number: invitations.new_token() for number in range(0, n, _CODE_EVERY)}
            rows = [_code(of_dossiers.id, centre, token) for token in tokens.values()]
            db.execute(insert(Invitation), rows)
        self.sendings = [self._sending(number, tokens.get(number)) for number in range(n)]

    def mixed(self) -> Stored:
        """Close the rounds, mix what waits, and read what is there."""
        with self._database.write() as db:
            db.execute(update(Round).values(state="closed"))
        Mixer(self._database, self.settings).run(datetime.now(UTC) + timedelta(days=2))
        with self._database.read() as db:
            answers = db.scalars(select(Response.answers)).all()
            waiting = db.scalars(select(Spooled.id).where(Spooled.kind == "answer")).all()
        return Stored(Counter(int(each["number"]) for each in answers), len(waiting))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _sending(self, number: int, token: str | None) -> Sending:
        fields = {
            "number": str(number),
            "form-go": "next",
            "form-version": version_of(self._instrument),
            "form-consent": consents(self._instrument)["vi"].short,
            "form-key": f"00000000-0000-4000-8000-{number:012x}",
        }
        if number % _TEXT_EVERY == 1:
            fields["comment"] = f"Ý kiến của phiếu {number}: chờ hơi lâu."
        path = f"/c/{COUNTER}/phieu" if token is None else f"/r/{token}/phieu"
        return Sending(number, path, urlencode(fields).encode())


def _rounds(db: Session) -> tuple[Round, Instrument]:
    """Let both rounds ask for a number: the open one of the counter, and one about dossiers."""
    version = instruments.publish_instrument(db, read(FOLDER))
    at_counter = db.scalars(select(Round)).one()
    at_counter.instrument_version_id = version.id
    copied = (
        "campaign_id", "name", "name_en", "method_version_id", "modes", "population",
        "population_en", "opens_on", "closes_on", "state", "created_at",
    )  # fmt: skip
    of_dossiers = Round(
        code="round-97-dossiers", source="sample", per_dossier=True,
        instrument_version_id=version.id, **{name: getattr(at_counter, name) for name in copied},
    )  # fmt: skip
    db.add(of_dossiers)
    db.flush()
    return of_dossiers, instruments.instrument_of(version)


def _code(round_id: int, centre: ServiceCentre, token: str) -> dict[str, object]:
    return {
        "round_id": round_id,
        "token_digest": invitations.digest_of(token),
        "state": "unused",
        "expires_at": datetime.now(UTC) + timedelta(days=30),
        "centre_id": centre.id,
        "stratum": centre.code,
        "psu": token[:8],
        "base_weight": 1.0,
        "domains": {"centre": centre.code, "field": "ho-tich"},
    }


def unprotect(url: str) -> None:
    """Take away what keeps one form from being stored twice: the control that must fail."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain) as connection:
        connection.execute("ALTER TABLE response DROP CONSTRAINT uq_response_submission_key")
