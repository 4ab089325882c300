"""What the first rows of a file look like, for the office to say what its columns hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from app.services.imports.mapping import Columns
from app.services.imports.plan import Match, make_plan, match, needed, text_of
from app.services.imports.problems import CellProblem, ProblemList, shown
from app.services.imports.reader import Row, Table, read_head
from app.services.imports.rounds import ImportRound
from app.services.imports.targets import Target, letter, targets
from surveys.instrument.model import Instrument

_EXAMPLES: Final = 3
_EXAMPLE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file: its heading, and what stands in the first rows below."""

    index: int
    letter: str
    header: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file, and the column that each target seems to have.

    Attributes
    ----------
    sheet, sheets
        The sheet being read and all visible ones; None and none for a .csv.
    columns : tuple of FileColumn
        Columns that have a heading or an entry.
    chosen : mapping of Target to int
        The column stated or guessed.
    contested : mapping of Target to tuple of int
        Targets that several columns may hold; the first one is chosen until a person decides.
    needed : frozenset of str
        Written form of the targets a file cannot do without.
    """

    sheet: str | None
    sheets: tuple[str, ...]
    header_row: int
    columns: tuple[FileColumn, ...]
    targets: tuple[Target, ...]
    chosen: Mapping[Target, int]
    contested: Mapping[Target, tuple[int, ...]]
    needed: frozenset[str] = field(repr=False)


def look(path: Path, target: ImportRound, columns: Columns) -> Preview:
    """Read the beginning of a file.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read.
    """
    table, rows = _head(path, columns.sheet)
    found = match(rows, columns, target.instrument)
    contested = {**found.contested, **found.repeated}
    return Preview(
        sheet=table.sheet,
        sheets=table.sheets,
        header_row=found.header_row,
        columns=_columns(rows, found),
        targets=tuple(targets(target.instrument).values()),
        chosen={each: at[0] for each, at in contested.items()} | found.columns,
        contested={each: tuple(at) for each, at in contested.items()},
        needed=needed(target.instrument),
    )


@lru_cache(maxsize=8)
def _head(path: Path, sheet: str | None) -> tuple[Table, tuple[Row, ...]]:
    """Read the beginning once for the pages that ask for it: an uploaded file never changes."""
    return read_head(path, sheet=sheet)


def check_choice(
    preview: Preview, chosen: Mapping[Target, int], columns: Columns, instrument: Instrument
) -> tuple[CellProblem, ...]:
    """Say what is missing or contradictory in the columns a person chose."""
    headers = {each.index: each.header for each in preview.columns}
    width = max(headers, default=-1) + 1
    found = Match(
        preview.header_row,
        tuple(headers.get(index, "") for index in range(width)),
        columns=dict(chosen),
    )
    problems = ProblemList()
    make_plan(found, columns, instrument, problems)
    return problems.listed


def _columns(rows: tuple[Row, ...], found: Match) -> tuple[FileColumn, ...]:
    below = [row for row in rows if row.number > found.header_row]
    width = max([len(found.headers), *(len(row.cells) for row in below)])
    columns = []
    for index in range(width):
        header = found.headers[index] if index < len(found.headers) else ""
        entries = (text_of(row.cells[index]) if index < len(row.cells) else "" for row in below)
        examples = tuple(dict.fromkeys(shown(each[:_EXAMPLE_LENGTH]) for each in entries if each))
        if header or examples:
            columns.append(FileColumn(index, letter(index), header, examples[:_EXAMPLES]))
    return tuple(columns)


def state_columns(preview: Preview, chosen: Mapping[Target, int], columns: Columns) -> Columns:
    """State the columns as a person chose them; nothing is left to guess.

    A column is named by its heading where only one bears it, so that the mapping also fits the
    next file, and by its letter otherwise.
    """
    headers = [each.header for each in preview.columns]
    by_index = {each.index: each for each in preview.columns}

    def reference(index: int) -> str:
        column = by_index[index]
        unique = column.header and headers.count(column.header) == 1
        return column.header if unique else f"@{column.letter}"

    return replace(
        columns,
        sheet=preview.sheet if len(preview.sheets) > 1 else None,
        header_row=preview.header_row,
        by_name=False,
        columns={str(target): reference(index) for target, index in chosen.items()},
    )
