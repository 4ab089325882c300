"""How many answers wait in the spool, by round: numbers, and nothing of any single one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import MixRun, Round, Spooled


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """What waits of a round.

    Attributes
    ----------
    n_answers, n_texts : int
        Answers that came with one-time codes; texts of counters' open codes.
    n_replaceable : int
        Of the answers, those that may still be replaced.
    n_mixed : int
        Answers that were mixed so far.
    mixed_on : date or None
        Day of the last batch.
    """

    round_code: str
    name: str
    name_en: str
    state: str
    n_answers: int
    n_texts: int
    n_replaceable: int
    n_mixed: int
    mixed_on: date | None


def by_round(db: Session, now: datetime, round_code: str | None = None) -> tuple[WaitingRow, ...]:
    """List the rounds of which answers wait or were mixed, the newest first."""
    answer = Spooled.kind == "answer"
    waits = (
        select(
            Spooled.round_id,
            func.count().filter(answer).label("answers"),
            func.count().filter(~answer).label("texts"),
            func.count().filter(answer & (Spooled.due_at > now)).label("replaceable"),
        )
        .group_by(Spooled.round_id)
        .subquery()
    )
    mixed = (
        select(
            MixRun.round_id,
            func.sum(MixRun.n).filter(MixRun.kind == "answer").label("n"),
            func.max(MixRun.mixed_on).label("day"),
        )
        .group_by(MixRun.round_id)
        .subquery()
    )
    query = (
        select(
            Round.code,
            Round.name,
            Round.name_en,
            Round.state,
            func.coalesce(waits.c.answers, 0),
            func.coalesce(waits.c.texts, 0),
            func.coalesce(waits.c.replaceable, 0),
            func.coalesce(mixed.c.n, 0),
            mixed.c.day,
        )
        .outerjoin(waits, waits.c.round_id == Round.id)
        .outerjoin(mixed, mixed.c.round_id == Round.id)
        .where(waits.c.round_id.is_not(None) | mixed.c.round_id.is_not(None))
        .order_by(Round.id.desc())
    )
    if round_code is not None:
        query = query.where(Round.code == round_code)
    return tuple(WaitingRow(*row) for row in db.execute(query))


def of_round(db: Session, round_code: str, now: datetime) -> WaitingRow | None:
    """Count what waits of a round; None when nothing ever did."""
    return next(iter(by_round(db, now, round_code)), None)
