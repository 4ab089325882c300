"""One case with all that happened to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import CaseEvent, CaseSubstitution, SampleCase
from app.queries.cases import commune_names, draw_cases


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case."""

    kind: str
    disposition: str | None
    mode: str | None
    note: str | None
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Substitution:
    """A reserve asked for, given or refused in place of the case."""

    id: int
    state: str
    substitute: int | None
    reason: str
    note: str | None
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case, what happened to it (oldest first), and what it stands in for.

    Attributes
    ----------
    position : int or None
        Place on the village's list, of people drawn by position.
    stands_for : int or None
        Number of the case that it was called up for.
    reopening : Event or None
        A request to open it again that nobody has decided.
    n_reserves_left : int
        Reserves of its group that were not called up.
    """

    id: int
    draw_id: int
    number: int
    frame_key: str
    position: int | None
    village: str | None
    commune: str
    commune_name: str
    reserve: int
    active: bool
    disposition: str
    n_attempts: int
    appointment_at: datetime | None
    assignee: str | None
    version: int
    stands_for: int | None
    substitutions: tuple[Substitution, ...]
    reopening: Event | None
    n_reserves_left: int
    events: tuple[Event, ...]

    @property
    def substitution(self) -> Substitution | None:
        """The substitution that is asked for or given."""
        return next((each for each in self.substitutions if each.state != "refused"), None)


def detail(db: Session, draw_id: int, number: int) -> CaseDetail:
    """Return a case.

    Raises
    ------
    NotFoundError
        ``draw.unknown``, ``case.unknown``
    """
    shown = draw_cases(db, draw_id)
    found = None
    if number < 2**63:
        found = db.scalar(
            select(SampleCase).where(SampleCase.draw_id == draw_id, SampleCase.number == number)
        )
    if found is None:
        raise NotFoundError("case.unknown", draw=draw_id, number=number)
    events = _events(db, found.id)
    commune = found.commune_code or ""
    names = commune_names(db, shown.province_id, [commune])
    return CaseDetail(
        id=found.id,
        draw_id=draw_id,
        number=number,
        frame_key=found.frame_key,
        position=found.position,
        village=found.selection.get("village"),
        commune=commune,
        commune_name=names.get(commune, commune),
        reserve=found.reserve,
        active=found.active,
        disposition=found.disposition,
        n_attempts=found.n_attempts,
        appointment_at=found.appointment_at,
        assignee=found.assignee,
        version=found.version,
        stands_for=_stands_for(db, found.id),
        substitutions=_substitutions(db, found.id),
        reopening=_reopening(events),
        n_reserves_left=_n_reserves_left(db, found),
        events=events,
    )


def _events(db: Session, case_id: int) -> tuple[Event, ...]:
    rows = db.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
    ).all()
    return tuple(
        Event(
            kind=row.kind, disposition=row.disposition, mode=row.mode, note=row.note,
            happened_at=row.happened_at, recorded_at=row.recorded_at,
            recorded_by=row.recorded_by, approved_by=row.approved_by,
        )
        for row in rows
    )  # fmt: skip


def _reopening(events: tuple[Event, ...]) -> Event | None:
    last = [event for event in events if event.kind in ("ask-reopen", "reopen", "keep")][-1:]
    return last[0] if last and last[0].kind == "ask-reopen" else None


def _substitutions(db: Session, case_id: int) -> tuple[Substitution, ...]:
    rows = db.execute(
        select(CaseSubstitution, SampleCase.number)
        .outerjoin(SampleCase, CaseSubstitution.substitute_id == SampleCase.id)
        .where(CaseSubstitution.case_id == case_id)
        .order_by(CaseSubstitution.id)
    )
    return tuple(
        Substitution(
            id=row.id, state=row.state, substitute=number, reason=row.reason, note=row.note,
            asked_by=row.asked_by, asked_at=row.asked_at, decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row, number in rows
    )  # fmt: skip


def _stands_for(db: Session, case_id: int) -> int | None:
    return db.scalar(
        select(SampleCase.number)
        .join(CaseSubstitution, CaseSubstitution.case_id == SampleCase.id)
        .where(CaseSubstitution.substitute_id == case_id)
    )


def _n_reserves_left(db: Session, found: SampleCase) -> int:
    counted = select(func.count()).where(
        SampleCase.draw_id == found.draw_id,
        SampleCase.group_code == found.group_code,
        SampleCase.reserve > 0,
        ~SampleCase.active,
    )
    return db.scalar(counted) or 0
