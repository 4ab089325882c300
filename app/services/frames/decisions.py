"""Decisions about written names: asked once, remembered for the province."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import FrameDecision
from app.models.base import now
from app.services import audit
from app.services.frames import gather
from app.services.frames.places import Places
from app.services.frames.rules import OPEN
from app.services.frames.shelf import CheckedFiles

LEFT_OUT: Final = "-"
_DECIDED: Final = ("decided", "left-out")


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A name as it stands in the files of a frame.

    Attributes
    ----------
    subject : str
        What it names: ``place`` or ``agency``; ``place<2025-07-01`` in rows of before that day.
    key : str
        By which it is known again, however it is written.
    status : str
        As in `places.Meaning`.
    meaning : str
        Code it was taken for; empty while it is open.
    choices : tuple of str
        What it could mean, the likeliest first.
    """

    subject: str
    key: str
    written: str
    status: str
    meaning: str
    choices: tuple[str, ...]
    n_rows: int
    n_files: int
    file_id: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a name means: ``commune:06652``, ``centre:hcc-22`` or ``agency:so-tu-phap``.

    The choice ``-`` leaves the rows out.
    """

    subject: str
    key: str
    written: str
    choice: str


def names(checked: CheckedFiles) -> tuple[WrittenName, ...]:
    """Read what the names in the files of a frame were taken for, the most frequent first."""
    if not checked.names.exists():
        return ()
    table = pl.read_parquet(checked.names).sort("rows", descending=True, maintain_order=True)
    return tuple(
        WrittenName(
            row["subject"], row["key"], row["written"], row["status"], row["meaning"],
            tuple(filter(None, row["choices"].split(","))), row["rows"], row["files"],
            row["first_file"],
        )
        for row in table.iter_rows(named=True)
    )  # fmt: skip


def open_names(checked: CheckedFiles) -> tuple[WrittenName, ...]:
    """Read the names that wait for a decision."""
    return tuple(name for name in names(checked) if name.status in OPEN)


def decided_names(checked: CheckedFiles) -> tuple[WrittenName, ...]:
    """Read the names that were decided about."""
    return tuple(name for name in names(checked) if name.status in _DECIDED)


def known(db: Session, province_id: int) -> dict[tuple[str, str], str | None]:
    """Read the decisions of a province, by subject and key."""
    rows = db.execute(
        select(FrameDecision.subject, FrameDecision.written_key, FrameDecision.meant_code).where(
            FrameDecision.province_id == province_id
        )
    )
    return {(subject, key): meant for subject, key, meant in rows}


def decide(
    db: Session, frame_code: str, made: Sequence[Decision], places: Places, *, actor: str
) -> None:
    """Keep decisions; the account of the frame has to be drawn up anew.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``frame.not-gathering``; ``decision.unknown``: nothing of that code exists.
    """
    frame = gather.gathering(db, frame_code)
    for each in made:
        meant = None if each.choice == LEFT_OUT else each.choice
        if not _is_allowed(each.subject, meant, places):
            raise ConflictError("decision.unknown", written=each.written, choice=each.choice)
        values = {
            "written": each.written, "meant_code": meant, "decided_by": actor, "decided_at": now(),
        }  # fmt: skip
        db.execute(
            insert(FrameDecision)
            .values(
                province_id=frame.province_id,
                subject=each.subject,
                written_key=each.key,
                **values,
            )
            .on_conflict_do_update(
                index_elements=[
                    FrameDecision.province_id, FrameDecision.subject, FrameDecision.written_key,
                ],
                set_=values,
            )
        )  # fmt: skip
        audit.record(
            db, actor, "frame.decide", frame_code, about=each.subject, written=each.written,
            meant=meant,
        )  # fmt: skip
    if made:
        frame.revision += 1


def _is_allowed(subject: str, meant: str | None, places: Places) -> bool:
    decided = places.decided(meant)
    if decided is None:
        return False
    is_agency = subject.partition("<")[0] == "agency"
    kind = "" if meant is None else meant.partition(":")[0]
    return meant is None or (kind != "centre" if is_agency else kind != "agency")
