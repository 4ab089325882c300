"""Paper forms and telephone interviews: entered by staff, checked by the rule of every other way.

A paper form is read twice by different people. What they read alike is stored; what they read
differently is looked up on the paper and settled, field by field, and both readings are kept.
Words the respondent wrote go to the free texts and are not kept beside the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Counter, PaperBatch, PaperDifference, PaperEntry, PaperForm, Round
from app.queries.interview import place_of_counter, round_by_id
from app.services import audit, instruments, interview
from app.services.consent import consents
from app.services.interview import Accepted, Opened, Rejected, Submission
from app.services.mixing.keys import PublicKey
from surveys.instrument.answers import Problem, check_all
from surveys.instrument.model import Instrument

Entered = Mapping[str, Sequence[str]]
MODES = ("paper", "phone")
MOST_FORMS = 2_000


@dataclass(frozen=True, slots=True)
class Kept:
    """The first reading is kept; somebody else reads the form again."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The answers are stored."""


@dataclass(frozen=True, slots=True)
class Differing:
    """The two readings differ in these fields."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Answers are missing or not allowed; nothing is kept."""

    problems: tuple[Problem, ...]


Outcome = Kept | Stored | Differing | Wrong


def make_batch(
    db: Session, round_code: str, *, mode: str, counter: str, n_forms: int, actor: str,
    now: datetime,
) -> PaperBatch:  # fmt: skip
    """Announce a pile of forms about one counter, numbered from 1.

    Raises
    ------
    NotFoundError
        ``round.unknown`` or ``counter.unknown``.
    ConflictError
        ``paper.sampled``, ``paper.round-not-open``, ``paper.mode-not-of-round``, ``paper.size``.
    """
    of_round = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if of_round is None:
        raise NotFoundError("round.unknown", round=round_code)
    if of_round.source != "open":
        raise ConflictError("paper.sampled")
    if of_round.state != "open":
        raise ConflictError("paper.round-not-open")
    if mode not in MODES or mode not in of_round.modes:
        raise ConflictError("paper.mode-not-of-round")
    if not 1 <= n_forms <= MOST_FORMS:
        raise ConflictError("paper.size", most=MOST_FORMS)
    counter_id = db.scalar(select(Counter.id).where(Counter.code == counter))
    if counter_id is None:
        raise NotFoundError("counter.unknown", counter=counter)
    last = db.scalar(select(func.max(PaperBatch.number)).where(PaperBatch.round_id == of_round.id))
    batch = PaperBatch(
        round_id=of_round.id, number=(last or 0) + 1, mode=mode, counter_id=counter_id,
        n_forms=n_forms, created_by=actor, created_at=now,
    )  # fmt: skip
    db.add(batch)
    db.flush()
    db.add_all(PaperForm(batch_id=batch.id, number=number) for number in range(1, n_forms + 1))
    db.flush()
    audit.record(
        db, actor, "paper.batch", round_code, number=batch.number, mode=mode, n_forms=n_forms
    )
    return batch


def enter(
    db: Session, form_id: int, entered: Entered, *, language: str, actor: str, key: PublicKey,
    now: datetime, today: date,
) -> Outcome:  # fmt: skip
    """Take what somebody read off a form, or heard on the telephone.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    ConflictError
        ``paper.done``, ``paper.same-person`` or ``paper.round-not-open``.
    """
    form, batch = _locked(db, form_id)
    if form.state not in ("blank", "once"):
        raise ConflictError("paper.done")
    opened = _opened(db, batch, today)
    checked = check_all(opened.instrument, entered)
    if checked.problems:
        return Wrong(checked.problems)
    cleaned = _on_path(opened.instrument, entered, checked.answers)
    if batch.mode == "phone":
        _keep(db, form, 1, cleaned, opened.instrument, actor, now, with_texts=False)
        return _store(db, form, batch, opened, cleaned, language, key, today)
    first = _entry(db, form, 1)
    if first is None:
        _keep(db, form, 1, cleaned | {"": [language]}, opened.instrument, actor, now)
        form.state = "once"
        return Kept()
    if first.entered_by == actor:
        raise ConflictError("paper.same-person")
    _keep(db, form, 2, cleaned, opened.instrument, actor, now)
    differing = differences(opened.instrument, first.entered, cleaned)
    if differing:
        form.state = "differing"
        return Differing(differing)
    return _store(db, form, batch, opened, cleaned, language, key, today)


def settle(
    db: Session, form_id: int, settled: Entered, *, actor: str, key: PublicKey, now: datetime,
    today: date,
) -> Outcome:  # fmt: skip
    """Store a form whose readings differed, with what the paper says in those fields.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    ConflictError
        ``paper.done`` or ``paper.round-not-open``.
    """
    form, batch = _locked(db, form_id)
    first, second = _entry(db, form, 1), _entry(db, form, 2)
    if form.state != "differing" or first is None or second is None:
        raise ConflictError("paper.done")
    opened = _opened(db, batch, today)
    fields = differences(opened.instrument, first.entered, second.entered)
    final = {name: values for name, values in first.entered.items() if name not in {"", *fields}}
    final |= {name: list(settled[name]) for name in fields if settled.get(name)}
    checked = check_all(opened.instrument, final)
    if checked.problems:
        return Wrong(checked.problems)
    own_words = opened.instrument.free_texts
    for name in fields:
        readings = {
            "first": first.entered.get(name, []),
            "second": second.entered.get(name, []),
            "settled": final.get(name, []),
        }
        db.add(
            PaperDifference(
                form_id=form.id, field=name, readings={} if name in own_words else readings,
                settled_by=actor, settled_at=now,
            )
        )  # fmt: skip
    language = str(first.entered.get("", ["vi"])[0])
    cleaned = _on_path(opened.instrument, final, checked.answers)
    return _store(db, form, batch, opened, cleaned, language, key, today)


def set_aside(db: Session, form_id: int, *, reason: str, actor: str) -> None:
    """Say that a form cannot be used, and why; nothing of it is counted.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    ConflictError
        ``paper.done`` or ``paper.no-reason``.
    """
    form, batch = _locked(db, form_id)
    if form.state in ("stored", "void"):
        raise ConflictError("paper.done")
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ConflictError("paper.no-reason")
    form.state, form.submission_key = "void", None
    audit.record(db, actor, "paper.void", str(batch.id), number=form.number, reason=reason)


def differences(instrument: Instrument, first: Entered, second: Entered) -> tuple[str, ...]:
    """List the fields that two readings have differently, in the order of the form."""
    one, other = (check_all(instrument, each).answers for each in (first, second))
    names = [
        name for item in instrument.items for name in (item.code, item.other) if name is not None
    ]
    return tuple(name for name in names if one.get(name) != other.get(name))


def opened_for(db: Session, batch_id: int, today: date) -> Opened:
    """Open the questionnaire of a pile.

    Raises
    ------
    NotFoundError
        ``paper.unknown``
    ConflictError
        ``paper.round-not-open``
    """
    batch = db.get(PaperBatch, batch_id)
    if batch is None:
        raise NotFoundError("paper.unknown", batch=batch_id)
    return _opened(db, batch, today)


def _opened(db: Session, batch: PaperBatch, today: date) -> Opened:
    of_round = round_by_id(db, batch.round_id)
    if not of_round.takes_answers(today):
        raise ConflictError("paper.round-not-open")
    code = db.scalars(select(Counter.code).where(Counter.id == batch.counter_id)).one()
    instrument = instruments.instrument_with(db, of_round.instrument_hash)
    return Opened(place_of_counter(db, code, today), of_round, instrument)


def _locked(db: Session, form_id: int) -> tuple[PaperForm, PaperBatch]:
    form = db.scalar(select(PaperForm).where(PaperForm.id == form_id).with_for_update())
    if form is None:
        raise NotFoundError("paper.unknown", form=form_id)
    return form, db.scalars(select(PaperBatch).where(PaperBatch.id == form.batch_id)).one()


def _entry(db: Session, form: PaperForm, turn: int) -> PaperEntry | None:
    return db.scalar(
        select(PaperEntry).where(PaperEntry.form_id == form.id, PaperEntry.turn == turn)
    )


def _keep(
    db: Session, form: PaperForm, turn: int, entered: Entered, instrument: Instrument, actor: str,
    now: datetime, *, with_texts: bool = True,
) -> None:  # fmt: skip
    kept = {
        name: list(values)
        for name, values in entered.items()
        if with_texts or name not in instrument.free_texts
    }
    db.execute(
        insert(PaperEntry).values(
            form_id=form.id, turn=turn, entered=kept, entered_by=actor, entered_at=now
        )
    )


def _on_path(
    instrument: Instrument, entered: Entered, answers: Mapping[str, object]
) -> dict[str, list[str]]:
    """Keep what counts: nothing of questions that are not asked."""
    del instrument
    return {name: list(values) for name, values in entered.items() if name in answers}


def _store(
    db: Session, form: PaperForm, batch: PaperBatch, opened: Opened, entered: Entered,
    language: str, key: PublicKey, today: date,
) -> Outcome:  # fmt: skip
    instrument = opened.instrument
    language = language if language in instrument.languages else instrument.languages[0]
    if form.submission_key is None:
        raise ConflictError("paper.done")
    consent = consents(instrument)[language]
    submission = Submission(entered, language, consent, form.submission_key, batch.mode)
    match interview.submit_open(db, opened, submission, key, today):
        case Accepted():
            pass
        case Rejected(problems=problems):
            return Wrong(problems)
        case _:
            raise ConflictError("paper.round-not-open")
    form.state, form.submission_key = "stored", None
    _forget_words(db, form, instrument)
    return Stored()


def _forget_words(db: Session, form: PaperForm, instrument: Instrument) -> None:
    """Take the respondent's own words out of both readings: they have their own place now."""
    for entry in db.scalars(select(PaperEntry).where(PaperEntry.form_id == form.id)):
        left = {
            name: values
            for name, values in entry.entered.items()
            if name not in instrument.free_texts
        }
        db.execute(update(PaperEntry).where(PaperEntry.id == entry.id).values(entered=left))
