"""How to reach the person of a case: sealed, corrected in fieldwork, deleted in time."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import CaseContact, Draw, Frame, SampleCase
from app.queries.cases import DrawCases, among, draw_cases
from app.services import audit
from app.services.cases.opening import locked, touch, work_on, written
from app.services.frames.contacts import ROLES, Reader, contacts_of
from app.services.frames.vault import Vault

# Of a frame that has no contacts, and so no day on which they go.
KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Contact:
    """Name, telephone and address of a person; what is not known is empty."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """What is known of how to reach the people of some cases, by the numbers of the cases.

    Attributes
    ----------
    contacts : dict of int to Contact
        Of the people themselves: as the frame has them, or as fieldwork found out.
    guides : dict of int to Contact
        Who shows the way in the villages of people drawn by position, e.g. the village head.
    """

    contacts: dict[int, Contact]
    guides: dict[int, Contact]


def reach(
    db: Session,
    vault: Vault,
    shown: DrawCases,
    cases: Sequence[SampleCase],
    *,
    by: Reader,
    purpose: str,
) -> Reached:
    """Open the contacts of cases; what fieldwork found out goes before what the frame has.

    Cases of which nothing is known, or nothing any more, are not in it. The audit log says who
    read those of the frame, and what for.

    Raises
    ------
    NotFoundError
        ``contacts.not-yours``: neither of the office nor of fieldwork.
    """
    ids = {case.id: case.number for case in cases}
    keys = sorted({case.frame_key for case in cases})
    listed = {}
    if shown.has_contacts:
        listed = contacts_of(db, vault, shown.frame_code, keys, by=by, purpose=purpose)
    elif not ROLES & set(by.roles):
        raise NotFoundError("contacts.not-yours", account=by.account)
    of_frame = {
        case.number: Contact(found.name, found.phone, found.address)
        for case in cases
        if (found := listed.get(case.frame_key)) is not None
    }
    rows = db.scalars(select(CaseContact).where(CaseContact.case_id == among(ids)))
    found_out = {
        ids[row.case_id]: Contact(**json.loads(vault.sealer.open(row.sealed, _about(row.case_id))))
        for row in rows
    }
    if shown.kind == "area":
        return Reached(found_out, of_frame)
    return Reached(of_frame | found_out, {})


def contact_of(
    db: Session, vault: Vault, draw_id: int, number: int, *, by: Reader
) -> tuple[Contact, Contact]:
    """Open the contact of one case, and that of who shows the way in its village.

    Raises
    ------
    NotFoundError
        ``draw.unknown``, ``case.unknown``, ``contacts.not-yours``.
    """
    case = db.scalar(
        select(SampleCase).where(SampleCase.draw_id == draw_id, SampleCase.number == number)
    )
    if case is None:
        raise NotFoundError("case.unknown", draw=draw_id, number=number)
    subject = f"draw {draw_id} case {number}"
    audit.record(db, by.account, "case.contact-read", subject)
    found = reach(db, vault, draw_cases(db, draw_id), [case], by=by, purpose=subject)
    return found.contacts.get(number, Contact()), found.guides.get(number, Contact())


def set_contact(
    db: Session,
    vault: Vault,
    draw_id: int,
    number: int,
    contact: Contact,
    *,
    version: int,
    actor: str,
    now: datetime,
) -> None:
    """Keep how to reach the person of a case, as fieldwork found out.

    Raises
    ------
    ConflictError
        As `work_on` and `locked`; ``note.too-long``.
    """
    work_on(db, draw_id)
    case = locked(db, draw_id, number, version)
    tidy = {name: written(text) or "" for name, text in asdict(contact).items()}
    row = db.get(CaseContact, case.id)
    if row is None:
        row = CaseContact(case_id=case.id, delete_on=_delete_on(db, draw_id, now.date()))
    row.sealed = vault.sealer.seal(json.dumps(tidy, ensure_ascii=False).encode(), _about(case.id))
    db.add(row)
    touch(case, now)
    # What was changed is personal and stays out of the log.
    audit.record(db, actor, "case.contact", f"draw {draw_id} case {number}")


def delete_due(db: Session, today: date) -> int:
    """Delete the contacts whose time is over, or whose frame has none any more; say how many."""
    forgotten = (
        select(SampleCase.id)
        .join(Draw, SampleCase.draw_id == Draw.id)
        .join(Frame, Draw.frame_id == Frame.id)
        .where(Frame.contacts_deleted_at.is_not(None))
    )
    gone = db.scalars(
        delete(CaseContact)
        .where(or_(CaseContact.delete_on <= today, CaseContact.case_id.in_(forgotten)))
        .returning(CaseContact.case_id)
    ).all()
    if gone:
        audit.record(db, "operator", "cases.contacts-delete", "cases", n=len(gone))
    return len(gone)


def _delete_on(db: Session, draw_id: int, today: date) -> date:
    found = db.scalar(
        select(Frame.contacts_delete_on)
        .join(Draw, Draw.frame_id == Frame.id)
        .where(Draw.id == draw_id)
    )
    return found or today + KEPT_FOR


def _about(case_id: int) -> str:
    return f"case {case_id}"
