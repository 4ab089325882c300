"""What kind of file this is, and whether an .xlsx is safe to unpack.

All of it runs in bounded memory: an archive's directory is looked at only if it is small, and
entries are unpacked piece by piece, counted and thrown away.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from app.services.imports.refusals import FileRefusedError

MEGABYTE = 1 << 20
MAX_ENTRIES = 2_000
MAX_DIRECTORY = MEGABYTE
MAX_UNPACKED = 1024 * MEGABYTE
# Sheets of answers pack 10 to 40 times smaller; what packs 200 times smaller holds nothing.
MAX_RATIO = 200
RATIO_FROM = 4 * MEGABYTE
MAX_ERROR_CELLS = 10_000

_ERROR_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]{0,80} t="e"[^>]{0,80}>'
    rb"(?:<f[^>]{0,200}/?>(?:[^<]{0,9000}</f>)?)?<v>([^<]{1,20})</v>"
)
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error,
    NotImplementedError, RuntimeError, EOFError, ValueError, OSError,
)  # fmt: skip


def kind_of(path: Path) -> Literal["xlsx", "csv"]:
    """Tell by its first bytes whether a file is a workbook or a text.

    Raises
    ------
    FileRefusedError
        It is neither, or a kind of workbook that is not read.
    """
    size = path.stat().st_size
    if size == 0:
        raise FileRefusedError("file.empty")
    with path.open("rb") as file:
        start = file.read(8192)
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        encrypted = any(
            "EncryptedPackage".encode("utf-16-le") in piece for piece in _pieces(path, 32)
        )
        raise FileRefusedError("file.encrypted" if encrypted else "file.old-xls")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefusedError("file.utf-16")
    if _is_no_table(start):
        raise FileRefusedError("file.not-a-table")
    return "csv"


def _is_no_table(start: bytes) -> bool:
    """Whether these are the first bytes of a picture, document, program or other binary file."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if text.startswith((b"%pdf", b"{\\rtf", b"<!doctype", b"<html", b"<?xml", b"<table")):
        return True
    if start.startswith((b"PK", b"\x1f\x8b", b"\x7fELF", b"\x89PNG", b"\xff\xd8", b"GIF8")):
        return True
    # A text may have a stray control character; that is reported with its row later.
    strange = sum(1 for byte in start if byte < 32 and byte not in b"\t\n\r")
    return strange * 20 > len(start)


def _pieces(path: Path, overlap: int) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            yield rest + piece
            rest = piece[-overlap:]


def check_quickly(path: Path) -> None:
    """Refuse at once what the first bytes and the directory of a file speak against.

    Nothing is unpacked: what passes still has to be looked at by :func:`check_archive`.

    Raises
    ------
    FileRefusedError
    """
    if kind_of(path) == "csv":
        return
    size = path.stat().st_size
    _check_directory(path, size)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist(), size)
    except _DAMAGE as error:
        raise FileRefusedError("file.damaged") from error


def check_archive(path: Path) -> None:
    """Refuse archives that unpack too large, and workbooks of a kind that is not read.

    Declared sizes are checked first, without unpacking anything; then every entry is unpacked
    and counted, because what an archive declares need not be true.

    Raises
    ------
    FileRefusedError
        The archive is damaged, unpacks too large, or is no plain .xlsx.
    """
    size = path.stat().st_size
    _check_directory(path, size)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries, size)
            budget = MAX_UNPACKED
            for entry in entries:
                budget -= _count(archive, entry, budget)
    except _DAMAGE as error:
        raise FileRefusedError("file.damaged") from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Look at what the entries of an archive say of themselves."""
    _check_kind({entry.filename.lower() for entry in entries})
    packed = sum(entry.compress_size for entry in entries)
    _check_sizes(sum(entry.file_size for entry in entries), min(packed, size))


def _check_directory(path: Path, size: int) -> None:
    """Read only the end of the archive: a directory of a million entries is not even parsed."""
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise FileRefusedError("file.damaged")
    entries, directory = struct.unpack_from("<HL", tail, at + 10)
    # The marks of the 64-bit format are larger than both limits, so that it is refused too.
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY:
        raise FileRefusedError("file.too-many-entries", limit=MAX_ENTRIES)


def _check_kind(names: set[str]) -> None:
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise FileRefusedError("file.macros")
    if "xl/workbook.bin" in names:
        raise FileRefusedError("file.xlsb")
    if "xl/workbook.xml" not in names:
        open_document = {"mimetype", "content.xml"} <= names
        raise FileRefusedError("file.ods" if open_document else "file.not-a-table")


def _check_sizes(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise FileRefusedError("file.zip-bomb", ratio=unpacked // max(packed, 1))
    if unpacked > MAX_UNPACKED:
        raise FileRefusedError("file.too-large-unpacked", megabytes=unpacked // MEGABYTE)


def _count(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> int:
    """Unpack one entry, counting, and stop as soon as it is more than it may be."""
    counted = 0
    with archive.open(entry) as stream:
        while piece := stream.read(MEGABYTE):
            if counted == 0:
                _check_markup(entry.filename.lower(), piece)
            counted += len(piece)
            if counted > entry.file_size or counted > budget:
                raise FileRefusedError(
                    "file.zip-bomb", ratio=counted // max(entry.compress_size, 1)
                )
            _check_sizes(counted, entry.compress_size)
    return counted


def _check_markup(name: str, start: bytes) -> None:
    if name.endswith((".xml", ".rels", ".vml")):
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            raise FileRefusedError("file.doctype")
        if name == "[content_types].xml" and b"macroEnabled" in start:
            raise FileRefusedError("file.macros")


def error_cells(path: Path, sheet: str, *, most: int = MAX_ERROR_CELLS) -> dict[str, str]:
    """Find the cells of a sheet that show an error such as #N/A; a parser gives them as empty.

    Returns
    -------
    dict
        Place to error, e.g. ``{"F7": "#DIV/0!"}``.

    Raises
    ------
    FileRefusedError
        There are more than `most`.
    """
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            if part is None:
                return found
            rest = b""
            with archive.open(part) as stream:
                while piece := stream.read(MEGABYTE):
                    text = rest + piece
                    for place, error in _ERROR_CELL.findall(text):
                        found[place.decode()] = error.decode("ascii", "replace")
                    if len(found) > most:
                        raise FileRefusedError("file.too-many-errors", limit=most)
                    rest = text[-10_000:]  # a cell cut in two is looked at again
    except _DAMAGE as error:
        raise FileRefusedError("file.damaged") from error
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Name of the archive's entry that holds a sheet."""
    book = _parse(archive, "xl/workbook.xml")
    links = _parse(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return None
    link = next(
        (
            value
            for each in book.iter()
            if each.tag.endswith("}sheet") and each.get("name") == sheet
            for key, value in each.attrib.items()
            if key.endswith("}id")
        ),
        None,
    )
    target = next((each.get("Target") for each in links if each.get("Id") == link), None)
    if link is None or target is None:
        return None
    part = target.lstrip("/")
    part = part if part.startswith("xl/") else f"xl/{part}"
    return part if part in archive.namelist() else None


def _parse(archive: zipfile.ZipFile, name: str) -> Element | None:
    try:
        if archive.getinfo(name).file_size > MEGABYTE:
            return None
        root: Element = ElementTree.fromstring(archive.read(name))
    except (KeyError, ElementTree.ParseError, DefusedXmlException):
        return None
    return root
