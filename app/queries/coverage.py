"""How whole the answers of a round are: answers beside closed dossiers, and whether they add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import (
    ClosedDossier,
    Invitation,
    Procedure,
    Response,
    Round,
    ServiceCentre,
    Spooled,
)
from app.queries.answers import AnswerRow

# Of fewer dossiers than this, how many were answered for is not shown.
FEWEST_DOSSIERS: Final = 5


@dataclass(frozen=True, slots=True)
class ScreenedRow:
    """A response as screening reads it."""

    answer: AnswerRow
    centre_id: int | None
    mode: str
    answered_on: date


@dataclass(frozen=True, slots=True)
class ClosingDay:
    """Dossiers that a centre closed on one day, and codes of theirs that were used."""

    centre_id: int
    closed_on: date
    n_dossiers: int
    n_answers: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the dossiers of a centre, a procedure or a week were answered for.

    Attributes
    ----------
    n_codes : int
        Dossiers with a code that counts.
    """

    code: str
    name: str
    n_dossiers: int
    n_codes: int
    n_answers: int

    @property
    def is_told(self) -> bool:
        """Whether there are enough dossiers to say how many were answered for."""
        return self.n_dossiers >= FEWEST_DOSSIERS

    @property
    def monday(self) -> date:
        """First day of the week, where it is one."""
        return date.fromisoformat(self.code)

    @property
    def share(self) -> float | None:
        """Answers over dossiers; None where it is not told."""
        return self.n_answers / self.n_dossiers if self.is_told else None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether codes, answers and dossiers add up.

    Attributes
    ----------
    n_dossiers, n_codes, n_used : int
        Closed dossiers, codes that count, codes used.
    n_stored, n_waiting : int
        Answers in the permanent table, answers that wait to be mixed.
    n_days, n_days_over : int
        Centres and days looked at, and those with more answers than dossiers.
    """

    n_dossiers: int
    n_codes: int
    n_used: int
    n_stored: int
    n_waiting: int
    n_days: int
    n_days_over: int

    @property
    def adds_up(self) -> bool:
        """Whether every used code is an answer, and no day has more answers than dossiers."""
        return self.n_used == self.n_stored + self.n_waiting and self.n_days_over == 0


def screened_rows(db: Session, round_id: int) -> list[ScreenedRow]:
    """Read every response of a round, in no particular order."""
    rows = db.execute(
        select(
            Response.answers, Response.domains, Response.stratum, Response.psu,
            Response.base_weight, Response.mode, Response.centre_id, Response.answered_on,
        ).where(Response.round_id == round_id)
    )  # fmt: skip
    return [ScreenedRow(AnswerRow(*row[:6]), row[6], row[5], row[7]) for row in rows]


def closing_days(db: Session, round_id: int) -> tuple[ClosingDay, ...]:
    """Count dossiers and used codes by centre and day of closing."""
    rows = db.execute(
        _counted(ClosedDossier.centre_id, ClosedDossier.closed_on)
        .where(ClosedDossier.round_id == round_id)
        .order_by(ClosedDossier.centre_id, ClosedDossier.closed_on)
    )
    return tuple(ClosingDay(centre, day, n, used) for centre, day, n, _, used in rows)


def by_centre(db: Session, round_id: int) -> tuple[Coverage, ...]:
    """Coverage of each centre that closed a dossier."""
    rows = db.execute(
        _counted(ServiceCentre.code, ServiceCentre.name)
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .where(ClosedDossier.round_id == round_id)
        .order_by(ServiceCentre.name)
    )
    return tuple(Coverage(*row) for row in rows)


def by_procedure(db: Session, round_id: int) -> tuple[Coverage, ...]:
    """Coverage of each procedure; dossiers that name none stand last, without a code."""
    code, name = func.coalesce(Procedure.code, ""), func.coalesce(Procedure.name, "")
    rows = db.execute(
        _counted(code, name)
        .outerjoin(Procedure, Procedure.id == ClosedDossier.procedure_id)
        .where(ClosedDossier.round_id == round_id)
        .order_by((code == "").asc(), name)
    )
    return tuple(Coverage(*row) for row in rows)


def by_week(days: Sequence[ClosingDay]) -> tuple[Coverage, ...]:
    """Coverage by the week in which dossiers were closed; the code is its Monday."""
    weeks: dict[date, list[int]] = {}
    for each in days:
        monday = each.closed_on - timedelta(days=each.closed_on.weekday())
        counted = weeks.setdefault(monday, [0, 0])
        counted[0] += each.n_dossiers
        counted[1] += each.n_answers
    return tuple(
        Coverage(monday.isoformat(), "", n, n, used) for monday, (n, used) in sorted(weeks.items())
    )


def reconciliation(db: Session, round_id: int, days: Sequence[ClosingDay]) -> Reconciliation:
    """Compare codes, answers and dossiers of a round."""
    live = (Invitation.round_id == round_id) & (Invitation.state != "cancelled")
    codes = select(func.count(), func.count().filter(Invitation.state == "used"))
    n_codes, n_used = db.execute(codes.select_from(Invitation).where(live)).one()
    stored = select(func.count()).where(
        Response.round_id == round_id, Response.import_batch_id.is_(None)
    )
    waiting = select(func.count()).where(Spooled.round_id == round_id, Spooled.kind == "answer")
    return Reconciliation(
        n_dossiers=sum(each.n_dossiers for each in days),
        n_codes=n_codes,
        n_used=n_used,
        n_stored=db.scalar(stored) or 0,
        n_waiting=db.scalar(waiting) or 0,
        n_days=len(days),
        n_days_over=sum(each.n_answers > each.n_dossiers for each in days),
    )


def _counted(*by: Any) -> Select[Any]:
    """Count dossiers, those with a code, and those whose code was used."""
    return (
        select(
            *by,
            func.count(ClosedDossier.id.distinct()),
            func.count(Invitation.dossier_id.distinct()),
            func.count().filter(Invitation.state == "used"),
        )
        .select_from(ClosedDossier)
        .outerjoin(
            Invitation,
            (Invitation.dossier_id == ClosedDossier.id) & (Invitation.state != "cancelled"),
        )
        .group_by(*by)
    )


def answer_days(db: Session, round_id: int, centre_id: int, mode: str) -> tuple[ClosingDay, ...]:
    """Count the answers of a centre by day, and those of all other centres as its dossiers."""
    here = Response.centre_id == centre_id
    rows = db.execute(
        select(
            Response.answered_on, func.count().filter(~here), func.count().filter(here)
        )
        .where(Response.round_id == round_id, Response.mode == mode, Response.centre_id.isnot(None))
        .group_by(Response.answered_on)
        .order_by(Response.answered_on)
    )  # fmt: skip
    return tuple(ClosingDay(centre_id, day, others, own) for day, others, own in rows)


def round_id(db: Session, round_code: str) -> int:
    """Return the key of a round.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    """
    found = db.scalar(select(Round.id).where(Round.code == round_code))
    if found is None:
        raise NotFoundError("round.unknown", round=round_code)
    return found
