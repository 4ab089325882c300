"""Calling up reserves: asked for with a reason, decided by another, always the next in order."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import CaseEvent, CaseSubstitution, SampleCase
from app.services import audit
from app.services.cases.opening import (
    locked,
    reopening_asked,
    substitution_of,
    touch,
    work_on,
    written,
)
from surveys.fieldwork.dispositions import may_be_replaced
from surveys.fieldwork.substitution import next_reserve


def ask(
    db: Session,
    draw_id: int,
    number: int,
    *,
    version: int,
    reason: str | None,
    actor: str,
    now: datetime,
) -> CaseSubstitution:
    """Ask for a reserve in place of a case that ended without answers.

    Raises
    ------
    ConflictError
        As `work_on` and `locked`; ``substitution.not-allowed``: work goes on, or there are
        answers; ``substitution.asked-already``; ``case.waits``: it is asked to be opened again;
        ``substitution.no-reserve``: none is left in its group; ``reason.missing``.
    """
    work = work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    if not may_be_replaced(case.disposition, work.kind):
        raise ConflictError("substitution.not-allowed", number=number)
    if substitution_of(db, case.id) is not None:
        raise ConflictError("substitution.asked-already", number=number)
    if reopening_asked(db, case.id) is not None:
        raise ConflictError("case.waits", number=number)
    if n_left(db, draw_id, case.group_code) == 0:
        raise ConflictError("substitution.no-reserve", number=number)
    asked = CaseSubstitution(
        case_id=case.id, state="asked", reason=written(reason, needed="reason.missing") or "",
        asked_by=actor, asked_at=now,
    )  # fmt: skip
    touch(case, now)
    db.add(asked)
    db.flush()
    return asked


def give(db: Session, substitution_id: int, *, actor: str, now: datetime) -> SampleCase:
    """Call up the next reserve of the group and return it.

    Raises
    ------
    NotFoundError
        ``substitution.unknown``.
    ConflictError
        ``decision.made-already``; ``decision.own-request``; ``substitution.no-reserve``; as
        `work_on`.
    """
    asked, case = _undecided(db, substitution_id, actor)
    reserve = _next(db, case)
    reserve.active = True
    asked.state, asked.substitute_id = "given", reserve.id
    asked.decided_by, asked.decided_at = actor, now
    for changed, note in ((case, reserve.number), (reserve, case.number)):
        touch(changed, now)
        db.add(
            CaseEvent(
                case_id=changed.id, kind="substitution", note=str(note), happened_at=now,
                recorded_at=now, recorded_by=asked.asked_by, approved_by=actor,
            )
        )  # fmt: skip
    audit.record(
        db, actor, "case.substitute", f"draw {case.draw_id} case {case.number}",
        substitute=reserve.number, outcome=case.disposition, asked_by=asked.asked_by,
    )  # fmt: skip
    return reserve


def refuse(
    db: Session, substitution_id: int, *, note: str | None, actor: str, now: datetime
) -> None:
    """Refuse to call up a reserve; it may be asked for again.

    Raises
    ------
    NotFoundError
        ``substitution.unknown``.
    ConflictError
        ``decision.made-already``; ``decision.own-request``; ``note.too-long``; as `work_on`.
    """
    asked, case = _undecided(db, substitution_id, actor)
    asked.state, asked.note = "refused", written(note)
    asked.decided_by, asked.decided_at = actor, now
    touch(case, now)
    audit.record(
        db, actor, "case.no-substitute", f"draw {case.draw_id} case {case.number}",
        asked_by=asked.asked_by,
    )  # fmt: skip


def n_left(db: Session, draw_id: int, group: str) -> int:
    """Count the reserves of a group that were not called up yet."""
    waiting = select(SampleCase.id).where(
        SampleCase.draw_id == draw_id,
        SampleCase.group_code == group,
        SampleCase.reserve > 0,
        ~SampleCase.active,
    )
    return len(db.scalars(waiting).all())


def _undecided(
    db: Session, substitution_id: int, actor: str
) -> tuple[CaseSubstitution, SampleCase]:
    """Lock a request, then its case, in this order everywhere."""
    asked = db.scalar(
        select(CaseSubstitution)
        .where(CaseSubstitution.id == substitution_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if asked is None:
        raise NotFoundError("substitution.unknown", substitution=substitution_id)
    if asked.state != "asked":
        raise ConflictError("decision.made-already")
    if asked.asked_by == actor:
        raise ConflictError("decision.own-request")
    case = db.scalars(
        select(SampleCase)
        .where(SampleCase.id == asked.case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    work_on(db, case.draw_id)
    return asked, case


def _next(db: Session, case: SampleCase) -> SampleCase:
    """Take the next reserve of a group, one decision after another."""
    reserves = db.scalars(
        select(SampleCase)
        .where(
            SampleCase.draw_id == case.draw_id,
            SampleCase.group_code == case.group_code,
            SampleCase.reserve > 0,
        )
        .order_by(SampleCase.reserve)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_order = {each.reserve: each for each in reserves}
    order = next_reserve(by_order, [each.reserve for each in reserves if each.active])
    if order is None:
        raise ConflictError("substitution.no-reserve", number=case.number)
    return by_order[order]
