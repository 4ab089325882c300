"""CSV files: encoding, separator, and every cell as it is written."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
from pyarrow.csv import ConvertOptions, InvalidRow, ParseOptions, ReadOptions, read_csv

from analysis.plan.source.opened import FileFault, Lines, Opened, Options, normal
from analysis.plan.sql import short_reason

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (";", "\t", ",", "|")
HEAD = 1 << 20
"""Bytes in which the header must end."""


def open_csv(path: Path, options: Options) -> Opened:
    """Read the header of a CSV file.

    Raises
    ------
    FileFault
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    encoding = options.encoding or _encoding(head)
    header = _header(head, encoding, path, options)
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        if normal(name) in positions:
            raise FileFault("column-twice", column=normal(name), file=path.name)
        if normal(name):
            positions[normal(name)] = position
    if not positions:
        raise FileFault("file-empty", file=path.name)

    def read(columns: Sequence[str]) -> pl.DataFrame:
        chosen = {positions[name]: name for name in columns}
        frame = _cells(path, encoding, options, sorted(chosen), len(header))
        frame.columns = [chosen[position] for position in sorted(chosen)]
        return frame.select(columns)

    def lines(row: int) -> Lines:
        return _lines(path, encoding, options.separator, row)

    return Opened(path, "csv", tuple(positions), read, is_text=True, lines=lines)


def _encoding(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return "utf-8"


def _header(head: bytes, encoding: str, path: Path, options: Options) -> list[str]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        text = decoder.decode(head)
    except (LookupError, UnicodeError) as error:
        raise FileFault("unknown-encoding", encoding=encoding) from error
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=options.separator), [])
    except csv.Error as error:
        raise FileFault("csv-broken", file=path.name, reason=error) from error
    if len(header) == 1 and (other := _other_separator(header[0], options.separator)):
        raise FileFault("other-separator", file=path.name, meant=other, header=header[0][:80])
    return header


def _other_separator(header: str, separator: str) -> str:
    counts = {other: header.count(other) for other in _SEPARATORS if other != separator}
    best = max(counts, key=lambda other: counts[other])
    return best if counts[best] else ""


def _cells(
    path: Path, encoding: str, options: Options, positions: list[int], n: int
) -> pl.DataFrame:
    """Read some columns as text, missing cells as nulls.

    Every row must have as many cells as the header: a row with more or fewer
    has its cells under the wrong names, e.g. because of decimal commas.
    """
    source: Path | io.BytesIO = path
    if encoding.replace("_", "-").lower() not in {"utf-8", "utf8", "utf-8-sig"}:
        source = io.BytesIO(_recoded(path, encoding))
    names = [str(position) for position in range(n)]
    ragged: list[InvalidRow] = []

    def keep(row: InvalidRow) -> Literal["error"]:
        ragged.append(row)
        return "error"

    try:
        table = read_csv(
            source,
            read_options=ReadOptions(
                column_names=names, skip_rows_after_names=1, use_threads=False
            ),
            parse_options=ParseOptions(
                delimiter=options.separator, newlines_in_values=True, invalid_row_handler=keep
            ),
            convert_options=ConvertOptions(
                include_columns=[names[position] for position in positions],
                column_types=dict.fromkeys(names, pa.string()),
                null_values=list(options.missing),
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException as error:
        if ragged:
            raise _ragged(path, ragged[0], encoding, options.separator) from error
        if "utf8" in str(error).lower() or "utf-8" in str(error).lower():
            raise FileFault("not-utf8", file=path.name) from error
        raise FileFault("csv-broken", file=path.name, reason=short_reason(error)) from error
    return pl.DataFrame(pl.from_arrow(table))


def _lines(path: Path, encoding: str, separator: str, row: int) -> Lines:
    """Return the line on which a row begins, and its row in a spreadsheet.

    Both count the header and empty lines, which are no rows.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        last_line, records, seen = 0, 0, -1
        for cells in reader:
            records += 1
            seen += bool(cells)
            if seen == row:
                break
            last_line = reader.line_num
    return last_line + 1, records


def _ragged(path: Path, row: InvalidRow, encoding: str, separator: str) -> FileFault:
    # The reader counts the header.
    number = (row.number or 1) - 1
    line, sheet_row = _lines(path, encoding, separator, number)
    return FileFault(
        "csv-ragged",
        file=path.name,
        row=number,
        line=line,
        sheet_row=sheet_row,
        found=row.actual_columns,
        wanted=row.expected_columns,
        text=row.text[:80],
    )


def _recoded(path: Path, encoding: str) -> bytes:
    try:
        return path.read_bytes().decode(encoding).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError) as error:
        raise FileFault("not-this-encoding", file=path.name, encoding=encoding) from error
