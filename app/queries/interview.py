"""What stands around a questionnaire: the place that is rated, the round, the draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.db import Alone, row_of
from app.models import (
    Campaign,
    Counter,
    CounterAlias,
    Field,
    InstrumentVersion,
    Round,
    ServiceCentre,
    Unit,
)

LONGEST_CODE = 100

_Query: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A centre, and mostly one of its counters, as citizens know it and answers are filed.

    Attributes
    ----------
    number, counter : str
        Number and name of the counter; empty for a centre without one.
    formerly : str
        What stands on the printed sheet when the counter was renamed since, else empty.
    domains : mapping
        Domain to code: commune, centre, counter, field.
    province_id : int or None
        The province the centre lies in.
    closed : bool
        The counter or its centre no longer serves anyone.
    """

    centre_id: int
    counter_id: int | None
    centre: str
    number: str = ""
    counter: str = ""
    formerly: str = ""
    domains: Mapping[str, str] | None = None
    province_id: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as far as answering it goes. Both dates are days on which answers are taken."""

    id: int
    code: str
    source: str
    state: str
    opens_on: date
    closes_on: date
    campaign: str
    campaign_en: str
    simulated: bool
    instrument_hash: str
    # The round asks about dossiers that are closed, each of which has a code.
    per_dossier: bool = False

    def takes_answers(self, today: date) -> bool:
        """Whether answers are taken on a day."""
        return self.state == "open" and self.opens_on <= today <= self.closes_on


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What was entered so far with a one-time code: strings by item, not yet final."""

    entered: Mapping[str, list[str]]
    consent_hash: str | None
    language: str
    page: str | None


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a one-time code passes on to its response, and whether its answers still wait.

    Attributes
    ----------
    replaceable_until : datetime or None
        Until then the answers handed in with the code may be replaced; None when there are none
        that wait.
    """

    centre_id: int | None
    counter_id: int | None
    stratum: str | None
    psu: str | None
    base_weight: float | None
    domains: Mapping[str, str]
    replaceable_until: datetime | None


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """What is kept of a one-time code that someone shows."""

    id: int
    state: str
    expires_at: datetime
    round_id: int
    code: CodeRow
    # Of a draft begun before drafts were sealed.
    draft: DraftRow | None
    sealed_draft: bytes | None = None


def code_standing(db: Session | Alone, digest: bytes, now: datetime) -> CodeStanding | None:
    """Find a code by the digest of what was scanned or typed; drafts that expired are none.

    One statement for each of a citizen's pages. What is the same for very many codes, their round
    and place, is not part of it.
    """
    for statement in (_BY_TOKEN, _BY_SHORT_FORM):
        try:
            row = row_of(db, statement, {"digest": digest})
        except LookupError:
            continue
        (id_, state, expires_at, round_id), code, draft = row[:4], row[4:11], row[11:]
        *clear, sealed, until = draft
        if until is None or until <= now:
            clear, sealed = [None], None
        kept = DraftRow(*clear) if clear[0] is not None else None
        return CodeStanding(id_, state, expires_at, round_id, CodeRow(*code), kept, sealed)
    return None


_STANDING: Final = """
    SELECT
        i.id, i.state, i.expires_at, i.round_id,
        i.centre_id, i.counter_id, i.stratum, i.psu, i.base_weight, i.domains, s.due_at,
        d.answers, d.consent_hash, d.language, d.page, d.sealed, d.expires_at
    FROM invitation i
    LEFT JOIN spooled s ON s.invitation_id = i.id
    LEFT JOIN draft d ON d.invitation_id = i.id
"""
_BY_TOKEN: Final = f"{_STANDING} WHERE i.token_digest = %(digest)s"
_BY_SHORT_FORM: Final = f"{_STANDING} WHERE i.short_digest = %(digest)s"


def place_of_counter(db: Session, code: str, today: date) -> Place | None:
    """Find a counter by the code on its sheet, whatever its case, or by an earlier code."""
    if not code or len(code) > LONGEST_CODE or not code.isprintable():
        return None
    written = tuple({code, code.lower(), code.upper()})
    query = _counters(today)
    # The index finds a code in its usual case; only others need the look at every row.
    for found in (Counter.code.in_(written), func.lower(Counter.code) == code.lower()):
        row = db.execute(query.where(found).limit(1)).one_or_none()
        if row is not None:
            return _place(db, row, "")
    alias = db.execute(
        select(CounterAlias.counter_id, CounterAlias.printed_as)
        .where(func.lower(CounterAlias.code) == code.lower())
        .limit(1)
    ).one_or_none()
    if alias is None:
        return None
    return _place(db, db.execute(query.where(Counter.id == alias.counter_id)).one(), alias[1])


def place_of(db: Session, centre_id: int | None, counter_id: int | None) -> Place | None:
    """Name the place an invitation speaks of, if it speaks of one."""
    if counter_id is not None:
        row = db.execute(_counters(date.min).where(Counter.id == counter_id)).one()
        return Place(row.centre_id, row.id, row.centre, row.number, row.name)
    if centre_id is not None:
        name = db.scalars(select(ServiceCentre.name).where(ServiceCentre.id == centre_id)).one()
        return Place(centre_id, None, name)
    return None


def open_rounds_of(db: Session, province_id: int) -> tuple[RoundRow, ...]:
    """List the rounds of a province that take answers from whoever comes, latest opened first."""
    rows = db.execute(
        _rounds()
        .where(Campaign.province_id == province_id, Round.source == "open")
        .order_by(Round.opens_on.desc(), Round.id.desc())
    )
    return tuple(RoundRow(*row) for row in rows)


def round_by_id(db: Session, round_id: int) -> RoundRow:
    """Return a round that exists."""
    return RoundRow(*db.execute(_rounds().where(Round.id == round_id)).one())


def _counters(today: date) -> _Query:
    gone = (Counter.closed_on <= today) | (ServiceCentre.valid_to <= today)
    return (
        select(
            Counter.id,
            Counter.centre_id,
            Counter.code,
            Counter.number,
            Counter.name,
            ServiceCentre.name.label("centre"),
            ServiceCentre.code.label("centre_code"),
            ServiceCentre.unit_id,
            Field.code.label("field"),
            func.coalesce(gone, False).label("closed"),
        )
        .join(ServiceCentre, ServiceCentre.id == Counter.centre_id)
        .outerjoin(Field, Field.id == Counter.field_id)
    )


def _place(db: Session, row: Row[*tuple[Any, ...]], formerly: str) -> Place:
    above = _units_above(db, row.unit_id)
    domains = {"centre": row.centre_code, "counter": row.code}
    if row.field is not None:
        domains["field"] = row.field
    if "commune" in above:
        domains["commune"] = above["commune"][1]
    return Place(
        centre_id=row.centre_id,
        counter_id=row.id,
        centre=row.centre,
        number=row.number,
        counter=row.name,
        formerly=formerly,
        domains=domains,
        province_id=above["province"][0] if "province" in above else None,
        closed=row.closed,
    )


def _units_above(db: Session, unit_id: int) -> dict[str, tuple[int, str]]:
    """Id and code of a unit and of those above it, by kind."""
    columns = (Unit.id, Unit.parent_id, Unit.kind, Unit.code)
    above = select(*columns).where(Unit.id == unit_id).cte("above", recursive=True)
    above = above.union(select(*columns).where(Unit.id == above.c.parent_id))
    return {kind: (id_, code) for id_, _parent, kind, code in db.execute(select(above))}


def _rounds() -> _Query:
    return (
        select(
            Round.id,
            Round.code,
            Round.source,
            Round.state,
            Round.opens_on,
            Round.closes_on,
            Campaign.name,
            Campaign.name_en,
            Campaign.simulated,
            InstrumentVersion.content_hash,
            Round.per_dossier,
        )
        .join(Campaign, Campaign.id == Round.campaign_id)
        .join(InstrumentVersion, InstrumentVersion.id == Round.instrument_version_id)
    )
