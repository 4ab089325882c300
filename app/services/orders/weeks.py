"""What became of the codes, by centre and week of closing; counted once a week.

When a code was used is written down nowhere. A page that always showed the newest count would tell
it all the same, to whoever keeps looking; so the count stands still for a week.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, case, cast, delete, func, insert, select
from sqlalchemy.orm import Session

from app.i18n import TIMEZONE
from app.models import ClosedDossier, CodeOrder, CodeWeek, Invitation, Round

_HERE = ZoneInfo(TIMEZONE)


def count_due(db: Session, now: datetime) -> int:
    """Count the rounds that were not counted this week; how many there were."""
    today = now.astimezone(_HERE).date()
    monday = today - timedelta(days=today.weekday())
    counted = select(CodeWeek.round_id).where(CodeWeek.counted_on >= monday)
    due = db.scalars(
        select(Round.id).where(
            Round.per_dossier, Round.state.in_(("open", "closed")), Round.id.not_in(counted),
            select(ClosedDossier.id).where(ClosedDossier.round_id == Round.id).exists(),
        )
    ).all()  # fmt: skip
    for round_id in due:
        count(db, round_id, now, today)
    return len(due)


def count(db: Session, round_id: int, now: datetime, today: date) -> None:
    """Count a round anew."""
    week = cast(func.date_trunc("week", ClosedDossier.closed_on), Date)
    is_used, is_unused = Invitation.state == "used", Invitation.state == "unused"
    rows = db.execute(
        select(
            ClosedDossier.centre_id,
            week,
            func.count(),
            func.count(Invitation.id),
            _n(CodeOrder.fetched_at.is_not(None)),
            _n(is_used),
            _n(is_unused & (Invitation.expires_at <= now)),
        )
        .outerjoin(
            Invitation,
            (Invitation.dossier_id == ClosedDossier.id) & (Invitation.state != "cancelled"),
        )
        .outerjoin(CodeOrder, CodeOrder.id == Invitation.order_id)
        .where(ClosedDossier.round_id == round_id)
        .group_by(ClosedDossier.centre_id, week)
    ).all()
    db.execute(delete(CodeWeek).where(CodeWeek.round_id == round_id))
    if rows:
        names = ("n_closed", "n_made", "n_delivered", "n_used", "n_expired")
        db.execute(
            insert(CodeWeek),
            [
                {"round_id": round_id, "centre_id": centre, "week": of, "counted_on": today}
                | dict(zip(names, numbers, strict=True))
                for centre, of, *numbers in rows
            ],
        )


def _n(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
