"""CSV for programs: RFC 4180, UTF-8 with the mark that Excel looks for, numbers in full."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from app.services.exports.safety import harmless

Value = str | int | float | bool | None


def write(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write a table in memory; see `write_to`."""
    text = io.StringIO(newline="")
    _write(text, header, rows)
    return text.getvalue().encode("utf-8-sig")


def write_to(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    with_mark: bool = True,
) -> None:
    """Write a table to a file, row by row.

    Texts are neutralised; numbers have a decimal point and every digit that distinguishes them;
    nothing is an empty field.

    Parameters
    ----------
    with_mark : bool
        Whether the file begins with the mark by which Excel knows UTF-8.
    """
    encoding = "utf-8-sig" if with_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        _write(file, header, rows)


def count(path: Path) -> int:
    """Count the rows below the heading of a file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _row in csv.reader(file)) - 1


def _write(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_field(value) for value in row] for row in rows)


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    return repr(value)
