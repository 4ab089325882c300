"""Stata: names and labels by pyreadstat, the rows by columns of numbers, the manifest as a note.

A DTA file of version 118 is a chain of named sections and a map of where each begins [StataDta].
pyreadstat writes the file without rows; rows and note are put in, and the map is drawn again.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
from numpy.typing import NDArray

from app.services.manifests import region
from app.services.microdata.sav import cut
from app.services.microdata.table import Table
from app.services.microdata.variables import Variable

Progress = Callable[[int], None]
_VERSION: Final = 14  # of Stata: files of version 118, which all since can read
_ROWS: Final = 1 << 16
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
# The numbers that stand for . and .a to .z.
_LONG_MISSING: Final = 2_147_483_621
_DOUBLE_MISSING: Final = np.uint64(0x7FE0000000000000).view(np.float64)
_SECTIONS: Final = (
    b"<stata_dta>", b"<map>", b"<variable_types>", b"<varnames>", b"<sortlist>", b"<formats>",
    b"<value_label_names>", b"<variable_labels>", b"<characteristics>", b"<data>", b"<strls>",
    b"<value_labels>", b"</stata_dta>",
)  # fmt: skip
_NAME_BYTES: Final = 129
_LABEL_SIGNS: Final = 80


def write(
    path: Path,
    table: Table,
    title: str,
    remarks: Sequence[str],
    moment: datetime,
    progress: Progress,
) -> None:
    """Write a table as DTA; see `app.services.microdata.sav.write`."""
    _write_dictionary(path, table, title)
    whole = path.read_bytes()
    before, _mark, rest = whole.partition(b"<characteristics>")
    _none, _mark, rest = rest.partition(b"</characteristics>")
    _none, _mark, after = rest.partition(b"</data>")
    notes = b"".join(_notes([*remarks, region.field().decode("ascii")]))
    before = _mended(before, table, moment)
    head = before + b"<characteristics>" + notes + b"</characteristics><data>"
    record = _record(table)
    n_bytes = record.itemsize * len(table.rows)
    tail = b"</data>" + after
    with path.open("wb") as file:
        file.write(_mapped(head, n_bytes, tail))
        done = 0
        for block in table.rows.iter_slices(_ROWS):
            file.write(_rows(block, table, record).tobytes())
            done += len(block)
            progress(done)
        file.write(tail)


def count(path: Path) -> int:
    """Count the rows of a file by reading to its last one."""
    _frame, meta = pyreadstat.read_dta(str(path), metadataonly=True)
    said = int(meta.number_rows or 0)
    if not said:
        return 0
    last, _meta = pyreadstat.read_dta(
        str(path), row_offset=said - 1, row_limit=1, usecols=meta.column_names[-1:]
    )
    return said - 1 + len(last)


def letters(variable: Variable) -> dict[int, int]:
    """Give every missing value of a variable its letter: 26 is .z, for what is withheld."""
    found = {}
    number = 0
    for each in variable.missing:
        if not each.code:
            found[each.value] = 26
        else:
            number += 1
            found[each.value] = number
    return found


def _write_dictionary(path: Path, table: Table, title: str) -> None:
    frame = pd.DataFrame(
        {
            variable.name: pd.Series([], dtype="int32" if variable.categories else "float64")
            for variable in table.variables
        }
    )
    pyreadstat.write_dta(
        frame,
        str(path),
        file_label=title[:_LABEL_SIGNS],
        column_labels=[variable.label[:_LABEL_SIGNS] for variable in table.variables],
        version=_VERSION,
        variable_value_labels={
            variable.name: _value_labels(variable)
            for variable in table.variables
            if variable.categories
        },
        variable_format={
            variable.name: "%8.0g" if not variable.decimals else f"%12.{variable.decimals}f"
            for variable in table.variables
        },
    )


def _value_labels(variable: Variable) -> dict[int | float, str]:
    own = letters(variable)
    return {
        _LONG_MISSING + own[each.value] if each.is_missing else each.value: cut(each.label, 300)
        for each in variable.categories
    }


def _notes(texts: Sequence[str]) -> list[bytes]:
    """Write texts as notes of the data set: ``notes`` in Stata shows them."""
    pairs = [("note0", str(len(texts)))]
    pairs += [(f"note{number}", text) for number, text in enumerate(texts, start=1)]
    found = []
    for name, text in pairs:
        content = text.encode() + b"\0"
        entry = _name("_dta") + _name(name) + content
        found.append(b"<ch>" + struct.pack("<I", len(entry)) + entry + b"</ch>")
    return found


def _name(text: str) -> bytes:
    return text.encode().ljust(_NAME_BYTES, b"\0")


def _mended(before: bytes, table: Table, moment: datetime) -> bytes:
    """Say how many rows follow, and a fixed moment."""
    at = before.index(b"<N>") + len(b"<N>")
    before = before[:at] + struct.pack("<Q", len(table.rows)) + before[at + 8 :]
    at = before.index(b"<timestamp>") + len(b"<timestamp>")
    end = before.index(b"</timestamp>")
    said = f"{moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year} {moment:%H:%M}"
    return before[:at] + bytes([len(said)]) + said.encode("ascii") + before[end:]


def _mapped(head: bytes, n_bytes: int, tail: bytes) -> bytes:
    """Draw the map of the sections again."""
    places = [head.index(mark) for mark in _SECTIONS[:10]]
    # The content of the rows is not looked into: a mark may stand in it by chance.
    places += [len(head) + n_bytes + tail.index(mark) for mark in _SECTIONS[10:]]
    places.append(len(head) + n_bytes + len(tail))
    at = head.index(b"<map>") + len(b"<map>")
    written = struct.pack(f"<{len(places)}Q", *places)
    return head[:at] + written + head[at + len(written) :]


def _record(table: Table) -> "np.dtype[Any]":
    return np.dtype(
        [(variable.name, "<i4" if variable.categories else "<f8") for variable in table.variables]
    )


def _rows(block: pl.DataFrame, table: Table, record: "np.dtype[Any]") -> NDArray[Any]:
    found = np.empty(len(block), dtype=record)
    for variable in table.variables:
        column = block[variable.name]
        if not variable.categories:
            numbers = column.cast(pl.Float64).to_numpy()
            found[variable.name] = np.where(np.isnan(numbers), _DOUBLE_MISSING, numbers)
            continue
        codes = column.fill_null(_LONG_MISSING).to_numpy().astype(np.int32)
        for value, letter in letters(variable).items():
            codes[codes == value] = _LONG_MISSING + letter
        found[variable.name] = codes
    return found
