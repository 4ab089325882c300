"""Take apart how people write the name of an office or a unit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.names import search_key, spelling_key

_PIECES = re.compile(r"[,;()\[\]/\n]|\s[-–—]\s")
# What stands before the name of the unit; the longest first.
_OFFICES: Final = tuple(
    sorted(
        (
            tuple(words.split())
            for words in (
                "uy ban nhan dan", "ubnd", "hdnd", "va", "van phong hdnd va ubnd",
                "van phong ubnd", "van phong", "trung tam phuc vu hanh chinh cong",
                "trung tam hanh chinh cong", "trung tam pvhcc", "trung tam hcc", "tt pvhcc",
                "tt hcc", "tt phuc vu hanh chinh cong", "ttpvhcc", "tthcc", "tthc", "pvhcc", "hcc",
                "bo phan tiep nhan va tra ket qua", "bo phan tiep nhan tra ket qua",
                "bo phan tn va tkq", "bo phan tn tkq", "bp tn tkq", "bptn tkq", "bp tn va tkq",
                "bo phan mot cua", "bo phan 1 cua", "bp mot cua", "mot cua", "1 cua",
                "bo phan tiep nhan", "diem tiep nhan", "chi nhanh", "cua", "tai", "thuoc",
                "cap xa", "don vi", "cong chuc", "cong an", "tram y te",
            )
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
_CENTRES: Final = frozenset({"hcc", "tthcc", "pvhcc", "ttpvhcc", "hanh chinh cong"})
# Abbreviations of kinds of units, without and with accents.
_KINDS: Final = {
    "p": ("phuong", "phường"), "f": ("phuong", "phường"), "ph": ("phuong", "phường"),
    "x": ("xa", "xã"), "tt": ("thi tran", "thị trấn"), "dk": ("dac khu", "đặc khu"),
    "dkkt": ("dac khu", "đặc khu"), "q": ("quan", "quận"), "h": ("huyen", "huyện"),
    "tx": ("thi xa", "thị xã"), "tp": ("thanh pho", "thành phố"), "t": ("tinh", "tỉnh"),
}  # fmt: skip
COMMUNE_KINDS: Final = ("phuong", "xa", "thi tran", "dac khu")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what was written: without accents, and in one spelling with them."""

    bare: str
    spelled: str

    def without(self, words: str) -> "Piece":
        """Leave out these words at the end."""
        n = len(words.split())
        return Piece(" ".join(self.bare.split()[:-n]), " ".join(self.spelled.split()[:-n]))


@lru_cache(maxsize=50_000)
def pieces(text: str) -> tuple[Piece, ...]:
    """Part what was written at commas and the like, and leave out what kind of office it is."""
    found = (_piece(part) for part in _PIECES.split(text))
    return tuple(piece for piece in found if piece.bare)


def _piece(text: str) -> Piece:
    bare, spelled = search_key(text).split(), spelling_key(text).split()
    if len(bare) != len(spelled):
        spelled = bare
    at = 0
    while at < len(bare):
        office = next((each for each in _OFFICES if tuple(bare[at : at + len(each)]) == each), None)
        # "TT" before a name is a kind of unit, and "Tại" may be one's own name.
        if office is None or at + len(office) >= len(bare):
            break
        at += len(office)
    bare, spelled = bare[at:], spelled[at:]
    if len(bare) > 1 and bare[0] in _KINDS:
        plain, accented = _KINDS[bare[0]]
        bare, spelled = [plain, *bare[1:]], [accented, *spelled[1:]]
    return Piece(" ".join(bare), " ".join(spelled))


def names_a_centre(text: str) -> bool:
    """Whether a public administration service centre is meant."""
    key = f" {search_key(text)} "
    return any(f" {word} " in key for word in _CENTRES)


def from_kind(text: str) -> Piece | None:
    """Take a commune's name from behind other words: "Phòng Kinh tế xã Tiên Yên"."""
    piece = _piece(text)
    words, spelled = piece.bare.split(), piece.spelled.split()
    for at in range(len(words)):
        for kind in COMMUNE_KINDS:
            n = len(kind.split())
            if " ".join(words[at : at + n]) == kind and at + n < len(words):
                return Piece(" ".join(words[at:]), " ".join(spelled[at:]))
    return None


def without_kind(piece: Piece, kinds: Iterable[str]) -> Piece | None:
    """Leave out the kind of unit at the beginning; None if none stands there."""
    for kind in kinds:
        if piece.bare.startswith(f"{kind} "):
            n = len(kind.split())
            return Piece(" ".join(piece.bare.split()[n:]), " ".join(piece.spelled.split()[n:]))
    return None
