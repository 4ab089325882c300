"""Control totals from an .xlsx or .csv file: a column or several for the cells, one of numbers."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from app.names import clean, search_key
from app.services.imports.reader import Cell, Row, open_table, take_head
from app.services.imports.refusals import FileRefusedError
from app.services.weighting.controls import MOST_CELLS, Control, Label
from app.services.weighting.vocabulary import Vocabulary, Word

MOST_FAULTS: Final = 200
MOST_COLUMNS: Final = 6
_NUMBER_HEADINGS: Final = frozenset(
    search_key(each)
    for each in (
        "tổng", "tổng số", "số lượng", "số hồ sơ", "số người", "dân số", "số dân", "số hộ",
        "số phiếu", "tổng kiểm soát", "total", "count", "population", "n",
    )
)  # fmt: skip
_SUMS: Final = frozenset(
    search_key(each) for each in ("tổng cộng", "tổng số", "tổng", "cộng", "toàn tỉnh", "total")
)
_GROUPED = re.compile(r"\d{1,3}([.,\u00a0 ]\d{3})+")
_PLAIN = re.compile(r"\d+([.,]\d+)?")
_LOOKED_AT: Final = 30


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that cannot be taken.

    Attributes
    ----------
    code : str
        ``cell.blank``, ``cell.unknown-category``, ``cell.not-a-number``, ``cell.negative``,
        ``cell.twice``.
    meant : str
        The category that may be meant; for ``cell.twice`` the row where it stood first.
    """

    row: int
    letter: str
    heading: str
    value: str
    code: str
    meant: str = ""


class ControlsRefusedError(Exception):
    """Cells of the file cannot be taken; nothing is kept."""

    def __init__(self, faults: Sequence[CellFault], n: int) -> None:
        super().__init__(f"{n} faults")
        self.faults = tuple(faults)
        self.n = n


@dataclass(frozen=True, slots=True)
class ReadControls:
    """Control totals of a file, and what was left out of it.

    Attributes
    ----------
    n_rows : int
        Rows taken.
    sums : tuple of int
        Rows that hold sums of others, left out.
    n_zero : int
        Rows with a total of 0: a cell that the population does not have.
    """

    control: Control
    n_rows: int
    sums: tuple[int, ...]
    n_zero: int


def read_controls(
    path: Path, vocabulary: Vocabulary, *, name: str, counted: str, sheet: str | None = None
) -> ReadControls:
    """Read control totals.

    Parameters
    ----------
    vocabulary : Vocabulary
        What the columns and categories of the answers are called.
    name : str
        What the totals are to be called.
    counted : str
        ``people`` or ``list``.

    Raises
    ------
    FileRefusedError
        The file is no table; ``file.no-control-columns``: no heading is one of the answers'
        columns; ``file.no-number-column``; ``file.control-column-twice``;
        ``file.control-columns-many``; ``file.no-control-rows``.
    ControlsRefusedError
        With the cells at fault.
    """
    with open_table(path, sheet=sheet) as table:
        head = take_head(table)
        at, words, number = _heading(head, vocabulary)
        rest = [row for row in head if row.number > at.number]
        reader = _Reader(at, words, number)
        for row in rest:
            reader.read(row)
        for row in table.rows:
            reader.read(row)
    if reader.n_faults:
        raise ControlsRefusedError(reader.faults, reader.n_faults)
    if not reader.cells:
        raise FileRefusedError("file.no-control-rows", row=at.number)
    columns = tuple(word.column for _place, word in words)
    control = Control(name, columns, counted, reader.cells)
    return ReadControls(control, reader.n_rows, tuple(reader.sums), reader.n_zero)


def _heading(
    head: Sequence[Row], vocabulary: Vocabulary
) -> tuple[Row, list[tuple[int, Word]], int]:
    """Find the row of headings: the first with a column of the answers and one of numbers."""
    best: Row | None = None
    for row in head[:_LOOKED_AT]:
        texts = [clean(str(cell)) if cell is not None else "" for cell in row.cells]
        words = [
            (place, word)
            for place, text in enumerate(texts)
            if text and (word := vocabulary.heading(text)) is not None
        ]
        if not words:
            continue
        best = best or row
        taken = {place for place, _word in words}
        numbers = [
            place
            for place, text in enumerate(texts)
            if place not in taken and search_key(text) in _NUMBER_HEADINGS
        ]
        others = [place for place, text in enumerate(texts) if text and place not in taken]
        if not numbers and len(others) == 1:
            numbers = others
        if not numbers:
            continue
        if len({word.column for _place, word in words}) < len(words):
            raise FileRefusedError("file.control-column-twice", row=row.number)
        if len(words) > MOST_COLUMNS:
            raise FileRefusedError("file.control-columns-many", most=MOST_COLUMNS)
        return row, words, numbers[-1]
    if best is not None:
        raise FileRefusedError("file.no-number-column", row=best.number)
    raise FileRefusedError("file.no-control-columns")


class _Reader:
    """Reads the rows below the headings."""

    def __init__(self, at: Row, words: list[tuple[int, Word]], number: int) -> None:
        self._at, self._words, self._number = at, words, number
        self._first: dict[Label, int] = {}
        self.cells: dict[Label, float] = {}
        self.faults: list[CellFault] = []
        self.sums: list[int] = []
        self.n_faults = self.n_rows = self.n_zero = 0

    def read(self, row: Row) -> None:
        texts = [self._text(row, place) for place, _word in self._words]
        if not any(texts) and self._cell(row, self._number) is None:
            return
        if any(search_key(text) in _SUMS for text in texts if text):
            self.sums.append(row.number)
            return
        label = [
            self._category(row, place, word, text)
            for (place, word), text in zip(self._words, texts, strict=True)
        ]
        total = self._total(row)
        if total is None or None in label:
            return
        named = tuple(str(part) for part in label)
        if named in self._first:
            place = self._words[0][0]
            self._fault(row, place, ", ".join(texts), "cell.twice", str(self._first[named]))
            return
        self._first[named] = row.number
        self.n_rows += 1
        if total == 0:
            self.n_zero += 1
        elif len(self.cells) <= MOST_CELLS:
            self.cells[named] = total

    def _cell(self, row: Row, place: int) -> Cell:
        return row.cells[place] if place < len(row.cells) else None

    def _text(self, row: Row, place: int) -> str:
        cell = self._cell(row, place)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else clean(unicodedata.normalize("NFC", str(cell)))

    def _category(self, row: Row, place: int, word: Word, text: str) -> str | None:
        if not text:
            self._fault(row, place, "", "cell.blank")
            return None
        code = word.code_of(text)
        if code is None:
            names = list(word.categories.values())
            near = get_close_matches(text, names, 1, 0.6)
            self._fault(row, place, text, "cell.unknown-category", near[0] if near else "")
        return code

    def _total(self, row: Row) -> float | None:
        cell = self._cell(row, self._number)
        number = read_number(cell)
        shown = self._text(row, self._number)
        if number is None:
            code = "cell.not-a-number" if shown else "cell.blank"
            self._fault(row, self._number, shown, code)
            return None
        if number < 0:
            self._fault(row, self._number, shown, "cell.negative")
            return None
        return number

    def _fault(self, row: Row, place: int, value: str, code: str, meant: str = "") -> None:
        self.n_faults += 1
        if len(self.faults) < MOST_FAULTS:
            heading = self._text(self._at, place)
            self.faults.append(
                CellFault(row.number, letter_of(place), heading, value[:80], code, meant)
            )


def read_number(cell: Cell) -> float | None:
    """Read a number as people here write it: ``1.234``, ``1 234``, ``1234,5``; else None."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    text = cell.strip()
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.lstrip("+-").strip()
    if _GROUPED.fullmatch(text):
        return sign * float(re.sub(r"\D", "", text))
    if _PLAIN.fullmatch(text):
        return sign * float(text.replace(",", "."))
    return None


def letter_of(place: int) -> str:
    """Letters of a column as a spreadsheet shows them.

    Examples
    --------
    >>> letter_of(0), letter_of(27)
    ('A', 'AB')
    """
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
