"""Who writes a report and signs it: filled in once for a province and remembered.

Kept as a file beside the reports, not in the database: it is a convenience, and the report that was
made carries its own copy.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

_FILE = "letterheads.json"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The parts of an administrative document that only its agency knows.

    Attributes
    ----------
    authority_above, authority : str
        The agency above, and the one that issues the document.
    symbol : str
        What follows the number, e.g. ``BC-SNV``; the number itself is given at the registry.
    place : str
        Where it is issued.
    addressee : str
        To whom it is reported; empty without.
    authority_line : str
        In whose name it is signed, e.g. ``KT. GIÁM ĐỐC``; empty without.
    position, signatory : str
        Position and name of who signs.
    recipients : tuple of str
        "Nơi nhận", one a line.
    """

    authority_above: str
    authority: str
    symbol: str
    place: str
    addressee: str
    authority_line: str
    position: str
    signatory: str
    recipients: tuple[str, ...]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        values = {name: str(stored.get(name, "")) for name in _TEXTS}
        recipients = tuple(str(line) for line in stored.get("recipients", ()))
        return cls(**values, recipients=recipients)

    def to_json(self) -> dict[str, Any]:
        """Write as JSON can hold it."""
        return asdict(self)


_TEXTS = tuple(field.name for field in fields(Letterhead) if field.name != "recipients")


def usual(province: str) -> Letterhead:
    """Propose the letterhead of a province's department of Home Affairs.

    Parameters
    ----------
    province : str
        Name with its kind, e.g. ``Tỉnh Quảng Ninh``.
    """
    short = province.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    kind = province[: len(province) - len(short)].strip() or "Tỉnh"
    return Letterhead(
        # The decree lets the agency above be shortened, so that it stands on one line.
        authority_above=f"UBND {province.upper()}",
        authority="SỞ NỘI VỤ",
        symbol="BC-SNV",
        place=short,
        addressee=f"Ủy ban nhân dân {kind.lower()} {short}",
        authority_line="",
        position="GIÁM ĐỐC",
        signatory="",
        recipients=("Như trên", "Lãnh đạo Sở", "Lưu: VT, CCHC"),
    )


def remembered(folder: Path, province: str) -> Letterhead:
    """Read the letterhead last used for a province, or propose the usual one."""
    stored = _read(folder).get(province)
    return usual(province) if stored is None else Letterhead.from_json(stored)


def remember(folder: Path, province: str, letterhead: Letterhead) -> None:
    """Keep a letterhead for the next report of a province."""
    write_json(folder / _FILE, {**_read(folder), province: letterhead.to_json()})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file in one piece: whoever reads it finds the old or the new one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    Path(part).replace(path)


def _read(folder: Path) -> dict[str, Any]:
    try:
        stored: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return stored
