"""Taking a case in hand to change it: locked, as it was seen, and not of a draw that is over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import CaseEvent, CaseSubstitution, Draw, Frame, Round, SampleCase
from app.names import clean
from app.queries.cases import among

LONGEST_NOTE = 1_000
DESK = "desk"
MODES = ("visit", "phone", "letter", "message", DESK)
"""How a person was tried; at the desk, e.g. from papers, nobody was."""

_REOPENING = ("ask-reopen", "reopen", "keep")


@dataclass(frozen=True, slots=True)
class Work:
    """What the fieldwork of a draw goes by.

    Attributes
    ----------
    kind : {'dossier', 'area'}
        Kind of the frame.
    """

    draw_id: int
    round_id: int
    kind: str
    drawn_at: datetime


def work_on(db: Session, draw_id: int) -> Work:
    """Look at the draw whose cases are to be changed.

    Raises
    ------
    NotFoundError
        ``draw.unknown``.
    ConflictError
        ``draw.not-drawn``; ``draw.superseded``: a later draw took its place;
        ``cases.round-published``.
    """
    found = db.execute(
        select(Draw, Frame.kind, Round.state)
        .join(Frame, Draw.frame_id == Frame.id)
        .join(Round, Draw.round_id == Round.id)
        .where(Draw.id == draw_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    draw, kind, round_state = found
    if draw.state != "drawn" or draw.drawn_at is None:
        raise ConflictError("draw.not-drawn", draw=draw_id)
    later = select(Draw.id).where(Draw.replaces_draw_id == draw_id, Draw.state == "drawn")
    if db.scalar(later) is not None:
        raise ConflictError("draw.superseded", draw=draw_id)
    if round_state == "published":
        raise ConflictError("cases.round-published", draw=draw_id)
    return Work(draw.id, draw.round_id, kind, draw.drawn_at)


def locked(db: Session, draw_id: int, number: int, version: int) -> SampleCase:
    """Lock a case that is as it was seen.

    Raises
    ------
    NotFoundError
        ``case.unknown``.
    ConflictError
        ``case.changed``: somebody else has changed it since; ``case.not-active``: a reserve that
        was never called up.
    """
    case = db.scalar(
        select(SampleCase)
        .where(SampleCase.draw_id == draw_id, SampleCase.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFoundError("case.unknown", draw=draw_id, number=number)
    if case.version != version:
        raise ConflictError("case.changed", number=number)
    if not case.active:
        raise ConflictError("case.not-active", number=number)
    return case


def touch(case: SampleCase, now: datetime) -> None:
    """Give a changed case its next version."""
    case.version += 1
    case.updated_at = now


def attempts_of(db: Session, case_ids: Collection[int]) -> dict[int, list[datetime]]:
    """List when each case was tried, in UTC; not what was found out at the desk."""
    found: dict[int, list[datetime]] = {}
    query = select(CaseEvent.case_id, CaseEvent.happened_at).where(
        CaseEvent.case_id == among(case_ids),
        CaseEvent.kind.in_(("attempt", "outcome")),
        CaseEvent.mode != DESK,
    )
    for case_id, at in db.execute(query):
        found.setdefault(case_id, []).append(at)
    return found


def reopening_asked(db: Session, case_id: int) -> CaseEvent | None:
    """Return the request to open a case again that nobody has decided yet."""
    last = db.scalar(
        select(CaseEvent)
        .where(CaseEvent.case_id == case_id, CaseEvent.kind.in_(_REOPENING))
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    return last if last is not None and last.kind == "ask-reopen" else None


def substitution_of(db: Session, case_id: int) -> CaseSubstitution | None:
    """Return the substitution of a case that is asked for or given."""
    return db.scalar(
        select(CaseSubstitution).where(
            CaseSubstitution.case_id == case_id, CaseSubstitution.state != "refused"
        )
    )


def written(text: str | None, *, needed: str | None = None) -> str | None:
    """Tidy a note or a reason.

    Parameters
    ----------
    needed : str, optional
        Code of the refusal when there is none.

    Raises
    ------
    ConflictError
        ``needed``; ``note.too-long``.
    """
    tidy = clean("".join(sign if sign.isprintable() else " " for sign in text or ""))
    if needed is not None and not tidy:
        raise ConflictError(needed)
    if len(tidy) > LONGEST_NOTE:
        raise ConflictError("note.too-long", limit=LONGEST_NOTE)
    return tidy or None
