"""Contact data of frames: apart from everything else, sealed, and found again by key.

While a frame is gathered, the contacts of each file lie in a part of their own, by row. Freezing
brings those of the accepted rows into one file in the order of the frame's keys; then the parts go.

A part is a row of chunks, each a table sealed for its place, and at last a sealed mark, so that
neither a changed nor a missing piece goes unnoticed.
"""

import io
import json
import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import polars as pl

from app.config import Settings
from app.services.frames.targets import CONTACTS
from app.services.sealing import Sealer, SealError

_LENGTH: Final = 4
_CHUNK_ROWS: Final = 512
SCHEMA: Final = pl.Schema({"row": pl.Int32} | dict.fromkeys(CONTACTS, pl.String))
_FROZEN: Final = "frozen"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the person of a row; empty where nothing is known."""

    name: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Vault:
    """Where the contacts of all frames lie.

    Parameters
    ----------
    folder : Path
        Holds one folder per frame.
    """

    folder: Path
    sealer: Sealer

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        """Take folder and keys of the settings."""
        return cls(settings.var_dir / "contacts", Sealer.of(settings))

    @contextmanager
    def writing(self, frame_id: int, file_id: int) -> Iterator["PartWriter"]:
        """Write the contacts of a file; they are there only once all are written."""
        with self._new(frame_id, str(file_id)) as writer:
            yield writer

    def part(self, frame_id: int, file_id: int) -> pl.DataFrame:
        """Read the contacts of a file: ``row`` and what is known; empty if there are none.

        Raises
        ------
        SealError
        """
        path = self._path(frame_id, str(file_id))
        if not path.exists():
            return pl.DataFrame(schema=SCHEMA)
        with path.open("rb") as file:
            tables = [*_chunks(file, self.sealer, _about(frame_id, str(file_id)))]
        return pl.concat([pl.DataFrame(schema=SCHEMA), *tables])

    def forget(self, frame_id: int, file_id: int) -> None:
        """Remove the contacts of a file."""
        self._path(frame_id, str(file_id)).unlink(missing_ok=True)
        with suppress(OSError):  # other contacts lie there
            self._folder(frame_id).rmdir()

    def freeze(self, frame_id: int, accepted: pl.DataFrame) -> int:
        """Keep the contacts of accepted rows in the order of their keys.

        Parameters
        ----------
        accepted : DataFrame
            ``key``, ``file`` and ``row`` of every row of the frame.

        Returns
        -------
        int
            How many rows have contacts.
        """
        tables = []
        for file_id in accepted["file"].unique().sort():
            own = accepted.filter(pl.col("file") == file_id).select("key", "row")
            tables.append(own.join(self.part(frame_id, file_id), on="row").drop("row"))
        empty = pl.DataFrame(
            schema=pl.Schema({"key": pl.String} | dict.fromkeys(CONTACTS, pl.String))
        )
        table = pl.concat([empty, *tables]).sort("key")
        index: list[tuple[str, int, int]] = []
        with self._new(frame_id, _FROZEN) as writer:
            for chunk in table.iter_slices(_CHUNK_ROWS):
                at, length = writer.add(chunk)
                index.append((chunk["key"][0], at, length))
        _replace(self._index(frame_id), json.dumps(index).encode())
        return len(table)

    def forget_parts(self, frame_id: int) -> None:
        """Remove the contacts of the files, once those of the frame are kept."""
        for path in self._folder(frame_id).glob("*.sealed"):
            if path.stem != _FROZEN:
                path.unlink()

    def find(self, frame_id: int, keys: Sequence[str]) -> dict[str, Contact]:
        """Find the contacts of some rows of a frozen frame, by key; keys without any are left out.

        Raises
        ------
        SealError
        """
        try:
            index = json.loads(self._index(frame_id).read_bytes())
        except FileNotFoundError:
            return {}
        firsts = [first for first, _, _ in index]
        wanted: dict[int, list[str]] = {}
        for key in keys:
            number = bisect_right(firsts, key) - 1
            if number >= 0:
                wanted.setdefault(number, []).append(key)
        found: dict[str, Contact] = {}
        about = _about(frame_id, _FROZEN)
        with self._path(frame_id, _FROZEN).open("rb") as file:
            for number, some in sorted(wanted.items()):
                _, at, length = index[number]
                file.seek(at)
                sealed = file.read(length)
                table = _table(self.sealer.open(sealed, f"{about} {number}"))
                rows = table.filter(pl.col("key").is_in(some)).fill_null("")
                for key, *values in rows.select("key", *CONTACTS).iter_rows():
                    found[key] = Contact(*values)
        return found

    def delete(self, frame_id: int) -> None:
        """Remove all contacts of a frame."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder(frame_id))

    def _folder(self, frame_id: int) -> Path:
        return self.folder / str(frame_id)

    def _path(self, frame_id: int, name: str) -> Path:
        return self._folder(frame_id) / f"{name}.sealed"

    def _index(self, frame_id: int) -> Path:
        return self._folder(frame_id) / f"{_FROZEN}.index"

    @contextmanager
    def _new(self, frame_id: int, name: str) -> Iterator["PartWriter"]:
        path = self._path(frame_id, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            writer = PartWriter(file, self.sealer, _about(frame_id, name))
            yield writer
            writer.end()
        unfinished.replace(path)


class PartWriter:
    """Writes chunks of contacts one after another."""

    def __init__(self, file: IO[bytes], sealer: Sealer, about: str) -> None:
        self._file = file
        self._sealer = sealer
        self._about = about
        self._n = 0

    def add(self, table: pl.DataFrame) -> tuple[int, int]:
        """Write a chunk; returns where its sealed bytes begin, and how many they are."""
        written = io.BytesIO()
        table.write_ipc(written, compression="zstd")
        return self._write(written.getvalue(), str(self._n))

    def end(self) -> None:
        """Write the mark that nothing follows."""
        self._write(b"", f"end {self._n}")

    def _write(self, content: bytes, which: str) -> tuple[int, int]:
        sealed = self._sealer.seal(content, f"{self._about} {which}")
        self._file.write(len(sealed).to_bytes(_LENGTH))
        at = self._file.tell()
        self._file.write(sealed)
        self._n += 1
        return at, len(sealed)


def _chunks(file: IO[bytes], sealer: Sealer, about: str) -> Iterator[pl.DataFrame]:
    number = 0
    while True:
        length = int.from_bytes(file.read(_LENGTH))
        sealed = file.read(length)
        if not file.peek(1):  # type: ignore[attr-defined]  # of a buffered file
            sealer.open(sealed, f"{about} end {number}")
            return
        yield _table(sealer.open(sealed, f"{about} {number}"))
        number += 1


def _table(content: bytes) -> pl.DataFrame:
    try:
        return pl.read_ipc(content)
    except pl.exceptions.PolarsError as error:
        raise SealError("seal.broken") from error


def _about(frame_id: int, name: str) -> str:
    return f"contacts of frame {frame_id} {name}"


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(content)
    unfinished.replace(path)
