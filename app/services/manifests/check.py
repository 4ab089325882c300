"""Whether a file is still as it was handed out, by which key, and of which publication."""

import io
import mmap
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.services.manifests import beside, bundle, cells, package, region
from app.services.manifests.statement import Manifest, read

# Files with parts are read whole; larger ones are not handed out but as SAV, DTA, CSV or Parquet.
MOST_WHOLE: Final = 1_000_000_000
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")


class Finding(StrEnum):
    """What was found of a file.

    ``SAVED_AGAIN``: every cell is as issued, but another program has saved the workbook, so how it
    looks may have changed. ``FOREIGN``: whole and signed, by a key that is not known here.
    ``FORGED``: the manifest was changed after it was signed. ``UNSIGNED``: no manifest.
    """

    GENUINE = "genuine"
    SAVED_AGAIN = "saved-again"
    ALTERED = "altered"
    FOREIGN = "foreign"
    FORGED = "forged"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a file.

    Attributes
    ----------
    manifest : Manifest or None
        What the file says of itself; to be believed only when `finding` is good.
    where : tuple of str
        Sheets or entries that are not as issued, where that can be told.
    """

    finding: Finding
    manifest: Manifest | None = None
    where: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the figures are those that this installation issued."""
        return self.finding in (Finding.GENUINE, Finding.SAVED_AGAIN)


def check(
    path: Path,
    keys: Collection[bytes],
    shelf: Path | None = None,
    manifest_beside: bytes | None = None,
) -> Checked:
    """Check a file.

    Parameters
    ----------
    keys : collection of bytes
        Public keys that are trusted, 32 bytes each.
    shelf : Path, optional
        Where this installation remembers the manifests of files that hold none.
    manifest_beside : bytes, optional
        The manifest that came with the file.
    """
    try:
        manifest, same, where = _read(path, shelf, manifest_beside)
    except (MemoryError, AssertionError):
        raise
    except Exception:  # noqa: BLE001 - files of strangers break libraries in ways of their own
        return Checked(Finding.UNREADABLE)
    if manifest is None:
        return Checked(Finding.UNSIGNED)
    if not manifest.is_signed:
        return Checked(Finding.FORGED, manifest)
    if same is not Finding.ALTERED and manifest.public_key not in keys:
        same = Finding.FOREIGN
    return Checked(same, manifest, where)


Read = tuple[Manifest | None, Finding, tuple[str, ...]]


def _read(path: Path, shelf: Path | None, given: bytes | None) -> Read:
    """Read the manifest of a file and compare the file with it."""
    if path.stat().st_size == 0:
        return None, Finding.ALTERED, ()
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning == b"PK\3\4" and path.stat().st_size <= MOST_WHOLE:
        return _of_archive(path.read_bytes())
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        inside = region.manifest_of(content)
        if inside is not None:
            same = region.digest_of(content) == inside.hashes.get(region.SCHEME)
            return inside, Finding.GENUINE if same else Finding.ALTERED, ()
    digest = beside.digest_of(path)
    found = read(given) if given is not None else None
    if found is None and shelf is not None:
        found = beside.find(shelf, digest)
    if found is None:
        return None, Finding.ALTERED, ()
    same = digest == found.hashes.get(beside.SCHEME)
    return found, Finding.GENUINE if same else Finding.ALTERED, ()


def _of_archive(content: bytes) -> Read:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        is_package = "[Content_Types].xml" in archive.namelist()
    if not is_package:
        return _of_bundle(content)
    manifest = package.manifest_of(content)
    if manifest is None:
        return None, Finding.ALTERED, ()
    if package.digest_of(content) == manifest.hashes.get(package.SCHEME):
        return manifest, Finding.GENUINE, ()
    if not manifest.parts:
        return manifest, Finding.ALTERED, ()
    where = _different(manifest.parts, cells.digests(content)) or _calculated(content)
    return manifest, Finding.ALTERED if where else Finding.SAVED_AGAIN, where


def _calculated(content: bytes) -> tuple[str, ...]:
    """Name the parts with formulas: none is handed out, and one may show what no cell holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return tuple(name for name in sheets if _FORMULA.search(archive.read(name)))


def _of_bundle(content: bytes) -> Read:
    manifest = bundle.manifest_of(content)
    if manifest is None:
        return None, Finding.ALTERED, ()
    found = bundle.entries_of(content)
    if bundle.digest(found) == manifest.hashes.get(bundle.SCHEME):
        return manifest, Finding.GENUINE, ()
    return manifest, Finding.ALTERED, _different(manifest.parts, found)


def _different(issued: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    """Name the parts that are not as issued, missing and added ones too."""
    names = dict.fromkeys((*issued, *found))
    return tuple(name for name in names if issued.get(name) != found.get(name))
