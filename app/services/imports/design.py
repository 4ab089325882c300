"""The facts of a row beside its answers: where it stands in the sample, when, where and how."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from app.names import clean, search_key
from app.services.imports.reader import Cell
from surveys.instrument.tables import UNWANTED

MAX_LENGTH: Final = 200
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_ONE_COMMAED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_ONE_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_COMMA_DECIMAL = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+),\d+")
_POINT_DECIMAL = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "web": ("web", "online", "trực tuyến", "internet", "qua mạng"),
    "kiosk": ("kiosk", "ki-ốt", "màn hình tại quầy"),
    "tablet": ("tablet", "máy tính bảng", "phỏng vấn trên máy tính bảng", "phỏng vấn trực tiếp"),
    "phone": ("phone", "điện thoại", "phỏng vấn qua điện thoại", "qua điện thoại"),
    "paper": ("paper", "phiếu giấy", "giấy", "phiếu in"),
}
_MODE_KEYS = {search_key(name): code for code, those in MODES.items() for name in those}


class Unreadable(Exception):  # noqa: N818 - an answer, not an error of the program
    """The entry is not accepted; ``code`` and ``context`` say why."""

    def __init__(self, code: str, **context: str) -> None:
        super().__init__(code)
        self.code = code
        self.context = context


def refuse_controls(text: str) -> None:
    """Refuse an entry with control characters, which comparing by keys would overlook.

    Raises
    ------
    Unreadable
        ``answer.bad-character``
    """
    if UNWANTED.search(text):
        raise Unreadable("answer.bad-character")


def code_text(cell_text: str) -> str:
    """Read the name of a stratum, PSU or row key; empty if there is none."""
    text = clean(cell_text[: 4 * MAX_LENGTH])
    if len(text) > MAX_LENGTH:
        raise Unreadable("answer.too-long", max_length=str(MAX_LENGTH))
    return text


def weight(cell: Cell, text: str, decimal: str | None, *, comma_likely: bool = False) -> float:
    """Read a base weight: a finite number greater than zero.

    Parameters
    ----------
    cell : Cell
        The cell; a number there is taken as it is.
    text : str
        Its text.
    decimal : str or None
        Decimal mark of numbers written as text; None takes either mark where only one reading is
        possible.
    comma_likely : bool
        Whether the file's columns are parted by semicolons, as Excel does where the comma is the
        decimal mark.

    Raises
    ------
    Unreadable
        ``weight.not-a-number``, ``weight.ambiguous``, ``weight.not-positive``.
    """
    if isinstance(cell, bool):
        raise Unreadable("weight.not-a-number")
    if isinstance(cell, int | float):
        try:
            value = float(cell)
        except OverflowError:
            raise Unreadable("weight.not-positive") from None
    else:
        value = _number(clean(text[:100]).replace(" ", ""), decimal, comma_likely)
    if not (math.isfinite(value) and value > 0):
        raise Unreadable("weight.not-positive")
    return value


def _number(text: str, decimal: str | None, comma_likely: bool) -> float:
    if not text.isascii():
        raise Unreadable("weight.not-a-number")
    if text.lower().strip("+-") in ("nan", "inf", "infinity"):
        raise Unreadable("weight.not-positive")
    if decimal is None:
        # 1,500 is one and a half to one reader and fifteen hundred to the other.
        one_group = _ONE_DOTTED if comma_likely else _ONE_COMMAED
        if one_group.fullmatch(text):
            raise Unreadable("weight.ambiguous")
    if decimal != "." and _COMMA_DECIMAL.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if decimal != "," and _POINT_DECIMAL.fullmatch(text):
        return float(text.replace(",", ""))
    if decimal == "," and _GROUPED.fullmatch(text):
        return float(text.replace(".", ""))
    if _PLAIN.fullmatch(text):
        return float(text)
    raise Unreadable("weight.not-a-number")


def day(text: str, first: date, last: date) -> date:
    """Read the day of an answer, within the round.

    Raises
    ------
    Unreadable
        ``answer.not-a-date``, ``date.outside-round``.
    """
    found = _day(clean(text[:100]))
    if not first <= found <= last:
        raise Unreadable("date.outside-round", first=first.isoformat(), last=last.isoformat())
    return found


def _day(text: str) -> date:
    if local := _DAY_FIRST.match(text):
        # A time may follow; what follows otherwise makes the entry unreadable below.
        rest = text[local.end() :].strip()
        text = f"{local[3]}-{local[2]:0>2}-{local[1]:0>2}" + (f" {rest}" if rest else "")
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Unreadable("answer.not-a-date") from None


def mode(text: str, allowed: tuple[str, ...], stated: Mapping[str, str]) -> str:
    """Read the way of answering: its code or its name.

    Raises
    ------
    Unreadable
        ``mode.unknown``, ``mode.not-of-round``.
    """
    plain = clean(text[:500])
    found = stated.get(plain) or _MODE_KEYS.get(search_key(plain))
    if found not in MODES:
        raise Unreadable("mode.unknown", modes=",".join(allowed))
    if found not in allowed:
        raise Unreadable("mode.not-of-round", modes=",".join(allowed))
    return found


@dataclass(frozen=True, slots=True)
class Register:
    """Places known by code, and by name where only one has it.

    ``ids`` are keys of the table behind a code; empty where only the code is kept.
    """

    codes: frozenset[str]
    by_name: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, int] = field(default_factory=dict)
    # Codes of communes have five digits; spreadsheets drop the zeros in front.
    digits: int = 0

    def find(self, text: str) -> str | None:
        """Code of the place an entry names; None if there is no such place."""
        plain = clean(text[:500])
        if plain in self.codes:
            return plain
        if self.digits and plain.isdigit() and plain.isascii():
            padded = plain.zfill(self.digits)
            return padded if padded in self.codes else None
        return self.by_name.get(search_key(plain))
