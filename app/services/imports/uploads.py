"""Uploaded files: kept under names of our own until they are read, and then deleted."""

import hashlib
import os
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

from app.names import clean
from surveys.instrument.tables import UNWANTED

# Nobody confirms the columns of a file a day later; it holds people's answers, so it goes.
KEPT_FOR: Final = timedelta(hours=24)
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was received. ``file_hash`` is ``sha256:`` and 64 hexadecimal digits."""

    stored_name: str
    file_hash: str


def keep(stream: IO[bytes], folder: Path) -> Upload:
    """Write a received file into the folder, readable for this program's user only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16)
    digest = hashlib.sha256()
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    return Upload(name, f"sha256:{digest.hexdigest()}")


def path_of(folder: Path, stored_name: str) -> Path:
    """Where a kept file lies; ``ValueError`` for a name that is not of our making."""
    if not _NAME.fullmatch(stored_name):
        raise ValueError(stored_name)
    return folder / stored_name


def delete(folder: Path, stored_name: str) -> None:
    """Remove a kept file; it may be gone already."""
    path_of(folder, stored_name).unlink(missing_ok=True)


def sweep(folder: Path, needed: Collection[str], now: float) -> int:
    """Remove files that nobody came back for, and say how many.

    Parameters
    ----------
    needed : collection of str
        Stored names that a job is still to read.
    now : float
        Present moment, in seconds since 1970.
    """
    removed = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        if not _NAME.fullmatch(path.name) or path.name in needed:
            continue
        try:
            if now - path.stat().st_mtime > KEPT_FOR.total_seconds():
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def hash_of(path: Path) -> str:
    """Hash of a file, in the form of ``Upload.file_hash``."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def shown_name(name: str | None) -> str:
    """Write the name a person's file had, without folders and in one line."""
    last = re.split(r"[/\\]", name or "")[-1]
    return clean(UNWANTED.sub("", last))[:150] or "?"
