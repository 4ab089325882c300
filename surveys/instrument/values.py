"""One answer: from what was entered to the value that is stored, or why not.

Every reader takes all strings entered for an item and gives the stored value, ``None`` for
nothing entered, or raises :class:`Refused`. Reading a stored value's own text gives that value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from surveys.instrument.model import MAX_INTEGER, Bound, Item, Kind
from surveys.instrument.rules import AnswerValue
from surveys.instrument.tables import UNWANTED

OTHER_LENGTH = 200
"""Longest text, in characters, behind an option "other"."""

_MOST_VALUES = 1_000
_LONGEST_CODE = 1_000
_PADDING = 1_000
_STACK = re.compile(rb"[^\0]{31}")  # Unicode Standard Annex 15 calls 30 marks enough for all text
_INTEGER = re.compile(r"([+-]?)0*([0-9]+)")
_DECIMAL = re.compile(r"([+-]?)0*([0-9]+)(?:[.,]([0-9]+))?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MOST_DIGITS = len(str(MAX_INTEGER))
_MOST_DECIMALS = 10

Read: TypeAlias = Callable[[Sequence[str]], AnswerValue | None]


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """The answer is not accepted; ``code`` and ``context`` as in ``Problem``."""

    def __init__(self, code: str, **context: str) -> None:
        super().__init__(code)
        self.code = code
        self.context = context


def reader(item: Item) -> Read:
    """Make the function that reads answers to an item."""
    match item.kind:
        case Kind.MULTIPLE if item.choices is not None:
            return _options(item.choices.codes, frozenset(item.choices.exclusive))
        case Kind.INTEGER:
            return _bounded(_integer, item, "answer.not-a-number")
        case Kind.DECIMAL:
            return _bounded(_decimal, item, "answer.not-a-number")
        case Kind.DATE:
            return _bounded(_date, item, "answer.not-a-date")
        case Kind.SHORT_TEXT | Kind.LONG_TEXT:
            return text_reader(item.max_length or 0, lines=item.kind is Kind.LONG_TEXT)
    return _one_option(item)


def text_reader(max_length: int, *, lines: bool) -> Read:
    """Make the function that reads a text of at most ``max_length`` characters after NFC.

    With ``lines`` it may have several; without, a line break counts as a space.
    """

    def too_long() -> Refused:
        return Refused("answer.too-long", max_length=str(max_length))

    def read(values: Sequence[str]) -> str | None:
        text = _single(values)
        if text is None:
            return None
        # No character is composed of more than four: what is longer than that cannot fit.
        if len(text) > 4 * max_length + _PADDING:
            raise too_long()
        if UNWANTED.search(text):
            raise Refused("answer.bad-character")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not lines:
            text = text.replace("\n", " ").replace("\t", " ")
        text = _composed(text).strip()
        if len(text) > max_length:
            raise too_long()
        return text

    return read


def _composed(text: str) -> str:
    """Normalise to NFC; refuse stacks of more marks on one letter than any language needs.

    The time normalising takes grows with the square of such a stack.
    """
    if text.isascii():
        return text
    _refuse_stacks(text)
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        _refuse_stacks(composed)
    return composed


def _refuse_stacks(text: str) -> None:
    if _STACK.search(bytes(map(unicodedata.combining, text))):
        raise Refused("answer.bad-character")


def _one_option(item: Item) -> Read:
    codes: dict[str, int | str] = (
        {code: code for code in item.options}
        if item.scale is None
        else {str(code): code for code in item.scale.offered}
    )

    def read(values: Sequence[str]) -> int | str | None:
        if len(values) == 1 and type(values[0]) is str:  # what a form sends nearly always
            found = codes.get(values[0])
            if found is not None:
                return found
        text = _single(values)
        if text is None:
            return None
        found = codes.get(_tidy(text, "answer.not-an-option"))
        if found is None:
            raise Refused("answer.not-an-option")
        return found

    return read


def _options(codes: tuple[str, ...], exclusive: frozenset[str]) -> Read:
    known = frozenset(codes)

    def read(values: Sequence[str]) -> list[str] | None:
        chosen: set[str] = set()
        for value in _entered(values):
            code = value if value in known else _tidy(value, "answer.not-an-option")
            if code not in known:
                raise Refused("answer.not-an-option")
            chosen.add(code)
        if len(chosen) > 1 and not exclusive.isdisjoint(chosen):
            alone = next(code for code in codes if code in chosen and code in exclusive)
            raise Refused("answer.exclusive", option=alone)
        return [code for code in codes if code in chosen] or None

    return read


def _bounded(
    convert: Callable[[str], tuple[Bound | None, AnswerValue]], item: Item, refusal: str
) -> Read:
    """Read one number or date within the bounds of the item."""
    low, high = item.minimum, item.maximum
    context = {
        name: bound.isoformat() if isinstance(bound, date) else str(bound)
        for name, bound in (("minimum", low), ("maximum", high))
        if bound is not None
    }

    def read(values: Sequence[str]) -> AnswerValue | None:
        text = _single(values)
        if text is None:
            return None
        size, value = convert(_tidy(text, refusal))
        # The bounds are of the same type as the size, which the type checker cannot see.
        if size is None or (low is not None and size < low) or (high is not None and size > high):  # type: ignore[operator]
            raise Refused("answer.out-of-range", **context)
        return value

    return read


def _integer(text: str) -> tuple[int | None, int]:
    """Read digits with a sign or none; separators of thousands are ambiguous and refused."""
    match = _INTEGER.fullmatch(text)
    if match is None:
        raise Refused("answer.not-a-number")
    if len(match[2]) > _MOST_DIGITS:
        return None, 0
    number = int(match[1] + match[2])
    return number, number


def _decimal(text: str) -> tuple[Decimal | None, str]:
    """Read digits with one decimal comma or point; stored without needless zeros."""
    match = _DECIMAL.fullmatch(text)
    if match is None or len(match[3] or "") > _MOST_DECIMALS:
        raise Refused("answer.not-a-number")
    if len(match[2]) > _MOST_DIGITS:
        return None, ""
    fraction = (match[3] or "").rstrip("0")
    digits = f"{match[2]}.{fraction}" if fraction else match[2]
    written = f"-{digits}" if match[1] == "-" and digits != "0" else digits
    return Decimal(written), written


def _date(text: str) -> tuple[date, str]:
    """Read ``2026-11-25``, or day first as people here write it, ``25/11/2026``."""
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _LOCAL_DATE.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise Refused("answer.not-a-date")
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise Refused("answer.not-a-date") from None
    return found, found.isoformat()


def _entered(values: Sequence[str]) -> list[str]:
    """Strings that are not blank.

    Control characters count as entered, although Python takes some of them for white space.
    """
    if len(values) > _MOST_VALUES:
        raise Refused("answer.too-many")
    for value in values:
        if type(value) is not str:
            raise Refused("answer.wrong-type")
    return [value for value in values if value and (value.strip() or UNWANTED.search(value))]


def _single(values: Sequence[str]) -> str | None:
    """Return the one string entered; the same one sent twice is one."""
    entered = _entered(values)
    if not entered:
        return None
    if len(entered) > 1 and len(set(entered)) > 1:
        raise Refused("answer.too-many")
    return entered[0]


def _tidy(text: str, refusal: str) -> str:
    """Text of a code, number or date, normalised; absurdly long ones are refused unread."""
    if len(text) > _LONGEST_CODE:
        raise Refused(refusal)
    if UNWANTED.search(text):
        raise Refused("answer.bad-character")
    return unicodedata.normalize("NFC", text).strip()
