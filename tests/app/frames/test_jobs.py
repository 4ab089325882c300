"""The worker reads the files of frames, draws up accounts, freezes, and deletes in time."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import select, text

from app.config import ROOT
from app.frame_jobs import FREEZE, READ
from app.jobs import Jobs
from app.models import FrameFile
from app.services.frames import freezing
from app.services.frames.columns import Columns
from tests.app.frames.conftest import OFFICE, Desk
from tests.app.frames.files import write_csv

COLUMNS = Columns(columns={"key": "Mã hồ sơ", "returned_on": "Ngày trả", "centre": "Nơi tiếp nhận"})
SECRET = "a key only for tests, long enough"


@pytest.fixture
def jobs(database, settings, tmp_path):
    return Jobs(database, replace(settings, var_dir=tmp_path / "var", secret_key=SECRET))


@pytest.fixture
def desk(jobs, quang_ninh):
    """An official whose work is queued."""
    desk = Desk(jobs.database, jobs.settings, quang_ninh)
    desk.jobs = replace(desk.jobs, enqueue=jobs.queue_frame_work)
    return desk


def work(jobs):
    jobs.work(wait=False, install_signal_handlers=False)


def hand_in(desk, tmp_path, n=12, name="a.csv"):
    rows = [(f"H49-{k:06d}", "5/3/2026", "UBND xã Tiên Yên") for k in range(n)]
    path = write_csv(tmp_path / name, [("Mã hồ sơ", "Ngày trả", "Nơi tiếp nhận"), *rows])
    code = desk.begin()
    desk.hand_in(code, path, columns=COLUMNS)
    return code


def freeze(desk, code):
    with desk.database.write() as db:
        desk.jobs.enqueue(db, FREEZE, freezing.begin(db, code, actor=OFFICE))


def context(attempts=0, *, stop=False):
    return SimpleNamespace(job=SimpleNamespace(attempts=attempts), should_abort=lambda: stop)


def test_a_worker_reads_checks_and_freezes(desk, jobs, tmp_path):
    code = hand_in(desk, tmp_path)
    work(jobs)
    assert desk.account(code).accepted == 12
    freeze(desk, code)
    work(jobs)
    assert desk.frame(code).state == "frozen"
    assert not any(jobs.uploads.iterdir())


def test_nothing_is_queued_when_the_work_is_undone(desk, jobs, tmp_path):
    with jobs.database.write() as db:
        jobs.queue_frame_work(db, READ, 1)
        db.rollback()
    with jobs.database.read() as db:
        found = db.scalars(text("SELECT id FROM procrastinate.procrastinate_jobs")).all()
    assert found == []


def test_a_job_that_is_told_to_stop_begins_anew(desk, jobs, tmp_path):
    code = hand_in(desk, tmp_path)
    (file,) = desk.files(code)
    with pytest.raises(JobAborted):
        jobs.read_frame_file(context(stop=True), file.id)
    assert desk.files(code)[0].state == "reading"
    jobs.read_frame_file(context(1), file.id)
    assert desk.files(code)[0].state == "read"


def test_work_that_ended_its_workers_too_often_is_given_up_in_words(desk, jobs, tmp_path):
    code = hand_in(desk, tmp_path)
    (file,) = desk.files(code)
    jobs.read_frame_file(context(5), file.id)
    assert (desk.files(code)[0].state, desk.files(code)[0].refusal["code"]) == (
        "failed", "import.gave-up",
    )  # fmt: skip
    other = hand_in(desk, tmp_path)
    jobs.read_frame_file(context(), desk.files(other)[0].id)
    frame = desk.frame(other)
    jobs.check_frame(context(5), frame.id)
    assert desk.frame(other).failure == {"code": "import.gave-up"}
    jobs.check_frame(context(), frame.id)
    assert desk.frame(other).failure is None
    freeze(desk, other)
    jobs.freeze_frame(context(5), frame.id)
    assert (desk.frame(other).state, desk.frame(other).failure) == (
        "gathering", {"code": "import.gave-up"},
    )  # fmt: skip


def test_a_fault_of_ours_is_told_and_not_hidden(desk, jobs, tmp_path, monkeypatch):
    from app import frame_jobs

    code = hand_in(desk, tmp_path)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(frame_jobs.reading, "read_part", fail)
    with pytest.raises(ZeroDivisionError):
        jobs.read_frame_file(context(), desk.files(code)[0].id)
    assert desk.files(code)[0].refusal["code"] == "import.fault"
    assert not any(jobs.uploads.iterdir())


def test_what_is_due_is_cleared_away_every_hour(desk, jobs, tmp_path):
    code = hand_in(desk, tmp_path)
    work(jobs)
    jobs._sweep()
    assert desk.frame(code).contacts_deleted_at is None
    with jobs.database.write() as db:
        db.execute(text("UPDATE frame SET contacts_delete_on = current_date"))
    jobs._sweep()
    assert desk.frame(code).contacts_deleted_at is not None


def test_uploads_that_wait_for_their_columns_are_kept_a_week(desk, jobs, tmp_path):
    rows = [("A1", "5/3/2026", "xã Ba Chẽ")]
    code = desk.begin()
    desk.hand_in(code, write_csv(tmp_path / "a", [("Mã hồ sơ", "Ngày trả", "Nơi nhận"), *rows]))
    work(jobs)
    (stored,) = jobs.uploads.iterdir()
    long_ago = time.time() - timedelta(days=3).total_seconds()
    os.utime(stored, (long_ago, long_ago))
    jobs._sweep()
    assert stored.exists()
    with jobs.database.write() as db:
        db.execute(text("UPDATE frame_file SET created_at = now() - interval '8 days'"))
    jobs._sweep()
    assert not stored.exists()
    assert desk.files(code)[0].state == "refused"


def start_worker(jobs) -> subprocess.Popen[str]:
    environment = {
        "DATABASE_URL": jobs.database.url.replace("+psycopg", ""), "SECRET_KEY": SECRET,
        "VAR_DIR": str(jobs.settings.var_dir), "PATH": os.defpath, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env=environment,
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def wait_for(condition, seconds: float = 120.0) -> None:
    """Wait for what another process does; it tells nobody when it has done it."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_ends_in_the_middle_is_followed_by_another(desk, jobs, tmp_path, how):
    code = hand_in(desk, tmp_path, n=150_000)

    def rows_done():
        with jobs.database.read() as db:
            return db.scalars(select(FrameFile.rows_done)).one()

    worker = start_worker(jobs)
    try:
        wait_for(lambda: rows_done() > 0)
        worker.send_signal(how)
        worker.wait(timeout=60)
    finally:
        worker.kill()
        worker.wait()
    with jobs.database.write() as db:  # as if the time had passed after which it counts as dead
        db.execute(
            text(
                "UPDATE procrastinate.procrastinate_workers"
                " SET last_heartbeat = now() - interval '1 minute'"
            )
        )
        db.execute(text("UPDATE procrastinate.procrastinate_jobs SET scheduled_at = NULL"))
    work(jobs)
    assert desk.account(code).accepted == 150_000
