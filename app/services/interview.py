"""A citizen answers: open the questionnaire, hand everything in once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.db import Alone, row_of
from app.models import FreeText, Invitation, Response, Round
from app.queries.interview import (
    DraftRow,
    Place,
    RoundRow,
    draft_of,
    open_rounds_of,
    place_of,
    place_of_counter,
    round_by_id,
)
from app.services import instruments, invitations
from app.services.consent import Consent, keep
from surveys.instrument.answers import AnswerValue, Problem, check_all
from surveys.instrument.model import Instrument

Entered = Mapping[str, Sequence[str]]

MODE = "web"


@dataclass(frozen=True, slots=True)
class Opened:
    """A questionnaire that can be answered now.

    ``place`` is what it is about, if it is about a place; ``invitation_id`` and ``draft`` belong
    to one-time codes.
    """

    place: Place | None
    round: RoundRow
    instrument: Instrument
    invitation_id: int | None = None
    draft: DraftRow | None = None


@dataclass(frozen=True, slots=True)
class Shut:
    """It cannot be answered now.

    ``reason`` is one of ``counter.unknown``, ``counter.closed``, ``round.none``,
    ``round.not-yet``, ``round.over``, ``code.unknown``, ``code.used``, ``code.expired``,
    ``code.cancelled``. ``day`` is the first day of a round to come, or the last of a past one.
    """

    reason: str
    place: Place | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What is handed in. ``key`` was made with the form and makes it count once."""

    entered: Entered
    language: str
    consent: Consent
    key: UUID


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answers are stored, now or when the same form was handed in before."""


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The form was handed in before with other answers; those were kept."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Answers are missing or not allowed; nothing is stored."""

    problems: tuple[Problem, ...]


OpenOutcome = Accepted | AlreadyAnswered | Rejected | Shut
CodeOutcome = Accepted | Rejected | Shut


def open_counter(db: Session, code: str, today: date) -> Opened | Shut:
    """Open the questionnaire behind a counter's printed code.

    It is that of the round for open answers, opened last, of the province the centre lies in.
    """
    place = place_of_counter(db, code, today)
    if place is None:
        return Shut("counter.unknown")
    if place.closed:
        return Shut("counter.closed", place)
    rounds = () if place.province_id is None else open_rounds_of(db, place.province_id)
    for each in rounds:
        if each.takes_answers(today):
            return Opened(place, each, instruments.instrument_with(db, each.instrument_hash))
    return _why_shut(rounds, today, place)


def open_code(db: Session, token: str, now: datetime, today: date) -> Opened | Shut:
    """Open the questionnaire behind a one-time code, with what was entered before."""
    found = invitations.find(db, token)
    if found is None:
        return Shut("code.unknown")
    if found.state != "unused":
        return Shut(f"code.{found.state}")
    if found.expires_at <= now:
        return Shut("code.expired")
    of_round = round_by_id(db, found.round_id)
    place = place_of(db, found.centre_id, found.counter_id)
    if not of_round.takes_answers(today):
        return _why_shut((of_round,), today, place)
    return Opened(
        place,
        of_round,
        instruments.instrument_with(db, of_round.instrument_hash),
        found.id,
        draft_of(db, found.id, now),
    )


def open_used(db: Session, token: str) -> Opened | Shut:
    """Open what a used code was about, to thank for it, whatever became of the round since."""
    found = invitations.find(db, token)
    if found is None or found.state != "used":
        return Shut("code.unknown" if found is None else f"code.{found.state}")
    of_round = round_by_id(db, found.round_id)
    place = place_of(db, found.centre_id, found.counter_id)
    return Opened(place, of_round, instruments.instrument_with(db, of_round.instrument_hash))


def submit_open(
    db: Session | Alone, opened: Opened, submission: Submission, today: date
) -> OpenOutcome:
    """Store what someone answered at a counter, once for each key.

    It is stored by one statement, which may be a transaction of its own. That statement looks at
    the round itself and waits for whoever is closing it, so a closed round takes nothing more,
    whatever a page believed that was made a moment before.
    """
    checked = check_all(opened.instrument, submission.entered)
    if checked.problems:
        return Rejected(checked.problems)
    coded, texts = _apart(opened.instrument, checked.answers)
    place = opened.place
    values = {
        "round": opened.round.id,
        "today": today,
        "mode": MODE,
        "language": submission.language,
        "answers": _json(coded),
        "consent_hash": submission.consent.content_hash,
        "consent_language": submission.consent.language,
        "consent_text": submission.consent.text,
        "centre": place.centre_id if place else None,
        "counter": place.counter_id if place else None,
        "domains": _json(place.domains or {}) if place else "{}",
        "key": submission.key,
        "texts": _json(texts),
    }
    is_open, is_stored = row_of(db, _STORE_OPEN, values)
    if not is_open:
        return Shut("round.over", place)
    if is_stored:
        return Accepted()
    (kept,) = row_of(db, _KEPT, values)
    return Accepted() if kept == coded else AlreadyAnswered()


def submit_code(
    db: Session, opened: Opened, submission: Submission, now: datetime, today: date
) -> CodeOutcome:
    """Store what someone answered with a one-time code, and use the code up.

    The response gets a key of its own: nothing that is kept leads from it to the code.
    """
    checked = check_all(opened.instrument, submission.entered)
    if checked.problems:
        return Rejected(checked.problems)
    invitation_id = opened.invitation_id
    if invitation_id is None:
        raise ValueError("opened without a one-time code")
    if not _holds_open(db, opened.round.id, today):
        return Shut("round.over", opened.place)
    claim = invitations.claim(db, invitation_id, now)
    if claim is None:
        return _why_not_claimed(db, invitation_id)
    keep(db, submission.consent)
    coded, texts = _apart(opened.instrument, checked.answers)
    where = {"round_id": opened.round.id, "centre_id": claim.centre_id}
    db.execute(
        insert(Response).values(
            id=uuid4(),
            source=opened.round.source,
            mode=MODE,
            language=submission.language,
            answers=coded,
            answered_on=today,
            consent_hash=submission.consent.content_hash,
            counter_id=claim.counter_id,
            stratum=claim.stratum,
            psu=claim.psu,
            base_weight=claim.base_weight,
            domains=dict(claim.domains),
            submission_key=uuid4(),
            **where,
        )
    )
    language, month = submission.language, today.replace(day=1)
    for each in texts:
        db.execute(insert(FreeText).values(**each, language=language, month=month, **where))
    return Accepted()


def _why_shut(rounds: Sequence[RoundRow], today: date, place: Place | None) -> Shut:
    """Say why no round takes answers; what is announced counts more than what is past."""
    coming = [each for each in rounds if each.state == "open" and each.opens_on > today]
    if coming:
        return Shut("round.not-yet", place, min(each.opens_on for each in coming))
    past = [each for each in rounds if each.state != "draft"]
    if past:
        last = max(each.closes_on for each in past)
        # A round closed before its last day: which day that was is nobody's business here.
        return Shut("round.over", place, last if last < today else None)
    return Shut("round.none", place)


def _why_not_claimed(db: Session, invitation_id: int) -> Shut:
    state = db.scalars(select(Invitation.state).where(Invitation.id == invitation_id)).one()
    return Shut("code.expired" if state == "unused" else f"code.{state}")


def _holds_open(db: Session, round_id: int, today: date) -> bool:
    """Whether the round takes answers; it cannot be closed before this transaction ends."""
    found = db.scalar(
        select(Round.id)
        .where(
            Round.id == round_id,
            Round.state == "open",
            Round.opens_on <= today,
            Round.closes_on >= today,
        )
        .with_for_update(read=True)
    )
    return found is not None


def _apart(
    instrument: Instrument, answers: Mapping[str, AnswerValue]
) -> tuple[dict[str, AnswerValue], list[dict[str, AnswerValue]]]:
    """Part the coded answers from what is in the respondent's own words."""
    own_words = instrument.free_texts
    coded = {item: value for item, value in answers.items() if item not in own_words}
    texts = [{"item": item, "text": value} for item, value in answers.items() if item in own_words]
    return coded, texts


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


# One statement, one way to the server and back: it is what a counter's evening is made of.
_STORE_OPEN = """
    WITH taking AS (
        SELECT id FROM round
        WHERE id = %(round)s::bigint AND state = 'open'
            AND %(today)s::date BETWEEN opens_on AND closes_on
        FOR SHARE
    ), agreed AS (
        INSERT INTO consent_text (content_hash, language, text, first_shown_on)
        VALUES (%(consent_hash)s, %(consent_language)s, %(consent_text)s, now())
        ON CONFLICT DO NOTHING
    ), stored AS (
        INSERT INTO response (
            id, round_id, source, mode, language, answers, answered_on, consent_hash,
            centre_id, counter_id, domains, submission_key
        )
        SELECT
            gen_random_uuid(), taking.id, 'open', %(mode)s, %(language)s, %(answers)s::jsonb,
            %(today)s::date, %(consent_hash)s, %(centre)s::bigint, %(counter)s::bigint,
            %(domains)s::jsonb, %(key)s::uuid
        FROM taking
        ON CONFLICT (submission_key) DO NOTHING
        RETURNING round_id
    ), own_words AS (
        INSERT INTO free_text (id, round_id, item, text, language, centre_id, month)
        SELECT
            gen_random_uuid(), stored.round_id, given.item, given.text, %(language)s,
            %(centre)s::bigint, date_trunc('month', %(today)s::date)::date
        FROM stored, jsonb_to_recordset(%(texts)s::jsonb) AS given (item text, text text)
    )
    SELECT EXISTS (SELECT FROM taking) AS open, EXISTS (SELECT FROM stored) AS stored
"""

_KEPT = "SELECT answers FROM response WHERE submission_key = %(key)s::uuid"
