"""Manifests of ZIP archives: an entry ``manifest.json`` with the digest of every other entry."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

from app.services.manifests.package import MOST_BYTES, MOST_PARTS, TooLargeError, zipped
from app.services.manifests.statement import About, Manifest, read, sign

SCHEME: Final = "entries"
MANIFEST: Final = "manifest.json"


def sealed(files: Mapping[str, bytes], about: About, secret_key: str) -> tuple[bytes, Manifest]:
    """Pack files with a signed list of them; the same files make the same bytes."""
    entries = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = sign(about, {SCHEME: digest(entries)}, secret_key, entries)
    return zipped({**files, MANIFEST: manifest.shown().encode()}), manifest


def manifest_of(content: bytes) -> Manifest | None:
    """Read the manifest of an archive; None without one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if MANIFEST not in archive.namelist():
            return None
        if archive.getinfo(MANIFEST).file_size > 1_000_000:
            return None
        return read(archive.read(MANIFEST))


def entries_of(content: bytes) -> dict[str, str]:
    """Digest of every entry but the manifest.

    Raises
    ------
    TooLargeError
    """
    found: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise TooLargeError
        for entry in entries:
            if entry.filename in found:
                raise zipfile.BadZipFile("two entries of one name")
            found[entry.filename] = hashlib.sha256(archive.read(entry)).hexdigest()
    found.pop(MANIFEST, None)
    return found


def digest(entries: Mapping[str, str]) -> str:
    """Digest of a list of entries."""
    whole = hashlib.sha256()
    for name in sorted(entries):
        whole.update(f"{name}\0{entries[name]}\n".encode())
    return "sha256:" + whole.hexdigest()
