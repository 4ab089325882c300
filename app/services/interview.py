"""A citizen answers: open the questionnaire, hand everything in once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import Alone
from app.errors import LongdanError
from app.queries.interview import (
    CodeRow,
    CodeStanding,
    DraftRow,
    Place,
    RoundRow,
    code_standing,
    open_rounds_of,
    place_of,
    place_of_counter,
    round_by_id,
)
from app.services import draft_seals, instruments, intake, invitations
from app.services.consent import Consent, consents
from app.services.mixing.keys import PublicKey
from app.services.mixing.sealed import Contribution, Design, Text, about, seal
from surveys.instrument.answers import AnswerValue, Problem, check_all
from surveys.instrument.model import Instrument

Entered = Mapping[str, Sequence[str]]

MODE = "web"
# As long as this, answers handed in with a one-time code may be replaced with the same code.
REPLACEABLE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Opened:
    """A questionnaire that can be answered now, or, for a thanks page, that was answered.

    ``place`` is what it is about, if it is about a place; the rest belongs to one-time codes.

    Attributes
    ----------
    draft_key : bytes or None
        Seals what is entered page by page; None where there is one page, or no code.
    replaceable_until : datetime or None
        Answers came with this code already; until then others may take their place.
    """

    place: Place | None
    round: RoundRow
    instrument: Instrument
    invitation_id: int | None = None
    draft: DraftRow | None = None
    draft_key: bytes | None = None
    code: CodeRow | None = None
    replaceable_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a one-time code and around very many others: round, place, questions."""

    round: RoundRow
    place: Place | None
    instrument: Instrument


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
    mode: str = MODE


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


class KeyGoneError(LongdanError):
    """``spool.key-gone``: the key that sealed the answers went meanwhile; seal with the next."""


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


def open_code(
    db: Session, token: str, now: datetime, today: date, *, replacing: bool = False
) -> Opened | Shut:
    """Open the questionnaire behind a one-time code, with what was entered before; see `admit`."""
    found = _found(db, token, now)
    return admit(token, found, _around(db, found), now, today, replacing=replacing)


def open_used(db: Session, token: str, now: datetime, today: date) -> Opened | Shut:
    """Open what a used code was about, to thank for it; see `admit_used`."""
    found = _found(db, token, now)
    return admit_used(found, _around(db, found), now, today)


def as_used(found: CodeStanding, now: datetime) -> CodeStanding:
    """Say how a code stands that answers were handed in with just now."""
    until = _replaceable(found.code, now) or now + REPLACEABLE
    code = replace(found.code, replaceable_until=until)
    return replace(found, state="used", code=code, draft=None, sealed_draft=None)


def surroundings(
    db: Session, round_id: int, centre_id: int | None, counter_id: int | None
) -> Surroundings:
    """Look up what is the same for all codes of a round and a place."""
    of_round = round_by_id(db, round_id)
    return Surroundings(
        of_round,
        place_of(db, centre_id, counter_id),
        instruments.instrument_with(db, of_round.instrument_hash),
    )


def admit(
    token: str,
    found: CodeStanding | None,
    around: Surroundings | None,
    now: datetime,
    today: date,
    *,
    replacing: bool = False,
) -> Opened | Shut:
    """Open the questionnaire behind a code that was looked for.

    Parameters
    ----------
    token : str
        The code as it was scanned or typed: it opens its draft.
    found, around
        The code and what stands around it; None and None if there is no such code.
    replacing : bool
        The respondent wants to replace what was handed in with the code. It opens blank: nobody
        can read what was sent.
    """
    if found is None or around is None:
        return Shut("code.unknown")
    if found.state != ("used" if replacing else "unused"):
        return Shut("code.used" if found.state == "unused" else f"code.{found.state}")
    if not replacing and found.expires_at <= now:
        return Shut("code.expired")
    until = _replaceable(found.code, now)
    if replacing and until is None:
        return Shut("code.used")
    if not around.round.takes_answers(today):
        return _why_shut((around.round,), today, around.place)
    draft, key = (None, None)
    if len(around.instrument.pages) > 1:
        draft, key = draft_seals.draft_of(token, found)
    return Opened(
        around.place, around.round, around.instrument, found.id, draft, key, found.code, until
    )


def admit_used(
    found: CodeStanding | None, around: Surroundings | None, now: datetime, today: date
) -> Opened | Shut:
    """Open what a used code was about, to thank for it, whatever became of the round since."""
    if found is None or around is None or found.state != "used":
        return Shut("code.unknown" if found is None else f"code.{found.state}")
    takes = around.round.takes_answers(today)
    return Opened(
        around.place,
        around.round,
        around.instrument,
        found.id,
        code=found.code,
        replaceable_until=_replaceable(found.code, now) if takes else None,
    )


def submit_open(
    db: Session | Alone, opened: Opened, submission: Submission, key: PublicKey, today: date
) -> OpenOutcome:
    """Store what someone answered at a counter, once for each key of a form.

    What they wrote themselves is sealed with `key` and waits for others, so that nothing leads
    from it to the other answers.
    """
    checked = check_all(opened.instrument, submission.entered)
    if checked.problems:
        return Rejected(checked.problems)
    coded, texts = _apart(opened.instrument, checked.answers)
    place = opened.place
    sealed = None
    if texts:
        where = about("text", opened.round.id, place.centre_id if place else None, None)
        sealed = seal(Contribution(submission.language, texts=texts), key.public, where)
    values: dict[str, object] = {
        "round": opened.round.id,
        "today": today,
        "mode": submission.mode,
        "language": submission.language,
        "answers": _json(coded),
        "consent_hash": submission.consent.content_hash,
        "consent_language": submission.consent.language,
        "consent_text": submission.consent.text,
        "centre": place.centre_id if place else None,
        "counter": place.counter_id if place else None,
        "domains": _json(place.domains or {}) if place else "{}",
        "key": submission.key,
        "sealed": sealed,
        "sealed_with": key.id,
    }
    taken = intake.store_open(db, values)
    if not taken.is_open:
        return Shut("round.over", place)
    if not taken.has_key:
        raise KeyGoneError("spool.key-gone")
    if taken.is_stored:
        return Accepted()
    return Accepted() if intake.kept_open(db, values) == coded else AlreadyAnswered()


def submit_code(
    db: Session | Alone,
    opened: Opened,
    submission: Submission,
    key: PublicKey,
    now: datetime,
    today: date,
) -> CodeOutcome:
    """Take what someone answered with a one-time code, and use the code up.

    It waits, sealed, until it is mixed with others; opened to be replaced, it takes the place of
    what waits. Of claims made at once one succeeds.
    """
    checked = check_all(opened.instrument, submission.entered)
    if checked.problems:
        return Rejected(checked.problems)
    code, invitation_id = opened.code, opened.invitation_id
    if code is None or invitation_id is None:
        raise ValueError("opened without a one-time code")
    centre, field = _cell(opened.round, code)
    where = about("answer", opened.round.id, centre, field)
    contribution = _contribution(opened.instrument, checked.answers, submission, code)
    values: dict[str, object] = {
        "round": opened.round.id,
        "invitation": invitation_id,
        "now": now,
        "today": today,
        "consents": _consents(opened.instrument),
        "centre": centre,
        "field": field,
        "sealed": seal(contribution, key.public, where),
        "sealed_with": key.id,
        "due_at": now + REPLACEABLE,
    }
    replacing = opened.replaceable_until is not None
    taken = (intake.replace_code if replacing else intake.store_code)(db, values)
    if not taken.is_open:
        return Shut("round.over", opened.place)
    if not taken.has_key:
        raise KeyGoneError("spool.key-gone")
    if not taken.is_stored:
        return _why_not_taken(db, invitation_id, replacing)
    if len(opened.instrument.pages) > 1:
        intake.forget_draft(db, invitation_id)
    return Accepted()


def _found(db: Session, token: str, now: datetime) -> CodeStanding | None:
    digest = invitations.digest_of(token)
    return None if digest is None else code_standing(db, digest, now)


def _around(db: Session, found: CodeStanding | None) -> Surroundings | None:
    if found is None:
        return None
    return surroundings(db, found.round_id, found.code.centre_id, found.code.counter_id)


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


def _why_not_taken(db: Session | Alone, invitation_id: int, replacing: bool) -> Shut:
    if replacing:
        return Shut("code.used")
    state = intake.state_of(db, invitation_id)
    return Shut("code.expired" if state == "unused" else f"code.{state}")


def _replaceable(code: CodeRow, now: datetime) -> datetime | None:
    until = code.replaceable_until
    return until if until is not None and until > now else None


def _cell(of_round: RoundRow, code: CodeRow) -> tuple[int | None, str | None]:
    """Say with whom answers are mixed: those of a drawn sample with all of their round."""
    if of_round.source == "sample" and not of_round.per_dossier:
        return None, None
    return code.centre_id, code.domains.get("field")


def _contribution(
    instrument: Instrument,
    answers: Mapping[str, AnswerValue],
    submission: Submission,
    code: CodeRow,
) -> Contribution:
    coded, texts = _apart(instrument, answers)
    design = Design(
        code.centre_id, code.counter_id, code.stratum, code.psu, code.base_weight, code.domains
    )
    return Contribution(
        submission.language, coded, texts, submission.mode, submission.consent.content_hash, design
    )


def _apart(
    instrument: Instrument, answers: Mapping[str, AnswerValue]
) -> tuple[dict[str, AnswerValue], tuple[Text, ...]]:
    """Part the coded answers from what is in the respondent's own words."""
    own_words = instrument.free_texts
    coded = {item: value for item, value in answers.items() if item not in own_words}
    texts = tuple(Text(item, str(value)) for item, value in answers.items() if item in own_words)
    return coded, texts


@lru_cache(maxsize=256)
def _consents(instrument: Instrument) -> str:
    """Write the consent texts of a questionnaire, in every language it speaks."""
    texts: list[dict[str, Any]] = [
        {"content_hash": each.content_hash, "language": each.language, "text": each.text}
        for each in consents(instrument).values()
    ]
    return _json(texts)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
