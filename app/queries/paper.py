"""Read piles of paper forms: how far they are, and what differs."""

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import (
    Counter,
    PaperBatch,
    PaperDifference,
    PaperEntry,
    PaperForm,
    Round,
    ServiceCentre,
)


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A pile; ``states`` counts its forms by state."""

    id: int
    number: int
    mode: str
    counter: str
    centre: str
    n_forms: int
    states: Mapping[str, int]
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FormItem:
    """A form of a pile; ``readers`` are those who entered it, first and second."""

    id: int
    number: int
    state: str
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person read."""

    entered: Mapping[str, Sequence[str]]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """A field that was read differently; without readings when it held the respondent's words."""

    field: str
    first: Sequence[str]
    second: Sequence[str]
    settled: Sequence[str]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperRound:
    """A round with paper forms or telephone interviews."""

    code: str
    name: str
    name_en: str


def rounds_with_paper(db: Session) -> tuple[PaperRound, ...]:
    """List the open rounds whose forms are entered by hand, the newest first."""
    rows = db.execute(
        select(Round.code, Round.name, Round.name_en)
        .where(
            Round.source == "open", Round.state == "open", Round.modes.overlap(["paper", "phone"])
        )
        .order_by(Round.opens_on.desc(), Round.id.desc())
    )
    return tuple(PaperRound(*row) for row in rows)


def round_id_of(db: Session, code: str) -> int:
    """Find a round by its code.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    """
    found = db.scalar(select(Round.id).where(Round.code == code))
    if found is None:
        raise NotFoundError("round.unknown", round=code)
    return found


def batches_of(db: Session, round_id: int) -> tuple[BatchItem, ...]:
    """List the piles of a round, the newest first."""
    rows = db.execute(
        select(PaperBatch, Counter, ServiceCentre.name)
        .join(Counter, Counter.id == PaperBatch.counter_id)
        .join(ServiceCentre, ServiceCentre.id == Counter.centre_id)
        .where(PaperBatch.round_id == round_id)
        .order_by(PaperBatch.number.desc())
    ).all()
    return tuple(_item(db, *row) for row in rows)


def batch(db: Session, round_id: int, number: int) -> BatchItem:
    """Return a pile of a round by its number.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    """
    row = db.execute(
        select(PaperBatch, Counter, ServiceCentre.name)
        .join(Counter, Counter.id == PaperBatch.counter_id)
        .join(ServiceCentre, ServiceCentre.id == Counter.centre_id)
        .where(PaperBatch.round_id == round_id, PaperBatch.number == number)
    ).one_or_none()
    if row is None:
        raise NotFoundError("paper.unknown", batch=number)
    return _item(db, *row)


def forms_of(db: Session, batch_id: int) -> tuple[FormItem, ...]:
    """List the forms of a pile in their order."""
    readers: dict[int, list[str]] = {}
    for form_id, by in db.execute(
        select(PaperEntry.form_id, PaperEntry.entered_by)
        .join(PaperForm, PaperForm.id == PaperEntry.form_id)
        .where(PaperForm.batch_id == batch_id)
        .order_by(PaperEntry.form_id, PaperEntry.turn)
    ):
        readers.setdefault(form_id, []).append(by)
    found = db.scalars(
        select(PaperForm).where(PaperForm.batch_id == batch_id).order_by(PaperForm.number)
    )
    return tuple(
        FormItem(each.id, each.number, each.state, tuple(readers.get(each.id, ())))
        for each in found
    )


def form(db: Session, batch_id: int, number: int) -> FormItem:
    """Return a form of a pile.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    """
    for each in forms_of(db, batch_id):
        if each.number == number:
            return each
    raise NotFoundError("paper.unknown", form=number)


def next_form(db: Session, batch_id: int, after: int, reader: str) -> int | None:
    """Find the next form that somebody may enter: blank, or read once by another person."""
    forms = forms_of(db, batch_id)
    ahead = [each for each in forms if each.number > after] + [
        each for each in forms if each.number <= after
    ]
    for each in ahead:
        if each.state == "blank" or (each.state == "once" and reader not in each.readers):
            return each.number
    return None


def readings(db: Session, form_id: int) -> tuple[Reading, ...]:
    """Return what was read off a form, the first reading first."""
    found = db.scalars(
        select(PaperEntry).where(PaperEntry.form_id == form_id).order_by(PaperEntry.turn)
    )
    return tuple(Reading(each.entered, each.entered_by, each.entered_at) for each in found)


def settled(db: Session, form_id: int) -> tuple[Settled, ...]:
    """Return what was settled of a form."""
    found = db.scalars(
        select(PaperDifference)
        .where(PaperDifference.form_id == form_id)
        .order_by(PaperDifference.id)
    )
    return tuple(
        Settled(
            each.field,
            each.readings.get("first", ()),
            each.readings.get("second", ()),
            each.readings.get("settled", ()),
            each.settled_by,
            each.settled_at,
        )
        for each in found
    )


def _item(db: Session, found: PaperBatch, counter: Counter, centre: str) -> BatchItem:
    states = Count[str]()
    for state, n in db.execute(
        select(PaperForm.state, func.count())
        .where(PaperForm.batch_id == found.id)
        .group_by(PaperForm.state)
    ):
        states[state] = n
    return BatchItem(
        id=found.id,
        number=found.number,
        mode=found.mode,
        counter=f"{counter.number}: {counter.name}",
        centre=centre,
        n_forms=found.n_forms,
        states=states,
        created_by=found.created_by,
        created_at=found.created_at,
    )
