"""Orders for reports: who ordered which, how far it is, and the finished files.

An order is a folder beside the exports. It holds nothing that could not be made again from the
published rows, so it may be emptied at any time; the database knows nothing of it.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from app.services.reports.letterhead import Letterhead, write_json

FORMS: Final = ("docx", "pdf")
ENDED: Final = ("made", "failed", "cancelled")
_ORDER: Final = "order.json"
_STATE: Final = "state.json"
_CANCEL: Final = "cancelled"
_SAFE = re.compile(r"[^A-Za-z0-9._-]")


class CancelledError(Exception):
    """Somebody no longer wants the report that is being made."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which report: of a publication, in a language."""

    round_code: str
    number: int
    language: str

    @property
    def name(self) -> str:
        """Name of its folder."""
        return f"{_SAFE.sub('_', self.round_code)}_{self.number}_{self.language}"


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered.

    Attributes
    ----------
    day : date
        Day of the document.
    serial : int
        Counts the orders of one key: the job of an order that was replaced does nothing.
    """

    key: Key
    letterhead: Letterhead
    day: date
    ordered_by: str
    ordered_at: str
    serial: int


@dataclass(frozen=True, slots=True)
class State:
    """How far an order is.

    Attributes
    ----------
    state : str
        ``waiting``, ``working``, ``made``, ``failed`` or ``cancelled``.
    done, total : int
        Steps of the work.
    step : str
        Stable name of what is being done.
    n_pages : int
        Pages of the PDF, when made.
    sizes : mapping of str to int
        Bytes of each file, when made.
    """

    state: str = "waiting"
    done: int = 0
    total: int = 0
    step: str = ""
    n_pages: int = 0
    seconds: float = 0.0
    sizes: Mapping[str, int] | None = None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more happens."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Desk:
    """The folder of the orders of one installation."""

    folder: Path

    @classmethod
    def of(cls, var_dir: Path) -> Self:
        """Find the desk below the folder the program writes to."""
        return cls(var_dir / "reports")

    def place(self, order: Order) -> Order:
        """Take an order in the place of the one before it; return it with its serial number."""
        before = self.order(order.key)
        numbered = replace(order, serial=1 if before is None else before.serial + 1)
        shutil.rmtree(self._folder(order.key), ignore_errors=True)
        stored = {**asdict(numbered), "day": numbered.day.isoformat()}
        write_json(self._folder(order.key) / _STATE, asdict(State()))
        write_json(self._folder(order.key) / _ORDER, stored)
        return numbered

    def order(self, key: Key) -> Order | None:
        """Read what was ordered last; None if nothing was."""
        stored = self._read(key, _ORDER)
        if stored is None:
            return None
        return Order(
            key=Key(**stored["key"]),
            letterhead=Letterhead.from_json(stored["letterhead"]),
            day=date.fromisoformat(stored["day"]),
            ordered_by=stored["ordered_by"],
            ordered_at=stored["ordered_at"],
            serial=stored["serial"],
        )

    def state(self, key: Key) -> State | None:
        """Read how far an order is; None without one."""
        stored = self._read(key, _STATE)
        return None if stored is None else State(**stored)

    def tell(self, key: Key, state: State) -> None:
        """Keep how far an order is."""
        write_json(self._folder(key) / _STATE, asdict(state))

    def cancel(self, key: Key) -> None:
        """Ask that an order be given up; one that has ended stays as it is."""
        state = self.state(key)
        if state is None or state.is_ended:
            return
        (self._folder(key) / _CANCEL).touch()
        if state.state == "waiting":
            self.tell(key, replace(state, state="cancelled"))

    def is_cancelled(self, key: Key) -> bool:
        """Whether somebody asked to give it up."""
        return (self._folder(key) / _CANCEL).exists()

    def keep(self, key: Key, form: str, content: bytes) -> None:
        """Keep a finished file, in one piece."""
        part = self._folder(key) / f"report.{form}.part"
        part.write_bytes(content)
        part.replace(self._folder(key) / f"report.{form}")

    def file(self, key: Key, form: str) -> bytes | None:
        """Read a finished file; None if there is none."""
        state = self.state(key)
        if form not in FORMS or state is None or state.state != "made":
            return None
        try:
            return (self._folder(key) / f"report.{form}").read_bytes()
        except FileNotFoundError:
            return None

    def _folder(self, key: Key) -> Path:
        return self.folder / key.name

    def _read(self, key: Key, name: str) -> dict[str, Any] | None:
        try:
            stored: dict[str, Any] = json.loads(
                (self._folder(key) / name).read_text(encoding="utf-8")
            )
        except (FileNotFoundError, ValueError):
            return None
        return stored


def file_name(key: Key, form: str) -> str:
    """Name of the file that people get, in ASCII."""
    return f"bao-cao_{_SAFE.sub('_', key.round_code)}_lan-{key.number}_{key.language}.{form}"
