"""Control totals counted in the closed dossiers of a round, for which its answers stand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import ClosedDossier, ControlTotals, Field, Round, ServiceCentre
from app.services import snapshots
from app.services.columns import PLACE
from app.services.weighting import controls
from app.services.weighting.controls import Control

COLUMNS: Final = (f"{PLACE}centre", f"{PLACE}field")
# What is tried, the finest first.
CHOICES: Final = (COLUMNS, COLUMNS[:1], COLUMNS[1:])


def count(db: Session, round_: Round, columns: Sequence[str], *, name: str) -> Control:
    """Count the closed dossiers by centre, by field, or by both.

    Raises
    ------
    ConflictError
        ``round.not-per-dossier``; ``control.not-of-frame``; ``control.frame-blank``: dossiers
        without a field; ``control.empty``.
    """
    if not round_.per_dossier:
        raise ConflictError("round.not-per-dossier", round=round_.code)
    known: dict[str, ColumnElement[Any]] = {COLUMNS[0]: ServiceCentre.code.expression,
                                            COLUMNS[1]: Field.code.expression}  # fmt: skip
    for column in columns:
        if column not in known:
            raise ConflictError("control.not-of-frame", column=column)
    if not columns:
        raise ConflictError("control.empty")
    chosen = [known[column] for column in columns]
    rows = db.execute(
        select(*chosen, func.count())
        .select_from(ClosedDossier)
        .join(ServiceCentre, ServiceCentre.id == ClosedDossier.centre_id)
        .outerjoin(Field, Field.id == ClosedDossier.field_id)
        .where(ClosedDossier.round_id == round_.id)
        .group_by(*chosen)
    ).all()
    n_blank = sum(n for *label, n in rows if None in label)
    if n_blank:
        raise ConflictError("control.frame-blank", column=", ".join(columns), n=n_blank)
    cells = {tuple(label): float(n) for *label, n in rows}
    return Control(name, tuple(columns), "list", cells)


def fitting(db: Session, round_: Round) -> tuple[str, ...]:
    """Find the finest margin that every dossier and every answer carries; empty if there is none.

    Answers that had to wait for company gave up their field, or their centre too: where some did,
    the answers can only be fitted to what all of them still say.
    """
    made = snapshots.columns(db, round_)
    for columns in CHOICES:
        try:
            control = count(db, round_, columns, name="")
        except ConflictError:
            continue
        if not any(each.hinders for each in controls.check(control, made.rows, made.layout)):
            return columns
    return ()


def add(
    db: Session, round_: Round, columns: Sequence[str], *, name: str, actor: str, now: datetime
) -> ControlTotals:
    """Count and keep as control totals of the round.

    Raises
    ------
    ConflictError
        As `count` and `app.services.weighting.controls.add`.
    """
    counted = count(db, round_, columns, name=name)
    return controls.add(db, round_.id, counted, actor=actor, now=now)
