r"""Frozen frames: the one way a list to draw from is written, read and hashed.

A frozen frame is a canonical CSV: UTF-8 in NFC, ``\n``, commas, quotes only where
a cell holds a comma or a quote, one header row, rows in the order of the bytes
of their unique ``key``. Its SHA-256 is the hash of the frame. It holds codes,
never names of persons or contacts.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from surveys.sampling.errors import SamplingError

STANDARD: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "dossier": (
            "key", "procedure", "field", "centre", "commune", "agency", "received_on", "due_on",
            "returned_on", "channel", "applicant", "home_commune", "prn",
        ),
        "area": ("key", "district", "commune", "village", "households", "people", "difficult",
                 "prn"),
    }
)  # fmt: skip
"""Columns of each kind of frame, in their order; further ones follow by name."""

NUMBERS: Final = ("households", "people", "prn")
"""Columns that hold whole numbers, or nothing."""

CIRCLE: Final = 2**53
"""Permanent random numbers are whole numbers from 0 to one less than this."""

LARGEST: Final = 2**53 - 1
"""No whole number of a frame is larger, so that each is exact as a float."""

_NUMBER = r"^(0|[1-9][0-9]{0,15})$"


class FrameRefusedError(SamplingError):
    """A frame is not one that can be frozen or drawn from; ``column`` and ``row`` say where.

    Codes: ``frame.not-utf8``, ``frame.unknown-kind``, ``frame.columns``,
    ``frame.lengths``, ``frame.not-canonical``, ``key.empty``, ``key.repeated``,
    ``key.not-sorted``, ``cell.bad-character``, ``number.malformed``, ``prn.out-of-range``.
    Rows are counted from 1, without the header.
    """

    def __init__(self, code: str, **context: object) -> None:
        self.code = code
        super().__init__(**context)


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """A column of codes.

    Attributes
    ----------
    codes : ndarray of int32, shape (n,)
        Which label each row has.
    labels : tuple of str
        The labels there are, in the order of their bytes.
    """

    codes: NDArray[np.int32]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frozen frame in memory.

    Attributes
    ----------
    kind : str
        ``"dossier"`` or ``"area"``.
    content_hash : str
        SHA-256 of the canonical file, hexadecimal.
    keys : polars.Series of str, length n
        In the order of their bytes.
    categories : mapping of str to Categories
        Columns of codes, ``''`` where a cell is empty.
    measures : mapping of str to ndarray of int64, shape (n,)
        ``households`` and ``people``, and ``prn``; 0 where a cell is empty.
    """

    kind: str
    content_hash: str
    keys: pl.Series
    categories: Mapping[str, Categories]
    measures: Mapping[str, NDArray[np.int64]]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.keys)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, ``key`` first."""
        return ("key", *self.categories, *self.measures)

    def measure(self, name: str) -> NDArray[np.int64] | None:
        """Return a column of whole numbers, shape (n,); 0 where a cell is empty.

        Returns
        -------
        ndarray of int64 or None
            None if there is no such column or a cell is not a whole number from 0.
        """
        if name in self.measures:
            return self.measures[name]
        column = self.categories.get(name)
        if column is None:
            return None
        values = [_whole(label) for label in column.labels]
        if any(value is None for value in values):
            return None
        return np.array(values, dtype=np.int64)[column.codes]

    def names(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the keys of some rows."""
        found: list[str] = self.keys.gather(rows).to_list()
        return found


def _whole(label: str) -> int | None:
    if label == "":
        return 0
    if not (label.isascii() and label.isdigit()) or (label[0] == "0" and label != "0"):
        return None
    return int(label) if len(label) <= 16 and int(label) <= LARGEST else None


Columns = pl.DataFrame | Mapping[str, Sequence[object]]


def frame_bytes(kind: str, columns: Columns) -> bytes:
    """Write a frame in its canonical form.

    Text is brought to NFC and trimmed, rows are sorted by ``key``; columns of the
    kind that are not given are empty.

    Parameters
    ----------
    kind : str
        ``"dossier"`` or ``"area"``.
    columns : polars.DataFrame or mapping of str to sequence, each of length n
        Texts, numbers or dates; None is an empty cell.

    Raises
    ------
    FrameRefusedError
    """
    if kind not in STANDARD:
        raise FrameRefusedError("frame.unknown-kind", value=kind)
    table = _texts(columns)
    if "key" not in table.columns:
        raise FrameRefusedError("frame.columns", column="key")
    standard = STANDARD[kind]
    further = sorted(set(table.columns) - set(standard))
    wanted = [
        pl.col(name) if name in table.columns else pl.lit("").alias(name) for name in standard
    ]
    table = table.select(*wanted, *further).sort("key")
    _check(table)
    written = io.BytesIO()
    table.with_columns(pl.all().replace({"": None})).write_csv(
        written, quote_style="necessary", line_terminator="\n"
    )
    return written.getvalue()


def _texts(columns: Columns) -> pl.DataFrame:
    if isinstance(columns, pl.DataFrame):
        table = columns
    else:
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise FrameRefusedError("frame.lengths", **lengths)
        table = pl.DataFrame(
            {name: pl.Series(name, column, strict=False) for name, column in columns.items()}
        )
    header = pl.Series(table.columns, dtype=pl.String)
    if header.is_empty() or header.str.contains(r'[\p{Cc}",]|^\s*$').any():
        raise FrameRefusedError("frame.columns", column=",".join(table.columns))
    return table.select(
        pl.all().cast(pl.String).fill_null("").str.normalize("NFC").str.strip_chars()
    )


def _check(table: pl.DataFrame) -> None:
    """Refuse cells that cannot be written in one way only."""
    for name in table.columns:
        column = table[name]
        _refuse_where(column.str.contains(r"\p{Cc}"), "cell.bad-character", table, name)
        if name in NUMBERS:
            wrong = ~column.str.contains(_NUMBER) & (column != "")
            _refuse_where(wrong, "number.malformed", table, name)
            numbers = column.cast(pl.Int64, strict=False).fill_null(0)
            code = "prn.out-of-range" if name == "prn" else "number.malformed"
            _refuse_where(numbers > LARGEST, code, table, name)
    key = table["key"]
    _refuse_where(key == "", "key.empty", table, "key")
    _refuse_where((key == key.shift(1)).fill_null(value=False), "key.repeated", table, "key")


def _refuse_where(wrong: pl.Series, code: str, table: pl.DataFrame, name: str) -> None:
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise FrameRefusedError(code, column=name, row=row + 1, value=table[name][row])


def write_frame(path: Path, kind: str, columns: Columns) -> str:
    """Write a frame to a file; see ``frame_bytes``.

    Returns
    -------
    str
        Its hash, hexadecimal.
    """
    content = frame_bytes(kind, columns)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def read_frame(path: Path) -> Frame:
    """Read a canonical frame; see ``parse_frame``."""
    return parse_frame(path.read_bytes())


def parse_frame(content: bytes) -> Frame:
    """Read a frame from the bytes of its file.

    Raises
    ------
    FrameRefusedError
        It is not in the canonical form as far as columns, numbers and the order of
        keys go; whether each byte is as it was is what the hash is for.
    """
    try:
        header = content[: content.find(b"\n")].decode().split(",")
        table = pl.read_csv(content, infer_schema=False)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise FrameRefusedError("frame.not-canonical", what=type(error).__name__) from error
    table = table.with_columns(pl.all().fill_null(""))
    kind = next((kind for kind, names in STANDARD.items() if header[: len(names)] == [*names]), "")
    if not kind or table.columns != header:
        raise FrameRefusedError("frame.columns", columns=",".join(header))
    further = header[len(STANDARD[kind]) :]
    if further != sorted(further):
        raise FrameRefusedError("frame.columns", columns=",".join(header))
    keys = table["key"]
    _check(table)
    _refuse_where((keys < keys.shift(1)).fill_null(value=False), "key.not-sorted", table, "key")
    measures: dict[str, NDArray[np.int64]] = {
        name: table[name].cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        for name in NUMBERS
        if name in header
    }
    texts = [name for name in header[1:] if name not in NUMBERS]
    return Frame(
        kind=kind,
        content_hash=hashlib.sha256(content).hexdigest(),
        keys=keys,
        categories={name: _categories(table[name]) for name in texts},
        measures=measures,
    )


def _categories(column: pl.Series) -> Categories:
    labels = column.unique().sort()
    codes = column.cast(pl.Enum(labels)).to_physical().cast(pl.Int32)
    return Categories(codes.to_numpy(), tuple(labels.to_list()))
