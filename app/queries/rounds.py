"""Campaigns and rounds, as the office reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFoundError
from app.models import (
    Campaign,
    Publication,
    Response,
    Round,
    Spooled,
    Unit,
)


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign and how many rounds it has."""

    code: str
    name: str
    name_en: str
    province_name: str
    simulated: bool
    n_rounds: int


@dataclass(frozen=True, slots=True)
class Target:
    """What a node of the method is meant to reach, a share between 0 and 1."""

    node: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """A round and what has come of it.

    Attributes
    ----------
    source : {'open', 'sample'}
        Answers of whoever answers, or of a probability sample.
    state : {'draft', 'open', 'closed', 'published'}
        Where it stands.
    n_responses : int
        Answers handed in or imported, and stored.
    n_waiting : int
        Answers handed in with one-time codes that wait to be mixed.
    publication : int or None
        Number of the newest publication.
    public : bool
        Whether that publication is shown to everyone.
    per_dossier : bool
        Whether every closed dossier is sent a one-time code, taken for ``code_days`` days.
    """

    code: str
    name: str
    name_en: str
    campaign_code: str
    campaign_name: str
    campaign_name_en: str
    province_name: str
    simulated: bool
    source: str
    modes: tuple[str, ...]
    population: str
    population_en: str
    opens_on: date
    closes_on: date
    state: str
    min_n: int
    level: float
    max_relative_width: float | None
    instrument_version_id: int
    method_version_id: int
    instrument_code: str
    instrument_version: str
    instrument_hash: str
    method_code: str
    method_version: str
    targets: tuple[Target, ...]
    n_unit_targets: int
    n_responses: int
    n_waiting: int
    publication: int | None
    public: bool
    per_dossier: bool
    code_days: int

    @property
    def n_received(self) -> int:
        """Answers that people handed in, whether they wait or not."""
        return self.n_responses + self.n_waiting


@dataclass(frozen=True, slots=True)
class Province:
    """A province that campaigns can be made for."""

    id: int
    name: str


def every_round(db: Session) -> tuple[RoundSummary, ...]:
    """List all rounds, the latest to close first."""
    query = _rounds().order_by(Round.closes_on.desc(), Round.id.desc())
    return _summaries(db, db.scalars(query).all())


def by_code(db: Session, code: str) -> RoundSummary:
    """Return one round.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    """
    found = db.scalar(_rounds().where(Round.code == code))
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return _summaries(db, [found])[0]


def every_campaign(db: Session) -> tuple[CampaignSummary, ...]:
    """List all campaigns, the newest first."""
    counted = select(Round.campaign_id, func.count().label("n")).group_by(Round.campaign_id)
    counts = counted.subquery()
    query = (
        select(Campaign, func.coalesce(counts.c.n, 0))
        .outerjoin(counts, counts.c.campaign_id == Campaign.id)
        .options(joinedload(Campaign.province))
        .order_by(Campaign.created_at.desc(), Campaign.id.desc())
    )
    return tuple(
        CampaignSummary(
            code=campaign.code,
            name=campaign.name,
            name_en=campaign.name_en,
            province_name=campaign.province.name,
            simulated=campaign.simulated,
            n_rounds=n,
        )
        for campaign, n in db.execute(query)
    )


def campaign_by_code(db: Session, code: str) -> CampaignSummary:
    """Return one campaign.

    Raises
    ------
    NotFoundError
        ``campaign.unknown``
    """
    found = [each for each in every_campaign(db) if each.code == code]
    if not found:
        raise NotFoundError("campaign.unknown", campaign=code)
    return found[0]


def provinces(db: Session, on: date) -> tuple[Province, ...]:
    """List the provinces loaded that exist on a day, by name."""
    query = select(Unit.id, Unit.name).where(
        Unit.kind == "province",
        Unit.valid_from <= on,
        (Unit.valid_to.is_(None)) | (Unit.valid_to > on),
    )
    return tuple(Province(id_, name) for id_, name in db.execute(query.order_by(Unit.name)))


def _rounds() -> Select[Round]:
    return select(Round).options(
        joinedload(Round.campaign).joinedload(Campaign.province),
        joinedload(Round.instrument_version),
        joinedload(Round.method_version),
        selectinload(Round.targets),
    )


def _summaries(db: Session, rounds: Sequence[Round]) -> tuple[RoundSummary, ...]:
    ids = [found.id for found in rounds]
    counted = select(Response.round_id, func.count()).where(Response.round_id.in_(ids))
    n_responses = dict(db.execute(counted.group_by(Response.round_id)).all())
    waits = select(Spooled.round_id, func.count()).where(
        Spooled.round_id.in_(ids), Spooled.kind == "answer"
    )
    n_waiting = dict(db.execute(waits.group_by(Spooled.round_id)).all())
    newest = {}
    published = select(Publication).where(Publication.round_id.in_(ids))
    for publication in db.scalars(published.order_by(Publication.number)):
        newest[publication.round_id] = publication
    return tuple(
        _summary(
            found,
            n_responses.get(found.id, 0),
            n_waiting.get(found.id, 0),
            newest.get(found.id),
        )
        for found in rounds
    )


def _summary(
    found: Round, n_responses: int, n_waiting: int, newest: Publication | None
) -> RoundSummary:
    campaign = found.campaign
    return RoundSummary(
        code=found.code,
        name=found.name,
        name_en=found.name_en,
        campaign_code=campaign.code,
        campaign_name=campaign.name,
        campaign_name_en=campaign.name_en,
        province_name=campaign.province.name,
        simulated=campaign.simulated,
        source=found.source,
        modes=tuple(found.modes),
        population=found.population,
        population_en=found.population_en,
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        state=found.state,
        min_n=found.min_n,
        level=found.level,
        max_relative_width=found.max_relative_width,
        instrument_version_id=found.instrument_version_id,
        method_version_id=found.method_version_id,
        instrument_code=found.instrument_version.code,
        instrument_version=found.instrument_version.version,
        instrument_hash=found.instrument_version.content_hash,
        method_code=found.method_version.code,
        method_version=found.method_version.version,
        targets=tuple(
            Target(target.node, target.value, target.source)
            for target in found.targets
            if not target.domain_kind
        ),
        n_unit_targets=sum(bool(target.domain_kind) for target in found.targets),
        n_responses=n_responses,
        n_waiting=n_waiting,
        publication=newest.number if newest else None,
        public=newest.public if newest else False,
        per_dossier=found.per_dossier,
        code_days=found.code_days,
    )
