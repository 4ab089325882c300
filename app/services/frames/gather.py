"""Begin a frame, change what it is to cover, and give it up."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Frame, Unit
from app.models.frames import FRAME_KINDS
from app.names import clean, search_key
from app.services import audit

CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 200
# Contacts are kept for a survey, not for good.
LONGEST_KEPT: Final = timedelta(days=3 * 366)
_CODES_LOCK: Final = 7_201_961


@dataclass(frozen=True, slots=True)
class FramePlan:
    """What a frame is to be.

    Attributes
    ----------
    kind : {'dossier', 'area'}
        Dossiers whose results were returned in the period, or villages.
    period_from, period_to : date
        Of villages, twice the day the list is of.
    contacts_delete_on : date
        Day on which contact data are deleted.
    code : str
        Stands in addresses and commands; empty makes one from the name.
    """

    name: str
    kind: str
    province_id: int
    period_from: date
    period_to: date
    contacts_delete_on: date
    code: str = ""
    simulated: bool = False


def create(db: Session, plan: FramePlan, *, actor: str, now: datetime) -> Frame:
    """Begin a frame.

    Raises
    ------
    ConflictError
        ``frame.name-missing``, ``frame.kind-unknown``, ``frame.province-unknown``,
        ``frame.period-reversed``, ``frame.retention``, ``frame.code-malformed`` or
        ``frame.code-taken``.
    """
    _check(plan, now.date())
    province = db.get(Unit, plan.province_id)
    if province is None or province.kind != "province":
        raise ConflictError("frame.province-unknown")
    name = clean(plan.name)
    frame = Frame(
        code=_free_code(db, plan.code, name),
        name=name,
        kind=plan.kind,
        province_id=province.id,
        period_from=plan.period_from,
        period_to=plan.period_to,
        contacts_delete_on=plan.contacts_delete_on,
        simulated=plan.simulated,
        created_by=actor,
        created_at=now,
    )
    db.add(frame)
    db.flush()
    audit.record(db, actor, "frame.create", frame.code, kind=frame.kind, simulated=frame.simulated)
    return frame


def change(db: Session, code: str, plan: FramePlan, *, actor: str, now: datetime) -> Frame:
    """Change name, period and retention of a frame that is being gathered.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        As `create`, and ``frame.not-gathering``.
    """
    frame = gathering(db, code)
    _check(plan, now.date())
    before = (frame.period_from, frame.period_to)
    frame.name = clean(plan.name)
    frame.period_from, frame.period_to = plan.period_from, plan.period_to
    frame.contacts_delete_on = plan.contacts_delete_on
    if before != (plan.period_from, plan.period_to):
        frame.revision += 1
    audit.record(
        db, actor, "frame.change", code, period_from=plan.period_from.isoformat(),
        period_to=plan.period_to.isoformat(),
        contacts_delete_on=plan.contacts_delete_on.isoformat(),
    )  # fmt: skip
    return frame


def withdraw(db: Session, code: str, *, actor: str) -> int:
    """Give a frame up before it is frozen; its files are to be removed by the caller.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``frame.not-gathering``
    """
    frame = gathering(db, code)
    frame.state = "withdrawn"
    audit.record(db, actor, "frame.withdraw", code)
    return frame.id


def gathering(db: Session, code: str) -> Frame:
    """Lock a frame that still takes files and decisions.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``frame.not-gathering``
    """
    frame = locked(db, code)
    if frame.state != "gathering":
        raise ConflictError("frame.not-gathering", frame=code, state=frame.state)
    return frame


def locked(db: Session, code: str) -> Frame:
    """Lock a frame.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    found = db.scalar(
        select(Frame)
        .where(Frame.code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("frame.unknown", frame=code)
    return found


def _check(plan: FramePlan, today: date) -> None:
    name = clean(plan.name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ConflictError("frame.name-missing")
    if plan.kind not in FRAME_KINDS:
        raise ConflictError("frame.kind-unknown")
    if plan.period_to < plan.period_from:
        raise ConflictError("frame.period-reversed")
    if not today < plan.contacts_delete_on <= today + LONGEST_KEPT:
        raise ConflictError("frame.retention")


def _free_code(db: Session, wanted: str, name: str) -> str:
    """Check the code that was asked for, or make a free one from the name."""
    db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CODES_LOCK})
    taken = set(db.scalars(select(Frame.code)))
    wanted = wanted.strip().lower()
    if wanted:
        if len(wanted) > LONGEST_CODE or not CODE.fullmatch(wanted):
            raise ConflictError("frame.code-malformed")
        if wanted in taken:
            raise ConflictError("frame.code-taken")
        return wanted
    stem = "-".join(re.findall("[a-z0-9]+", search_key(name)))
    if len(stem) > LONGEST_CODE - 4:
        stem = stem[: LONGEST_CODE - 4].rpartition("-")[0]
    stem = stem or "danh-sach"
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
