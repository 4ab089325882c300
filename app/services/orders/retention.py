"""What is deleted when its time is over: contacts, dossiers' codes, drafts, files of codes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.i18n import TIMEZONE
from app.models import ClosedDossier, CodeOrder, Draft, Invitation, Round
from app.services import audit

_HERE = ZoneInfo(TIMEZONE)
ACTOR = "retention"


@dataclass(frozen=True, slots=True)
class Terms:
    """Days after which contacts and dossiers' codes go; see `app.config.Settings`."""

    contact_days: int
    dossier_days: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much was deleted."""

    drafts: int
    contacts: int
    dossiers: int
    files: int = 0

    def __bool__(self) -> bool:
        return bool(self.drafts or self.contacts or self.dossiers or self.files)


def delete_due(db: Session, terms: Terms, now: datetime) -> Deleted:
    """Delete everything in the database whose time is over."""
    found = Deleted(
        drafts=_drafts(db, now),
        contacts=_contacts(db, terms, now),
        dossiers=_dossiers(db, terms, now.astimezone(_HERE).date()),
    )
    if found:
        audit.record(
            db, ACTOR, "codes.delete-due", "codes", drafts=found.drafts,
            contacts=found.contacts, dossiers=found.dossiers,
        )  # fmt: skip
    return found


def _drafts(db: Session, now: datetime) -> int:
    over = select(Invitation.id).where(
        Invitation.dossier_id.is_not(None),
        (Invitation.expires_at <= now) | (Invitation.state == "cancelled"),
    )
    gone = db.execute(
        delete(Draft).where(Draft.invitation_id.in_(over)).returning(Draft.invitation_id)
    )
    return len(gone.all())


def _contacts(db: Session, terms: Terms, now: datetime) -> int:
    """Delete contacts some days after the code's last; without a code, after the round's."""
    keep_for = timedelta(days=terms.contact_days)
    last = (
        select(func.max(Invitation.expires_at))
        .where(Invitation.dossier_id == ClosedDossier.id)
        .scalar_subquery()
    )
    day = (now - keep_for).astimezone(_HERE).date()
    ended = select(Round.id).where(Round.closes_on < day)
    gone = db.execute(
        update(ClosedDossier)
        .where(
            ClosedDossier.contact_sealed.is_not(None),
            (last <= now - keep_for) | (last.is_(None) & ClosedDossier.round_id.in_(ended)),
        )
        .values(contact_sealed=None)
        .returning(ClosedDossier.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _dossiers(db: Session, terms: Terms, today: date) -> int:
    """Forget which dossiers they were: what remains counts, and names nothing."""
    over = select(Round.id).where(
        Round.per_dossier,
        Round.state.in_(("closed", "published")),
        Round.closes_on < today - timedelta(days=terms.dossier_days),
    )
    gone = db.execute(
        update(ClosedDossier)
        .where(ClosedDossier.round_id.in_(over), ClosedDossier.code.not_like("#%"))
        .values(code=func.concat("#", ClosedDossier.id), contact_sealed=None)
        .returning(ClosedDossier.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def files_over(db: Session, now: datetime) -> tuple[int, ...]:
    """List the orders whose files are to be destroyed: fetched, or not fetched in time."""
    return tuple(
        db.scalars(
            select(CodeOrder.id).where(
                CodeOrder.file_name.is_not(None),
                (CodeOrder.file_expires_at <= now) | CodeOrder.fetched_at.is_not(None),
            )
        )
    )
