"""Pages answered with a one-time code, kept sealed until the questionnaire is handed in."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, null, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Draft, Invitation, Round, Spooled
from app.queries.interview import DraftRow
from app.services import consent, draft_seals
from app.services.consent import Consent
from app.services.interview import Opened
from app.services.paging import Entered, fields_of
from surveys.instrument.answers import AnswerValue, check_all, check_page


def save_page(
    db: Session,
    opened: Opened,
    page: str,
    entered: Entered,
    *,
    language: str,
    agreed: Consent,
    now: datetime,
    answered: bool,
) -> bool:
    """Keep what was entered on a page; False if the code was used, cancelled or has expired.

    Parameters
    ----------
    opened : Opened
        Opened by a one-time code, with its draft.
    page : str
        Code of the page.
    entered : mapping
        Everything entered so far. Of this page, what is not allowed is not kept.
    answered : bool
        The page was left by going on: it is where the respondent comes back to after closing the
        browser.
    """
    expires_at = _taken_until(db, opened, now)
    if expires_at is None:
        return False
    if opened.draft_key is None or opened.invitation_id is None:
        raise ValueError("opened without a key for drafts")
    consent.keep(db, agreed)
    before = None if opened.draft is None else opened.draft.page
    last = page if answered else before
    draft = DraftRow(_kept(opened, page, entered), agreed.content_hash, language, last)
    values = {
        "sealed": draft_seals.seal(draft, opened.draft_key, opened.invitation_id),
        # Of a draft begun before drafts were sealed.
        **dict.fromkeys(("answers", "consent_hash", "language", "page"), null()),
        "updated_at": now,
        "expires_at": expires_at,
    }
    statement = insert(Draft).values(
        invitation_id=opened.invitation_id, submission_key=uuid4(), **values
    )
    db.execute(statement.on_conflict_do_update(index_elements=["invitation_id"], set_=values))
    return True


def _taken_until(db: Session, opened: Opened, now: datetime) -> datetime | None:
    """Until when the code takes answers; it is not used up before this transaction ends."""
    if opened.replaceable_until is not None:
        return db.scalar(
            select(Spooled.due_at)
            .where(Spooled.invitation_id == opened.invitation_id, Spooled.due_at > now)
            .with_for_update(read=True)
        )
    return db.scalar(
        select(Invitation.expires_at)
        .where(
            Invitation.id == opened.invitation_id,
            Invitation.state == "unused",
            Invitation.expires_at > now,
        )
        .with_for_update(read=True)
    )


def expire_drafts(db: Session, now: datetime) -> int:
    """Delete the drafts whose code or round takes no more answers; how many there were."""
    of_closed = (
        select(Invitation.id)
        .join(Round, Round.id == Invitation.round_id)
        .where(Round.state.in_(("closed", "published")))
    )
    gone = db.execute(
        delete(Draft)
        .where((Draft.expires_at <= now) | Draft.invitation_id.in_(of_closed))
        .returning(Draft.invitation_id)
    )
    return len(gone.all())


def _kept(opened: Opened, page: str, entered: Entered) -> dict[str, list[str]]:
    """Entries of other pages as they were, of this page as far as they are allowed."""
    instrument = opened.instrument
    here = fields_of(instrument, page)
    before = opened.draft.entered if opened.draft is not None else {}
    kept = {item: list(values) for item, values in before.items() if item not in here}
    earlier = check_all(instrument, entered).answers
    allowed = check_page(instrument, page, entered, earlier).answers
    return kept | {item: _strings(value) for item, value in allowed.items()}


def _strings(value: AnswerValue) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
