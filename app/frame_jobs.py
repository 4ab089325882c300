"""The long work on frames: reading a file, checking all of them, freezing.

The worker does it for the web, the command line does it at once. Each piece can be begun again
after its process died: what it had written is written anew.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.db import Database
from app.models import Frame, FrameFile
from app.models.base import now
from app.queries import frames as queries
from app.services.frames import checking, decisions, files, freezing, looking, progress, reading
from app.services.frames import columns as columns_
from app.services.frames.account import Account, FileAccount
from app.services.frames.guess import guess
from app.services.frames.looking import Layout, Look
from app.services.frames.persons import Persons
from app.services.frames.places import Places
from app.services.frames.progress import Work
from app.services.frames.shelf import Shelf
from app.services.frames.vault import Vault
from app.services.imports import uploads
from app.services.imports.reader import Block, Blocks
from app.services.imports.refusals import FileRefusedError

READ: Final = "read-frame-file"
CHECK: Final = "check-frame"
FREEZE: Final = "freeze-frame"
_REPORT_EVERY_SECONDS: Final = 0.5

Enqueue = Callable[[Session, str, int], None]
"""Has a piece of work done (its name, the number of file or frame) once a transaction commits."""


class Stopped(Exception):  # noqa: N818 - an answer, not an error of the program
    """The file was cancelled while it was read."""


def go_on() -> None:
    """Do not stop."""


@dataclass(frozen=True, slots=True)
class FrameJobs:
    """The long work on the frames of one installation.

    Parameters
    ----------
    enqueue : callable
        Where further work goes.
    """

    database: Database
    settings: Settings
    enqueue: Enqueue

    @property
    def uploads(self) -> Path:
        """Folder of uploaded files."""
        return self.settings.var_dir / "uploads"

    @property
    def shelf(self) -> Shelf:
        """Where the files of frames lie."""
        return Shelf.of(self.settings)

    @property
    def vault(self) -> Vault:
        """Where the contacts lie."""
        return Vault.of(self.settings)

    # --- one file

    def read_file(self, file_id: int, stop: Callable[[], None] = go_on) -> None:
        """Read a file, or find out that its columns have to be asked for.

        Parameters
        ----------
        stop : callable
            Called now and then; what it raises ends the reading, which can be begun again.
        """
        with self.database.write() as db:
            work = progress.begin(db, file_id)
        if work is None:
            return
        path = uploads.path_of(self.uploads, work.stored_name)
        try:
            if not path.exists():
                raise FileRefusedError("import.file-gone")
            self._read(work, path, stop)
        except FileRefusedError as refused:
            with self.database.write() as db:
                progress.refuse(db, file_id, refused.code, refused.context)
                self._enqueue_check(db, work.frame_id)
        except Stopped:
            self.forget_file(work.frame_id, file_id)
        self._tidy_upload(work.stored_name)

    def forget_file(self, frame_id: int, file_id: int) -> None:
        """Remove the rows and the contacts of a file that was taken out of its frame."""
        self.shelf.forget_part(frame_id, file_id)
        self.vault.forget(frame_id, file_id)

    def fail_file(self, file_id: int, code: str) -> None:
        """Give a file up."""
        with self.database.write() as db:
            stored_name, frame_id = db.execute(
                select(FrameFile.stored_name, FrameFile.frame_id).where(FrameFile.id == file_id)
            ).one()
            progress.fail(db, file_id, code)
            self._enqueue_check(db, frame_id)
        if stored_name is not None:
            self._tidy_upload(stored_name)

    def _tidy_upload(self, stored_name: str) -> None:
        with self.database.read() as db:
            needed = files.is_needed(db, stored_name)
        if not needed:
            uploads.delete(self.uploads, stored_name)

    def _read(self, work: Work, path: Path, stop: Callable[[], None]) -> None:
        sheet = work.columns.sheet
        unread = work.unread
        if sheet is None and not work.confirmed:
            sheet, unread = self._choose_sheet(work, path)
        with looking.looking(path, work.kind, sheet=sheet) as (look, blocks, table):
            found = _layout(work, look)
            if found is None:
                self._ask(work, look, unread)
                return
            layout = self._with_place(work, look, found)
            self._read_rows(work, layout, blocks, table, unread, stop)

    def _choose_sheet(self, work: Work, path: Path) -> tuple[str | None, tuple[str, ...]]:
        """Take every sheet that holds a list as a file of its own; return this one's."""
        with looking.looking(path, work.kind, head_only=True) as (look, _, _):
            sheets = look.sheets
        if len(sheets) < 2:
            return None, ()
        lists = looking.sheets_with_lists(path, work.kind, sheets)
        unread = tuple(sheet for sheet in sheets if sheet not in lists)
        if not lists:
            return sheets[0], unread[1:]
        with self.database.write() as db:
            for made in progress.split(db, work.file_id, lists):
                self.enqueue(db, READ, made)
        return lists[0], unread

    def _ask(self, work: Work, look: Look, unread: tuple[str, ...]) -> None:
        head = looking.best_head(look, work.kind)
        if head is None:
            raise FileRefusedError("file.empty")
        told = looking.describe(look, head, work.kind, guess(look.rows, head, work.kind))
        with self.database.write() as db:
            progress.ask(
                db, work.file_id, head.signature(work.kind), {**told, "unread": list(unread)}
            )

    def _with_place(self, work: Work, look: Look, layout: Layout) -> Layout:
        """Find the place a list is about, where no column says it: by titles, sheet or file."""
        if not looking.needs_place(layout):
            return layout
        with self.database.read() as db:
            frame = db.get_one(Frame, work.frame_id)
            places = _places(db, frame)
        texts = (*look.titles(layout.head), Path(work.file_name).stem)
        named = next(filter(None, map(places.within, texts)), "")
        return looking.with_place(layout, named or work.file_name)

    def _read_rows(
        self,
        work: Work,
        layout: Layout,
        blocks: Iterator[Block],
        table: Blocks,
        unread: tuple[str, ...],
        stop: Callable[[], None],
    ) -> None:
        target = self.shelf.part(work.frame_id, work.file_id)
        with self.vault.writing(work.frame_id, work.file_id) as contacts:
            part = reading.read_part(
                table, blocks, layout, target, contacts, Persons.of(self.settings),
                self._reporter(work.file_id, stop),
            )  # fmt: skip
        if not work.keep_contacts:
            self.vault.forget(work.frame_id, work.file_id)
        told = looking.told(layout, table, unread, part.n_contacts if work.keep_contacts else 0)
        with self.database.write() as db:
            done = progress.finish(
                db, work.file_id, part_name=target.name, n_rows=part.n_rows,
                signature=layout.head.signature(work.kind), mapping=layout.columns.to_json(),
                told=told,
            )  # fmt: skip
            if done:
                self._enqueue_check(db, work.frame_id)
        if not done:
            raise Stopped

    def _reporter(self, file_id: int, stop: Callable[[], None]) -> reading.Progress:
        """Keep the progress for the page that shows it, and see whether to stop."""
        reported = 0.0

        def report(done: int, total: int) -> None:
            nonlocal reported
            stop()
            if time.monotonic() - reported >= _REPORT_EVERY_SECONDS:
                reported = time.monotonic()
                with self.database.write() as db:
                    if not progress.report(db, file_id, done, total):
                        raise Stopped

        return report

    # --- all files

    def _enqueue_check(self, db: Session, frame_id: int) -> None:
        self.enqueue(db, CHECK, frame_id)

    def check(self, frame_id: int) -> None:
        """Apply the rules to all files, unless that is done or further files are being read."""
        with self.database.read() as db:
            facts = self._facts(db, frame_id)
        if facts is None:
            return
        checked = self.shelf.checked(frame_id, facts.revision)
        account, by_file = checking.check_files(facts, checked)
        with self.database.write() as db:
            settled = _settle(db, facts, account, by_file)
        if settled:
            self.shelf.keep_only(frame_id, facts.revision)

    def fail_check(self, frame_id: int, code: str) -> None:
        """Say on the frame's page that its account could not be drawn up."""
        with self.database.write() as db:
            frame = db.get_one(Frame, frame_id, with_for_update=True)
            if frame.state == "gathering":
                frame.failure = {"code": code}

    def _facts(self, db: Session, frame_id: int) -> checking.FrameFacts | None:
        frame = db.get_one(Frame, frame_id)
        if frame.state != "gathering" or frame.revision == frame.settled_revision:
            return None
        rows = db.scalars(
            select(FrameFile).where(FrameFile.frame_id == frame_id).order_by(FrameFile.id)
        ).all()
        if any(row.state in ("waiting", "reading") for row in rows):
            return None
        return checking.FrameFacts(
            id=frame.id,
            kind=frame.kind,
            revision=frame.revision,
            period_from=frame.period_from,
            period_to=frame.period_to,
            day=day_of(frame),
            files=tuple(
                checking.FileFacts(
                    id=row.id,
                    part=self.shelf.part(frame_id, row.id),
                    headers=(row.head or {}).get("headers", {}),
                    key_digits=row.mapping.get("key_digits"),
                    n_contacts=(row.head or {}).get("contacts", 0),
                )
                for row in rows
                if row.state == "read"
            ),
            places=queries.place_facts(db, frame.province_id),
            names=queries.names(db),
            decisions=decisions.known(db, frame.province_id),
        )

    # --- freezing

    def freeze(self, frame_id: int) -> None:
        """Write the canonical file of a frame that is to be frozen, and freeze it."""
        with self.database.read() as db:
            frame = db.get_one(Frame, frame_id)
            ids = db.scalars(
                select(FrameFile.id)
                .where(FrameFile.frame_id == frame_id, FrameFile.state == "read")
                .order_by(FrameFile.id)
            ).all()
        if frame.state == "freezing":
            persons = Persons.of(self.settings)
            frozen = freezing.write(frame, ids, self.shelf, persons)
            if frame.contacts_deleted_at is None:
                freezing.keep_contacts(frame_id, self.shelf, self.vault)
            with self.database.write() as db:
                freezing.finish(db, frame_id, frozen, now())
        self.tidy(frame_id)

    def fail_freeze(self, frame_id: int, code: str) -> None:
        """Go back to gathering."""
        with self.database.write() as db:
            freezing.give_up(db, frame_id, code)

    def tidy(self, frame_id: int) -> None:
        """Remove what a frozen or withdrawn frame no longer needs."""
        with self.database.read() as db:
            state = db.scalars(select(Frame.state).where(Frame.id == frame_id)).one()
        if state == "frozen":
            self.shelf.forget_parts(frame_id)
            self.vault.forget_parts(frame_id)
        elif state == "withdrawn":
            self.shelf.forget(frame_id)
            self.vault.delete(frame_id)


def day_of(frame: Frame) -> date:
    """Day whose units a frame is about: the last of its period."""
    return frame.period_to or frame.created_at.date()


def _places(db: Session, frame: Frame) -> Places:
    return Places(queries.place_facts(db, frame.province_id), day_of(frame))


def _layout(work: Work, look: Look) -> Layout | None:
    """Lay the columns over the file: as confirmed, or as remembered; None if nobody knows them."""
    if work.confirmed:
        return looking.lay_out(look, work.kind, work.columns)
    for head in look.heads:
        known = work.known.get(head.signature(work.kind))
        if known is not None:
            stated = columns_.at_head(known, head, work.columns)
            return looking.lay_out(look, work.kind, stated)
    return None


def _settle(
    db: Session,
    facts: checking.FrameFacts,
    account: Account,
    by_file: Mapping[int, FileAccount],
) -> bool:
    """Keep the account, unless something has changed meanwhile."""
    frame = db.get_one(Frame, facts.id, with_for_update=True)
    if frame.state != "gathering" or frame.revision != facts.revision:
        return False
    frame.account = account.to_json()
    frame.settled_revision = facts.revision
    frame.failure = None
    for row in db.scalars(select(FrameFile).where(FrameFile.id.in_(by_file))):
        own = by_file[row.id]
        row.n_accepted = own.accepted
        row.n_rejected = sum(own.rejected.values())
        row.n_pending = own.waiting
        row.excluded = own.excluded
        row.n_problems = sum(own.problems.values())
        row.problem_counts = dict(own.problems)
    return True
