"""Targets set for the units of a round."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Round, RoundTarget


@dataclass(frozen=True, slots=True)
class UnitTarget:
    """A share between 0 and 1, and where it was set."""

    value: float
    source: str


def of_round(db: Session, code: str) -> dict[tuple[str, str, str], UnitTarget]:
    """Read the targets of units, by (node, kind, code)."""
    rows = db.scalars(
        select(RoundTarget)
        .join(RoundTarget.round)
        .where(Round.code == code, RoundTarget.domain_kind != "")
        .order_by(RoundTarget.domain_kind, RoundTarget.domain_code, RoundTarget.node)
    )
    return {
        (row.node, row.domain_kind, row.domain_code): UnitTarget(row.value, row.source)
        for row in rows
    }
