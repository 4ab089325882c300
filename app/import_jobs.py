"""The long work on files of answers: reading one and importing it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.config import Settings
from app.db import Database
from app.services.imports import batches, uploads
from app.services.imports.check import Accepted, Progress, check_file
from app.services.imports.mapping import from_json
from app.services.imports.refusals import RoundRefusedError
from app.services.imports.rounds import import_round

IMPORT: Final = "read-import"
_REPORT_EVERY_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class ImportJobs:
    """The long work on imports of one installation."""

    database: Database
    settings: Settings

    @property
    def uploads(self) -> Path:
        """Folder of uploaded files."""
        return self.settings.var_dir / "uploads"

    def read(self, batch_id: int, stop: Callable[[], None]) -> None:
        """Read the file of a batch and import it: all of it or nothing, and never twice.

        Parameters
        ----------
        stop : callable
            Called now and then; what it raises ends the reading, which can be begun again.
        """
        with self.database.write() as db:
            work = batches.begin(db, batch_id)
        if work is None:
            return
        path = uploads.path_of(self.uploads, work.stored_name)
        if not path.exists():
            self.fail(batch_id, "import.file-gone")
            return
        try:
            with self.database.write() as db:
                target = import_round(db, work.round_code)
                ended = batches.finish_same_file(db, target, batch_id)
            if not ended:
                columns = from_json(work.mapping, target.instrument)
                checked = check_file(
                    path, target, columns, progress=self._reporter(batch_id, stop)
                )  # fmt: skip
                try:
                    with self.database.write() as db:
                        batches.finish(db, target, batch_id, checked)
                finally:
                    if isinstance(checked, Accepted):
                        checked.spool.close()
        except RoundRefusedError as refusal:
            self.fail(batch_id, refusal.code, **{k: str(v) for k, v in refusal.context.items()})
        uploads.delete(self.uploads, work.stored_name)

    def fail(self, batch_id: int, code: str, **context: str) -> None:
        """Give a batch up."""
        with self.database.write() as db:
            stored_name = batches.fail(db, batch_id, code, **context)
        if stored_name is not None:
            uploads.delete(self.uploads, stored_name)

    def _reporter(self, batch_id: int, stop: Callable[[], None]) -> Progress:
        """Keep the progress for the page that shows it, and see whether the worker is to stop."""
        reported = 0.0

        def report(done: int, total: int) -> None:
            nonlocal reported
            stop()
            if time.monotonic() - reported >= _REPORT_EVERY_SECONDS:
                reported = time.monotonic()
                with self.database.write() as db:
                    batches.report(db, batch_id, done, total)

        return report
