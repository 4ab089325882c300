"""SPSS: names, labels and missing values by pyreadstat, the rows by columns of numbers.

pyreadstat writes a file row by row; a million rows with forty variables take it minutes. The rows
of a SAV file without texts are a stream of eight-byte words, blocks of eight codes and the numbers
that no code stands for, and can be made by whole columns [PSPP].
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
from numpy.typing import NDArray

from app.services.manifests import region
from app.services.microdata.table import Table
from app.services.microdata.variables import Variable

Progress = Callable[[int], None]
# Places in the header.
_COMPRESSION, _WEIGHT, _CASES, _DATE = 72, 76, 80, 92
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_BIAS, _LITERAL, _SYSTEM_MISSING = 100, 253, 255
_LEAST, _MOST = -99, 151
_ROWS: Final = 1 << 16
_LINE: Final = 80
_LABEL_BYTES, _VARIABLE_BYTES, _VALUE_BYTES = 64, 255, 119


def write(
    path: Path,
    table: Table,
    title: str,
    remarks: Sequence[str],
    moment: datetime,
    progress: Progress,
) -> None:
    """Write a table as SAV, with room for a manifest among the documents of the file.

    Parameters
    ----------
    title : str
        Label of the file.
    remarks : sequence of str
        Documents of the file, before the manifest.
    moment : datetime
        Written into the file instead of the present one: the same table makes the same bytes.
    progress : callable
        Told how many rows are written.
    """
    _write_dictionary(path, table, title, remarks)
    with path.open("r+b") as file:
        _mend_header(file, table, moment)
        file.seek(0, 2)
        done = 0
        for block in table.rows.iter_slices(_ROWS):
            file.write(pack(_cells(block)))
            done += len(block)
            progress(done)


def pack(cells: NDArray[np.float64]) -> bytes:
    """Compress cells, row after row, as SPSS does.

    Parameters
    ----------
    cells : ndarray of float64, shape (n,)
        NaN for a missing value. Of all but the last piece of a file, n is a multiple of eight.
    """
    is_missing = np.isnan(cells)
    is_small = (cells == np.floor(cells)) & (cells >= _LEAST) & (cells <= _MOST)
    codes = np.where(is_small, np.where(is_missing, 0.0, cells) + _BIAS, _LITERAL)
    codes[is_missing] = _SYSTEM_MISSING
    padded = np.zeros(-(-len(cells) // 8) * 8, dtype=np.uint8)
    padded[: len(cells)] = codes.astype(np.uint8)
    is_literal = padded.reshape(-1, 8) == _LITERAL
    blocks = padded.view("<u8")
    literals = np.ascontiguousarray(cells[codes == _LITERAL]).astype("<f8").view("<u8")
    n_literals = is_literal.sum(axis=1)
    number = np.arange(len(blocks))
    words = np.empty(len(blocks) + len(literals), dtype="<u8")
    words[number + np.cumsum(n_literals) - n_literals] = blocks
    words[np.repeat(number, n_literals) + 1 + np.arange(len(literals))] = literals
    return words.tobytes()


def count(path: Path) -> int:
    """Count the rows of a file by reading to its last one; fewer than it says is what it holds."""
    _frame, meta = pyreadstat.read_sav(str(path), metadataonly=True)
    said = int(meta.number_rows or 0)
    if not said:
        return 0
    last, _meta = pyreadstat.read_sav(
        str(path), row_offset=said - 1, row_limit=1, usecols=meta.column_names[-1:]
    )
    return said - 1 + len(last)


def _cells(block: pl.DataFrame) -> NDArray[np.float64]:
    numbers = block.select(pl.all().cast(pl.Float64)).to_numpy(order="c")
    return np.ascontiguousarray(numbers).reshape(-1)


def _write_dictionary(path: Path, table: Table, title: str, remarks: Sequence[str]) -> None:
    names = [variable.name for variable in table.variables]
    empty = pd.DataFrame({name: pd.Series([], dtype="float64") for name in names})
    pyreadstat.write_sav(
        empty,
        str(path),
        file_label=cut(title, _LABEL_BYTES),
        column_labels=[cut(variable.label, _VARIABLE_BYTES) for variable in table.variables],
        row_compress=True,
        note=[*(line for text in remarks for line in _lines(text)), *_manifest_lines()],
        variable_value_labels={
            variable.name: {
                float(each.value): cut(each.label, _VALUE_BYTES) for each in variable.categories
            }
            for variable in table.variables
            if variable.categories
        },
        missing_ranges={
            variable.name: [float(each.value) for each in variable.missing[:3]]
            for variable in table.variables
            if variable.missing
        },
        variable_measure={variable.name: variable.measure.value for variable in table.variables},
        variable_format={variable.name: _format(variable) for variable in table.variables},
    )


def _mend_header(file: BinaryIO, table: Table, moment: datetime) -> None:
    """Say in the header how many rows follow, by which weight they count, and a fixed moment."""
    names = [variable.name for variable in table.variables]
    day = f"{moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year % 100:02d}"
    for place, number in (
        (_COMPRESSION, 1),
        (_WEIGHT, 1 + names.index(table.weight)),
        (_CASES, len(table.rows)),
    ):
        file.seek(place)
        file.write(struct.pack("<i", number))
    file.seek(_DATE)
    file.write(f"{day}{moment:%H:%M:%S}".encode("ascii"))


def _format(variable: Variable) -> str:
    if variable.categories:
        widest = max(len(str(each.value)) for each in variable.categories)
        return f"F{max(widest, 2)}.0"
    return f"F{12 if variable.decimals else 8}.{variable.decimals}"


def _manifest_lines() -> list[str]:
    field = region.field().decode("ascii")
    return [field[at : at + _LINE] for at in range(0, len(field), _LINE)]


def _lines(text: str) -> Iterator[str]:
    """Break a text into lines of eighty bytes, between words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if len(longer.encode()) > _LINE:
            yield line
            longer = cut(word, _LINE)
        line = longer
    if line:
        yield line


def cut(text: str, n_bytes: int) -> str:
    """Cut a text to so many bytes, not within a letter."""
    encoded = text.encode()
    if len(encoded) <= n_bytes:
        return text
    return encoded[: n_bytes - 3].decode(errors="ignore").rstrip() + "…"
