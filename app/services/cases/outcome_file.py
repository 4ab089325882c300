"""Lists that come back from the Post: read cell by cell, before anything is recorded."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from app.errors import ConflictError
from app.names import clean, search_key
from app.services.cases.opening import MODES
from app.services.cases.rules import HERE
from app.services.imports.reader import Cell, Row, open_table
from app.services.imports.targets import letter
from surveys.fieldwork.case_code import read as read_code

HEAD_ROWS: Final = 15
MAX_ROWS: Final = 50_000
# No province has so many communes; and reading a sheet starts a process of its own.
MAX_SHEETS: Final = 250
_MOST_SECONDS: Final = 90.0
_ATTEMPT = re.compile(r"(?:lan|visit|attempt)(?: [a-z]+)? ([1-9])\b.*")
_LOCAL = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(.*)", re.DOTALL)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)", re.DOTALL)
_CLOCK = re.compile(r"[\sT,]*([0-9]{1,2})\s*[:hg]\s*([0-9]{2})?(?::[0-9]{2})?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What people may write, as search keys, and what it means.

    Attributes
    ----------
    columns : mapping of str to str
        Heading → ``code``, ``outcome``, ``mode``, ``agreed`` or ``note``.
    outcomes, modes : mapping of str to str
        Entry → disposition, or way of contact.
    """

    columns: Mapping[str, str]
    outcomes: Mapping[str, str]
    modes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CellFault:
    """Why a cell is not taken; ``context`` is what a sentence about it names."""

    sheet: str
    row: int
    column: str
    heading: str
    value: str
    code: str
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cells of a row stand: column name → (letter, heading, what was written)."""

    sheet: str
    row: int
    cells: Mapping[str, tuple[str, str, str]]

    def fault(self, column: str, code: str, **context: object) -> CellFault:
        """Say what is wrong in one of the row's cells."""
        where, heading, value = self.cells.get(column) or self.cells["code"]
        return CellFault(self.sheet, self.row, where, heading, value[:200], code, context)


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """One case as the list tells of it.

    Attributes
    ----------
    outcome : str or None
        Its disposition; None where only attempts were written down.
    attempts : tuple of (str, datetime)
        The column of each attempt, and when it was.
    """

    place: Place
    number: int
    outcome: str | None
    mode: str
    attempts: tuple[tuple[str, datetime], ...]
    appointment_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """All rows of a file that say something, and every cell that cannot be read."""

    rows: tuple[ReturnedRow, ...]
    faults: tuple[CellFault, ...]


def read_outcomes(path: Path, draw_id: int, words: Dictionary) -> Returned:
    """Read a workbook or CSV that came back, with all its sheets.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read.
    ConflictError
        ``outcomes.no-code-column``: no sheet has the columns of code and outcome;
        ``outcomes.no-rows``: nothing is filled in; ``outcomes.too-many-rows``,
        ``outcomes.too-many-sheets``, ``outcomes.too-large``.
    """
    rows: list[ReturnedRow] = []
    faults: list[CellFault] = []
    n_headed = 0
    for sheet in _sheets(path, draw_id, words):
        n_headed += sheet.columns is not None
        rows += sheet.rows
        faults += sheet.faults
    if not n_headed:
        raise ConflictError("outcomes.no-code-column")
    if not rows and not faults:
        raise ConflictError("outcomes.no-rows")
    return Returned(tuple(rows), tuple(faults))


def _sheets(path: Path, draw_id: int, words: Dictionary) -> Iterator["_Sheet"]:
    """Read sheet after sheet, within bounds for the whole file."""
    began = time.monotonic()
    n_rows = 0
    seen: dict[int, Place] = {}
    # The first sheet is opened without a name, and tells the names of the others.
    names: list[str | None] = [None]
    for name in names:
        if time.monotonic() - began > _MOST_SECONDS:
            raise ConflictError("outcomes.too-large")
        with open_table(path, sheet=name) as table:
            if name is None:
                names += table.sheets[1:]
            if len(names) > MAX_SHEETS:
                raise ConflictError("outcomes.too-many-sheets", limit=MAX_SHEETS)
            sheet = _Sheet(table.sheet or "CSV", draw_id, words)
            for row in table.rows:
                n_rows += 1
                if n_rows > MAX_ROWS:
                    raise ConflictError("outcomes.too-many-rows", limit=MAX_ROWS)
                sheet.take(row, table.errors, seen)
        yield sheet


class _Sheet:
    """Reads one sheet row by row; nothing until its heading was found."""

    def __init__(self, name: str, draw_id: int, words: Dictionary) -> None:
        self.name, self.draw_id, self.words = name, draw_id, words
        self.columns: dict[str, tuple[int, str]] | None = None
        self.rows: list[ReturnedRow] = []
        self.faults: list[CellFault] = []

    def take(self, row: Row, errors: Mapping[str, str], seen: dict[int, Place]) -> None:
        """Take the next row."""
        if self.columns is None:
            if row.number <= HEAD_ROWS:
                self.columns = _heading(row, self.words)
            return
        place = Place(self.name, row.number, self._cells(row, errors))
        written = {name: value for name, (_, _, value) in place.cells.items() if value}
        if set(written) <= {"code"}:
            return
        if errors:
            broken = [name for name, (where, _, _) in place.cells.items()
                      if f"{where}{row.number}" in errors]  # fmt: skip
            self.faults += [place.fault(name, "cell.error") for name in broken]
            if broken:
                return
        self._read(place, written, seen)

    def _cells(self, row: Row, errors: Mapping[str, str]) -> dict[str, tuple[str, str, str]]:
        cells = {}
        for name, (index, heading) in (self.columns or {}).items():
            where = letter(index)
            text = _text(row.cells[index]) if index < len(row.cells) else ""
            cells[name] = (where, heading, text or errors.get(f"{where}{row.number}", ""))
        return cells

    def _read(self, place: Place, written: Mapping[str, str], seen: dict[int, Place]) -> None:
        n_before = len(self.faults)
        number = self._number(place, written.get("code", ""), seen)
        outcome = self._meant(place, "outcome", written, self.words.outcomes)
        mode = self._meant(place, "mode", written, self.words.modes)
        attempts = self._attempts(place, written)
        agreed = self._moment(place, "agreed", written)
        if len(self.faults) == n_before and number is not None:
            self.rows.append(
                ReturnedRow(
                    place, number, outcome, mode or MODES[0], attempts, agreed,
                    written.get("note"),
                )
            )  # fmt: skip

    def _number(self, place: Place, text: str, seen: dict[int, Place]) -> int | None:
        code = read_code(text)
        if code is None:
            self.faults.append(place.fault("code", "code.malformed"))
            return None
        if code[0] != self.draw_id:
            self.faults.append(place.fault("code", "code.other-draw"))
            return None
        before = seen.setdefault(code[1], place)
        if before is not place:
            self.faults.append(
                place.fault("code", "code.repeated", row=before.row, sheet=before.sheet)
            )
            return None
        return code[1]

    def _meant(
        self, place: Place, column: str, written: Mapping[str, str], meanings: Mapping[str, str]
    ) -> str | None:
        text = written.get(column)
        if text is None:
            return None
        meant = meanings.get(search_key(text))
        if meant is None:
            code = "disposition.unknown" if column == "outcome" else "mode.unknown"
            self.faults.append(place.fault(column, code))
        return meant

    def _attempts(
        self, place: Place, written: Mapping[str, str]
    ) -> tuple[tuple[str, datetime], ...]:
        found: list[tuple[str, datetime]] = []
        for name in sorted(name for name in written if name.startswith("attempt-")):
            at = self._moment(place, name, written)
            if at is None:
                continue
            if found and at <= found[-1][1]:
                self.faults.append(place.fault(name, "attempts.out-of-order"))
            found.append((name, at))
        return tuple(found)

    def _moment(self, place: Place, column: str, written: Mapping[str, str]) -> datetime | None:
        text = written.get(column)
        if text is None:
            return None
        try:
            return moment_of(text)
        except ConflictError as refused:
            self.faults.append(place.fault(column, refused.code))
            return None


def moment_of(text: str) -> datetime:
    """Read a day and hour in Vietnam, as spreadsheets give them or people write them.

    Raises
    ------
    ConflictError
        ``time.malformed``, ``time.hour-missing``.

    Examples
    --------
    >>> moment_of("25/10/2026 14h30").isoformat()
    '2026-10-25T14:30:00+07:00'
    """
    local, iso = _LOCAL.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    if local is not None:
        day, month, year, rest = local.groups()
    elif iso is not None:
        year, month, day, rest = iso.groups()
    else:
        raise ConflictError("time.malformed")
    if not rest.strip():
        raise ConflictError("time.hour-missing")
    clock = _CLOCK.fullmatch(rest)
    try:
        if clock is None:
            raise ConflictError("time.malformed")
        return datetime(
            int(year), int(month), int(day), int(clock[1]), int(clock[2] or 0), tzinfo=HERE
        )
    except ValueError as error:
        raise ConflictError("time.malformed") from error


def _heading(row: Row, words: Dictionary) -> dict[str, tuple[int, str]] | None:
    """Find what the columns hold, if this row is the heading."""
    found: dict[str, tuple[int, str]] = {}
    for index, cell in enumerate(row.cells):
        text = _text(cell)
        key = search_key(text)
        attempt = _ATTEMPT.fullmatch(key)
        name = f"attempt-{attempt[1]}" if attempt else words.columns.get(key)
        if name is not None:
            found.setdefault(name, (index, text))
    return found if {"code", "outcome"} <= set(found) else None


def _text(cell: Cell) -> str:
    return "" if cell is None else clean(str(cell))
