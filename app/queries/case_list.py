"""Lists of cases: narrowed to what is looked for, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.models import SampleCase
from app.queries.cases import DrawCases, commune_names, is_replaced, waits
from surveys.fieldwork.case_code import read as read_code
from surveys.fieldwork.dispositions import BY_CODE, INTERIM

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A case in a list."""

    draw_id: int
    number: int
    commune: str
    commune_name: str
    disposition: str
    n_attempts: int
    appointment_at: datetime | None
    assignee: str | None
    reserve: int
    replaced: bool
    waits: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of a list of cases; pages count from 1."""

    items: tuple[CaseItem, ...]
    page: int
    n_pages: int
    n_found: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a list of cases is narrowed to; empty is everything.

    Attributes
    ----------
    state : str
        A disposition, or one of ``open``, ``ended``, ``answered``, ``appointment-due``,
        ``waiting``.
    role : {'', 'main', 'substitute', 'replaced', 'reserve'}
        ``reserve``: not called up.
    text : str
        Number or code of a case, or a piece of the surveyor's name.
    """

    commune: str = ""
    state: str = ""
    role: str = ""
    text: str = ""


def listed(
    db: Session, shown: DrawCases, choice: Choice, *, page: int = 1, now: datetime
) -> CasePage:
    """List the cases that a choice leaves, a page of 50 at a time, in order of numbers.

    Parameters
    ----------
    now : datetime
        Present moment, for the appointments of today; with the zone of the day.
    """
    wanted = [SampleCase.draw_id == shown.id, *_narrowed(choice, now)]
    n_found = db.scalar(select(func.count()).select_from(SampleCase).where(*wanted)) or 0
    n_pages = max(1, -(-n_found // PAGE))
    page = min(max(page, 1), n_pages)
    rows = db.execute(
        select(SampleCase, is_replaced(), waits())
        .where(*wanted)
        .order_by(SampleCase.number)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    names = commune_names(
        db, shown.province_id, (found.commune_code for found, _, _ in rows if found.commune_code)
    )
    items = (_item(found, names, replaced, asked) for found, replaced, asked in rows)
    return CasePage(tuple(items), page, n_pages, n_found)


def _narrowed(choice: Choice, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if choice.commune:
        wanted.append(SampleCase.commune_code == choice.commune)
    wanted.append(
        {
            "main": SampleCase.reserve == 0,
            "substitute": and_(SampleCase.reserve > 0, SampleCase.active),
            "replaced": is_replaced(),
            "reserve": ~SampleCase.active,
        }.get(choice.role, SampleCase.active.is_(True))
    )
    if choice.state in BY_CODE:
        wanted.append(SampleCase.disposition == choice.state)
    elif choice.state:
        wanted.append(_in_state(choice.state, now))
    if choice.text:
        wanted.append(_named(choice.text))
    return wanted


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[str, ColumnElement[bool]] = {
        "open": SampleCase.disposition.in_(INTERIM),
        "ended": ~SampleCase.disposition.in_(INTERIM),
        "answered": SampleCase.disposition.in_(("interview", "partial")),
        "waiting": waits(),
        "appointment-due": and_(
            SampleCase.disposition == "appointment",
            SampleCase.appointment_at < day.replace(hour=23, minute=59, second=59),
        ),
    }
    return found.get(state, SampleCase.id.is_not(None))


def _named(text: str) -> ColumnElement[bool]:
    code = read_code(text)
    if code is not None:
        return and_(SampleCase.draw_id == code[0], SampleCase.number == code[1])
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return SampleCase.number == int(text)
    return SampleCase.assignee.icontains(text, autoescape=True)


def _item(found: SampleCase, names: dict[str, str], replaced: bool, asked: bool) -> CaseItem:
    commune = found.commune_code or ""
    return CaseItem(
        draw_id=found.draw_id,
        number=found.number,
        commune=commune,
        commune_name=names.get(commune, commune),
        disposition=found.disposition,
        n_attempts=found.n_attempts,
        appointment_at=found.appointment_at,
        assignee=found.assignee,
        reserve=found.reserve,
        replaced=replaced,
        waits=asked,
        updated_at=found.updated_at,
    )
