"""The long work on codes: reading lists of closed dossiers, doing orders, deleting in time.

Each piece can be begun again after its process died: docs/codes.md says what is where meanwhile.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from app.config import Settings
from app.db import Database
from app.errors import ConflictError
from app.i18n import TIMEZONE
from app.models.base import now as clock
from app.services.dossiers import reading, store
from app.services.dossiers import uploads as lists
from app.services.imports import uploads
from app.services.imports.refusals import FileRefusedError
from app.services.orders import delivery, desk, making, retention, weeks
from app.services.orders.retention import Deleted, Terms
from app.services.orders.shelf import Shelf
from app.services.sealing import Sealer
from app.services.short_codes import ShortKeys

LIST: Final = "read-closed-dossiers"
ORDER: Final = "do-code-order"
_REPORT_EVERY_SECONDS: Final = 0.5
_HERE: Final = ZoneInfo(TIMEZONE)


def go_on() -> None:
    """Do not stop."""


@dataclass(frozen=True, slots=True)
class CodeJobs:
    """The long work on the codes of one installation."""

    database: Database
    settings: Settings
    now: Callable[[], datetime] = clock

    @property
    def uploads(self) -> Path:
        """Folder of uploaded files."""
        return self.settings.var_dir / "uploads"

    @property
    def shelf(self) -> Shelf:
        """Where sealed files of codes lie."""
        return Shelf.of(self.settings)

    # --- lists of closed dossiers

    def read_list(self, upload_id: int, stop: Callable[[], None] = go_on) -> None:
        """Read a list and take its dossiers, or find out that its columns have to be asked for."""
        with self.database.write() as db:
            work = lists.begin(db, upload_id)
        if work is None:
            return
        path = uploads.path_of(self.uploads, work.stored_name)
        try:
            if not path.exists():
                raise FileRefusedError("import.file-gone")
            ended = self._read(work, path, stop)
        except FileRefusedError as refused:
            ended = True
            with self.database.write() as db:
                lists.fail(db, upload_id, refused.code, self.now(), **refused.context)
        except ConflictError as refused:
            ended = True
            with self.database.write() as db:
                lists.fail(db, upload_id, refused.code, self.now(), **refused.context)
        if ended:
            uploads.delete(self.uploads, work.stored_name)

    def fail_list(self, upload_id: int, code: str) -> None:
        """Give a list up."""
        with self.database.write() as db:
            stored = lists.fail(db, upload_id, code, self.now())
        if stored is not None:
            uploads.delete(self.uploads, stored)

    def _read(self, work: lists.Work, path: Path, stop: Callable[[], None]) -> bool:
        """Whether the list has ended; False while its columns are asked for."""
        today = self.now().astimezone(_HERE).date()
        with self.database.read() as db:
            target = store.target_of(db, work.round_code)
            checker = lists.checker_for(db, target, today)
        told = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal told
            stop()
            if time.monotonic() - told >= _REPORT_EVERY_SECONDS:
                told = time.monotonic()
                with self.database.write() as db:
                    lists.report(db, work.upload_id, done, total)

        asked = reading.read_list(path, work.columns, work.known, checker, progress)
        with self.database.write() as db:
            if asked is not None:
                lists.ask(db, work.upload_id, asked)
                return False
            target = store.target_of(db, work.round_code)
            lists.finish(db, work, target, checker, Sealer.of(self.settings), self.now())
        return True

    # --- orders

    def do_order(self, order_id: int, stop: Callable[[], None] = go_on) -> None:
        """Make or cancel the codes of an approved order, and bring them out."""
        today = self.now().astimezone(_HERE).date()
        with self.database.write() as db:
            order = making.begin(db, order_id, today)
        if order is None:
            return
        keys = ShortKeys.of(self.settings)
        going_on = True
        while going_on:
            stop()
            with self.database.write() as db:
                going_on = making.step(
                    db, order_id, keys=keys, shelf=self.shelf, now=self.now()
                )  # fmt: skip
        self._bring_out(order_id, stop)

    def fail_order(self, order_id: int, code: str) -> None:
        """Say that an order could not be done to its end; it can be gone on with."""
        with self.database.write() as db:
            order = desk.locked(db, order_id)
            if order.state in ("approved", "running"):
                order.state, order.failure = "failed", {"code": code}
                order.finished_at = self.now()

    def _bring_out(self, order_id: int, stop: Callable[[], None]) -> None:
        with self.database.read() as db:
            order = desk.found(db, order_id)
            if order.state != "running":
                return
            codes = making.codes_of(db, order_id, self.shelf)
            parcel = delivery.parcel_of(db, order, codes, self.settings)
        if order.kind == "cancel" or not parcel.items:
            with self.database.write() as db:
                delivery.finish(db, desk.locked(db, order_id), self.now())
            return
        try:
            send = delivery.sender_of(order.sender, self.settings)
            made = send(parcel, lambda _done: stop())
        except ConflictError as refused:
            # It would be refused again: somebody has to look at the settings first.
            self.fail_order(order_id, refused.code)
            return
        with self.database.write() as db:
            if desk.locked(db, order_id).state != "running":
                return
            if made is None:
                delivery.brought_out(db, order_id, str(order.options.get("url")), self.now())
            else:
                kept_for = timedelta(days=self.settings.code_file_days)
                delivery.put_down(
                    db, order_id, made, self.shelf, kept_for=kept_for, now=self.now()
                )  # fmt: skip
        self.shelf.destroy(order_id, making.PART)

    # --- now and then

    def sweep(self) -> Deleted:
        """Delete what is due, and count the weeks."""
        terms = Terms(self.settings.code_contact_days, self.settings.code_dossier_days)
        moment = self.now()
        with self.database.write() as db:
            weeks.count_due(db, moment)
            deleted = retention.delete_due(db, terms, moment)
        n_files = self._destroy_files()
        return Deleted(deleted.drafts, deleted.contacts, deleted.dossiers, n_files)

    def _destroy_files(self) -> int:
        with self.database.read() as db:
            over = retention.files_over(db, self.now())
        held = [order_id for order_id in over if self.shelf.names(order_id, "")]
        for order_id in held:
            self.shelf.destroy(order_id)
        return len(held)
