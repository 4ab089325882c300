"""Taking an outcome back: one person asks and says why, another agrees or does not."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import CaseEvent
from app.services import audit
from app.services.cases.opening import (
    locked,
    reopening_asked,
    substitution_of,
    touch,
    work_on,
    written,
)
from surveys.fieldwork.dispositions import BY_CODE, REOPENED


def ask(
    db: Session,
    draw_id: int,
    number: int,
    *,
    version: int,
    reason: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Ask for a case whose work has ended to be opened again.

    Raises
    ------
    ConflictError
        As `work_on` and `locked`; ``reopen.not-final``; ``reopen.asked-already``;
        ``reopen.replaced``: a reserve is asked for or was given; ``reason.missing``.
    """
    work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    if not BY_CODE[case.disposition].final:
        raise ConflictError("reopen.not-final", number=number)
    if reopening_asked(db, case.id) is not None:
        raise ConflictError("reopen.asked-already", number=number)
    if substitution_of(db, case.id) is not None:
        raise ConflictError("reopen.replaced", number=number)
    touch(case, now)
    db.add(
        CaseEvent(
            case_id=case.id, kind="ask-reopen", disposition=case.disposition,
            note=written(reason, needed="reason.missing"), happened_at=now, recorded_at=now,
            recorded_by=actor,
        )
    )  # fmt: skip
    db.flush()


def decide(
    db: Session,
    draw_id: int,
    number: int,
    *,
    version: int,
    agree: bool,
    actor: str,
    now: datetime,
) -> None:
    """Open the case again, or leave its outcome as it is.

    Raises
    ------
    ConflictError
        As `work_on` and `locked`; ``decision.not-asked``; ``decision.own-request``: who asked
        cannot decide.
    """
    work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    asked = reopening_asked(db, case.id)
    if asked is None:
        raise ConflictError("decision.not-asked", number=number)
    if asked.recorded_by == actor:
        raise ConflictError("decision.own-request")
    before = case.disposition
    if agree:
        case.disposition = REOPENED
    touch(case, now)
    db.add(
        CaseEvent(
            case_id=case.id, kind="reopen" if agree else "keep", disposition=case.disposition,
            note=asked.note, happened_at=now, recorded_at=now, recorded_by=asked.recorded_by,
            approved_by=actor,
        )
    )  # fmt: skip
    audit.record(
        db, actor, "case.reopen" if agree else "case.keep", f"draw {draw_id} case {number}",
        outcome=before, asked_by=asked.recorded_by,
    )  # fmt: skip
