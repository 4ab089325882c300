"""The demo's frame: simulated lists of dossiers, gathered and frozen like anybody's."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.config import Settings
from app.db import Database
from app.demo import dossiers, province
from app.frame_jobs import CHECK, FREEZE, READ, FrameJobs
from app.models import Frame, FrameFile, Unit
from app.services.frames import columns as columns_
from app.services.frames import files, freezing, gather
from app.services.frames.columns import Columns
from app.services.frames.looking import head_of
from app.services.imports import uploads

CODE = "ho-so-mo-phong"
NAME = "Hồ sơ đã trả kết quả từ 01/01 đến 30/9/2026 (mô phỏng)"
_CONTACTS_KEPT = timedelta(days=365)


def is_frozen(database: Database) -> bool:
    """Whether the frame is there from an earlier run."""
    with database.read() as db:
        found = select(Frame.id).where(Frame.code == CODE, Frame.state == "frozen")
        return db.scalar(found) is not None


def freeze(database: Database, settings: Settings, folder: Path, now: datetime) -> int:
    """Write the lists, gather them, and freeze the frame; the number of its rows."""
    with database.read() as db:
        paths = dossiers.write_lists(folder, dossiers.places(db), dossiers.works(db))
        own = select(Unit.id).where(Unit.kind == "province", Unit.code == province.PROVINCE)
        province_id = db.scalars(own.where(Unit.valid_to.is_(None))).one()
    desk = _Desk(database, settings)
    plan = gather.FramePlan(
        name=NAME,
        kind="dossier",
        province_id=province_id,
        period_from=dossiers.FIRST,
        period_to=dossiers.LAST,
        contacts_delete_on=(now + _CONTACTS_KEPT).date(),
        code=CODE,
        simulated=True,
    )
    with database.write() as db:
        gather.create(db, plan, actor=province.ACTOR, now=now)
    for path in paths:
        desk.hand_in(path)
    desk.work()
    with database.write() as db:
        frame_id = freezing.begin(db, CODE, actor=province.ACTOR)
    desk.jobs.freeze(frame_id)
    with database.read() as db:
        return db.scalars(select(Frame.n_rows).where(Frame.code == CODE)).one()


class _Desk:
    """What an official and the worker do in turn, done at once."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.waiting: deque[tuple[str, int]] = deque()
        self.jobs = FrameJobs(
            database, settings, lambda _db, name, number: self.waiting.append((name, number))
        )

    def hand_in(self, path: Path) -> None:
        with path.open("rb") as stream:
            kept = uploads.keep(stream, self.jobs.uploads)
        received = files.Received(path.name, kept.file_hash, kept.stored_name)
        with self.database.write() as db:
            file_id = files.add(db, CODE, received, actor=province.ACTOR)
        self.waiting.append((READ, file_id))

    def work(self) -> None:
        """Read every file, agree to what its columns are guessed to hold, apply the rules."""
        does: dict[str, Callable[[int], None]] = {
            READ: self.jobs.read_file, CHECK: self.jobs.check, FREEZE: self.jobs.freeze,
        }  # fmt: skip
        while True:
            while self.waiting:
                name, number = self.waiting.popleft()
                does[name](number)
            if not self._agree():
                return

    def _agree(self) -> bool:
        with self.database.write() as db:
            asking = db.scalars(
                select(FrameFile).join(Frame, FrameFile.frame_id == Frame.id)
                .where(Frame.code == CODE, FrameFile.state == "uploaded")
                .order_by(FrameFile.id).limit(1)
            ).first()  # fmt: skip
            if asking is None or asking.head is None:
                return False
            stated = columns_.state(
                asking.head["guessed"], head_of(asking.head), Columns(sheet=asking.head["sheet"])
            )
            ready = files.confirm(
                db, CODE, asking.id, stated, asking.header_signature or "", actor=province.ACTOR
            )
        self.waiting.extend((READ, file_id) for file_id in ready)
        return True
