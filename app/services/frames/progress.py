"""The reading of a file of a frame, from its beginning to one of its ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import Frame, FrameFile, FrameMapping
from app.models.base import now
from app.services import audit
from app.services.frames.columns import Columns
from app.services.frames.files import KEPT_FOR, PENDING, Received, locked, new_file, plain


@dataclass(frozen=True, slots=True)
class Work:
    """What reading a file needs to know."""

    file_id: int
    frame_id: int
    kind: str
    file_name: str
    stored_name: str
    columns: Columns
    confirmed: bool
    known: Mapping[str, Columns]
    keep_contacts: bool
    unread: tuple[str, ...]


def begin(db: Session, file_id: int) -> Work | None:
    """Begin, or begin again, to read a file; None if that is done or not to be done."""
    file = locked(db, file_id)
    frame = db.get_one(Frame, file.frame_id)
    if file.state not in ("waiting", "reading") or file.stored_name is None:
        return None
    if frame.state != "gathering":
        return None
    file.state = "reading"
    file.rows_done = 0
    columns = Columns.from_json(file.mapping)
    known = db.execute(
        select(FrameMapping.header_signature, FrameMapping.mapping).where(
            FrameMapping.kind == frame.kind
        )
    )
    return Work(
        file_id=file.id,
        frame_id=frame.id,
        kind=frame.kind,
        file_name=file.file_name,
        stored_name=file.stored_name,
        columns=columns,
        confirmed=bool(columns.columns),
        known={signature: Columns.from_json(mapping) for signature, mapping in known},
        keep_contacts=frame.contacts_deleted_at is None,
        unread=tuple((file.head or {}).get("unread", ())),
    )


def split(db: Session, file_id: int, sheets: Sequence[str]) -> tuple[int, ...]:
    """Take the sheets of a workbook as lists of their own; the first stays this file.

    Returns
    -------
    tuple of int
        The files made for the other sheets, waiting to be read.
    """
    file = locked(db, file_id)
    file.mapping = {**file.mapping, "sheet": sheets[0]}
    made = []
    for sheet in sheets[1:]:
        received = Received(file.file_name, file.file_hash, file.stored_name)
        other = new_file(db, file.frame_id, received, file.uploaded_by, state="waiting")
        other.mapping = {"sheet": sheet}
        made.append(other.id)
    db.flush()
    return tuple(made)


def report(db: Session, file_id: int, done: int, total: int) -> bool:
    """Keep how far the reading is; False if it is to stop."""
    return (
        db.scalar(
            update(FrameFile)
            .where(FrameFile.id == file_id, FrameFile.state == "reading")
            .values(rows_done=done, rows_total=total)
            .returning(FrameFile.id)
        )
        is not None
    )


def ask(db: Session, file_id: int, signature: str, head: Mapping[str, Any]) -> None:
    """Let a file wait until an official says what its columns hold."""
    file = locked(db, file_id)
    if file.state == "reading":
        file.state = "uploaded"
        file.header_signature = signature
        file.head = dict(head)


def finish(
    db: Session,
    file_id: int,
    *,
    part_name: str,
    n_rows: int,
    signature: str,
    mapping: Mapping[str, Any],
    told: Mapping[str, Any],
) -> bool:
    """End the reading of a file; False if it was stopped meanwhile, and nothing was done."""
    # The frame first, as everybody else who locks both.
    frame_id = db.scalars(select(FrameFile.frame_id).where(FrameFile.id == file_id)).one()
    frame = db.get_one(Frame, frame_id, with_for_update=True)
    file = locked(db, file_id)
    if file.state != "reading" or frame.state != "gathering":
        return False
    file.state = "read"
    file.part_name = part_name
    file.rows_total = file.rows_done = n_rows
    file.header_signature = signature
    file.mapping = dict(mapping)
    file.head = dict(told)
    file.stored_name = None
    file.finished_at = now()
    frame.revision += 1
    audit.record(
        db, file.uploaded_by, "frame.file-read", frame.code, file=file.id, name=file.file_name,
        file_hash=file.file_hash, rows=n_rows,
    )  # fmt: skip
    return True


def refuse(db: Session, file_id: int, code: str, context: Mapping[str, Any]) -> None:
    """End a file that cannot be read."""
    _end(db, file_id, "refused", code, context)


def fail(db: Session, file_id: int, code: str) -> None:
    """End a file that was not read through a fault of ours."""
    _end(db, file_id, "failed", code, {})


def expire(db: Session) -> None:
    """End files that nobody said the columns of in time."""
    due = db.scalars(
        select(FrameFile.id).where(
            FrameFile.state == "uploaded", FrameFile.created_at <= now() - KEPT_FOR
        )
    ).all()
    for file_id in due:
        refuse(db, file_id, "import.file-gone", {})


def _end(db: Session, file_id: int, state: str, code: str, context: Mapping[str, Any]) -> None:
    file = locked(db, file_id)
    if file.state in PENDING:
        file.state = state
        file.refusal = {"code": code, "context": plain(context)}
        file.head = None
        file.stored_name = None
        file.finished_at = now()
