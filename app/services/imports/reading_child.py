"""Read one .xlsx or .csv file in a process of its own, within limits, and write its rows out.

Started by path (``python -I reading_child.py FILE REQUEST``) and not as a part of the program:
whatever a hostile file does to the parser happens to a process that holds no secret, no
connection and little memory. It writes lines of JSON: first what the file is, then rows in
batches ``[[row number, [cell, …]], …]``, at last ``{"end": true}``; or one line
``{"refused": code, "context": {…}}``. Asked for columns, it writes blocks
``[[row number, …], [[text or null, …], …]]`` instead, one list per column, and repeats what merged
cells show.

Cells are strings, numbers, true, false or null. Row numbers are those a spreadsheet program shows.
"""

import csv
import datetime as dt
import itertools
import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

Cell = str | int | float | bool | None

MEGABYTE = 1 << 20
MEMORY = 1024 * MEGABYTE
CPU_SECONDS = 120
MAX_COLUMNS = 2_000
MAX_ROWS = 500_000
# Spreadsheets hold 32,767 characters in a cell; anything longer is refused as too long later.
MAX_CELL = 40_000
BATCH_CELLS = 20_000
BLOCK_CELLS = 200_000
# Longest cell of a block: what is longer is no name of anything.
MAX_TEXT = 4_000
# Rows of the first block, among which titles and headings are looked for.
HEAD_ROWS = 60
MAX_LINE = 4 * MEGABYTE
SEPARATORS = (",", ";", "\t")


class Refused(Exception):  # noqa: N818 - an answer, not an error of the program
    """The file is not taken; ``code`` says why."""

    def __init__(self, code: str, **context: object) -> None:
        super().__init__(code)
        self.code = code
        self.context = context


def main(path: str, request: dict[str, Any]) -> None:
    """Read the file and write its rows to standard output."""
    _limit(request.get("memory") or MEMORY, request.get("cpu_seconds") or CPU_SECONDS)
    out = sys.stdout
    try:
        head, rows = _open(Path(path), request)
        _line(out, head)
        wanted = request.get("rows")
        most = wanted or request.get("most_rows") or MAX_ROWS
        kept = _kept(rows, most, refuse_more=wanted is None)
        for batch in _blocks(kept) if request.get("columns") else _batches(kept):
            _line(out, batch)
        _line(out, {"end": True})
    except Refused as refused:
        _line(out, {"refused": refused.code, "context": refused.context})
    except MemoryError:
        _line(out, {"refused": "file.too-large", "context": {}})
    out.flush()


def _limit(memory: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _line(out: IO[str], value: object) -> None:
    out.write(json.dumps(value, separators=(",", ":")))
    out.write("\n")


def _kept(
    rows: Iterable[tuple[int, list[Cell]]], limit: int, *, refuse_more: bool
) -> Iterator[tuple[int, list[Cell]]]:
    """Leave out rows without any entry; refuse what is wider or longer than it may be."""
    count = 0
    for number, cells in rows:
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise Refused("file.too-many-columns", count=len(cells), limit=MAX_COLUMNS)
        if count == limit:
            if refuse_more:
                raise Refused("file.too-many-rows", limit=limit)
            break
        count += 1
        yield number, cells


def _batches(
    rows: Iterable[tuple[int, list[Cell]]],
) -> Iterator[list[tuple[int, list[Cell]]]]:
    """Group rows so that each line stays small."""
    batch: list[tuple[int, list[Cell]]] = []
    size = 0
    for number, cells in rows:
        batch.append((number, cells))
        size += sum(1 + len(cell) // 64 if isinstance(cell, str) else 1 for cell in cells)
        if size >= BATCH_CELLS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


# --- blocks: whole columns of text


def _blocks(
    rows: Iterable[tuple[int, list[Cell]]],
) -> Iterator[tuple[list[int], list[list[str | None]]]]:
    """Group rows, the first few by themselves, and turn each group into columns of text."""
    numbers: list[int] = []
    cells: list[list[Cell]] = []
    size = 0
    for count, (number, row) in enumerate(rows, start=1):
        numbers.append(number)
        cells.append(row)
        size += len(row)
        if size >= BLOCK_CELLS or count == HEAD_ROWS:
            yield numbers, _columns(cells)
            numbers, cells, size = [], [], 0
    if cells:
        yield numbers, _columns(cells)


def _columns(rows: list[list[Cell]]) -> list[list[str | None]]:
    return [
        column if all_text else [_text(cell) for cell in column]  # type: ignore[misc]
        for column in map(list, itertools.zip_longest(*rows))
        for all_text in (_is_short_text(column),)
    ]


def _is_short_text(column: list[Cell]) -> bool:
    return set(map(type, column)) <= {str, type(None)} and (
        max(map(len, filter(None, column)), default=0) <= MAX_TEXT  # type: ignore[arg-type]
    )


def _text(cell: Cell) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell and cell[:MAX_TEXT]
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell)


def _with_merged(
    rows: Iterable[tuple[int, list[Cell]]], ranges: Iterable[tuple[tuple[int, int], ...]]
) -> Iterator[tuple[int, list[Cell]]]:
    """Repeat what merged cells show in every cell they cover.

    Below the first rows only cells merged downwards count: a total or a signature set across the
    table is not an entry of each of its columns.
    """
    starts: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        if left == right:
            starts.setdefault(top, []).append((left, right, bottom))
        elif top < HEAD_ROWS:
            last = (min(right, MAX_COLUMNS), min(bottom, HEAD_ROWS))
            starts.setdefault(top, []).append((left, *last))
    held: dict[int, tuple[Cell, int]] = {}
    for number, cells in rows:
        row = number - 1
        own = any(cell is not None for cell in cells)
        for left, right, bottom in starts.get(row, ()):
            value = cells[left] if left < len(cells) else None
            for column in range(left, right + 1):
                held[column] = (value, bottom)
        if held and own:
            for column, (value, bottom) in list(held.items()):
                if row > bottom:
                    del held[column]
                elif column < len(cells) and cells[column] is None:
                    cells[column] = value
        yield number, cells


def _open(
    path: Path, request: dict[str, Any]
) -> tuple[dict[str, object], Iterator[tuple[int, list[Cell]]]]:
    if request["kind"] == "xlsx":
        return _open_xlsx(path, request.get("sheet"), merged=bool(request.get("columns")))
    return _open_csv(path, request.get("separator"))


def _open_xlsx(
    path: Path, wanted: str | None, *, merged: bool
) -> tuple[dict[str, object], Iterator[tuple[int, list[Cell]]]]:
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not names:
            raise Refused("file.no-sheet")
        if wanted is not None and wanted not in names:
            raise Refused("file.unknown-sheet", sheet=wanted, sheets=names)
        name = names[0] if wanted is None else wanted
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, ValueError, OSError) as error:
        raise Refused("file.damaged") from error
    except BaseException as error:  # the parser's own panics are no ordinary exceptions
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("file.damaged") from error
    if sheet.start is None or sheet.end is None:
        raise Refused("file.empty")
    if sheet.end[1] >= MAX_COLUMNS:
        raise Refused("file.too-many-columns", count=sheet.end[1] + 1, limit=MAX_COLUMNS)
    head = {"format": "xlsx", "sheet": name, "sheets": names, "rows": sheet.total_height}
    rows = _xlsx_rows(sheet.iter_rows(), sheet.start[1])
    ranges = sheet.merged_cell_ranges if merged else None
    return head, _with_merged(rows, ranges) if ranges else rows


def _xlsx_rows(rows: Iterable[list[Any]], first_column: int) -> Iterator[tuple[int, list[Cell]]]:
    """Give rows their numbers: they come from the first on, but without leading empty columns."""
    margin: list[Cell] = [None] * first_column
    for number, cells in enumerate(rows, start=1):
        yield number, margin + [_plain(cell) for cell in cells]


def _plain(cell: object) -> Cell:  # noqa: PLR0911 - one line per type
    """Express a cell in JSON. Whole numbers lose the ``.0`` that spreadsheets keep them with."""
    if isinstance(cell, str):
        return cell[:MAX_CELL] if cell.strip() else None
    if isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        if math.isfinite(cell):
            return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
        return str(cell)
    if isinstance(cell, dt.datetime):
        if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return None if cell is None else str(cell)


# --- .csv


def _open_csv(
    path: Path, separator: str | None
) -> tuple[dict[str, object], Iterator[tuple[int, list[Cell]]]]:
    n_lines = 1
    with path.open("rb") as file:
        while piece := file.read(MEGABYTE):
            n_lines += piece.count(b"\n")
    stream = path.open(encoding="utf-8-sig", newline="")
    try:
        first = stream.readline(MEGABYTE)
        stated = first.strip().lower()
        if stated.startswith("sep=") and len(stated) <= 5:  # Excel's own way of naming it
            separator = separator or first.strip()[4:] or "\t"
        else:
            stream.seek(0)
        at = stream.tell()
        if separator is None:
            separator = _separator("".join(itertools.islice(_lines(stream), 30)))
        stream.seek(at)
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error
    head = {"format": "csv", "separator": separator, "sheets": [], "rows": n_lines}
    return head, _csv_rows(stream, separator, path)


def _lines(stream: IO[str]) -> Iterator[str]:
    while line := stream.readline(MEGABYTE):
        yield line


def _short_lines(stream: IO[str]) -> Iterator[str]:
    """Give lines; a line that does not end would be read into memory as a whole."""
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise Refused("file.too-large")
        yield line


def _separator(sample: str) -> str:
    """Choose the separator that cuts the first rows most evenly into most columns."""
    best, best_score = SEPARATORS[0], (0.0, 0)
    for separator in SEPARATORS:
        widths: list[int] = []
        try:
            rows = csv.reader(sample.splitlines(keepends=True), delimiter=separator)
            widths.extend(len(cells) for cells in rows)
        except csv.Error:
            continue
        widths = [width for width in widths if width > 0]
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)
        if score > best_score:
            best, best_score = separator, score
    return best


def _csv_rows(stream: IO[str], separator: str, path: Path) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(2 * MEGABYTE)
    reader = csv.reader(_short_lines(stream), delimiter=separator, strict=True)
    try:
        with stream:
            for number, cells in enumerate(reader, start=1):
                if len(cells) > 4 * MAX_COLUMNS:
                    raise Refused("file.too-many-columns", count=len(cells), limit=MAX_COLUMNS)
                yield number, [cell[:MAX_CELL] if cell.strip() else None for cell in cells]
    except csv.Error as error:
        raise Refused("file.csv-broken", line=reader.line_num) from error
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error


def _not_utf8(path: Path) -> Refused:
    """Send the beginning as it would look in a Western European encoding, to name the real one."""
    with path.open("rb") as file:
        sample = file.read(20_000)
    return Refused("file.not-utf8", sample=sample.decode("cp1252", errors="replace"))


def _refuse_use() -> NoReturn:
    sys.stderr.write("usage: reading_child.py FILE REQUEST\n")
    raise SystemExit(2)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        _refuse_use()
    main(sys.argv[1], json.loads(sys.argv[2]))
