"""Which dossiers an order is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import ClosedDossier, Invitation, ServiceCentre

MOST_NAMED = 5_000
# The states an invitation must be in for what an order does with it; issuing needs none to be.
_ISSUED = Invitation.state != "cancelled"


@dataclass(frozen=True, slots=True)
class Scope:
    """Centres (none: all), first and last day of closing, or single dossiers by their codes."""

    centres: tuple[str, ...] = ()
    closed_from: date | None = None
    closed_to: date | None = None
    dossiers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Express it as it is stored."""
        return {
            "centres": list(self.centres),
            "closed_from": self.closed_from.isoformat() if self.closed_from else None,
            "closed_to": self.closed_to.isoformat() if self.closed_to else None,
            "dossiers": list(self.dossiers),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` made."""
        first, last = plain.get("closed_from"), plain.get("closed_to")
        return cls(
            tuple(plain.get("centres", ())),
            date.fromisoformat(first) if first else None,
            date.fromisoformat(last) if last else None,
            tuple(plain.get("dossiers", ())),
        )


def refuse(scope: Scope) -> None:
    """Refuse a scope that says nothing sensible.

    Raises
    ------
    ConflictError
        ``order.days-reversed``, ``order.too-many-named``.
    """
    if scope.closed_from and scope.closed_to and scope.closed_to < scope.closed_from:
        raise ConflictError("order.days-reversed")
    if len(scope.dossiers) > MOST_NAMED:
        raise ConflictError("order.too-many-named", most=MOST_NAMED)


def concerned(
    round_id: int, kind: str, sender: str | None, scope: Scope, today: date
) -> ColumnElement[bool]:
    """Tell the dossiers that an order would do something with.

    Codes are issued for closed dossiers without one; issued again, or cancelled, where there is
    one that nobody has used. Messages go only where somebody can be reached.
    """
    code = select(Invitation.id).where(Invitation.dossier_id == ClosedDossier.id)
    if kind == "issue":
        wanted = ~code.where(_ISSUED).exists()
    else:
        wanted = code.where(Invitation.state == "unused").exists()
    parts = [
        ClosedDossier.round_id == round_id,
        ClosedDossier.closed_on <= today,
        wanted,
    ]
    if sender == "messages":
        parts.append(ClosedDossier.contact_sealed.is_not(None))
    if scope.centres:
        centres = select(ServiceCentre.id).where(ServiceCentre.code.in_(scope.centres))
        parts.append(ClosedDossier.centre_id.in_(centres))
    if scope.closed_from:
        parts.append(ClosedDossier.closed_on >= scope.closed_from)
    if scope.closed_to:
        parts.append(ClosedDossier.closed_on <= scope.closed_to)
    if scope.dossiers:
        parts.append(ClosedDossier.code.in_(scope.dossiers))
    return and_(*parts)


def count(
    db: Session, round_id: int, kind: str, sender: str | None, scope: Scope, today: date
) -> int:
    """Count the dossiers that an order would do something with."""
    wanted = concerned(round_id, kind, sender, scope, today)
    return db.scalars(select(func.count()).select_from(ClosedDossier).where(wanted)).one()
