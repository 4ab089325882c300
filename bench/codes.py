"""Journeys with one-time codes: each person has a code of their own, and hands in once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from sqlalchemy import insert, select

from app.db import Database
from app.models import Invitation, Round, ServiceCentre
from app.services import instruments, invitations
from bench import seed
from bench.journey import N_PEOPLE, Site, get, place_of
from bench.load import Ledger, Script
from bench.place import Place

ROUND = "round-98-dossiers"
_EXPIRES = datetime(2099, 12, 31, tzinfo=UTC)


def add_codes(place: Place, n: int) -> list[str]:
    """Make a round about closed dossiers beside the counter's, and codes for it."""
    database = Database(place.url, pool_size=1)
    tokens = [invitations.new_token() for _ in range(n)]
    with database.write() as db:
        round_ = db.scalar(select(Round).where(Round.code == ROUND)) or _round(db)
        centre = db.scalars(select(ServiceCentre).where(ServiceCentre.code == "centre-98")).one()
        db.execute(
            insert(Invitation),
            [
                {
                    "round_id": round_.id, "token_digest": invitations.digest_of(token),
                    "state": "unused", "expires_at": _EXPIRES, "centre_id": centre.id,
                    "stratum": centre.code, "psu": token[:8], "base_weight": 1.0,
                    "domains": {"centre": centre.code, "field": "ho-tich"},
                }
                for token in tokens
            ],
        )  # fmt: skip
    database.close()
    return tokens


def _round(db) -> Round:
    version, method = instruments.publish_folder(db, seed.SPEED_INSTRUMENT)
    beside = db.scalars(select(Round).where(Round.code == "round-98")).one()
    made = Round(
        code=ROUND, source="sample", per_dossier=True, campaign_id=beside.campaign_id,
        name="Đo tốc độ", name_en="Timing", instrument_version_id=version.id,
        method_version_id=method.id, modes=["web"], population="x", population_en="x",
        opens_on=date(2026, 1, 1), closes_on=date(2099, 12, 31), state="open",
        created_at=datetime.now(UTC) - timedelta(days=1),
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


@dataclass(frozen=True, slots=True)
class CodeSite:
    """The same form behind codes: what differs is the address."""

    site: Site
    query: str
    tokens: Iterator[str]

    @classmethod
    def of(cls, site: Site, tokens: Sequence[str]) -> "CodeSite":
        """Take what a counter's form has taught, its consent included."""
        return cls(site, site.form_path.partition("?")[2], iter(tokens))


def journeys(codes: CodeSite, n: int) -> Callable[[Ledger], Iterator[Script]]:
    """Make `n` whole journeys, each with a code of its own."""

    def scripts(ledger: Ledger) -> Iterator[Script]:
        return (_journey(codes, number, ledger) for number in range(n))

    return scripts


def _journey(codes: CodeSite, number: int, ledger: Ledger) -> Script:
    token, site = next(codes.tokens), codes.site
    path = f"/r/{quote(token)}/phieu"
    form = yield get(site.port, f"{path}?{codes.query}")
    if not ledger.expect("form", form, 200):
        return
    sent = yield site.post(site.key_in(form.page()), number % N_PEOPLE, path)
    if not ledger.expect("answers", sent, 303):
        return
    ledger.acknowledged.append(token)
    thanks = yield get(site.port, place_of(sent))
    ledger.expect("thanks", thanks, 200)
