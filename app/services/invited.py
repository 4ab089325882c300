"""What a rate from one-time codes rests on: how many dossiers there were, how many were answered.

Published with every figure as a note, so that nobody reads the interval as if everybody had
answered. It is made of what is published anyway, and tells of no group that is not told of.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.results import Note
from app.models import ClosedDossier, Invitation, Round, ServiceCentre
from app.services.figure_columns import FigureColumns
from app.services.figures import written_notes

CODE: Final = "answers-by-code"
"""Its detail is answers/codes/dossiers."""
CENTRE: Final = "centre"

Invited = Mapping[str, tuple[int, int]]
"""Centre → closed dossiers, and those of them with a code that counts."""


def count(db: Session, round_: Round) -> dict[str, tuple[int, int]] | None:
    """Count the closed dossiers of a round and their codes; None where there are no codes."""
    if not round_.per_dossier:
        return None
    rows = db.execute(
        select(
            ServiceCentre.code,
            func.count(ClosedDossier.id.distinct()),
            func.count(Invitation.dossier_id.distinct()),
        )
        .select_from(ClosedDossier)
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .outerjoin(
            Invitation,
            (Invitation.dossier_id == ClosedDossier.id) & (Invitation.state != "cancelled"),
        )
        .where(ClosedDossier.round_id == round_.id)
        .group_by(ServiceCentre.code)
        .order_by(ServiceCentre.code)
    )
    return {code: (n_dossiers, n_codes) for code, n_dossiers, n_codes in rows}


def noted(made: FigureColumns, invited: Invited | None, n_answers: int) -> FigureColumns:
    """Say beside every figure that is shown how many were asked and how many have answered.

    Figures about a centre speak of its own dossiers, all others of those of the whole round.
    """
    if not invited or not sum(codes for _dossiers, codes in invited.values()):
        return made
    whole = _written(
        n_answers,
        sum(codes for _dossiers, codes in invited.values()),
        sum(dossiers for dossiers, _codes in invited.values()),
    )
    answered = _answered(made)
    notes = []
    for kind, code, suppressed, before in zip(
        made.domain_kind, made.domain_code, made.suppressed, made.notes, strict=True
    ):
        if suppressed:
            notes.append(before)
        elif kind == CENTRE and invited.get(code, (0, 0))[1]:
            dossiers, codes = invited[code]
            notes.append((*before, *_written(answered[code], codes, dossiers)))
        else:
            notes.append((*before, *whole))
    return replace(made, notes=notes)


def _answered(made: FigureColumns) -> dict[str, int]:
    """Find the most people any shown figure of a centre is about."""
    found: dict[str, int] = {}
    for kind, code, suppressed, n in zip(
        made.domain_kind, made.domain_code, made.suppressed, made.n, strict=True
    ):
        if kind == CENTRE and not suppressed:
            found[code] = max(found.get(code, 0), n or 0)
    return found


def _written(n_answers: int, n_codes: int, n_dossiers: int) -> tuple[str, ...]:
    return written_notes((Note(CODE, f"{n_answers}/{n_codes}/{n_dossiers}"),))
