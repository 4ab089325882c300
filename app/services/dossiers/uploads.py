"""What becomes of a list of closed dossiers, from its arrival to one of its ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import DossierUpload, FrameMapping, Round
from app.services import audit
from app.services.dossiers import store
from app.services.dossiers.checking import Checker, Problems
from app.services.dossiers.manifest import Signed
from app.services.dossiers.reading import KIND, Asked
from app.services.dossiers.register import Register
from app.services.dossiers.store import Target
from app.services.frames.columns import Columns
from app.services.sealing import Sealer

ENDED: Final = ("taken", "unchanged", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it arrived; without a stored name its dossiers came by the call of a system."""

    file_name: str
    file_hash: str
    stored_name: str | None = None
    channel: str = "file"


@dataclass(frozen=True, slots=True)
class Work:
    """What reading a list needs to know."""

    upload_id: int
    stored_name: str
    round_code: str
    columns: Columns | None
    known: Mapping[str, Columns]


def add(
    db: Session,
    target: Target,
    received: Received,
    *,
    by: str,
    now: datetime,
    signed: Signed | None = None,
) -> int:
    """Begin the account of a list that is to be read; its number.

    Raises
    ------
    ConflictError
        ``upload.same-file``: this very file was taken or waits.
    """
    before = db.scalar(
        select(DossierUpload.id).where(
            DossierUpload.round_id == target.round_id,
            DossierUpload.file_hash == received.file_hash,
            DossierUpload.state.in_(("asking", "waiting", "reading", "taken", "unchanged")),
        )
    )
    if before is not None:
        raise ConflictError("upload.same-file", number=before)
    return _new(db, target, received, by=by, now=now, signed=signed).id


def take_at_once(
    db: Session,
    target: Target,
    received: Received,
    checker: Checker,
    sealer: Sealer,
    *,
    by: str,
    now: datetime,
) -> DossierUpload:
    """Take dossiers that were read already, all of them or none."""
    row = _new(db, target, received, by=by, now=now)
    _settle(db, row, target, checker, sealer, now)
    return row


def begin(db: Session, upload_id: int) -> Work | None:
    """Begin, or begin again, to read a list; None if that is done or not to be done."""
    row = _locked(db, upload_id)
    if row.state not in ("waiting", "reading") or row.stored_name is None:
        return None
    row.state, row.n_read = "reading", 0
    stated = row.columns.get("stated")
    return Work(
        row.id,
        row.stored_name,
        db.scalars(select(Round.code).where(Round.id == row.round_id)).one(),
        None if stated is None else Columns.from_json(stated),
        known_columns(db),
    )


def known_columns(db: Session) -> dict[str, Columns]:
    """Read what was said of the columns of lists, by the signature of their headings."""
    known = db.execute(
        select(FrameMapping.header_signature, FrameMapping.mapping).where(FrameMapping.kind == KIND)
    )
    return {signature: Columns.from_json(mapping) for signature, mapping in known}


def checker_for(db: Session, target: Target, today: date) -> Checker:
    """Make what checks a list for a round."""
    return Checker(Register.of(db, target.province_id, today), today)


def report(db: Session, upload_id: int, done: int, total: int) -> None:
    """Keep how far the reading is, for the page that shows it."""
    db.execute(
        update(DossierUpload)
        .where(DossierUpload.id == upload_id, DossierUpload.state == "reading")
        .values(n_read=done, n_rows=total)
    )


def ask(db: Session, upload_id: int, asked: Asked) -> None:
    """Let the office say what the columns hold."""
    row = _locked(db, upload_id)
    if row.state == "reading":
        row.state = "asking"
        row.columns = {"head": asked.head, "signature": asked.signature}


def confirm(
    db: Session, upload_id: int, columns: Columns, signature: str, *, actor: str, now: datetime
) -> None:
    """Take the columns as the office says them, for this file and others with its headings.

    Parameters
    ----------
    signature : str
        Of the headings they were said of (`app.services.frames.head.Head.signature`).

    Raises
    ------
    ConflictError
        ``upload.not-asking``
    """
    row = _locked(db, upload_id)
    if row.state != "asking":
        raise ConflictError("upload.not-asking")
    row.columns = {**row.columns, "stated": columns.to_json()}
    row.state = "waiting"
    if not columns.fixed:
        values = {"mapping": columns.of_headings().to_json()}
        statement = insert(FrameMapping).values(
            kind=KIND, header_signature=signature, confirmed_by=actor, confirmed_at=now, **values
        )
        db.execute(statement.on_conflict_do_nothing(index_elements=["kind", "header_signature"]))


def discard(db: Session, upload_id: int, *, actor: str, now: datetime) -> str | None:
    """Stop a list that is not taken yet; the name of its file, to be deleted.

    Raises
    ------
    ConflictError
        ``upload.ended``
    """
    row = _locked(db, upload_id)
    if row.state in ENDED:
        raise ConflictError("upload.ended")
    stored = row.stored_name
    _fail(db, row, "upload.stopped", now)
    audit.record(db, actor, "dossiers.stop", f"upload {upload_id}")
    return stored


def finish(
    db: Session, work: Work, target: Target, checker: Checker, sealer: Sealer, now: datetime
) -> None:
    """Take the dossiers of a list that was read, all or none, and end its account."""
    row = _locked(db, work.upload_id)
    if row.state not in ENDED:
        _settle(db, row, target, checker, sealer, now)


def fail(db: Session, upload_id: int, code: str, now: datetime, **context: object) -> str | None:
    """End a list that could not be read; the name of its file, to be deleted."""
    row = _locked(db, upload_id)
    if row.state in ENDED:
        return None
    stored = row.stored_name
    _fail(db, row, code, now, **context)
    return stored


def needed_files(db: Session) -> frozenset[str]:
    """List the stored names of files that are still to be read or asked about."""
    names = db.scalars(
        select(DossierUpload.stored_name).where(
            DossierUpload.state.in_(("asking", "waiting", "reading"))
        )
    )
    return frozenset(name for name in names if name is not None)


def _new(
    db: Session,
    target: Target,
    received: Received,
    *,
    by: str,
    now: datetime,
    signed: Signed | None = None,
) -> DossierUpload:
    row = DossierUpload(
        round_id=target.round_id, channel=received.channel, file_name=received.file_name,
        file_hash=received.file_hash, stored_name=received.stored_name, state="waiting",
        manifest=None if signed is None else signed.to_json(), columns={}, uploaded_by=by,
        created_at=now, n_rows=0, n_new=0, n_known=0, n_problems=0, problems=[],
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def _settle(
    db: Session,
    row: DossierUpload,
    target: Target,
    checker: Checker,
    sealer: Sealer,
    now: datetime,
) -> None:
    taken = None
    if not checker.problems.n:
        taken = store.take(db, target, checker, row.id, sealer)
    row.n_rows = row.n_read = checker.n_rows
    if taken is None:
        row.state = "rejected"
        _keep_problems(row, checker.problems)
    else:
        row.n_new, row.n_known = taken.n_new, taken.n_known
        row.state = "taken" if taken.n_new else "unchanged"
    row.finished_at, row.stored_name, row.columns = now, None, {}
    audit.record(
        db, row.uploaded_by, f"dossiers.{row.state}", target.code, upload=row.id,
        channel=row.channel, file=row.file_hash, rows=row.n_rows, new=row.n_new,
        known=row.n_known, problems=row.n_problems, signed=row.manifest is not None,
    )  # fmt: skip


def _keep_problems(row: DossierUpload, problems: Problems) -> None:
    row.n_problems = problems.n
    row.problems = [each.to_json() for each in problems.listed]


def _fail(db: Session, row: DossierUpload, code: str, now: datetime, **context: object) -> None:
    row.state = "failed"
    row.n_problems = 1
    plain: dict[str, Any] = {"row": 0, "column": "", "value": "", "problem": code}
    row.problems = [plain | {"context": {key: str(value) for key, value in context.items()}}]
    row.finished_at, row.stored_name, row.columns = now, None, {}
    db.flush()


def _locked(db: Session, upload_id: int) -> DossierUpload:
    found = db.scalar(
        select(DossierUpload)
        .where(DossierUpload.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("upload.unknown", upload=upload_id)
    return found
