"""Recording what happened to a case: an attempt, an appointment, an outcome, a note."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import CaseEvent, SampleCase
from app.queries.cases import among
from app.services.cases.opening import (
    DESK,
    MODES,
    Work,
    attempts_of,
    locked,
    reopening_asked,
    touch,
    work_on,
    written,
)
from app.services.cases.rules import HERE, rule_of
from surveys.fieldwork.attempts import AttemptRule, shortfall
from surveys.fieldwork.dispositions import APPOINTMENT, BY_CODE, INTERIM, after, may_follow

# Outcomes that say nothing without a word of explanation.
NEEDS_NOTE = frozenset({"other-eligible"})


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to a case.

    Attributes
    ----------
    disposition : str
        What is recorded, by its code.
    mode : str
        One of `app.services.cases.opening.MODES`.
    at : datetime
        When, with its zone.
    appointment_at : datetime or None
        The day and hour agreed, with an appointment.
    """

    disposition: str
    mode: str
    at: datetime
    appointment_at: datetime | None = None
    note: str | None = None


def record(
    db: Session,
    draw_id: int,
    number: int,
    *,
    version: int,
    what: Happened,
    actor: str,
    now: datetime,
) -> SampleCase:
    """Record what happened to a case and bring its disposition up to date.

    Parameters
    ----------
    version : int
        The case's version that was on the screen.

    Raises
    ------
    ConflictError
        As `work_on`, `locked` and `refuse`; ``case.waits``: it is asked to be opened again.
    """
    work = work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    if reopening_asked(db, case.id) is not None:
        raise ConflictError("case.waits", number=number)
    tried = attempts_of(db, [case.id]).get(case.id, [])
    note = refuse(work, case.disposition, what, tried, rule_of(db, work.round_id).attempts, now)
    case.disposition = after(case.disposition, what.disposition)
    case.appointment_at = what.appointment_at if what.disposition == APPOINTMENT else None
    case.n_attempts += what.mode != DESK
    touch(case, now)
    db.add(
        CaseEvent(
            case_id=case.id, kind="attempt" if what.disposition in INTERIM else "outcome",
            disposition=case.disposition, mode=what.mode, note=note, happened_at=what.at,
            recorded_at=now, recorded_by=actor,
        )
    )  # fmt: skip
    db.flush()
    return case


def refuse(
    work: Work,
    disposition: str,
    what: Happened,
    tried: list[datetime],
    rule: AttemptRule,
    now: datetime,
) -> str | None:
    """Refuse what cannot have happened or may not be recorded; return the note, tidied.

    Raises
    ------
    ConflictError
        ``disposition.unknown``, ``disposition.final``, ``disposition.cannot-follow``,
        ``mode.unknown``, ``event.in-future``, ``event.before-draw``, ``appointment.missing``,
        ``appointment.not-later``, ``note.missing``, ``note.too-long``, ``attempts.too-few``.
    """
    recorded = BY_CODE.get(what.disposition)
    if recorded is None:
        raise ConflictError("disposition.unknown", given=what.disposition)
    if BY_CODE[disposition].final:
        raise ConflictError("disposition.final", now=disposition)
    if what.disposition not in may_follow(disposition):
        raise ConflictError("disposition.cannot-follow", now=disposition, given=what.disposition)
    if what.mode not in MODES:
        raise ConflictError("mode.unknown", given=what.mode)
    if what.at > now:
        raise ConflictError("event.in-future")
    if what.at.astimezone(HERE).date() < work.drawn_at.astimezone(HERE).date():
        raise ConflictError("event.before-draw", drawn_at=work.drawn_at)
    if what.disposition == APPOINTMENT:
        if what.appointment_at is None:
            raise ConflictError("appointment.missing")
        if what.appointment_at <= what.at:
            raise ConflictError("appointment.not-later")
    if recorded.needs_attempts:
        times = [*tried, *([what.at] if what.mode != DESK else [])]
        missing = shortfall([at.astimezone(HERE) for at in times], rule)
        if missing is not None:
            raise ConflictError(
                "attempts.too-few", n=len(times), attempts=missing.attempts, days=missing.days,
                parts=missing.parts,
            )  # fmt: skip
    needed = "note.missing" if what.disposition in NEEDS_NOTE else None
    return written(what.note, needed=needed)


def add_note(
    db: Session,
    draw_id: int,
    number: int,
    *,
    version: int,
    note: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Add a note to a case; also to one whose work has ended.

    Raises
    ------
    ConflictError
        As `work_on` and `locked`; ``note.missing``, ``note.too-long``.
    """
    work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    touch(case, now)
    db.add(
        CaseEvent(
            case_id=case.id, kind="note", note=written(note, needed="note.missing"),
            happened_at=now, recorded_at=now, recorded_by=actor,
        )
    )  # fmt: skip
    db.flush()


def assign(
    db: Session, draw_id: int, commune: str, assignee: str | None, *, actor: str, now: datetime
) -> int:
    """Give the cases of a commune on which work goes on to a surveyor; say how many changed.

    Raises
    ------
    ConflictError
        As `work_on`; ``note.too-long``.
    """
    work_on(db, draw_id)
    name = written(assignee)
    ids = db.scalars(
        select(SampleCase.id)
        .where(
            SampleCase.draw_id == draw_id,
            SampleCase.commune_code == commune,
            SampleCase.active,
            SampleCase.disposition.in_(INTERIM),
            SampleCase.assignee.is_distinct_from(name),
        )
        .order_by(SampleCase.id)
        .with_for_update()
    ).all()
    if ids:
        db.execute(
            update(SampleCase)
            .where(SampleCase.id == among(ids))
            .values(assignee=name, version=SampleCase.version + 1, updated_at=now)
        )
        event = {"kind": "assign", "note": name, "happened_at": now, "recorded_at": now}
        db.execute(
            insert(CaseEvent), [{**event, "case_id": id_, "recorded_by": actor} for id_ in ids]
        )
    return len(ids)
