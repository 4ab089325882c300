"""Files that take longer than a page may: made by the worker, their progress kept beside them."""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from app.config import Settings
from app.db import Database
from app.result_files.files import FOLDER, Kind, Maker, Wanted
from app.services import results

EXPORT: Final = "make-file"
_REPORT_EVERY_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """A file of a publication that was asked for."""

    code: str
    number: int
    kind: str
    form: str
    language: str
    has_mark: bool

    @property
    def wanted(self) -> Wanted:
        """The file."""
        return Wanted(Kind(self.kind), self.form, self.language, self.has_mark)

    @classmethod
    def of(cls, code: str, number: int, wanted: Wanted) -> "Order":
        """Order a file."""
        return cls(code, number, wanted.kind.value, wanted.form, wanted.language, wanted.has_mark)


@dataclass(frozen=True, slots=True)
class State:
    """How far a file is: ``waiting``, ``working`` or ``failed``; made ones have no state."""

    name: str
    done: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class FileJobs:
    """The long work on files of one installation."""

    database: Database
    settings: Settings

    def state(self, order: Order) -> State | None:
        """How far an order is; None when nobody asked for it or it is made."""
        try:
            return State(**json.loads(self._path(order).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def tell(self, order: Order, state: State) -> None:
        """Keep how far an order is, for the page."""
        path = self._path(order)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
        Path(part).replace(path)

    def make(self, order: Order, stop: Callable[[], None]) -> None:
        """Make a file; one that is there already is left.

        Parameters
        ----------
        stop : callable
            Called now and then; what it raises ends the work, which can be begun again.
        """
        told = 0.0

        def progress(done: int, n_rows: int) -> None:
            nonlocal told
            stop()
            if time.monotonic() - told >= _REPORT_EVERY_SECONDS:
                told = time.monotonic()
                self.tell(order, State("working", done, n_rows))

        self.tell(order, State("working"))
        with self.database.read() as db:
            found = results.open_results(db, order.code, public_only=False, number=order.number)
            Maker(db, self.settings, found).make(order.wanted, progress)
        self._path(order).unlink(missing_ok=True)

    def fail(self, order: Order) -> None:
        """Give an order up."""
        self.tell(order, State("failed"))

    def _path(self, order: Order) -> Path:
        name = "-".join(str(part) for part in asdict(order).values())
        return self.settings.var_dir / FOLDER / "orders" / f"{name}.json"
