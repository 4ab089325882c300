"""What earlier rounds found, for planning the next."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Publication, PublishedEstimate, Round
from app.queries import publications

# Column of a frame → kind of domain whose published figures are about the same units.
_DOMAINS = {"commune": "commune", "home_commune": "commune", "centre": "centre", "field": "field",
            "district": "district", "agency": "agency"}  # fmt: skip
_SATISFIED = "satisfied"


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """A round whose published rates can be used."""

    code: str
    name: str
    name_en: str


def rounds_with_rates(db: Session) -> tuple[EarlierRound, ...]:
    """List the sampled rounds that were published, newest first."""
    found = db.scalars(
        select(Round)
        .join(Publication, Publication.round_id == Round.id)
        .where(Round.source == "sample")
        .options(joinedload(Round.campaign))
        .order_by(Round.closes_on.desc(), Round.id.desc())
    ).unique()
    return tuple(EarlierRound(each.code, each.name, each.name_en) for each in found)


def rates_of(db: Session, round_code: str, column: str) -> dict[str, dict[str, float]]:
    """Read the shares a round published, by node and by the code of the unit.

    Parameters
    ----------
    column : str
        Column of the frame by which results are reported. The code "" is the whole province.
    """
    facts = publications.of_round(db, round_code, public_only=False)
    if facts is None:
        return {}
    kinds = ("", _DOMAINS.get(column, ""))
    rows = db.execute(
        select(PublishedEstimate.node, PublishedEstimate.domain_code, PublishedEstimate.value)
        .where(
            PublishedEstimate.publication_id == facts.id,
            PublishedEstimate.measure == _SATISFIED,
            PublishedEstimate.domain_kind.in_(kinds),
        )
        .order_by(PublishedEstimate.position)
    )
    found: dict[str, dict[str, float]] = {}
    for node, code, value in rows:
        if value is None:
            continue
        found.setdefault(node, {})[code] = value
    return {node: shares for node, shares in found.items() if "" in shares}
