"""Manifests of CSV, which has no room for one: a file beside it, and a shelf of those given out.

The shelf knows the manifest of a file by the file's digest, so that this installation recognises a
CSV that comes back alone. It holds no figures and may be emptied: files made again fill it again.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from app.services.manifests.statement import About, Manifest, read, sign

SCHEME: Final = "text"
SUFFIX: Final = ".manifest.json"
_MARK: Final = b"\xef\xbb\xbf"
_PIECE: Final = 1 << 20


def sealed(path: Path, about: About, secret_key: str) -> Manifest:
    """Sign a text file; the file itself is left as it is."""
    return sign(about, {SCHEME: digest_of(path)}, secret_key)


def digest_of(path: Path) -> str:
    """Digest of a text file; the mark at its beginning and the kind of line ends do not count."""
    whole = hashlib.sha256()
    held = b""
    with path.open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        while piece := file.read(_PIECE):
            piece = held + piece
            held = piece[-1:] if piece.endswith(b"\r") else b""
            whole.update(piece[: len(piece) - len(held)].replace(b"\r\n", b"\n"))
    whole.update(held)
    return "sha256:" + whole.hexdigest()


def keep(shelf: Path, manifest: Manifest) -> None:
    """Remember the manifest of a file by the file's digest."""
    shelf.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=shelf, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(manifest.shown())
    Path(part).replace(_path(shelf, manifest.hashes[SCHEME]))


def find(shelf: Path, digest: str) -> Manifest | None:
    """Find the manifest of a file that was given out, by the file's digest."""
    try:
        return read(_path(shelf, digest).read_bytes())
    except OSError:
        return None


def _path(shelf: Path, digest: str) -> Path:
    return shelf / f"{digest.removeprefix('sha256:')}{SUFFIX}"
