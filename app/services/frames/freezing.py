"""Freeze a frame: write its canonical file, and let nothing about it change from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Frame, FrameFile
from app.services import audit
from app.services.frames import gather
from app.services.frames.account import Account
from app.services.frames.files import GONE, PENDING
from app.services.frames.persons import Persons
from app.services.frames.shelf import Shelf
from app.services.frames.vault import Vault
from surveys.sampling.frame import STANDARD, write_frame

_NOT_READ: Final = ("refused", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a frame cannot be frozen yet.

    Attributes
    ----------
    code : str
        ``freeze.files-pending``, ``freeze.columns-unknown``, ``freeze.files-not-read``,
        ``freeze.not-settled``, ``freeze.decisions-open``, ``freeze.no-rows``.
    files : tuple of str
        Names of the files it is about.
    n : int
        How many rows or files it is about.
    """

    code: str
    files: tuple[str, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frame's canonical file."""

    content_hash: str
    file_name: str
    n_rows: int


def hindrances(db: Session, frame: Frame) -> tuple[Hindrance, ...]:
    """List what stands in the way of freezing a frame; empty if nothing does."""
    files = db.execute(
        select(FrameFile.state, FrameFile.file_name)
        .where(FrameFile.frame_id == frame.id, FrameFile.state.not_in(GONE))
        .order_by(FrameFile.id)
    ).all()
    found = []
    for code, states in (
        ("freeze.columns-unknown", ("uploaded",)),
        ("freeze.files-pending", tuple(set(PENDING) - {"uploaded"})),
        ("freeze.files-not-read", _NOT_READ),
    ):
        names = tuple(name for state, name in files if state in states)
        if names:
            found.append(Hindrance(code, names, len(names)))
    if frame.revision != frame.settled_revision:
        found.append(Hindrance("freeze.not-settled"))
        return tuple(found)
    account = Account.from_json(frame.account)
    if account.waiting:
        found.append(Hindrance("freeze.decisions-open", n=account.waiting))
    if not account.accepted:
        found.append(Hindrance("freeze.no-rows"))
    return tuple(found)


def hindrances_of(db: Session, code: str) -> tuple[Hindrance, ...]:
    """List what stands in the way of freezing a frame, by its code.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    frame = db.scalar(select(Frame).where(Frame.code == code))
    if frame is None:
        raise NotFoundError("frame.unknown", frame=code)
    return hindrances(db, frame)


def begin(db: Session, code: str, *, actor: str) -> int:
    """Let nothing about a frame change while its file is written; returns its number.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    ConflictError
        ``frame.not-gathering``; ``freeze.hindered``, with the first hindrance's code.
    """
    frame = gather.gathering(db, code)
    found = hindrances(db, frame)
    if found:
        raise ConflictError("freeze.hindered", why=found[0].code)
    frame.state = "freezing"
    frame.frozen_by = actor
    frame.failure = None
    return frame.id


def write(frame: Frame, file_ids: Iterable[int], shelf: Shelf, persons: Persons) -> Frozen:
    """Write the canonical file of a frame, and where each of its rows comes from."""
    checked = shelf.checked(frame.id, frame.settled_revision)
    again = (
        pl.scan_parquet(checked.duplicates).select("file", "row")
        if (checked.duplicates.exists())
        else None
    )
    parts = []
    for file_id in file_ids:
        rows = pl.scan_parquet(checked.rows(file_id)).filter(pl.col("outcome") == "")
        rows = rows.with_columns(pl.lit(file_id, dtype=pl.Int64).alias("file")).drop("outcome")
        if again is not None:
            rows = rows.join(again, on=["file", "row"], how="anti")
        parts.append(rows.collect())
    table = pl.concat(parts)
    # Where nobody is named, the dossier or village stands for itself.
    unnamed = table["prn"].is_null()
    numbers = persons.numbers(("key:" + table["key"]).set(~unnamed, None))
    table = table.with_columns(table["prn"].zip_with(~unnamed, numbers).alias("prn"))
    unfinished = shelf.folder / f"{frame.id}.part"
    content_hash = write_frame(unfinished, frame.kind, table.select(STANDARD[frame.kind]))
    file_name = f"{content_hash}.csv"
    _place(unfinished, shelf.frozen(file_name))
    table.select("key", "file", "row").sort("key").write_parquet(shelf.origin(frame.id))
    return Frozen(content_hash, file_name, len(table))


def _place(unfinished: Path, path: Path) -> None:
    """Give the file its name, for reading only; the same content may lie there already."""
    unfinished.chmod(0o440)
    unfinished.replace(path)


def keep_contacts(frame_id: int, shelf: Shelf, vault: Vault) -> int:
    """Keep the contacts of the frame's rows, to be found by key."""
    return vault.freeze(frame_id, pl.read_parquet(shelf.origin(frame_id)))


def finish(db: Session, frame_id: int, frozen: Frozen, now: datetime) -> None:
    """Say that a frame is frozen; the database then refuses to change it."""
    frame = db.get_one(Frame, frame_id, with_for_update=True)
    if frame.state != "freezing":
        return
    frame.content_hash = frozen.content_hash
    frame.file_name = frozen.file_name
    frame.n_rows = frozen.n_rows
    frame.frozen_at = now
    frame.state = "frozen"
    account = Account.from_json(frame.account)
    audit.record(
        db, frame.frozen_by or "operator", "frame.freeze", frame.code,
        content_hash=frozen.content_hash, rows=frozen.n_rows, rows_in=account.n_rows,
        rejected=sum(account.rejected.values()), excluded=dict(account.excluded),
    )  # fmt: skip


def give_up(db: Session, frame_id: int, code: str) -> None:
    """Go back to gathering when freezing came to nothing."""
    frame = db.get_one(Frame, frame_id, with_for_update=True)
    if frame.state == "freezing":
        frame.state = "gathering"
        frame.frozen_by = None
        frame.failure = {"code": code}
