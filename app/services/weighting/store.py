"""Files of weights: the cases without answers, and the weights after every step.

Each is a Parquet file written once and named after its content. The hash covers names, order and
values, not the bytes of the file, so that another library version writes the same hash.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from app.errors import LongdanError

_READ_ONLY: Final = 0o444
_ABOUT: Final = b"longdan.weights"


class WeightsDamagedError(LongdanError):
    """A file of weights or cases is missing, or is not what it was."""

    def __init__(self, file_name: str) -> None:
        super().__init__("weights.file-damaged", file=file_name)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A table on disk.

    Attributes
    ----------
    file_name : str
        Relative to the folder of weights.
    content_hash : str
        ``"sha256:"`` and the digest of names and values, in their order.
    table : polars.DataFrame
        Columns of text and of floats.
    about : mapping
        What else was written with it and is hashed with it.
    """

    file_name: str
    content_hash: str
    table: pl.DataFrame
    about: Mapping[str, Any]


def folder(var_dir: Path) -> Path:
    """Where files of weights are kept; made when missing."""
    found = var_dir / "weights"
    found.mkdir(parents=True, exist_ok=True)
    return found


def keep(table: pl.DataFrame, about: Mapping[str, Any], var_dir: Path) -> Kept:
    """Write a table once; the same table again is the same file.

    Parameters
    ----------
    table : polars.DataFrame
        Columns of text or of floats, in rows whose order means something.
    about : mapping
        JSON of what the table is.
    """
    kept = _as_stored(table)
    digest = _digest(kept, about)
    name = f"{digest.removeprefix('sha256:')}.parquet"
    path = folder(var_dir) / name
    if not path.exists():
        written = kept.to_arrow(compat_level=pl.CompatLevel.oldest())
        _write_once(written.replace_schema_metadata({_ABOUT: _canonical(about)}), path)
    return Kept(name, digest, kept, about)


def read(file_name: str, content_hash: str, var_dir: Path) -> Kept:
    """Read a table and check that it is what was kept.

    Raises
    ------
    WeightsDamagedError
        The file is missing or holds something else.
    """
    try:
        found = pq.read_table(folder(var_dir) / file_name)
        about = json.loads(found.schema.metadata[_ABOUT])
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise WeightsDamagedError(file_name) from error
    table = pl.DataFrame(found.replace_schema_metadata(None))
    if _digest(table, about) != content_hash:
        raise WeightsDamagedError(file_name)
    return Kept(file_name, content_hash, table, about)


def digest_of(table: pl.DataFrame, about: Mapping[str, Any]) -> str:
    """Hash a table as `keep` does, without writing it."""
    return _digest(_as_stored(table), about)


def hash_of(content: Any) -> str:
    """Hash JSON by its meaning: ``"sha256:"`` and the digest of its canonical form."""
    return "sha256:" + hashlib.sha256(_canonical(content)).hexdigest()


def _as_stored(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(_stored(column) for column in table.iter_columns()).rechunk()


def _stored(column: pl.Series) -> pl.Series:
    return column.cast(pl.Float64 if column.dtype.is_numeric() else pl.String)


def _digest(table: pl.DataFrame, about: Mapping[str, Any]) -> str:
    digest = hashlib.sha256()
    for part in (_canonical(about), str(len(table)).encode(), *_parts(table)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return "sha256:" + digest.hexdigest()


def _parts(table: pl.DataFrame) -> Iterator[bytes]:
    for column in table.iter_columns():
        yield column.name.encode()
        yield np.packbits(column.is_not_null().to_numpy()).tobytes()
        if column.dtype == pl.String:
            yield column.str.len_bytes().fill_null(0).to_numpy().astype("<i8").tobytes()
            yield "".join(column.drop_nulls().to_list()).encode()
        else:
            yield column.fill_null(0.0).to_numpy().astype("<f8").tobytes()


def _canonical(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _write_once(table: pa.Table, path: Path) -> None:
    """Write beside the place and move there, so nobody ever reads half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            pq.write_table(table, file, compression="zstd", version="2.6")
            file.flush()
            os.fsync(file.fileno())
        part.chmod(_READ_ONLY)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
