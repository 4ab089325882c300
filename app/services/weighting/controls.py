"""Control totals: what is known of the population, from a file or counted in the frame."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.snapshot import Layout
from app.errors import ConflictError, NotFoundError
from app.models import ControlTotals, Round
from app.names import clean
from app.queries import domains
from app.services import audit
from app.services.columns import PLACE
from app.services.sampling.frames import frozen_frame
from app.services.weighting import store
from app.services.weighting.cases import Account, PlaceFound, draw_of

AGREEMENT: Final = 0.005
"""Margins of the same population may add up to totals this far apart, as a share."""

MOST_CELLS: Final = 20_000
Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """Totals by the cells of one margin, or of several columns crossed.

    Attributes
    ----------
    columns : tuple of str
        Of the snapshot.
    counted : str
        ``list`` or ``people``; see `app.models.ControlTotals`.
    cells : mapping of tuple of str to float
        One category per column; only totals above 0.
    """

    name: str
    columns: tuple[str, ...]
    counted: str
    cells: Mapping[Label, float]

    @property
    def total(self) -> float:
        """Sum of all cells."""
        return math.fsum(self.cells.values())

    @property
    def content_hash(self) -> str:
        """Hash of what it says, whatever it is called."""
        return store.hash_of(
            {"columns": list(self.columns), "counted": self.counted, "cells": self.cells_json()}
        )

    def cells_json(self) -> list[dict[str, Any]]:
        """Write the cells out, sorted."""
        return [{"of": list(label), "total": self.cells[label]} for label in sorted(self.cells)]

    def scaled(self, total: float) -> "Control":
        """Scale all cells so that they add up to another total."""
        factor = total / self.total
        cells = {label: value * factor for label, value in self.cells.items()}
        return Control(self.name, self.columns, self.counted, cells)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about control totals that somebody has to see before they are used.

    Attributes
    ----------
    code : str
        ``control.no-answers``: cells of the population without an answer;
        ``control.no-total``: answers in cells without a total; ``control.missing``: answers
        without a category; ``control.column-gone``: the answers have no such column;
        ``control.far``: the weights are far from the total.
    hinders : bool
        Whether weights cannot be fitted to it as it is.
    cells : tuple of tuple of str
        The first cells concerned.
    n : int
        How many cells or answers.
    """

    code: str
    hinders: bool
    cells: tuple[Label, ...] = ()
    n: int = 0
    share: float = 0.0


def of_row(row: ControlTotals) -> Control:
    """Read what is stored."""
    cells = {tuple(cell["of"]): float(cell["total"]) for cell in row.cells}
    return Control(row.name, tuple(row.columns), row.counted, cells)


def listed(db: Session, round_id: int, *, all_: bool = False) -> tuple[ControlTotals, ...]:
    """List the control totals of a round, oldest first; with `all_` those set aside as well."""
    wanted = select(ControlTotals).where(ControlTotals.round_id == round_id)
    if not all_:
        wanted = wanted.where(ControlTotals.set_aside_at.is_(None))
    return tuple(db.scalars(wanted.order_by(ControlTotals.number)))


def by_hash(db: Session, round_id: int, hashes: Sequence[str]) -> dict[str, Control]:
    """Find control totals by their content.

    Raises
    ------
    NotFoundError
        ``control.unknown``.
    """
    rows = db.scalars(
        select(ControlTotals).where(
            ControlTotals.round_id == round_id, ControlTotals.content_hash.in_(hashes)
        )
    )
    found = {row.content_hash: of_row(row) for row in rows}
    for wanted in hashes:
        if wanted not in found:
            raise NotFoundError("control.unknown", control=wanted)
    return found


def add(
    db: Session,
    round_id: int,
    control: Control,
    *,
    actor: str,
    now: datetime,
    file: tuple[str, str] | None = None,
) -> ControlTotals:
    """Keep control totals; the same ones again are those kept already, offered again.

    Parameters
    ----------
    file : tuple of str, optional
        Name and hash of the file they come from; without it they were counted in the frame.

    Raises
    ------
    ConflictError
        ``control.empty``, ``control.too-many``; ``control.set-aside``: the same were set aside.
    """
    if not control.cells:
        raise ConflictError("control.empty")
    if len(control.cells) > MOST_CELLS:
        raise ConflictError("control.too-many", most=MOST_CELLS)
    # One at a time, so that numbers follow each other.
    db.scalars(select(Round.id).where(Round.id == round_id).with_for_update()).one()
    found = db.scalar(
        select(ControlTotals).where(
            ControlTotals.round_id == round_id,
            ControlTotals.content_hash == control.content_hash,
        )
    )
    if found is not None:
        if found.set_aside_at is not None:
            raise ConflictError("control.set-aside", name=found.name)
        return found
    row = ControlTotals(
        round_id=round_id,
        number=_next_number(db, round_id),
        name=clean(control.name)[:200],
        source="frame" if file is None else "file",
        counted=control.counted,
        columns=list(control.columns),
        cells=control.cells_json(),
        total=control.total,
        content_hash=control.content_hash,
        file_name=None if file is None else file[0],
        file_hash=None if file is None else file[1],
        made_by=actor,
        made_at=now,
    )
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "controls.add", f"round {round_id}",
        number=row.number, controls=row.content_hash, source=row.source, file=row.file_hash,
    )  # fmt: skip
    return row


def _next_number(db: Session, round_id: int) -> int:
    last = select(func.max(ControlTotals.number)).where(ControlTotals.round_id == round_id)
    return (db.scalar(last) or 0) + 1


def set_aside(db: Session, round_id: int, number: int, *, actor: str, now: datetime) -> None:
    """Offer control totals no longer; weights made with them keep them.

    Raises
    ------
    NotFoundError
        ``control.unknown``.
    """
    row = db.scalar(
        select(ControlTotals)
        .where(ControlTotals.round_id == round_id, ControlTotals.number == number)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("control.unknown", control=number)
    if row.set_aside_at is None:
        row.set_aside_by, row.set_aside_at = actor, now
        audit.record(db, actor, "controls.set-aside", f"round {round_id}", number=number)


def of_frame(
    db: Session,
    round_: Round,
    columns: Sequence[str],
    account: Account,
    name: str,
    var_dir: Path,
) -> Control:
    """Count the frame of a round's draw by columns that answers carry too.

    A frame of dossiers is counted by lines, one of villages by the people in them.

    Raises
    ------
    NotFoundError
        ``draw.none``.
    ConflictError
        ``control.not-of-frame``: the frame does not know a column, or means something else by
        it; ``control.frame-blank``: lines of the frame lack it.
    """
    draw = draw_of(db, round_.id)
    if draw is None:
        raise NotFoundError("draw.none", round=round_.code)
    places = {place.column: place for place in account.places if place.is_known}
    for column in columns:
        if column not in places:
            raise ConflictError("control.not-of-frame", column=column)
    frame = frozen_frame(var_dir, draw.frame.file_name or "", draw.frame_hash)
    kinds = domains.places(db, round_.opens_on, round_.closes_on).commune_kind
    table = pl.DataFrame(
        {column: _frame_column(frame.categories, places[column], kinds) for column in columns}
    )
    people = frame.measure("people") if frame.kind == "area" else None
    table = table.with_columns(
        pl.lit(1.0).alias("n") if people is None else pl.Series("n", people, pl.Float64)
    )
    blank = table.filter(pl.any_horizontal(pl.col(column).is_null() for column in columns))
    if len(blank) and float(blank["n"].sum()) > 0:
        raise ConflictError("control.frame-blank", column=", ".join(columns), n=len(blank))
    counted = table.group_by(columns).agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    cells = {tuple(map(str, row[:-1])): float(row[-1]) for row in counted.iter_rows()}
    return Control(name, tuple(columns), "list", cells)


def _frame_column(
    categories: Mapping[str, Any], place: PlaceFound, kinds: Mapping[str, str]
) -> pl.Series:
    """Read what the frame knows in the terms of a column of the answers."""

    def codes(name: str) -> pl.Series:
        labels = pl.Series([*categories[name].labels, ""], dtype=pl.String)
        return labels.gather(categories[name].codes).replace("", None)

    if place.of == "case":
        # Where a case is visited: at home if the frame knows it, else where the centre is.
        parts = [codes(name) for name in ("home_commune", "commune") if name in categories]
        found = parts[0]
        for other in parts[1:]:
            found = found.fill_null(other)
    else:
        found = codes(place.of)
    if place.column == f"{PLACE}commune_kind":
        found = found.replace_strict(kinds, default=None, return_dtype=pl.String)
    return found.alias(place.column)


def check(control: Control, answers: pl.DataFrame, layout: Layout) -> tuple[Finding, ...]:
    """Hold control totals against the answers they are to be used for."""
    gone = [name for name in control.columns if name not in answers.columns]
    if gone:
        return (Finding("control.column-gone", True, ((gone[0],),), 1),)
    rows = answers.select(
        *(pl.col(name).cast(pl.String) for name in control.columns), pl.col(layout.weight)
    )
    found = []
    blank = rows.filter(pl.any_horizontal(pl.col(name).is_null() for name in control.columns))
    if len(blank):
        found.append(Finding("control.missing", True, (), len(blank)))
    sums = rows.drop_nulls().group_by(control.columns).agg(pl.col(layout.weight).sum())
    present = {tuple(row[:-1]) for row in sums.iter_rows()}
    empty = sorted(label for label in control.cells if label not in present)
    if empty:
        lost = math.fsum(control.cells[label] for label in empty) / control.total
        found.append(Finding("control.no-answers", True, tuple(empty[:10]), len(empty), lost))
    stray = sorted(label for label in present if label not in control.cells)
    if stray:
        found.append(Finding("control.no-total", True, tuple(stray[:10]), len(stray)))
    return tuple(found)


def disagreeing(controls: Sequence[Control]) -> tuple[Control, Control, float] | None:
    """Find two whose sums differ by more than `AGREEMENT`: the pair and the relative difference."""
    if len(controls) < 2:
        return None
    least = min(controls, key=lambda one: one.total)
    most = max(controls, key=lambda one: one.total)
    apart = most.total / least.total - 1.0
    return (least, most, apart) if apart > AGREEMENT else None
