"""Taking checked dossiers into a round: all of them or none, and each only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Campaign, ClosedDossier, Round
from app.services.dossiers import contacts
from app.services.dossiers.checking import Checker, Dossier
from app.services.sealing import Sealer

_BATCH: Final = 5_000
_LOCK: Final = 7_201_960


@dataclass(frozen=True, slots=True)
class Target:
    """A round that takes closed dossiers."""

    round_id: int
    code: str
    province_id: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """How many dossiers are new, and how many were known already."""

    n_new: int
    n_known: int


def target_of(db: Session, round_code: str) -> Target:
    """Find a round that takes closed dossiers.

    Raises
    ------
    NotFoundError
        ``round.unknown``
    ConflictError
        ``round.not-per-dossier``; ``round.takes-no-dossiers``: it is closed.
    """
    row = db.execute(
        select(
            Round.id, Round.code, Campaign.province_id, Campaign.simulated, Round.per_dossier,
            Round.state,
        )
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(Round.code == round_code)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFoundError("round.unknown", round=round_code)
    if not row.per_dossier:
        raise ConflictError("round.not-per-dossier", round=round_code)
    if row.state not in ("draft", "open"):
        raise ConflictError("round.takes-no-dossiers", round=round_code)
    return Target(row.id, row.code, row.province_id, row.simulated)


def take(
    db: Session, target: Target, checker: Checker, upload_id: int, sealer: Sealer
) -> Taken | None:
    """Keep the dossiers of a list; None, and a problem for each, if some contradict known ones.

    Lists that come at once are taken one after the other, so that none is taken twice.
    """
    db.execute(text("SELECT pg_advisory_xact_lock(:lock, :id)"), _lock(target))
    known = _known(db, target, checker.dossiers)
    fresh: list[Dossier] = []
    for dossier in checker.dossiers:
        before = known.get(dossier.code)
        if before is None:
            fresh.append(dossier)
        elif before != (dossier.centre_id, dossier.field_id, dossier.closed_on):
            checker.problems.add(dossier.row, "code", dossier.code, "dossier.changed")
    if checker.problems.n:
        return None
    for at in range(0, len(fresh), _BATCH):
        rows = [
            {
                "round_id": target.round_id, "code": each.code, "centre_id": each.centre_id,
                "procedure_id": each.procedure_id, "field_id": each.field_id,
                "closed_on": each.closed_on, "upload_id": upload_id,
                "contact_sealed": contacts.seal(
                    sealer, target.round_id, each.code, each.contact
                ),
            }
            for each in fresh[at : at + _BATCH]
        ]  # fmt: skip
        db.execute(insert(ClosedDossier), rows)
    return Taken(len(fresh), len(checker.dossiers) - len(fresh) + checker.n_repeated)


def _known(
    db: Session, target: Target, dossiers: Sequence[Dossier]
) -> dict[str, tuple[int, int | None, object]]:
    found: dict[str, tuple[int, int | None, object]] = {}
    for at in range(0, len(dossiers), _BATCH):
        codes = [each.code for each in dossiers[at : at + _BATCH]]
        rows = db.execute(
            select(
                ClosedDossier.code, ClosedDossier.centre_id, ClosedDossier.field_id,
                ClosedDossier.closed_on,
            ).where(ClosedDossier.round_id == target.round_id, ClosedDossier.code.in_(codes))
        )  # fmt: skip
        found |= {code: (centre, field, day) for code, centre, field, day in rows}
    return found


def _lock(target: Target) -> dict[str, int]:
    return {"lock": _LOCK, "id": target.round_id % 2**31}
