"""Checked rows on their way to the database: a temporary file in the form that COPY takes.

The whole file is checked before anything is written to the database, so that a file with one bad
cell costs it nothing and no transaction stays open while a file is read.
"""

import hashlib
import json
import mmap
import random
import secrets
import tempfile
from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from app.services.imports.rows import ReadyRow

RESPONSE_COLUMNS: Final = (
    "id", "round_id", "source", "mode", "language", "answers", "answered_on", "centre_id",
    "counter_id", "stratum", "psu", "base_weight", "domains", "submission_key", "import_batch_id",
)  # fmt: skip
TEXT_COLUMNS: Final = ("position", "id", "item", "text", "centre_id", "month")
_BLOCK: Final = 1 << 18
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a row is known again; ``position`` counts the rows of the file from 0.

    ``key_digest`` is None in a file without row keys. Digests are SHA-256.
    """

    position: int
    row: int
    key_digest: bytes | None
    content_digest: bytes


class Spool:
    """Rows that passed every check, kept outside the memory of the program.

    Parameters
    ----------
    round_id : int
        The round they go into.
    language : str
        Language the questionnaire was answered in.
    """

    def __init__(self, round_id: int, language: str) -> None:
        self._round_id = round_id
        self._language = language
        self._responses = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._texts = tempfile.TemporaryFile()  # noqa: SIM115
        self._ends = array("Q", [0])
        self._rows = array("Q")
        self._digests = bytearray()
        self._keyed = bytearray()
        self.n_texts = 0

    def __len__(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        """Give the files back."""
        self._responses.close()
        self._texts.close()

    def add(self, ready: ReadyRow) -> None:
        """Take a row."""
        place = ready.place
        answers, domains = _encode(ready.answers), _encode(place.domains)
        line = "\t".join(
            (
                str(_random_id()), str(self._round_id), "sample", place.mode, self._language,
                answers.translate(_ESCAPES), place.answered_on.isoformat(),
                _optional(place.centre_id), _optional(place.counter_id),
                place.stratum.translate(_ESCAPES), place.psu.translate(_ESCAPES),
                repr(place.base_weight), domains.translate(_ESCAPES), str(_random_id()),
            )
        )  # fmt: skip
        written = line.encode()
        self._responses.write(written)
        self._ends.append(self._ends[-1] + len(written))
        texts = _encode(ready.texts)
        content = "\x1f".join(
            (
                place.stratum, place.psu, repr(place.base_weight), place.mode,
                place.answered_on.isoformat(), domains, answers, texts,
            )
        )  # fmt: skip
        self._digests += hashlib.sha256(content.encode()).digest()
        self._digests += hashlib.sha256(place.key.encode()).digest()
        self._keyed.append(1 if place.key else 0)
        for item, text in ready.texts.items():
            self._add_text(len(self._rows), ready, item, text)
        self._rows.append(ready.number)

    def _add_text(self, position: int, ready: ReadyRow, item: str, text: str) -> None:
        month = ready.place.answered_on.replace(day=1).isoformat()
        fields = (
            str(position), str(uuid4()), item, text.translate(_ESCAPES),
            _optional(ready.place.centre_id), month,
        )  # fmt: skip
        self._texts.write(("\t".join(fields) + "\n").encode())
        self.n_texts += 1

    def identities(self) -> Iterator[Identity]:
        """By what each row is known, in the order of the file."""
        for position, row in enumerate(self._rows):
            at = position * 64
            content = bytes(self._digests[at : at + 32])
            key = bytes(self._digests[at + 32 : at + 64]) if self._keyed[position] else None
            yield Identity(position, row, key, content)

    def responses(self, batch_id: int, leave_out: Collection[int]) -> Iterator[bytes]:
        """Lines for COPY into ``response`` (``RESPONSE_COLUMNS``), in blocks.

        The order is random, so that the place of a row in the table says nothing about its
        place in the file. Rows at the positions ``leave_out`` are not among them.
        """
        order = [position for position in range(len(self)) if position not in leave_out]
        if not order:
            return
        random.SystemRandom().shuffle(order)
        tail = f"\t{batch_id}\n".encode()
        self._responses.flush()
        block = bytearray()
        with mmap.mmap(self._responses.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            for position in order:
                block += lines[self._ends[position] : self._ends[position + 1]]
                block += tail
                if len(block) >= _BLOCK:
                    yield bytes(block)
                    block.clear()
        if block:
            yield bytes(block)

    def texts(self) -> Iterator[bytes]:
        """Lines for COPY of the free texts (``TEXT_COLUMNS``), in blocks."""
        self._texts.seek(0)
        while block := self._texts.read(_BLOCK):
            yield block


def _random_id() -> UUID:
    return UUID(bytes=secrets.token_bytes(16), version=4)


def _optional(value: int | None) -> str:
    return "\\N" if value is None else str(value)
