"""From what stands in a cell to what a form would have sent: codes for wordings, and the like.

Nothing is judged here. An entry that is not understood is passed on as it is, so that the one
rule of the questionnaire (`surveys.instrument.answers`) refuses it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from app.names import clean, search_key
from app.services.imports.mapping import Columns
from app.services.imports.plan import text_of
from app.services.imports.reader import Cell
from surveys.instrument.model import Instrument, Item, Kind
from surveys.instrument.tables import UNWANTED

Entered = tuple[str, ...]
Convert = Callable[[Cell], Entered]

MARKS: Final[Mapping[str, bool]] = {
    "1": True, "x": True, "v": True, "✓": True, "✔": True, "true": True, "yes": True, "y": True,
    "có": True, "chọn": True, "đúng": True,
    "0": False, "false": False, "no": False, "n": False, "không": False, "sai": False, "-": False,
}  # fmt: skip
"""Entries in the column of one option, whatever their case: chosen or not."""

_YES_NO: Final[Mapping[str, str]] = {"1": "yes", "0": "no", "true": "yes", "false": "no"}
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}")
# Enough for every spelling of every option in use; a hostile column cannot fill the memory.
_REMEMBERED: Final = 10_000


def converter(item: Item, instrument: Instrument, columns: Columns) -> Convert:
    """Make the function that reads the one column of an item, given its values' meanings."""
    convert = _plain_converter(item, instrument, columns)
    missing = frozenset(columns.missing)
    remembered: dict[Cell | tuple[type, Cell], Entered] = {}
    closed = bool(item.options)

    def read(cell: Cell) -> Entered:
        if not closed:
            return () if clean(text_of(cell)) in missing else convert(cell)
        # 1 and True are equal as keys, but mean different entries.
        key = (bool, cell) if isinstance(cell, bool) else cell
        found = remembered.get(key)
        if found is None:
            found = () if clean(text_of(cell)) in missing else convert(cell)
            if len(remembered) < _REMEMBERED and len(text_of(cell)) < 200:
                remembered[key] = found
        return found

    return read


def _plain_converter(item: Item, instrument: Instrument, columns: Columns) -> Convert:
    stated = _stated(item, columns)
    if not item.options:
        if item.kind is Kind.DATE:
            return lambda cell: _given(stated, _without_time(text_of(cell)))
        return lambda cell: _given(stated, text_of(cell))
    known = _Options(item, instrument, stated)
    if item.kind is Kind.MULTIPLE:
        return lambda cell: known.several(text_of(cell))
    return lambda cell: known.one(text_of(cell))


def _given(stated: Mapping[str, str], text: str) -> Entered:
    text = stated.get(clean(text), text) if stated else text
    return (text,) if text else ()


def _without_time(text: str) -> str:
    found = _TIME.fullmatch(text)
    return found[1] if found else text


def _stated(item: Item, columns: Columns) -> dict[str, str]:
    """Meanings stated for the item, or for its scale or list of choices; the item's go first."""
    lists = [each.code for each in (item.scale, item.choices) if each is not None]
    found: dict[str, str] = {}
    for name in (*lists, item.code):
        found |= columns.values.get(name, {})
    return found


class _Options:
    """Knows the codes of an item's options by everything people write for them."""

    def __init__(self, item: Item, instrument: Instrument, stated: Mapping[str, str]) -> None:
        self._exact = {code: code for code in item.options}
        keys: dict[str, set[str]] = {}
        for wording in instrument.wording.values():
            for code in item.options:
                label = wording.option(item, code)
                self._exact.setdefault(clean(label), code)
                keys.setdefault(search_key(label), set()).add(code)
                # "4. Hài lòng", as it stands on paper
                keys.setdefault(search_key(f"{code} {label}"), set()).add(code)
        if item.kind is Kind.YES_NO:
            self._exact |= _YES_NO
        self._exact |= stated
        self._alike = {key: next(iter(codes)) for key, codes in keys.items() if len(codes) == 1}

    def find(self, text: str) -> str | None:
        """Code of an option; empty if the entry means no answer; None if it is not understood."""
        plain = clean(text)
        found = self._exact.get(plain)
        # Keys leave out what is no letter, and so would hide a control character.
        if found is None and len(plain) < 500 and not UNWANTED.search(text):
            found = self._alike.get(search_key(plain))
        return found

    def one(self, text: str) -> Entered:
        found = self.find(text)
        if found is None:
            return (text,)
        return (found,) if found else ()

    def several(self, text: str) -> Entered:
        whole = self.find(text)
        if whole is not None:
            return (whole,) if whole else ()
        parts = [part for part in re.split(r"[;\n|]", text) if part.strip()]
        if len(parts) == 1 and "," in text:
            # A label may hold a comma, so commas part options only if that makes sense of all.
            pieces = [part for part in text.split(",") if part.strip()]
            if all(self.find(piece) is not None for piece in pieces):
                parts = pieces
        found = []
        for part in parts:
            code = self.find(part)
            if code != "":
                found.append(part if code is None else code)
        return tuple(found)


def is_chosen(cell: Cell, option: str, labels: frozenset[str]) -> bool | None:
    """Read the column of one option of a multiple choice; None if the entry says neither.

    ``labels`` are the search keys of the option's wordings, which some programs write there.
    """
    text = clean(text_of(cell))
    if not text:
        return False
    mark = MARKS.get(text.lower())
    if mark is not None:
        return mark
    return True if text == option or search_key(text[:500]) in labels else None
