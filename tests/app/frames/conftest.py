"""Quảng Ninh with its centres, and a frame to be gathered."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.config import Settings
from app.db import Database
from app.frame_jobs import CHECK, FREEZE, READ, FrameJobs
from app.models import Frame, FrameFile, ServiceCentre, Unit
from app.models.base import now
from app.services import units
from app.services.frames import columns as columns_
from app.services.frames import files, gather
from app.services.frames.account import Account
from app.services.frames.columns import Columns
from app.services.frames.gather import FramePlan
from app.services.frames.looking import head_of
from app.services.imports import uploads
from tests.app.frames.places import province_map

OFFICE = "lan@quangninh.gov.vn"


@pytest.fixture(autouse=True)
def empty_queue(database: Database) -> None:
    """No job of another test is left."""
    with database.write() as db:
        db.execute(text("TRUNCATE procrastinate.procrastinate_jobs CASCADE"))
        db.execute(text("TRUNCATE procrastinate.procrastinate_workers CASCADE"))


@pytest.fixture
def quang_ninh(database: Database) -> int:
    """Both maps of the province, a centre in every present commune and one of the province."""
    with database.write() as db:
        units.load(db, province_map())
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        present = db.scalars(
            select(Unit).where(Unit.kind == "commune", Unit.valid_to.is_(None))
        ).all()
        for unit in (province, *present):
            level = "province" if unit is province else "commune"
            of = "tỉnh Quảng Ninh" if unit is province else unit.name
            db.add(
                ServiceCentre(
                    code=f"hcc-{unit.code}", name=f"Trung tâm Phục vụ hành chính công {of}",
                    level=level, unit_id=unit.id, valid_from=date(2025, 7, 1),
                )
            )  # fmt: skip
        return province.id


class Desk:
    """An official's work on a frame, done at once where the worker would do it."""

    def __init__(self, database: Database, settings: Settings, province: int) -> None:
        self.database = database
        self.queue: list[tuple[str, int]] = []
        self.jobs = FrameJobs(
            database, settings, lambda _db, name, number: self.queue.append((name, number))
        )
        self.province = province

    def begin(self, kind: str = "dossier", **values) -> str:
        plan = {
            "name": "Hồ sơ 9 tháng 2026", "kind": kind, "province_id": self.province,
            "period_from": date(2026, 1, 1), "period_to": date(2026, 9, 30),
            "contacts_delete_on": date.fromordinal(now().date().toordinal() + 300),
        } | values  # fmt: skip
        with self.database.write() as db:
            return gather.create(db, FramePlan(**plan), actor=OFFICE, now=now()).code

    def hand_in(self, code: str, *paths: Path, columns: Columns | None = None) -> list[int]:
        made = []
        for path in paths:
            with path.open("rb") as stream:
                kept = uploads.keep(stream, self.jobs.uploads)
            received = files.Received(path.name, kept.file_hash, kept.stored_name)
            with self.database.write() as db:
                made.append(files.add(db, code, received, actor=OFFICE, columns=columns))
                self.jobs.enqueue(db, READ, made[-1])
        return made

    def work(self) -> None:
        """Do everything that waits."""
        does = {READ: self.jobs.read_file, CHECK: self.jobs.check, FREEZE: self.jobs.freeze}
        while self.queue:
            name, number = self.queue.pop(0)
            does[name](number)

    def asking(self, code: str) -> list[FrameFile]:
        return [file for file in self.files(code) if file.state == "uploaded"]

    def confirm_guess(self, code: str, file: FrameFile) -> None:
        """Take the columns of a file as they were guessed."""
        head = head_of(file.head)
        stated = columns_.state(file.head["guessed"], head, Columns(sheet=file.head["sheet"]))
        with self.database.write() as db:
            ready = files.confirm(db, code, file.id, stated, file.header_signature, actor=OFFICE)
            for each in ready:
                self.jobs.enqueue(db, READ, each)

    @staticmethod
    def bad(folder: Path) -> list[Path]:
        """A file that cannot be read."""
        path = folder / "hong.xlsx"
        path.write_bytes(b"PK\x03\x04" + bytes(99))
        return [path]

    def gather(self, code: str, *paths: Path) -> int:
        """Hand files in and confirm every guess; says how often columns were asked for."""
        self.hand_in(code, *paths)
        self.work()
        asked = 0
        while asking := self.asking(code):
            self.confirm_guess(code, asking[0])
            self.work()
            asked += 1
        return asked

    def frame(self, code: str) -> Frame:
        with self.database.read() as db:
            return db.scalars(select(Frame).where(Frame.code == code)).one()

    def files(self, code: str) -> list[FrameFile]:
        with self.database.read() as db:
            return list(
                db.scalars(
                    select(FrameFile).join(Frame).where(Frame.code == code).order_by(FrameFile.id)
                )
            )

    def account(self, code: str) -> Account:
        return Account.from_json(self.frame(code).account)


@pytest.fixture
def desk(database: Database, settings: Settings, quang_ninh: int, tmp_path: Path) -> Desk:
    return Desk(database, replace(settings, var_dir=tmp_path / "var"), quang_ninh)
