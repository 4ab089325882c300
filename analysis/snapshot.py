"""Snapshots: the rows a publication rests on, fixed for good.

A snapshot is one Parquet file, written once. Its content hash covers the
meaning (layout, column names, types, values), not the bytes of the file, so
the same rows have the same hash whatever library version wrote them; the rows
are sorted, so the order in which people answered is neither kept nor counted.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.answers import MISSING, Column, OpenAnswers, SampledAnswers, join_choices
from analysis.errors import BadColumnError, SnapshotDamagedError, WrongSourceError

METADATA_KEY: Final = b"longdan.snapshot"
READ_ONLY: Final = 0o444
READERS: Final = 2
"""Threads that read columns."""

TYPE_NAMES: Final[dict[pl.DataType | type[pl.DataType], str]] = {
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.String: "text",
    pl.List(pl.String): "texts",
}
"""The types that are stored, by names of our own: hashed, so never to change."""


class Source(StrEnum):
    """How the respondents came to answer."""

    SAMPLE = "sample"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of a snapshot are.

    Attributes
    ----------
    source : Source
        Probability sample or open answers.
    items : tuple of str
        Columns that hold answers.
    domains : tuple of str
        Columns that hold domains or groups.
    stratum, psu, weight : str
        Design columns of a sample; empty for open answers.
    about : tuple of (str, str)
        What else the rows are known by, e.g. round and instrument hash.
    """

    source: Source
    items: tuple[str, ...]
    domains: tuple[str, ...] = ()
    stratum: str = ""
    psu: str = ""
    weight: str = ""
    about: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, each once, in the order they are stored."""
        design = (self.stratum, self.psu, self.weight)
        named = (*(name for name in design if name), *self.domains, *self.items)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A snapshot that has been written or read.

    Attributes
    ----------
    path : Path
        The file.
    layout : Layout
        What its columns are.
    rows : polars.DataFrame
        The rows, sorted.
    content_hash : str
        ``"sha256:"`` and the digest of the content.
    """

    path: Path
    layout: Layout
    rows: pl.DataFrame
    content_hash: str

    def sampled(self) -> SampledAnswers:
        """Return the answers of a probability sample.

        Raises
        ------
        WrongSourceError
            The snapshot holds open answers.
        """
        layout = self.layout
        if layout.source is not Source.SAMPLE:
            raise WrongSourceError(wanted=Source.SAMPLE, found=layout.source)
        return SampledAnswers(
            columns={item: column_of(self.rows[item]) for item in layout.items},
            stratum=column_of(self.rows[layout.stratum]),
            psu=column_of(self.rows[layout.psu]),
            base_weight=self.rows[layout.weight].to_numpy(),
            domains={name: column_of(self.rows[name]) for name in layout.domains},
        )

    def open(self) -> OpenAnswers:
        """Return answers of whoever wished to answer.

        Raises
        ------
        WrongSourceError
            The snapshot holds a sample.
        """
        layout = self.layout
        if layout.source is not Source.OPEN:
            raise WrongSourceError(wanted=Source.OPEN, found=layout.source)
        return OpenAnswers(
            columns={item: column_of(self.rows[item]) for item in layout.items},
            groups={name: column_of(self.rows[name]) for name in layout.domains},
        )


def write_snapshot(rows: pl.DataFrame, layout: Layout, folder: Path) -> Snapshot:
    """Write rows to a file named after their content.

    Parameters
    ----------
    rows : polars.DataFrame
        Columns of the layout: integers for scales, floats for weights,
        strings for choices and names, lists of strings for multiple choice;
        nulls for missing. Other columns are left out.
    layout : Layout
        What the columns are.
    folder : Path
        Where to write; must exist.

    Returns
    -------
    Snapshot
        The same rows, layout and library versions give the same bytes. A file
        that is there already is kept as it is.

    Raises
    ------
    BadColumnError
        A column is missing or of a type that is not stored.
    """
    kept = _canonical(rows, layout)
    content_hash = _content_hash(kept, layout)
    path = folder / f"{content_hash.removeprefix('sha256:')}.parquet"
    if not path.exists():
        metadata = {METADATA_KEY: _metadata(layout, content_hash)}
        stored = kept.with_columns(_shortened(column) for column in kept)
        table = stored.to_arrow(compat_level=pl.CompatLevel.oldest()).replace_schema_metadata(
            metadata
        )
        _write_once(table, path)
    return Snapshot(path, layout, kept, content_hash)


def hash_file(path: Path) -> str:
    """Hash a file as it is, ``"sha256:"`` and the digest."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def read_written(path: Path, file_hash: str, *, short: bool = False) -> Snapshot:
    """Read a snapshot of which the hash of the file is known.

    The same bytes hold the same rows, so these need not be hashed again, which
    takes many times as long as reading them.

    Parameters
    ----------
    path : Path
    file_hash : str
        As ``hash_file`` gave it when the file was written.
    short : bool
        Whether whole numbers that fit are kept in 8 bits.

    Raises
    ------
    SnapshotDamagedError
        The file is missing or not the one that was written.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SnapshotDamagedError(path=path.name) from error
    if "sha256:" + hashlib.sha256(content).hexdigest() != file_hash:
        raise SnapshotDamagedError(path=path.name, expected=file_hash)
    written = json.loads(pq.read_schema(io.BytesIO(content)).metadata[METADATA_KEY])
    layout = _layout(written["layout"])
    # One column after the other in each thread: what a column needs to be read is used again.
    with ThreadPoolExecutor(READERS) as pool:
        columns = list(pool.map(partial(_read_one, content, short), layout.columns))
    return Snapshot(path, layout, pl.DataFrame(columns), written["content_hash"])


def _read_one(content: bytes, short: bool, name: str) -> pl.Series:
    column = pl.read_parquet(content, columns=[name]).to_series()
    return _shortened(column) if short else _widened(column)


def _shortened(column: pl.Series) -> pl.Series:
    """Keep whole numbers in 8 bits if all of them fit: they are read in half the time."""
    if column.dtype != pl.Int64:
        return column
    try:
        return column.cast(pl.Int8)
    except pl.exceptions.InvalidOperationError:
        return column


def _widened(column: pl.Series) -> pl.Series:
    """Return whole numbers as they are hashed, however many bits the file has for them."""
    return column.cast(pl.Int64) if column.dtype == pl.Int8 else column


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot and check that it is what it was.

    Raises
    ------
    SnapshotDamagedError
        The file is not a snapshot, or its rows are not those of its hash.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            written = json.loads(schema.metadata[METADATA_KEY])
            layout = _layout(written["layout"])
            # One column after the other: all at once need four times the room of the rows.
            columns = [_read_column(file, name) for name in schema.names]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise SnapshotDamagedError(path=path.name) from error
    rows = pl.DataFrame(columns)
    content_hash = _content_hash(rows, layout)
    if content_hash != written["content_hash"]:
        raise SnapshotDamagedError(path=path.name, expected=written["content_hash"])
    return Snapshot(path, layout, rows, content_hash)


def _read_column(file: pq.ParquetFile, name: str) -> pl.Series:
    column = pl.Series(name, file.read(columns=[name]).column(name))
    pa.default_memory_pool().release_unused()
    return _widened(column)


def _canonical(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Keep the columns of the layout in stored types, rows sorted by all of them."""
    missing = [name for name in layout.columns if name not in rows.columns]
    if missing:
        raise BadColumnError(column=missing[0])
    kept = rows.select(_stored(rows[name]) for name in layout.columns)
    # Lists cannot be sorted by; what they are made of can.
    keys = [
        pl.col(name).list.join(" ") if dtype == pl.List(pl.String) else pl.col(name)
        for name, dtype in kept.schema.items()
    ]
    return kept.sort(keys, nulls_last=False).rechunk()


def _stored(column: pl.Series) -> pl.Series:
    """Return a column in the type that is stored."""
    dtype = column.dtype
    if dtype.is_integer():
        return column.cast(pl.Int64)
    if dtype.is_float():
        return column.cast(pl.Float64).fill_nan(None)
    if dtype in {pl.String, pl.Categorical, pl.Enum, pl.Null}:
        return column.cast(pl.String)
    if dtype == pl.List(pl.String):
        return column
    raise BadColumnError(column=column.name, type=dtype)


def _content_hash(rows: pl.DataFrame, layout: Layout) -> str:
    """Hash the layout and every column: validity, lengths and values."""
    digest = hashlib.sha256()

    def add(part: bytes) -> None:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)

    add(_canonical_json(asdict(layout)))
    add(len(rows).to_bytes(8, "big"))
    for column in rows.iter_columns():
        add(column.name.encode())
        add(TYPE_NAMES[column.dtype].encode())
        add(np.packbits(column.is_not_null().to_numpy()).tobytes())
        for part in _value_parts(column):
            add(part)
    return "sha256:" + digest.hexdigest()


def _value_parts(column: pl.Series) -> list[bytes]:
    """Write the values of a column in little-endian and UTF-8, nulls as nothing."""
    if column.dtype == pl.List(pl.String):
        lengths = column.list.len().fill_null(0).to_numpy().astype("<i8")
        return [lengths.tobytes(), *_value_parts(column.drop_nulls().explode(empty_as_null=False))]
    if column.dtype == pl.String:
        lengths = column.str.len_bytes().fill_null(0).to_numpy().astype("<i8")
        # Joined by polars: a million Python strings would need more room than the column itself.
        return [lengths.tobytes(), column.drop_nulls().str.join("").item().encode()]
    kind = "<i8" if column.dtype == pl.Int64 else "<f8"
    return [column.fill_null(0).to_numpy().astype(kind).tobytes()]


def _canonical_json(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _metadata(layout: Layout, content_hash: str) -> bytes:
    return _canonical_json({"layout": asdict(layout), "content_hash": content_hash})


def _layout(written: dict[str, Any]) -> Layout:
    return Layout(
        source=Source(written["source"]),
        items=tuple(written["items"]),
        domains=tuple(written["domains"]),
        stratum=written["stratum"],
        psu=written["psu"],
        weight=written["weight"],
        about=tuple((name, value) for name, value in written["about"]),
    )


def _write_once(table: pa.Table, path: Path) -> None:
    """Write beside the place and move there, so nobody ever reads half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        pq.write_table(table, part, compression="zstd", version="2.6")
        part.chmod(READ_ONLY)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def column_of(series: pl.Series) -> Column:
    """Turn a stored column into the form the statistics read."""
    if series.dtype.is_integer():
        return series.cast(pl.Int64).fill_null(MISSING).to_numpy()
    if series.dtype == pl.List(pl.String):
        return join_choices(series.to_list())
    if series.dtype == pl.String:
        return np.array(series.to_list(), dtype=object)
    return series.to_numpy()
