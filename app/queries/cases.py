"""Cases of draws, as pages and lists show them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Double,
    Select,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.errors import NotFoundError
from app.models import CaseEvent, CaseSubstitution, Draw, Frame, Round, SampleCase, Unit
from surveys.fieldwork.dispositions import INTERIM

# Events of a request to open a case again, and of its decision.
_REOPENING = ("ask-reopen", "reopen", "keep")


@dataclass(frozen=True, slots=True)
class DrawCases:
    """A draw that has cases, and how far the work on it has come.

    Attributes
    ----------
    has_contacts : bool
        Whether the contacts of the frame were not deleted yet.
    superseded : bool
        A later draw took its place.
    n_ended, n_answered, n_open : int
        Of the cases given out, main and called up.
    n_waiting : int
        Requests that wait for a second person.
    """

    id: int
    number: int
    frame_code: str
    has_contacts: bool
    kind: str
    round_id: int
    round_code: str
    round_name: str
    round_name_en: str
    round_state: str
    simulated: bool
    province_id: int
    drawn_at: datetime
    n_main: int
    n_reserve: int
    superseded: bool
    n_given_out: int
    n_substitutes: int
    n_answered: int
    n_open: int
    n_waiting: int

    @property
    def n_ended(self) -> int:
        """Cases on which the work has ended."""
        return self.n_given_out - self.n_open


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of one place, role and disposition, and the sum of their base weights.

    ``called_weight`` is that of everybody called up in a group, who share the weight of its main
    sample (see `surveys.fieldwork.substitution`).
    """

    commune: str
    stratum: str
    is_main: bool
    replaced: bool
    disposition: str
    n: int
    weight: float
    called_weight: float


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked for that a second person decides.

    ``kind`` is ``substitution`` (with its id) or ``reopening``.
    """

    kind: str
    id: int
    number: int
    commune_name: str
    disposition: str
    version: int
    reason: str
    asked_by: str
    asked_at: datetime


def among(numbers: Collection[int]) -> ColumnElement[bool]:
    """Compare with any of many numbers, as one value: ``column == among(numbers)``.

    A list of tens of thousands of values of their own would be slow, and has an end.
    """
    return any_(literal(list(numbers), ARRAY(BigInteger)))


def draws_with_cases(db: Session) -> tuple[DrawCases, ...]:
    """List the draws that have cases, the newest first."""
    having = exists().where(SampleCase.draw_id == Draw.id)
    return _draws(db, having)


def draw_cases(db: Session, draw_id: int) -> DrawCases:
    """Return one draw that has cases.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    having = exists().where(SampleCase.draw_id == Draw.id)
    found = _draws(db, and_(Draw.id == draw_id, having)) if draw_id < 2**63 else ()
    if not found:
        raise NotFoundError("draw.unknown", draw=draw_id)
    return found[0]


def tallies(db: Session, draw_id: int) -> tuple[Tally, ...]:
    """Count the cases given out by place, stratum, role and disposition."""
    replaced = is_replaced()
    is_main = SampleCase.reserve == 0
    columns = (
        func.coalesce(SampleCase.commune_code, ""), SampleCase.stratum, is_main, replaced,
        SampleCase.disposition,
    )  # fmt: skip
    sizes = (
        select(
            SampleCase.group_code,
            func.count(case((SampleCase.reserve == 0, 1))).label("meant"),
            func.count(case((SampleCase.active, 1))).label("called"),
        )
        .where(SampleCase.draw_id == draw_id)
        .group_by(SampleCase.group_code)
        .subquery()
    )
    share = cast(sizes.c.meant, Double) / sizes.c.called
    query = (
        select(
            *columns, func.count(), func.sum(SampleCase.base_weight),
            func.sum(SampleCase.base_weight * share),
        )
        .join(sizes, SampleCase.group_code == sizes.c.group_code)
        .where(SampleCase.draw_id == draw_id, SampleCase.active)
        .group_by(*columns)
    )  # fmt: skip
    return tuple(Tally(*row) for row in db.execute(query.order_by(*columns)))


def commune_names(db: Session, province_id: int, codes: Iterable[str]) -> dict[str, str]:
    """Name the communes of a province by their codes, the present ones before earlier ones."""
    query = (
        select(Unit.code, Unit.name)
        .where(Unit.kind == "commune", Unit.code.in_(set(codes)))
        .order_by((Unit.parent_id == province_id).asc().nulls_first(), Unit.valid_from)
    )
    return dict(db.execute(query).all())


def communes_of(db: Session, shown: DrawCases) -> list[tuple[str, str]]:
    """List code and name of the communes in which a draw has cases, by code."""
    codes = db.scalars(
        select(SampleCase.commune_code)
        .where(SampleCase.draw_id == shown.id, SampleCase.commune_code.is_not(None))
        .distinct()
    ).all()
    names = commune_names(db, shown.province_id, [code for code in codes if code])
    return sorted((code, names.get(code, code)) for code in codes if code)


def requests(db: Session, shown: DrawCases) -> tuple[Request, ...]:
    """List what waits for a second person, the oldest first."""
    substitutions = db.execute(
        select(CaseSubstitution, SampleCase)
        .join(SampleCase, CaseSubstitution.case_id == SampleCase.id)
        .where(SampleCase.draw_id == shown.id, CaseSubstitution.state == "asked")
    ).all()
    reopenings = db.execute(
        select(CaseEvent, SampleCase)
        .join(SampleCase, CaseEvent.case_id == SampleCase.id)
        .where(SampleCase.draw_id == shown.id, CaseEvent.kind == "ask-reopen", _undecided())
    ).all()
    names = commune_names(
        db, shown.province_id,
        (case.commune_code for _, case in [*substitutions, *reopenings] if case.commune_code),
    )  # fmt: skip
    made = [
        _request(
            "substitution", asked.id, case, names, asked.reason, asked.asked_by, asked.asked_at
        )
        for asked, case in substitutions
    ]
    made += [
        _request("reopening", asked.id, case, names, asked.note or "", asked.recorded_by,
                 asked.recorded_at)
        for asked, case in reopenings
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda each: (each.asked_at, each.number)))


def _draws(db: Session, wanted: ColumnElement[bool]) -> tuple[DrawCases, ...]:
    later = aliased(Draw)
    superseded = exists().where(later.replaces_draw_id == Draw.id, later.state == "drawn")
    rows = db.execute(
        select(Draw, Frame, Round, superseded)
        .join(Frame, Draw.frame_id == Frame.id)
        .join(Round, Draw.round_id == Round.id)
        .where(wanted)
        .order_by(Draw.drawn_at.desc(), Draw.id.desc())
    ).all()
    ids = [draw.id for draw, _, _, _ in rows]
    counts = {row[0]: row[1:] for row in db.execute(_progress(ids))}
    waiting = _n_waiting(db, ids)
    made = []
    for draw, frame, round_, is_superseded in rows:
        given_out, substitutes, answered, n_open = counts[draw.id]
        made.append(
            DrawCases(
                id=draw.id, number=draw.number, frame_code=frame.code,
                has_contacts=frame.contacts_deleted_at is None, kind=frame.kind,
                round_id=round_.id,
                round_code=round_.code, round_name=round_.name, round_name_en=round_.name_en,
                round_state=round_.state, simulated=frame.simulated,
                province_id=frame.province_id, drawn_at=draw.drawn_at or draw.requested_at,
                n_main=draw.n_main,
                n_reserve=draw.n_reserve, superseded=is_superseded, n_given_out=given_out,
                n_substitutes=substitutes, n_answered=answered, n_open=n_open,
                n_waiting=waiting.get(draw.id, 0),
            )
        )  # fmt: skip
    return tuple(made)


def _progress(ids: list[int]) -> Select[int, int, int, int, int]:
    def counted(wanted: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((wanted, 1)))

    active = SampleCase.active
    return (
        select(
            SampleCase.draw_id,
            counted(active.is_(True)),
            counted(and_(active, SampleCase.reserve > 0)),
            counted(and_(active, SampleCase.disposition.in_(("interview", "partial")))),
            counted(and_(active, SampleCase.disposition.in_(INTERIM))),
        )
        .where(SampleCase.draw_id.in_(ids))
        .group_by(SampleCase.draw_id)
    )


def _n_waiting(db: Session, ids: list[int]) -> dict[int, int]:
    query = (
        select(SampleCase.draw_id, func.count())
        .where(SampleCase.draw_id.in_(ids), SampleCase.active, waits())
        .group_by(SampleCase.draw_id)
    )
    return dict(db.execute(query).all())


def is_replaced() -> ColumnElement[bool]:
    """Whether a reserve was given in place of the case."""
    return exists().where(
        CaseSubstitution.case_id == SampleCase.id, CaseSubstitution.state == "given"
    )


def waits() -> ColumnElement[bool]:
    """Whether something is asked for of the case that nobody has decided."""
    asked = exists().where(
        CaseSubstitution.case_id == SampleCase.id, CaseSubstitution.state == "asked"
    )
    reopening = exists(
        select(CaseEvent.id).where(
            CaseEvent.case_id == SampleCase.id, CaseEvent.kind == "ask-reopen", _undecided()
        )
    )
    return or_(asked, reopening)


def _undecided() -> ColumnElement[bool]:
    """Whether no later event has decided a request to open a case again."""
    later = aliased(CaseEvent)
    return ~exists().where(
        later.case_id == CaseEvent.case_id, later.id > CaseEvent.id, later.kind.in_(_REOPENING)
    )


def _request(
    kind: str, id_: int, found: SampleCase, names: dict[str, str], reason: str, asked_by: str,
    asked_at: datetime,
) -> Request:  # fmt: skip
    commune = found.commune_code or ""
    return Request(
        kind=kind, id=id_, number=found.number, commune_name=names.get(commune, commune),
        disposition=found.disposition, version=found.version, reason=reason, asked_by=asked_by,
        asked_at=asked_at,
    )  # fmt: skip
