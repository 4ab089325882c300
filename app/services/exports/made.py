"""Files made once, whole or not at all, with an account of what they are.

A file is written under another name, its rows are counted again, and only then does it take its
place: what is handed out can not be cut off. The account beside it says how many rows were counted,
how large the file is, and its digest.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.errors import LongdanError
from app.services.manifests.statement import Manifest

Progress = Callable[[int, int], None]
"""Told how many rows of how many are written."""

_PIECE: Final = 1 << 20


class CutOffError(LongdanError):
    """A file holds another number of rows than it should."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the maker of a file tells of it.

    Attributes
    ----------
    n_rows : int
        Rows it was to hold.
    n_counted : int
        Rows counted in the file after it was written.
    """

    n_rows: int
    n_counted: int
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is ready.

    Attributes
    ----------
    digest : str
        SHA-256 of its bytes.
    """

    path: Path
    n_rows: int
    n_bytes: int
    digest: str


def silent(_done: int, _all: int) -> None:
    """Tell nobody."""


def ready(folder: Path, identity: str, form: str) -> Made | None:
    """Find a file that was made before; None when it is not there or is not what it was.

    Parameters
    ----------
    identity : str
        Names all that the content depends on.
    """
    path = _path(folder, identity, form)
    try:
        account = json.loads(_account(path).read_text(encoding="utf-8"))
        size = path.stat().st_size
    except (OSError, ValueError):
        return None
    if size != account.get("n_bytes"):
        return None
    return Made(path, account["n_rows"], size, account["digest"])


def make(
    folder: Path, identity: str, form: str, write: Callable[[Path], Written], *, again: bool = False
) -> Made:
    """Make a file unless it is there.

    Parameters
    ----------
    write : callable
        Writes it to a path and counts its rows again.
    again : bool
        Make it even when it is there.

    Raises
    ------
    CutOffError
        ``file.cut-off``: the rows counted are not those that it was to hold; nothing is kept.
    """
    found = None if again else ready(folder, identity, form)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, identity, form)
    handle, name = tempfile.mkstemp(dir=folder, suffix=f".part.{form}")
    os.close(handle)
    part = Path(name)
    try:
        written = write(part)
        if written.n_counted != written.n_rows:
            raise CutOffError("file.cut-off", wanted=written.n_rows, found=written.n_counted)
        made = Made(path, written.n_rows, part.stat().st_size, digest_of(part))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _keep(_account(path), made)
    return made


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _keep(account: Path, made: Made) -> None:
    told = {name: value for name, value in asdict(made).items() if name != "path"}
    handle, name = tempfile.mkstemp(dir=account.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file)
    Path(name).replace(account)


def _path(folder: Path, identity: str, form: str) -> Path:
    return folder / f"{hashlib.sha256(identity.encode()).hexdigest()}.{form}"


def _account(path: Path) -> Path:
    return path.with_name(f"{path.name}.account")
