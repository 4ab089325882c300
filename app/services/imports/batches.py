"""What becomes of a file: uploaded, waiting, being read, and then one of four ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CursorResult, cast, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import ImportBatch, ImportedRow, Round
from app.models.base import now
from app.services import audit
from app.services.imports.check import Accepted, Rejected
from app.services.imports.mapping import Columns
from app.services.imports.problems import ProblemList
from app.services.imports.rounds import ImportRound
from app.services.imports.store import Stored, lock_round, store

_ABOUT_OTHERS: Final = "identical_rows_are_new"
ENDED: Final = ("imported", "unchanged", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The file of a batch: its name for people, its hash, and its name in the folder of uploads."""

    file_name: str
    file_hash: str
    stored_name: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a job needs to know to read a batch's file."""

    batch_id: int
    round_code: str
    stored_name: str
    mapping: Mapping[str, Any]


def add(
    db: Session, round_id: int, file: FileFacts, columns: Columns, by: str, *, state: str
) -> int:
    """Begin the account of a file and return its number."""
    batch = ImportBatch(
        round_id=round_id,
        file_name=file.file_name,
        file_hash=file.file_hash,
        stored_name=file.stored_name,
        mapping=columns.to_json(),
        state=state,
        uploaded_by=by,
        created_at=now(),
    )
    db.add(batch)
    db.flush()
    return batch.id


def confirm(db: Session, batch_id: int, columns: Columns) -> None:
    """Take the columns as the office confirmed them; the file may now be read.

    Raises
    ------
    NotFoundError
        ``import.unknown``
    ConflictError
        ``import.not-uploaded``: it was confirmed before.
    """
    batch = _batch(db, batch_id)
    if batch.state != "uploaded" or batch.stored_name is None:
        raise ConflictError("import.not-uploaded", batch=batch_id)
    batch.mapping = columns.to_json()
    batch.state = "waiting"


def discard(db: Session, batch_id: int) -> str | None:
    """Forget an upload that was not confirmed; returns the name of its file, to be deleted.

    Raises
    ------
    NotFoundError
        ``import.unknown``
    ConflictError
        ``import.not-uploaded``
    """
    batch = _batch(db, batch_id)
    if batch.state != "uploaded":
        raise ConflictError("import.not-uploaded", batch=batch_id)
    stored_name = batch.stored_name
    db.delete(batch)
    return stored_name


def begin(db: Session, batch_id: int) -> Work | None:
    """Begin, or begin again, to read a batch's file; None if that is done or not to be done."""
    batch = _batch(db, batch_id)
    if batch.state not in ("waiting", "reading") or batch.stored_name is None:
        return None
    batch.state = "reading"
    batch.rows_done = 0
    code = db.scalars(select(Round.code).where(Round.id == batch.round_id)).one()
    return Work(batch.id, code, batch.stored_name, batch.mapping)


def report(db: Session, batch_id: int, done: int, total: int) -> None:
    """Keep how far the reading is, for the page that shows it."""
    db.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == "reading")
        .values(rows_done=done, rows_total=total)
    )


def finish(
    db: Session, target: ImportRound, batch_id: int, checked: Accepted | Rejected
) -> str | None:
    """Store what was checked, or why not, and end the batch.

    Returns
    -------
    str or None
        The batch's state; None if it had ended before, and nothing was done.

    Raises
    ------
    RoundRefusedError
        The round was closed in the meantime.
    """
    lock_round(db, target.id)
    batch = _batch(db, batch_id)
    if batch.state in ENDED:
        return None
    outcome: Stored | ProblemList = (
        store(db, target, checked.plan, checked.spool, batch_id)
        if isinstance(checked, Accepted)
        else checked.problems
    )
    batch.rows_total = batch.rows_done = checked.n_rows
    if isinstance(outcome, Stored):
        batch.rows_imported = outcome.n_imported
        batch.rows_unchanged = outcome.n_unchanged
        batch.state = "imported" if outcome.n_imported else "unchanged"
        if isinstance(checked, Accepted):
            batch.remarks = checked.remarks.to_json()
    else:
        batch.state = "rejected"
        batch.n_problems = len(outcome)
        batch.problems = [each.to_json() for each in outcome.listed]
        batch.problem_groups = [each.to_json() for each in outcome.groups]
    _end(db, batch, target.code)
    return batch.state


def finish_same_file(db: Session, target: ImportRound, batch_id: int) -> bool:
    """End the batch as unchanged if this very file, read the same way, was imported before.

    It cannot hold other people, whatever was said about rows that are alike.
    """
    batch = _batch(db, batch_id)
    reading = {key: each for key, each in batch.mapping.items() if key != _ABOUT_OTHERS}
    before = db.scalar(
        select(ImportBatch)
        .where(
            ImportBatch.round_id == target.id,
            ImportBatch.file_hash == batch.file_hash,
            ImportBatch.mapping.op("-")(_ABOUT_OTHERS) == cast(reading, JSONB),
            ImportBatch.state.in_(("imported", "unchanged")),
            ImportBatch.id != batch_id,
        )
        .order_by(ImportBatch.id)
        .limit(1)
    )
    if before is None or batch.state in ENDED:
        return False
    batch.rows_total = batch.rows_done = batch.rows_unchanged = before.rows_total
    batch.remarks = before.remarks
    batch.state = "unchanged"
    _end(db, batch, target.code)
    return True


def fail(db: Session, batch_id: int, code: str, **context: str) -> str | None:
    """End a batch that could not be read to the end; nothing of it was imported.

    Returns the stored name of its file, to be deleted; None if it had ended before.
    """
    batch = _batch(db, batch_id)
    if batch.state in ENDED:
        return None
    stored_name = batch.stored_name
    problems = ProblemList()
    problems.general(code, **context)
    batch.state = "failed"
    batch.n_problems = 1
    batch.problems = [each.to_json() for each in problems.listed]
    code_of_round = db.scalars(select(Round.code).where(Round.id == batch.round_id)).one()
    _end(db, batch, code_of_round)
    return stored_name


def needed_files(db: Session) -> frozenset[str]:
    """List the stored names of the files that a job is still to read."""
    names = db.scalars(
        select(ImportBatch.stored_name).where(ImportBatch.state.in_(("waiting", "reading")))
    )
    return frozenset(name for name in names if name is not None)


def forget_rows(db: Session, round_id: int) -> int:
    """Forget by what the rows of a round are known again, once no more can come in.

    Until then a row of an office's file could be matched with what is kept of it.
    """
    done = db.execute(delete(ImportedRow).where(ImportedRow.round_id == round_id))
    return done.rowcount if isinstance(done, CursorResult) else 0


def _end(db: Session, batch: ImportBatch, round_code: str) -> None:
    batch.finished_at = now()
    batch.stored_name = None
    audit.record(
        db, batch.uploaded_by, f"import.{batch.state}", round_code,
        batch=batch.id, file_hash=batch.file_hash, rows=batch.rows_total,
        imported=batch.rows_imported, unchanged=batch.rows_unchanged, problems=batch.n_problems,
    )  # fmt: skip


def _batch(db: Session, batch_id: int) -> ImportBatch:
    found = db.scalar(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("import.unknown", batch=batch_id)
    return found
