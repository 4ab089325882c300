"""What stands in the cells of a workbook, whatever program saved it.

Numbers count to fifteen digits, which every spreadsheet keeps; fonts, widths and pictures do not
count. Saved again without a change, a sheet keeps its digest; with one other cell it does not.
"""

import hashlib
import io
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from python_calamine import CalamineWorkbook


def digests(content: bytes) -> dict[str, str]:
    """Digest of every sheet of a workbook, by its name.

    Raises
    ------
    CalamineError
        The content is not a workbook.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: _digest(book, name) for name in book.sheet_names}


def cells_of(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """Cells of a sheet by row and column, from 0, as they are compared."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {(row, column): value for row, column, value in _cells(book, sheet)}


def _digest(book: CalamineWorkbook, name: str) -> str:
    digest = hashlib.sha256()
    for row, column, value in _cells(book, name):
        digest.update(f"{row}\t{column}\t{value}\n".encode())
    return digest.hexdigest()[:32]


def _cells(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, int, str]]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            written = _written(value)
            if written:
                yield row, column, written


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return f"b{int(value)}"
    if isinstance(value, int | float):
        return f"n{value:.15g}"
    if isinstance(value, str):
        # A line break is one sign in some programs and two in others.
        return f"t{value.replace(chr(13) + chr(10), chr(10))}" if value else ""
    if isinstance(value, date | time):
        return f"d{value.isoformat()}"
    if isinstance(value, timedelta):
        return f"d{value.total_seconds():.15g}"
    return ""
