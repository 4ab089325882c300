"""Lists for the Post: whom to look for in each commune, and nothing a surveyor does not need."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import SampleCase
from app.queries.cases import DrawCases, commune_names
from app.services import audit
from app.services.cases.contacts import Contact, Reached, reach
from app.services.frames.contacts import Reader
from app.services.frames.vault import Vault
from surveys.fieldwork.case_code import write
from surveys.fieldwork.dispositions import INTERIM


@dataclass(frozen=True, slots=True)
class ListCase:
    """A case as the surveyor gets to know it.

    No stratum, no chance of selection, no weight, no random number and no answer is in it.

    Attributes
    ----------
    code : str
        What stands on the papers.
    dossier : str
        Code of the dossier that will be asked about; empty in a sample of places.
    position : int or None
        Place on the village's list of households, where there is no name yet.
    guide : str
        Name and telephone of who shows the way in the village, e.g. its head.
    """

    code: str
    name: str
    phone: str
    address: str
    village: str
    dossier: str
    position: int | None
    guide: str
    appointment_at: datetime | None
    assignee: str


@dataclass(frozen=True, slots=True)
class CommuneList:
    """The cases of a commune, by village."""

    commune: str
    name: str
    cases: tuple[ListCase, ...]


def commune_lists(
    db: Session,
    vault: Vault,
    shown: DrawCases,
    *,
    by: Reader,
    communes: Collection[str] = (),
    only_open: bool = True,
) -> tuple[CommuneList, ...]:
    """Make the lists of communes, in the order of their codes.

    Parameters
    ----------
    by : Reader
        Who takes the lists; they must be of the office or of fieldwork.
    communes : collection of str
        Codes of the communes wanted; all of them if empty.
    only_open : bool
        Whether cases on which the work has ended are left out.
    """
    wanted = [SampleCase.draw_id == shown.id, SampleCase.active.is_(True)]
    if communes:
        wanted.append(SampleCase.commune_code.in_(communes))
    if only_open:
        wanted.append(SampleCase.disposition.in_(INTERIM))
    found = db.scalars(select(SampleCase).where(*wanted).order_by(SampleCase.number)).all()
    reached = reach(db, vault, shown, found, by=by, purpose=f"lists of draw {shown.id}")
    by_commune: dict[str, list[ListCase]] = {}
    for case in found:
        made = _list_case(case, shown.kind, reached)
        by_commune.setdefault(case.commune_code or "", []).append(made)
    names = commune_names(db, shown.province_id, by_commune)
    return tuple(
        CommuneList(
            code, names.get(code, code), tuple(sorted(cases, key=lambda case: case.village))
        )
        for code, cases in sorted(by_commune.items())
    )


def record_export(
    db: Session, shown: DrawCases, lists: Collection[CommuneList], form: str, *, actor: str
) -> None:
    """Write down that lists with contacts left the program."""
    audit.record(
        db, actor, "cases.export", f"draw {shown.id}", form=form,
        communes=[each.commune for each in lists], n=sum(len(each.cases) for each in lists),
    )  # fmt: skip


def _list_case(case: SampleCase, kind: str, reached: Reached) -> ListCase:
    contact = reached.contacts.get(case.number, Contact())
    guide = reached.guides.get(case.number, Contact())
    return ListCase(
        code=write(case.draw_id, case.number),
        name=contact.name,
        phone=contact.phone,
        address=contact.address,
        village=case.selection.get("village") or "",
        dossier=case.frame_key if kind == "dossier" else "",
        position=case.position,
        guide=", ".join(part for part in (guide.name, guide.phone) if part),
        appointment_at=case.appointment_at,
        assignee=case.assignee or "",
    )
