"""Manifests inside files that have room for a note: SAV, DTA, Parquet, PDF, XML and HTML.

The note is a field of fixed length between two marks. The digest is that of the whole file with
spaces in the field, so that every other byte counts: values, labels, weights, pictures.
"""

import hashlib
import mmap
from pathlib import Path
from typing import Final

from app.services.manifests.statement import About, Manifest, read, sign

SCHEME: Final = "file"
_BEGIN, _END = b"@longdan-manifest@", b"@manifest-end@"
# Twenty lines of eighty signs, as SPSS keeps documents.
LENGTH: Final = 1_600
_ROOM: Final = LENGTH - len(_BEGIN) - len(_END)
_PIECE: Final = 1 << 20


def field() -> bytes:
    """Return the empty field, to be written into a file before it is sealed."""
    return _BEGIN + b" " * _ROOM + _END


def seal(path: Path, about: About, secret_key: str) -> Manifest:
    """Sign a file that holds the empty field once, in place.

    Raises
    ------
    ValueError
        There is no such field or more than one, or the manifest is too long for it.
    """
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        place = _place(content)
        if place is None:
            raise ValueError("the file has no room for a manifest")
        manifest = sign(about, {SCHEME: _digest(content, place)}, secret_key)
        content[place : place + _ROOM] = _padded(manifest)
        content.flush()
    return manifest


def sealed(content: bytes, about: About, secret_key: str) -> tuple[bytes, Manifest]:
    """Sign a file in memory; see `seal`."""
    place = _place(content)
    if place is None:
        raise ValueError("the file has no room for a manifest")
    manifest = sign(about, {SCHEME: _digest(content, place)}, secret_key)
    return content[:place] + _padded(manifest) + content[place + _ROOM :], manifest


def sealed_pdf(content: bytes, about: About, secret_key: str) -> tuple[bytes, Manifest]:
    """Sign a PDF: the manifest becomes a remark at its end, which readers of PDF pass over.

    The end of a PDF says where its table of contents begins; it is said again below the remark, so
    that the last lines of the file are those that the format asks for.

    Raises
    ------
    ValueError
        The content does not end like a PDF.
    """
    _before, mark, after = content.rpartition(b"startxref")
    digits = after.split(b"%%EOF")[0].strip()
    if not mark or not digits.isdigit():
        raise ValueError("not a PDF")
    end = b"\nstartxref\n" + digits + b"\n%%EOF\n"
    return sealed(content.rstrip(b"\n") + b"\n% " + field() + end, about, secret_key)


def manifest_of(content: bytes | mmap.mmap) -> Manifest | None:
    """Read the manifest of a file; None without one."""
    place = _place(content)
    if place is None:
        return None
    return read(bytes(content[place : place + _ROOM]).strip())


def digest_of(content: bytes | mmap.mmap) -> str:
    """Digest of a file with spaces in its field; empty without one field."""
    place = _place(content)
    return "" if place is None else _digest(content, place)


def _place(content: bytes | mmap.mmap) -> int | None:
    """Find where the room for the manifest begins."""
    begin = content.find(_BEGIN)
    if begin < 0 or content.find(_BEGIN, begin + 1) >= 0:
        return None
    place = begin + len(_BEGIN)
    end = content.find(_END, place)
    return place if end == place + _ROOM else None


def _padded(manifest: Manifest) -> bytes:
    # Neither the marks nor the end of a remark in XML can stand in it.
    text = manifest.written().replace("@", "\\u0040").replace("--", "-\\u002d").encode("ascii")
    if len(text) > _ROOM:
        raise ValueError("the manifest is too long for its field")
    return text.ljust(_ROOM)


def _digest(content: bytes | mmap.mmap, place: int) -> str:
    digest = hashlib.sha256()
    for begin, end in ((0, place), (place + _ROOM, len(content))):
        for at in range(begin, end, _PIECE):
            digest.update(content[at : min(at + _PIECE, end)])
        if not begin:
            digest.update(b" " * _ROOM)
    return "sha256:" + digest.hexdigest()
