"""The files of a frame as the office handles them: hand in, confirm, stop, take out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Frame, FrameFile, FrameMapping
from app.models.base import now
from app.services import audit
from app.services.frames import gather
from app.services.frames.columns import Columns

# Under way; a file in one of these states, and what it stands for, is not lost sight of.
PENDING: Final = ("uploaded", "waiting", "reading")
GONE: Final = ("removed",)
# Files that nobody says the columns of are deleted: they hold people's data.
KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it was received: its name for people, its hash, its name among the uploads."""

    file_name: str
    file_hash: str
    stored_name: str | None


def add(
    db: Session, frame_code: str, file: Received, *, actor: str, columns: Columns | None = None
) -> int:
    """Take a file into a frame; it then waits to be read.

    Parameters
    ----------
    columns : Columns, optional
        What its columns hold, if that is known already.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``frame.not-gathering``; ``file.twice``: the very same file is there already.
    """
    frame = gather.gathering(db, frame_code)
    before = db.scalar(
        select(FrameFile.file_name).where(
            FrameFile.frame_id == frame.id,
            FrameFile.file_hash == file.file_hash,
            FrameFile.state.in_((*PENDING, "read")),
        )
    )
    if before is not None:
        raise ConflictError("file.twice", name=before)
    made = new_file(db, frame.id, file, actor, state="waiting")
    if columns is not None:
        made.mapping = columns.to_json()
    return made.id


def add_refused(
    db: Session, frame_code: str, file: Received, code: str, context: Mapping[str, Any], actor: str
) -> int:
    """Remember a file that was refused at once, so that it is not lost sight of."""
    frame = gather.gathering(db, frame_code)
    made = new_file(db, frame.id, file, actor, state="refused")
    made.refusal = {"code": code, "context": plain(context)}
    made.finished_at = now()
    return made.id


def confirm(
    db: Session, frame_code: str, file_id: int, columns: Columns, signature: str, *, actor: str
) -> tuple[int, ...]:
    """Take the columns as an official states them, and remember them for the same headings.

    Returns
    -------
    tuple of int
        This file and the others that asked the same: they may now be read.

    Raises
    ------
    NotFoundError
        ``frame.unknown``, ``file.unknown``
    ConflictError
        ``frame.not-gathering``; ``file.not-asking``: it was confirmed before.
    """
    frame = gather.gathering(db, frame_code)
    file = of_frame(db, frame.id, file_id)
    if file.state != "uploaded" or file.stored_name is None:
        raise ConflictError("file.not-asking", file=file_id)
    remembered = columns.of_headings().to_json()
    values = {
        "mapping": remembered, "confirmed_by": actor, "confirmed_at": now(),
    }  # fmt: skip
    db.execute(
        insert(FrameMapping)
        .values(kind=frame.kind, header_signature=signature, **values)
        .on_conflict_do_update(
            index_elements=[FrameMapping.kind, FrameMapping.header_signature], set_=values
        )
    )
    file.mapping = columns.to_json()
    file.header_signature = signature
    _wait_again(file)
    alike = db.scalars(
        select(FrameFile).where(
            FrameFile.frame_id == frame.id,
            FrameFile.state == "uploaded",
            FrameFile.header_signature == signature,
            FrameFile.id != file_id,
        )
    ).all()
    for other in alike:
        _wait_again(other)
    audit.record(db, actor, "frame.columns", frame_code, file=file_id, columns=remembered)
    db.flush()
    return (file_id, *(other.id for other in alike))


def cancel(db: Session, frame_code: str, file_id: int, *, actor: str) -> str | None:
    """Stop a file that is not read yet.

    Returns
    -------
    str or None
        Stored name of the file if nothing needs it any more, to be deleted.

    Raises
    ------
    NotFoundError
        ``frame.unknown``, ``file.unknown``
    ConflictError
        ``frame.not-gathering``, ``file.not-pending``
    """
    frame = gather.gathering(db, frame_code)
    file = of_frame(db, frame.id, file_id)
    if file.state not in PENDING:
        raise ConflictError("file.not-pending", file=file_id)
    stored_name = file.stored_name
    file.state = "cancelled"
    file.stored_name = None
    file.head = None
    file.finished_at = now()
    audit.record(db, actor, "frame.file-cancel", frame_code, file=file_id, name=file.file_name)
    return None if stored_name is None or is_needed(db, stored_name) else stored_name


def remove(db: Session, frame_code: str, file_id: int, *, actor: str) -> int:
    """Take a file out of a frame; its rows are to be removed by the caller.

    Returns
    -------
    int
        The frame's number.

    Raises
    ------
    NotFoundError
        ``frame.unknown``, ``file.unknown``
    ConflictError
        ``frame.not-gathering``, ``file.pending``
    """
    frame = gather.gathering(db, frame_code)
    file = of_frame(db, frame.id, file_id)
    if file.state in PENDING:
        raise ConflictError("file.pending", file=file_id)
    if file.state not in GONE:
        if file.state == "read":
            frame.revision += 1
        file.state = "removed"
        file.head = None
        file.n_accepted = file.n_rejected = file.n_pending = file.n_problems = 0
        file.excluded, file.problem_counts = {}, {}
        audit.record(db, actor, "frame.file-remove", frame_code, file=file_id, name=file.file_name)
    return frame.id


def of_frame(db: Session, frame_id: int, file_id: int) -> FrameFile:
    """Lock a file of a frame.

    Raises
    ------
    NotFoundError
        ``file.unknown``
    """
    file = locked(db, file_id) if 0 < file_id < 2**63 else None
    if file is None or file.frame_id != frame_id:
        raise NotFoundError("file.unknown", file=file_id)
    return file


def needed_files(db: Session) -> frozenset[str]:
    """List the stored names of the files that are still to be read, or ask for their columns."""
    names = db.scalars(
        select(FrameFile.stored_name).where(
            FrameFile.state.in_(PENDING), FrameFile.created_at > now() - KEPT_FOR
        )
    )
    return frozenset(name for name in names if name is not None)


def frames_with_leftovers(db: Session) -> tuple[int, ...]:
    """List the frames that ended lately: a process may have died before it tidied up."""
    ended = Frame.state.in_(("frozen", "withdrawn"))
    lately = Frame.created_at > now() - timedelta(days=400)
    return tuple(db.scalars(select(Frame.id).where(ended, lately).order_by(Frame.id)))


def is_needed(db: Session, stored_name: str) -> bool:
    """Whether a file is still to be read: the sheets of a workbook share one."""
    return (
        db.scalar(
            select(FrameFile.id)
            .where(FrameFile.stored_name == stored_name, FrameFile.state.in_(PENDING))
            .limit(1)
        )
        is not None
    )


def _wait_again(file: FrameFile) -> None:
    """Let a file be read now that its columns are known, and forget what it began with."""
    file.state = "waiting"
    file.head = {"unread": (file.head or {}).get("unread", [])}


def new_file(db: Session, frame_id: int, file: Received, actor: str, *, state: str) -> FrameFile:
    """Begin the account of a file."""
    made = FrameFile(
        frame_id=frame_id,
        file_name=file.file_name,
        file_hash=file.file_hash,
        stored_name=file.stored_name,
        state=state,
        mapping={},
        uploaded_by=actor,
        created_at=now(),
    )
    db.add(made)
    db.flush()
    return made


def locked(db: Session, file_id: int) -> FrameFile:
    """Lock a file.

    Raises
    ------
    NotFoundError
        ``file.unknown``
    """
    found = db.scalar(
        select(FrameFile)
        .where(FrameFile.id == file_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("file.unknown", file=file_id)
    return found


def plain(context: Mapping[str, Any]) -> dict[str, Any]:
    """Express what a refusal names as it is stored."""
    return {
        key: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for key, value in context.items()
    }
