"""Recording a list that came back: by the rules of single records, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import CaseEvent, SampleCase
from app.queries.cases import among
from app.services import audit
from app.services.cases.opening import DESK, Work, attempts_of, work_on
from app.services.cases.outcome_file import CellFault, ReturnedRow
from app.services.cases.recording import Happened, refuse
from app.services.cases.rules import RoundRule, rule_of
from surveys.fieldwork.dispositions import APPOINTMENT, ATTEMPTED, BY_CODE, INTERIM, after

_EVENT = (
    "case_id", "kind", "disposition", "mode", "note", "happened_at", "recorded_at", "recorded_by",
)  # fmt: skip
_UPDATE = """
UPDATE sample_case SET disposition = new.disposition, n_attempts = new.n_attempts,
    appointment_at = new.appointment_at, version = version + 1, updated_at = :now
FROM unnest(
    CAST(:ids AS bigint[]), CAST(:dispositions AS text[]), CAST(:attempts AS bigint[]),
    CAST(:appointments AS timestamptz[])
) AS new (id, disposition, n_attempts, appointment_at)
WHERE sample_case.id = new.id
"""

# Refusals of a record that speak of when something happened.
_OF_TIME = frozenset({"event.in-future", "event.before-draw"})
_OF_APPOINTMENT = frozenset({"appointment.missing", "appointment.not-later"})
_OF_NOTE = frozenset({"note.missing", "note.too-long"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many cases got something new, and of how many all was known."""

    n_changed: int
    n_unchanged: int


@dataclass(slots=True)
class _Case:
    """A case while the list is gone through."""

    id: int
    number: int
    disposition: str
    n_attempts: int
    appointment_at: datetime | None
    tried: list[datetime]
    events: list[dict[str, Any]]


def record_all(
    db: Session,
    draw_id: int,
    rows: Sequence[ReturnedRow],
    *,
    file_hash: str,
    actor: str,
    now: datetime,
) -> Recorded | tuple[CellFault, ...]:
    """Record what a list says, or nothing of it and say of every cell why.

    A list that is recorded again changes nothing: attempts at a minute that is known, and outcomes
    that stand already, are passed over.

    Raises
    ------
    ConflictError
        As `app.services.cases.opening.work_on`.
    """
    work = work_on(db, draw_id)
    rule = rule_of(db, work.round_id)
    cases = _locked(db, draw_id, [row.number for row in rows])
    faults: list[CellFault] = []
    for row in rows:
        found = cases.get(row.number)
        if isinstance(found, _Case):
            _go_through(found, row, work, rule, now, faults)
        else:
            faults.append(row.place.fault("code", found or "case.unknown"))
    if faults:
        return tuple(faults)
    changed = [case for case in cases.values() if isinstance(case, _Case) and case.events]
    _write(db, changed, actor, now)
    made = Recorded(len(changed), len(rows) - len(changed))
    audit.record(
        db, actor, "cases.outcomes", f"draw {draw_id}",
        file=file_hash, changed=made.n_changed, unchanged=made.n_unchanged,
    )  # fmt: skip
    return made


def _locked(db: Session, draw_id: int, numbers: Sequence[int]) -> dict[int, _Case | str]:
    """Lock the cases of the list, in one order; instead of a case, why it cannot be recorded."""
    rows = db.execute(
        select(
            SampleCase.id, SampleCase.number, SampleCase.disposition, SampleCase.n_attempts,
            SampleCase.appointment_at, SampleCase.active,
        )
        .where(SampleCase.draw_id == draw_id, SampleCase.number == among(numbers))
        .order_by(SampleCase.id)
        .with_for_update()
    ).all()  # fmt: skip
    ids = [row.id for row in rows]
    tried = attempts_of(db, ids)
    waiting = _waiting(db, ids)
    found: dict[int, _Case | str] = {}
    for row in rows:
        if not row.active:
            found[row.number] = "case.not-active"
        elif row.id in waiting:
            found[row.number] = "case.waits"
        else:
            found[row.number] = _Case(
                row.id, row.number, row.disposition, row.n_attempts, row.appointment_at,
                tried.get(row.id, []), [],
            )  # fmt: skip
    return found


def _waiting(db: Session, ids: Sequence[int]) -> set[int]:
    """Cases that are asked to be opened again."""
    asked: dict[int, bool] = {}
    events = select(CaseEvent.case_id, CaseEvent.kind).where(
        CaseEvent.case_id == among(ids), CaseEvent.kind.in_(("ask-reopen", "reopen", "keep"))
    )
    for case_id, kind in db.execute(events.order_by(CaseEvent.id)):
        asked[case_id] = kind == "ask-reopen"
    return {case_id for case_id, waits in asked.items() if waits}


def _go_through(
    case: _Case,
    row: ReturnedRow,
    work: Work,
    rule: RoundRule,
    now: datetime,
    faults: list[CellFault],
) -> None:
    """Do with a case what its row says, or add what is wrong to the faults."""
    steps = _steps(case, row, now, faults)
    for place, (column, at, disposition) in enumerate(steps):
        is_last = place == len(steps) - 1
        what = Happened(
            disposition, DESK if column == "outcome" else row.mode, at,
            row.appointment_at if is_last else None, row.note if is_last else None,
        )  # fmt: skip
        try:
            _do(case, what, work, rule, now)
        except ConflictError as refused:
            cell = _cell_of(refused.code, column)
            faults.append(row.place.fault(cell, refused.code, **refused.context))
            return


def _steps(
    case: _Case, row: ReturnedRow, now: datetime, faults: list[CellFault]
) -> list[tuple[str, datetime, str]]:
    """Tell what is new in a row, as (cell, moment, disposition); nothing if all is known."""
    known = {at.replace(second=0, microsecond=0) for at in case.tried}
    fresh = [(column, at) for column, at in row.attempts if at not in known]
    if row.outcome is None:
        if not row.attempts or row.appointment_at is not None:
            faults.append(row.place.fault("outcome", "outcome.missing"))
            return []
        return [(column, at, ATTEMPTED) for column, at in fresh]
    if fresh:
        before = [(column, at, ATTEMPTED) for column, at in fresh[:-1]]
        return [*before, (*fresh[-1], row.outcome)]
    if _is_known(case, row, row.outcome, now):
        return []
    if row.attempts or row.mode == DESK:
        return [("outcome", now, row.outcome)]
    code = "disposition.final" if BY_CODE[case.disposition].final else "attempts.none"
    faults.append(row.place.fault("outcome", code, now=case.disposition))
    return []


def _is_known(case: _Case, row: ReturnedRow, outcome: str, now: datetime) -> bool:
    """Whether a row without a new attempt says nothing new.

    Attempts that were recorded before say something new only by how the case ended.
    """
    if _is_new_appointment(case, row, now):
        return False
    return outcome == case.disposition or (outcome in INTERIM and bool(row.attempts))


def _is_new_appointment(case: _Case, row: ReturnedRow, now: datetime) -> bool:
    agreed = row.appointment_at
    if row.outcome != APPOINTMENT or agreed is None:
        return False
    return agreed > now and agreed != case.appointment_at


def _do(case: _Case, what: Happened, work: Work, rule: RoundRule, now: datetime) -> None:
    note = refuse(work, case.disposition, what, case.tried, rule.attempts, now)
    case.disposition = after(case.disposition, what.disposition)
    case.appointment_at = what.appointment_at if what.disposition == APPOINTMENT else None
    if what.mode != DESK:
        case.tried.append(what.at)
        case.n_attempts += 1
    case.events.append(
        {
            "case_id": case.id,
            "kind": "attempt" if what.disposition in INTERIM else "outcome",
            "disposition": case.disposition,
            "mode": what.mode,
            "note": note,
            "happened_at": what.at,
        }
    )


def _cell_of(code: str, column: str) -> str:
    """Name the cell that a refusal speaks of."""
    if code in _OF_TIME:
        return column
    if code in _OF_APPOINTMENT:
        return "agreed"
    return "note" if code in _OF_NOTE else "outcome"


def _write(db: Session, changed: Sequence[_Case], actor: str, now: datetime) -> None:
    """Write what is new in two statements, however long the list is."""
    driver: Any = db.connection().connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY case_event ({', '.join(_EVENT)}) FROM STDIN") as copy,
    ):
        for case in changed:
            for event in case.events:
                copy.write_row((*(event[name] for name in _EVENT[:-2]), now, actor))
    db.execute(
        text(_UPDATE),
        {
            "ids": [case.id for case in changed],
            "dispositions": [case.disposition for case in changed],
            "attempts": [case.n_attempts for case in changed],
            "appointments": [case.appointment_at for case in changed],
            "now": now,
        },
    )
