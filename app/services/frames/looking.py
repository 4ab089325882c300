"""Look at the beginning of a list: which sheet, which headings, which column holds what."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from app.services.frames import columns as columns_
from app.services.frames import head as head_
from app.services.frames import targets
from app.services.frames.columns import Columns
from app.services.frames.guess import Guess, guess, is_personal, mask, missing
from app.services.frames.head import Head, Rows
from app.services.imports import archive, legacy
from app.services.imports.preview import FileColumn
from app.services.imports.problems import shown
from app.services.imports.reader import MEGABYTE, Block, Blocks, Limits, open_blocks
from app.services.imports.refusals import FileRefusedError
from app.services.imports.targets import letter

LIMITS: Final = Limits(memory=1792 * MEGABYTE, cpu_seconds=400, most_rows=2_000_000)
# A million dossiers are about 250 MB of .csv.
MAX_BYTES: Final = 400 * MEGABYTE
# Sheets of a workbook that are looked at.
MOST_SHEETS: Final = 12
_EXAMPLES, _EXAMPLE_LENGTH = 3, 60
# A head with fewer known headings is not taken for one without being asked.
_KNOWN_HEADINGS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Look:
    """The beginning of a list.

    ``heads`` are what could be the headings, the likeliest first.
    """

    sheet: str | None
    sheets: tuple[str, ...]
    rows: Rows = field(repr=False)
    heads: tuple[Head, ...]

    def titles(self, head: Head) -> tuple[str, ...]:
        """Texts above some headings, and the name of the sheet."""
        above = {cell: None for number, cells in self.rows if number < head.first for cell in cells}
        return (*filter(None, above), *filter(None, [self.sheet]))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands in a file.

    Attributes
    ----------
    at : mapping of str to int
        Place of the column of each target.
    place : str
        The place the whole list is about; empty if there is a column of places.
    """

    kind: str
    head: Head
    at: Mapping[str, int]
    columns: Columns
    place: str = ""

    def headers(self) -> dict[str, str]:
        """Heading of the column of each target."""
        return {name: self.head.headings[at] for name, at in self.at.items()}

    def letters(self) -> dict[str, str]:
        """Letter of the column of each target."""
        return {name: letter(at) for name, at in self.at.items()}

    def unused(self) -> tuple[str, ...]:
        """Headings of columns that are not read."""
        used = set(self.at.values())
        return tuple(
            heading for at, heading in enumerate(self.head.headings) if heading and at not in used
        )


def check_quickly(path: Path) -> None:
    """Refuse at once a file that is too large, or that its beginning or directory speaks against.

    Raises
    ------
    FileRefusedError
    """
    if path.stat().st_size > MAX_BYTES:
        raise FileRefusedError("file.too-heavy", megabytes=MAX_BYTES // MEGABYTE)
    archive.check_quickly(path)


@contextmanager
def looking(
    path: Path, kind: str, *, sheet: str | None = None, head_only: bool = False
) -> Iterator[tuple[Look, Iterator[Block], Blocks]]:
    """Open a list, look at its beginning, and give the blocks to be read, the first one included.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read; also while the blocks are being read.
    """
    check_quickly(path)
    with open_blocks(path, LIMITS, sheet=sheet, head_only=head_only) as table:
        first = next(table.blocks, None)
        if first is None:
            raise FileRefusedError("file.empty")
        _refuse_old_fonts(first)
        rows = head_.rows_of(first)
        found = head_.heads(rows, kind)
        yield Look(table.sheet, table.sheets, rows, tuple(found)), _chain(first, table), table


def _chain(first: Block, table: Blocks) -> Iterator[Block]:
    yield first
    yield from table.blocks


def _refuse_old_fonts(block: Block) -> None:
    cells = [cell for column in block.columns for cell in column if cell]
    font = legacy.encoding_of_table(cells)
    if font is not None:
        raise FileRefusedError("file.legacy-encoding", encoding=font)


def best_head(look: Look, kind: str) -> Head | None:
    """Take the likeliest headings, or the fullest row if none are known."""
    if look.heads and look.heads[0].score >= _KNOWN_HEADINGS:
        return look.heads[0]
    return head_.fullest(look.rows, kind)


def is_list(look: Look, kind: str) -> bool:
    """Whether a sheet seems to hold a list of the kind."""
    head = look.heads[0] if look.heads else None
    if head is None or head.score < _KNOWN_HEADINGS:
        return False
    return not guess(look.rows, head, kind).missing


def lay_out(look: Look, kind: str, columns: Columns) -> Layout | None:
    """Lay stated columns over a file; None if a needed one is not there.

    The headings stand where the columns say, or else where most of the stated ones are found.
    """
    if columns.header_row is not None:
        head = head_.head_at(look.rows, columns.header_row, columns.header_depth, kind)
        candidates = [] if head is None else [head]
    else:
        candidates = list(look.heads)
    best: Layout | None = None
    for head in candidates:
        at, _ = columns_.place(columns, head)
        within = {name: index for name, index in at.items() if index < len(head.headings)}
        if not missing(kind, within) and (best is None or len(within) > len(best.at)):
            best = Layout(kind, head, within, columns)
    return best


def describe(look: Look, head: Head, kind: str, found: Guess) -> dict[str, Any]:
    """Keep the beginning of a list for the page that asks what its columns hold."""
    columns = file_columns(look.rows, head, kind, found.columns)
    return {
        "sheet": look.sheet,
        "sheets": list(look.sheets),
        "first": head.first,
        "last": head.last,
        "columns": [
            {"index": each.index, "header": each.header, "examples": list(each.examples)}
            for each in columns
        ],
        "guessed": dict(found.columns),
        "contested": {name: list(at) for name, at in found.contested.items()},
    }


def head_of(told: Mapping[str, Any]) -> Head:
    """Read the headings out of what :func:`describe` kept."""
    headers = {each["index"]: each["header"] for each in told["columns"]}
    width = max(headers, default=-1) + 1
    headings = tuple(headers.get(at, "") for at in range(width))
    return Head(told["first"], told["last"], told["last"] + 1, headings, 0.0)


def file_columns(
    rows: Rows, head: Head, kind: str, guessed: Mapping[str, int]
) -> tuple[FileColumn, ...]:
    """Show what stands in the columns; entries about persons are hidden for the most part."""
    below = [cells for number, cells in rows if number >= head.data_from]
    width = max([len(head.headings), *map(len, below)])
    contacts = {target.name for target in targets.TARGETS[kind] if target.contact}
    personal = {at for name, at in guessed.items() if name in contacts}
    found = []
    for at in range(width):
        header = head.headings[at] if at < len(head.headings) else ""
        entries = [text for cells in below if at < len(cells) and (text := cells[at])]
        hidden = at in personal or is_personal(entries)
        examples = dict.fromkeys(
            mask(entry) if hidden else shown(entry[:_EXAMPLE_LENGTH]) for entry in entries
        )
        if header or examples:
            found.append(FileColumn(at, letter(at), header, tuple(examples)[:_EXAMPLES]))
    return tuple(found)


def sheets_with_lists(path: Path, kind: str, sheets: Sequence[str]) -> tuple[str, ...]:
    """Name the sheets of a workbook that seem to hold lists of the kind."""
    found = []
    for sheet in sheets[:MOST_SHEETS]:
        try:
            with looking(path, kind, sheet=sheet, head_only=True) as (look, _, _):
                if is_list(look, kind):
                    found.append(sheet)
        except FileRefusedError as refused:
            if refused.code != "file.empty":
                raise
    return tuple(found)


def needs_place(layout: Layout) -> bool:
    """Whether a list says nowhere what place its rows belong to."""
    own = targets.PLACES[layout.kind]
    return not any(name in layout.at or name in layout.columns.fixed for name in own)


def with_place(layout: Layout, place: str) -> Layout:
    """Say what place the whole list is about."""
    return replace(layout, place=place)


def told(layout: Layout, table: Blocks, unread: Sequence[str], n_contacts: int) -> dict[str, Any]:
    """Keep how a file was read, for the account and the page of the file."""
    return {
        "sheet": table.sheet,
        "first": layout.head.first,
        "last": layout.head.last,
        "headers": layout.headers(),
        "letters": layout.letters(),
        "unused": list(layout.unused()),
        "unread": list(unread),
        "place": layout.place,
        "contacts": n_contacts,
    }
