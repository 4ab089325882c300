"""Snapshots of a closed round: its answers fixed in a file that is known by its content."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis import snapshot as files
from analysis.errors import SnapshotDamagedError
from app.errors import ConflictError
from app.models import Round, Snapshot
from app.queries import answers, domains
from app.services import instruments
from app.services.columns import Columns, columns_of

NOWHERE = Path("-")
"""Stands for the file of a snapshot that is not written."""


def folder(var_dir: Path) -> Path:
    """Where snapshots are kept; made when missing."""
    found = var_dir / "snapshots"
    found.mkdir(parents=True, exist_ok=True)
    return found


def take(db: Session, round_: Round, var_dir: Path, code_version: str, now: datetime) -> Snapshot:
    """Fix the answers of a closed round.

    The same answers give the same snapshot, whatever the order in which they came.

    Parameters
    ----------
    round_ : Round
        Closed or published.
    var_dir : Path
        Where the program writes.

    Raises
    ------
    ConflictError
        ``round.not-closed``: answers may still come; ``round.no-answers``: there are none.
    """
    if round_.state not in ("closed", "published"):
        raise ConflictError("round.not-closed", round=round_.code, state=round_.state)
    made = columns(db, round_)
    if made.rows.is_empty():
        raise ConflictError("round.no-answers", round=round_.code)
    written = files.write_snapshot(made.rows, made.layout, folder(var_dir))
    found = db.scalar(
        select(Snapshot).where(
            Snapshot.round_id == round_.id, Snapshot.content_hash == written.content_hash
        )
    )
    if found is not None:
        return found
    row = Snapshot(
        round_id=round_.id,
        content_hash=written.content_hash,
        file_name=written.path.name,
        file_hash=_hash_of(written),
        n_rows=len(written.rows),
        instrument_hash=round_.instrument_version.content_hash,
        code_version=code_version,
        made_at=now,
    )
    db.add(row)
    db.flush()
    return row


def _hash_of(written: files.Snapshot) -> str:
    """Hash the file of a snapshot, which may have been there before it was written."""
    if files.read_snapshot(written.path).content_hash != written.content_hash:
        raise SnapshotDamagedError(path=written.path.name, expected=written.content_hash)
    return files.hash_file(written.path)


def columns(db: Session, round_: Round) -> Columns:
    """Read a round's answers as they are now, as columns."""
    instrument = instruments.instrument_of(round_.instrument_version)
    places = domains.places(db, round_.opens_on, round_.closes_on)
    return columns_of(
        answers.of_round(db, round_.id),
        instrument,
        places.commune_kind,
        files.Source(round_.source),
        {"round": round_.code, "instrument": instrument.content_hash},
    )


def read_taken(taken: Snapshot, var_dir: Path, *, short: bool = False) -> files.Snapshot:
    """Read a snapshot by the hash of its file; one that has none is checked row by row.

    Parameters
    ----------
    short : bool
        Whether whole numbers that fit may be kept in 8 bits.

    Raises
    ------
    SnapshotDamagedError
        The file is missing, or not the one that was written.
    """
    if taken.file_hash is None:
        return read(taken.file_name, taken.content_hash, var_dir)
    found = files.read_written(folder(var_dir) / taken.file_name, taken.file_hash, short=short)
    if found.content_hash != taken.content_hash:
        raise SnapshotDamagedError(path=taken.file_name, expected=taken.content_hash)
    return found


def read(file_name: str, content_hash: str, var_dir: Path) -> files.Snapshot:
    """Read a snapshot and check that it is the one that was published.

    Raises
    ------
    SnapshotDamagedError
        The file is missing, changed, or holds other rows than those of the hash.
    """
    found = files.read_snapshot(folder(var_dir) / file_name)
    if found.content_hash != content_hash:
        raise SnapshotDamagedError(path=file_name, expected=content_hash)
    return found
