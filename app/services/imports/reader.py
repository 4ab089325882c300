"""Rows of an .xlsx or .csv file, read by a child process within limits."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from app.services.imports import archive, legacy
from app.services.imports.refusals import FileRefusedError

Cell = str | int | float | bool | None

_CHILD = Path(__file__).with_name("reading_child.py")
# The child works ahead of us and waits when the pipe is full, so silence means that it hangs.
_SILENCE_SECONDS = 120.0
# Rows looked at to find the header, to show examples and to notice old fonts.
HEAD_ROWS = 60


MEGABYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use, and how many rows it takes."""

    memory: int
    cpu_seconds: int
    most_rows: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty. ``number`` is the one a spreadsheet program shows."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An open file.

    Attributes
    ----------
    kind : str
        ``xlsx`` or ``csv``.
    sheet : str or None
        The sheet being read, and ``sheets`` all visible ones; a .csv has none.
    separator : str or None
        Between the columns of a .csv.
    n_rows : int
        Number of the last row, about; for progress only.
    errors : dict
        Cells that show an error such as #N/A, by place (``F7``).
    rows : iterator of Row
        Can be read once.
    """

    kind: str
    sheet: str | None
    sheets: tuple[str, ...]
    separator: str | None
    n_rows: int
    errors: dict[str, str] = field(repr=False)
    rows: Iterator[Row] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows that are not empty, column by column.

    ``columns`` holds as many lists as the widest of these rows has cells, each as long as
    ``numbers``; cells are text, or None where there is nothing.
    """

    numbers: list[int]
    columns: list[list[str | None]]


@dataclass(frozen=True, slots=True)
class Blocks:
    """An open file, to be read column by column; the other attributes are those of `Table`.

    The first block holds the first ``HEAD_ROWS`` rows, or all there are.
    """

    kind: str
    sheet: str | None
    sheets: tuple[str, ...]
    n_rows: int
    errors: dict[str, str] = field(repr=False)
    blocks: Iterator[Block] = field(repr=False)


@contextmanager
def open_blocks(
    path: Path, limits: Limits, *, sheet: str | None = None, head_only: bool = False
) -> Iterator[Blocks]:
    """Open a file and read whole columns of text, in blocks, as they are asked for.

    What merged cells show is repeated in each of them: everywhere in the first rows, further down
    where one column is merged.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read; also while the blocks are being read.
    """
    kind = archive.kind_of(path)
    if kind == "xlsx":
        archive.check_archive(path)
    request = {
        "kind": kind, "sheet": sheet, "columns": True, "rows": HEAD_ROWS if head_only else None,
        "memory": limits.memory, "cpu_seconds": limits.cpu_seconds, "most_rows": limits.most_rows,
    }  # fmt: skip
    with _child(path, request) as lines:
        head = next(lines)
        read = head.get("sheet")
        errors = {}
        if read is not None and not head_only:
            errors = archive.error_cells(path, read, most=limits.most_rows)
        yield Blocks(
            kind=kind,
            sheet=read,
            sheets=tuple(head["sheets"]),
            n_rows=head["rows"],
            errors=errors,
            blocks=(Block(numbers, columns) for numbers, columns in lines),
        )


@contextmanager
def open_table(
    path: Path, *, sheet: str | None = None, separator: str | None = None, n_rows: int | None = None
) -> Iterator[Table]:
    """Open a file and read its rows as they are asked for.

    Parameters
    ----------
    path : Path
        The file; its name does not matter.
    sheet : str, optional
        Sheet of a workbook; its first visible one without it.
    separator : str, optional
        Between the columns of a .csv; found out without it.
    n_rows : int, optional
        Read only so many rows that are not empty.

    Raises
    ------
    FileRefusedError
        The file cannot or may not be read; also while the rows are being read.
    """
    kind = archive.kind_of(path)
    if kind == "xlsx":
        archive.check_archive(path)
    request = {"kind": kind, "sheet": sheet, "separator": separator, "rows": n_rows}
    with _child(path, request) as lines:
        head = next(lines)
        read = head.get("sheet")
        errors = archive.error_cells(path, read) if read is not None and n_rows is None else {}
        yield Table(
            kind=kind,
            sheet=read,
            sheets=tuple(head["sheets"]),
            separator=head.get("separator"),
            n_rows=head["rows"],
            errors=errors,
            rows=_rows(lines),
        )


def read_head(path: Path, *, sheet: str | None = None) -> tuple[Table, tuple[Row, ...]]:
    """Read the first rows only; the table's own rows are used up.

    Raises
    ------
    FileRefusedError
        As :func:`take_head`, or the file cannot or may not be read.
    """
    with open_table(path, sheet=sheet, n_rows=HEAD_ROWS) as table:
        return table, take_head(table)


def take_head(table: Table) -> tuple[Row, ...]:
    """Take the first rows off an open table.

    Raises
    ------
    FileRefusedError
        There is none, or they are set in a font of the time before Unicode.
    """
    rows = tuple(islice(table.rows, HEAD_ROWS))
    if not rows:
        raise FileRefusedError("file.empty")
    font = legacy.encoding_of_table(
        [cell for row in rows for cell in row.cells if isinstance(cell, str)]
    )
    if font is not None:
        raise FileRefusedError("file.legacy-encoding", encoding=font)
    return rows


def _rows(lines: Iterator[Any]) -> Iterator[Row]:
    for batch in lines:
        for number, cells in batch:
            yield Row(number, tuple(cells))


@contextmanager
def _child(path: Path, request: Mapping[str, object]) -> Iterator[Iterator[Any]]:
    """Start the child and give the lines it writes; nothing of it outlives the block."""
    # Isolated from the environment: neither secrets nor paths of ours are inherited.
    command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), json.dumps(request)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            cwd="/", env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield _lines(process, process.stdout)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


def _lines(process: subprocess.Popen[bytes], output: IO[bytes]) -> Iterator[Any]:
    while True:
        watch = threading.Timer(_SILENCE_SECONDS, process.kill)
        watch.daemon = True
        watch.start()
        try:
            line = output.readline()
        finally:
            watch.cancel()
        if not line.endswith(b"\n"):
            # It died: of its memory or time limit, or of a fault in the parser.
            process.wait()
            raise FileRefusedError("file.unreadable", status=process.returncode)
        value = json.loads(line)
        if isinstance(value, dict):
            if "refused" in value:
                raise _refusal(value["refused"], value["context"])
            if "end" in value:
                return
        yield value


def _refusal(code: str, context: dict[str, Any]) -> FileRefusedError:
    if code == "file.not-utf8":
        encoding = legacy.encoding_of([context["sample"]])
        if encoding is not None:
            return FileRefusedError("file.legacy-encoding", encoding=encoding)
        return FileRefusedError(code)
    return FileRefusedError(code, **context)
