"""Manifests inside XLSX and DOCX: custom properties of the document.

Such a file is a ZIP archive of parts. The digest is over the names and contents of all parts but
the properties that hold the manifest. A workbook has a digest for each sheet besides, which a
program that saves it again without changing a number does not change.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from defusedxml import ElementTree

from app.services.manifests import cells
from app.services.manifests.statement import About, Manifest, read, sign

SCHEME: Final = "package"
PROPERTIES: Final = "docProps/custom.xml"
_NAME: Final = "longdan-manifest"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
# A text property holds no more than 255 signs.
_LONGEST: Final = 250
# What an upload may unpack to.
MOST_BYTES: Final = 400_000_000
MOST_PARTS: Final = 5_000
TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
RELATION: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
)
_FORM: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"


class TooLargeError(ValueError):
    """The archive unpacks to more than anybody would hand out."""


def sealed(content: bytes, about: About, secret_key: str) -> tuple[bytes, Manifest]:
    """Sign an XLSX or DOCX file; what it says of itself otherwise is kept.

    Returns
    -------
    bytes
        The same for the same content.
    Manifest
    """
    parts = dict(_parts(content))
    parts[PROPERTIES] = b""
    parts["[Content_Types].xml"] = _typed(parts["[Content_Types].xml"])
    parts["_rels/.rels"] = _related(parts["_rels/.rels"])
    sheets = cells.digests(content) if "xl/workbook.xml" in parts else {}
    manifest = sign(about, {SCHEME: digest(parts)}, secret_key, sheets)
    parts[PROPERTIES] = properties(manifest)
    return zipped(parts), manifest


def manifest_of(content: bytes) -> Manifest | None:
    """Read the manifest of an XLSX or DOCX file; None without one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if PROPERTIES not in archive.namelist():
            return None
        if archive.getinfo(PROPERTIES).file_size > _LONGEST * 1000:
            return None
        try:
            root = ElementTree.fromstring(archive.read(PROPERTIES))
        except ElementTree.ParseError:
            return None
    found = {
        each.get("name", ""): "".join(each.itertext())
        for each in root
        if each.get("name", "").startswith(_NAME)
    }
    return read("".join(found[name] for name in sorted(found)))


def digest_of(content: bytes) -> str:
    """Digest of a file without the part that holds its manifest.

    Raises
    ------
    TooLargeError
    """
    return digest(dict(_parts(content)))


def digest(parts: Mapping[str, bytes]) -> str:
    """Digest of parts by name and content; the order in the archive does not count."""
    return digest_of_digests(
        {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    )


def digest_of_digests(parts: Mapping[str, str]) -> str:
    """Digest of parts whose own digests are known."""
    whole = hashlib.sha256()
    for name in sorted(parts):
        if name != PROPERTIES:
            whole.update(f"{name}\0{parts[name]}\n".encode())
    return "sha256:" + whole.hexdigest()


def properties(manifest: Manifest) -> bytes:
    """Write the custom properties that hold a manifest."""
    text = manifest.written()
    pieces = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
    written = "".join(
        f'<property fmtid="{_FORM}" pid="{number + 1}" name="{_NAME}-{number:03d}">'
        f"<vt:lpwstr>{escape(piece)}</vt:lpwstr></property>"
        for number, piece in enumerate(pieces, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
        'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{written}</Properties>"
    ).encode()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts in their order; the same parts make the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise TooLargeError
        if len(names) < len(entries):
            raise zipfile.BadZipFile("two parts of one name")
        for entry in entries:
            yield entry.filename, archive.read(entry)


def _typed(part: bytes) -> bytes:
    """Declare the properties among the types of the package."""
    text = part.decode()
    if PROPERTIES in text:
        return part
    override = f'<Override PartName="/{PROPERTIES}" ContentType="{TYPE}"/>'
    return text.replace("</Types>", f"{override}</Types>").encode()


def _related(part: bytes) -> bytes:
    """Declare the properties among the relations of the package."""
    text = part.decode()
    if PROPERTIES in text:
        return part
    taken = {int(number) for number in re.findall(r'Id="rId(\d+)"', text)}
    number = max(taken, default=0) + 1
    relation = f'<Relationship Id="rId{number}" Type="{RELATION}" Target="{PROPERTIES}"/>'
    return text.replace("</Relationships>", f"{relation}</Relationships>").encode()
