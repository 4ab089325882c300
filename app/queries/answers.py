"""Answers of a round as they were stored, for the statistics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One respondent's answers and design; nothing that leads to a person, a day or a device."""

    answers: Mapping[str, Any]
    domains: Mapping[str, str]
    stratum: str | None
    psu: str | None
    base_weight: float | None
    mode: str


def of_round(db: Session, round_id: int) -> list[AnswerRow]:
    """Read every response of a round, in no particular order."""
    rows = db.execute(
        select(
            Response.answers,
            Response.domains,
            Response.stratum,
            Response.psu,
            Response.base_weight,
            Response.mode,
        ).where(Response.round_id == round_id)
    )
    return [AnswerRow(*row) for row in rows]


def count(db: Session, round_id: int) -> int:
    """Count the responses of a round."""
    wanted = select(func.count()).select_from(Response).where(Response.round_id == round_id)
    return db.scalar(wanted) or 0
