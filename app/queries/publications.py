"""What was published, read as frozen rows; nothing is computed here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from app.models import (
    Campaign,
    Publication,
    PublishedEstimate,
    PublishedTally,
    Round,
    RoundTarget,
    Snapshot,
)

_GREATEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What stands above every figure of a round.

    Attributes
    ----------
    source : str
        ``"sample"`` (estimates) or ``"open"`` (tallies of self-selected answers).
    simulated : bool
        Whether the answers were made by a program.
    """

    id: int
    code: str
    name: str
    name_en: str
    campaign_name: str
    campaign_name_en: str
    province: str
    source: str
    modes: tuple[str, ...]
    population: str
    population_en: str
    opens_on: date
    closes_on: date
    state: str
    min_n: int
    level: float
    simulated: bool
    instrument_version_id: int
    method_version_id: int


@dataclass(frozen=True, slots=True)
class Target:
    """What a node was meant to reach in the whole population: a share, and who set it."""

    node: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class PublicationFacts:
    """From what, by which rule and when a set of figures was made.

    Without a set of weights, answers count by their base weights. With one, Kish's effect of the
    final weights, and shares of those drawn who answered, by number and by weight (None where the
    sample was not drawn here).
    """

    id: int
    number: int
    public: bool
    published_by: str
    published_at: datetime
    level: float
    quality_rules: Mapping[str, Any]
    method_hash: str
    instrument_hash: str
    code_version: str
    engine: int
    snapshot_hash: str
    snapshot_file: str
    snapshot_made_at: datetime
    n_responses: int
    weight_set_id: int | None
    weight_set_number: int | None
    weights_hash: str | None
    weights_effect: float | None
    response_rate: float | None
    weighted_response_rate: float | None
    # Centre → closed dossiers, and those with a code, of a round with one-time codes.
    invited: Mapping[str, tuple[int, int]] | None
    round: RoundFacts


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One published estimate; shares are 0 to 1. Without value when suppressed."""

    node: str
    measure: str
    domain_kind: str
    domain_code: str
    domain_name: str
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    interval_method: str | None
    n: int | None
    effective_n: float | None
    df: float | None
    design_effect: float | None
    target: float | None
    suppressed: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TallyRow:
    """One published count of self-selected answers; nothing else when suppressed."""

    subject: str
    is_node: bool
    domain_kind: str
    domain_code: str
    domain_name: str
    n: int | None
    n_ratings: int | None
    satisfied: int | None
    neutral: int | None
    dissatisfied: int | None
    counts: Mapping[str, int] | None
    value: float | None
    suppressed: bool
    notes: tuple[str, ...]


def round_facts(found: Round) -> RoundFacts:
    """Read what stands above a round's figures."""
    campaign = found.campaign
    return RoundFacts(
        id=found.id,
        code=found.code,
        name=found.name,
        name_en=found.name_en,
        campaign_name=campaign.name,
        campaign_name_en=campaign.name_en,
        province=campaign.province.name,
        source=found.source,
        modes=tuple(found.modes),
        population=found.population,
        population_en=found.population_en,
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        state=found.state,
        min_n=found.min_n,
        level=found.level,
        simulated=campaign.simulated,
        instrument_version_id=found.instrument_version_id,
        method_version_id=found.method_version_id,
    )


def latest(db: Session, *, public_only: bool) -> tuple[PublicationFacts, ...]:
    """List the newest publication of every round, newest period first."""
    newest = (
        _selected(public_only)
        .ext(distinct_on(Publication.round_id))
        .order_by(Publication.round_id, Publication.number.desc())
    )
    found = [_facts(publication) for publication in db.scalars(newest)]
    return tuple(
        sorted(found, key=lambda facts: (facts.round.closes_on, facts.round.code), reverse=True)
    )


def rounds_about(db: Session, scope: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Codes of the rounds whose newest public publication has a figure of any of the domains."""
    found = set()
    for facts in latest(db, public_only=True):
        table = PublishedEstimate if facts.round.source == "sample" else PublishedTally
        own = tuple_(table.domain_kind, table.domain_code).in_(scope)
        if db.scalar(select(exists().where(table.publication_id == facts.id, own))):
            found.add(facts.round.code)
    return frozenset(found)


def of_round(
    db: Session, round_code: str, *, public_only: bool, number: int | None = None
) -> PublicationFacts | None:
    """Find the newest publication of a round, or the one with a number."""
    wanted = _selected(public_only).where(Round.code == round_code)
    if number is not None:
        # A number in an address may be longer than any the database could compare it with.
        if number > _GREATEST:
            return None
        wanted = wanted.where(Publication.number == number)
    publication = db.scalars(wanted.order_by(Publication.number.desc()).limit(1)).first()
    return None if publication is None else _facts(publication)


def by_id(db: Session, publication_id: int) -> PublicationFacts:
    """Read a publication that is known to exist."""
    return _facts(db.scalars(_selected(False).where(Publication.id == publication_id)).one())


def numbers(db: Session, round_id: int, *, public_only: bool) -> tuple[int, ...]:
    """Numbers of a round's publications, oldest first."""
    wanted = select(Publication.number).where(Publication.round_id == round_id)
    if public_only:
        wanted = wanted.where(Publication.public)
    return tuple(db.scalars(wanted.order_by(Publication.number)))


def targets(db: Session, round_id: int) -> tuple[Target, ...]:
    """Targets set for the whole population of a round."""
    rows = db.scalars(
        select(RoundTarget).where(RoundTarget.round_id == round_id, RoundTarget.domain_kind == "")
    )
    return tuple(Target(row.node, row.value, row.source) for row in rows)


def estimates(
    db: Session, publication_id: int, scope: Sequence[tuple[str, str]] | None = None
) -> tuple[EstimateRow, ...]:
    """Read published estimates in their order; `scope` leaves only these (kind, code) domains."""
    rows = _rows(db, PublishedEstimate, EstimateRow, publication_id, scope)
    return tuple(EstimateRow(**row) for row in rows)


def tallies(
    db: Session, publication_id: int, scope: Sequence[tuple[str, str]] | None = None
) -> tuple[TallyRow, ...]:
    """Read published counts in their order; `scope` leaves only these (kind, code) domains."""
    rows = _rows(db, PublishedTally, TallyRow, publication_id, scope)
    return tuple(TallyRow(**row) for row in rows)


def _rows(
    db: Session,
    table: type[PublishedEstimate | PublishedTally],
    of: type[EstimateRow | TallyRow],
    publication_id: int,
    scope: Sequence[tuple[str, str]] | None,
) -> Iterator[dict[str, Any]]:
    """Select the columns that the row type names; its notes become a tuple."""
    names = [field.name for field in fields(of)]
    wanted = select(*(getattr(table, name) for name in names))
    wanted = wanted.where(table.publication_id == publication_id)
    if scope is not None:
        wanted = wanted.where(tuple_(table.domain_kind, table.domain_code).in_(scope))
    for row in db.execute(wanted.order_by(table.position)):
        values = dict(zip(names, row, strict=True))
        yield values | {"notes": tuple(values["notes"])}


def _selected(public_only: bool) -> Select[Publication]:
    wanted = (
        select(Publication)
        .join(Publication.round)
        .join(Publication.snapshot)
        .options(
            joinedload(Publication.round).joinedload(Round.campaign).joinedload(Campaign.province),
            joinedload(Publication.snapshot),
            joinedload(Publication.weight_set),
        )
    )
    return wanted.where(Publication.public) if public_only else wanted


def _facts(publication: Publication) -> PublicationFacts:
    snapshot: Snapshot = publication.snapshot
    weights = publication.weight_set
    rates = {} if weights is None else weights.summary.get("rates") or {}
    return PublicationFacts(
        id=publication.id,
        number=publication.number,
        public=publication.public,
        published_by=publication.published_by,
        published_at=publication.published_at,
        level=publication.level,
        quality_rules=publication.quality_rules,
        method_hash=publication.method_hash,
        instrument_hash=publication.instrument_hash,
        code_version=publication.code_version,
        engine=publication.engine,
        snapshot_hash=snapshot.content_hash,
        snapshot_file=snapshot.file_name,
        snapshot_made_at=snapshot.made_at,
        n_responses=snapshot.n_rows,
        weight_set_id=None if weights is None else weights.id,
        weight_set_number=None if weights is None else weights.number,
        weights_hash=None if weights is None else weights.content_hash,
        weights_effect=None if weights is None else weights.summary["final"]["design_effect"],
        response_rate=rates.get("cases"),
        weighted_response_rate=rates.get("weighted"),
        invited=publication.invited,
        round=round_facts(publication.round),
    )
