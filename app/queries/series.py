"""Rounds of one campaign in time, and where their places lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFoundError
from app.models import Campaign, Round, Unit
from app.queries import publications
from app.queries.publications import PublicationFacts


@dataclass(frozen=True, slots=True)
class Series:
    """A campaign and the newest publication of each of its sampled rounds, oldest first."""

    code: str
    name: str
    name_en: str
    province: str
    simulated: bool
    publications: tuple[PublicationFacts, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A commune: where it lies, in degrees, and its name without its kind."""

    code: str
    name: str
    short_name: str
    latitude: float | None
    longitude: float | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude; None if they are not known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


def of_campaign(db: Session, code: str, *, public_only: bool) -> Series:
    """Read the sampled rounds of a campaign that were published.

    Raises
    ------
    NotFoundError
        ``campaign.unknown``.
    """
    campaign = db.scalar(
        select(Campaign).where(Campaign.code == code).options(joinedload(Campaign.province))
    )
    if campaign is None:
        raise NotFoundError("campaign.unknown", campaign=code)
    own = set(db.scalars(select(Round.id).where(Round.campaign_id == campaign.id)))
    found = [
        facts
        for facts in publications.latest(db, public_only=public_only)
        if facts.round.id in own and facts.round.source == "sample"
    ]
    return Series(
        code=campaign.code,
        name=campaign.name,
        name_en=campaign.name_en,
        province=campaign.province.name,
        simulated=campaign.simulated,
        publications=tuple(reversed(found)),
    )


def campaign_of(db: Session, round_id: int) -> str:
    """Return the code of the campaign that a round belongs to."""
    return db.scalars(
        select(Campaign.code)
        .join(Round, Round.campaign_id == Campaign.id)
        .where(Round.id == round_id)
    ).one()


def before(db: Session, facts: PublicationFacts, *, public_only: bool) -> PublicationFacts | None:
    """Find the newest publication of the sampled round of the campaign that ended before."""
    series = of_campaign(db, campaign_of(db, facts.round.id), public_only=public_only)
    earlier = [
        one
        for one in series.publications
        if one.round.id != facts.round.id and one.round.closes_on < facts.round.opens_on
    ]
    return earlier[-1] if earlier else None


def communes(db: Session, first: date, last: date) -> Mapping[str, Place]:
    """Read the communes that existed on any day of a period, by code; the later of two with one."""
    rows = db.scalars(
        select(Unit)
        .where(
            Unit.kind == "commune",
            Unit.valid_from <= last,
            or_(Unit.valid_to.is_(None), Unit.valid_to > first),
        )
        .order_by(Unit.valid_from)
    )
    return {
        unit.code: Place(unit.code, unit.name, unit.short_name, unit.latitude, unit.longitude)
        for unit in rows
    }
