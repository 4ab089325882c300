"""The queue: work and job come together, and a job runs to one end whatever happens to workers."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from procrastinate.exceptions import JobAborted
from procrastinate.schema import SchemaManager
from sqlalchemy import func, select, text

from app.config import ROOT as PROJECT
from app.jobs import Jobs
from app.models import ImportBatch, Response
from app.services.imports import batches, uploads
from app.services.imports.batches import FileFacts
from app.services.imports.mapping import Columns
from tests.app.imports.files import rows, write_csv

LAST_CHANGE = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
TABLET = Columns(fixed={"mode": "tablet"})


@pytest.fixture
def jobs(database, settings, tmp_path):
    return Jobs(database, replace(settings, var_dir=tmp_path))


def upload(database, jobs, target, content: bytes, *, queue: bool = True) -> int:
    kept = uploads.keep(io.BytesIO(content), jobs.uploads)
    with database.write() as db:
        file = FileFacts("tệp.csv", kept.file_hash, kept.stored_name)
        batch = batches.add(db, target.id, file, TABLET, "lan@example.vn", state="waiting")
        if queue:
            jobs.queue_import(db, batch)
    return batch


def state(database, batch) -> str:
    with database.read() as db:
        return db.scalars(select(ImportBatch.state).where(ImportBatch.id == batch)).one()


def n_responses(database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Response))


def queued(database) -> list[str]:
    with database.read() as db:
        return list(
            db.scalars(
                text("SELECT status::text FROM procrastinate.procrastinate_jobs ORDER BY id")
            )
        )


@pytest.fixture
def content(tmp_path) -> bytes:
    return write_csv(tmp_path / "x.csv", rows(12)).read_bytes()


def test_a_worker_imports_what_is_queued_and_deletes_the_file(database, jobs, target, content):
    batch = upload(database, jobs, target, content)
    assert state(database, batch) == "waiting"
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 12
    assert list(jobs.uploads.iterdir()) == []
    assert queued(database) == []


def test_nothing_is_queued_when_the_work_is_undone(database, jobs, target, content):
    with database.write() as db:
        batch = batches.add(db, target.id, FileFacts("a", "b", "c"), TABLET, "x", state="waiting")
        jobs.queue_import(db, batch)
        db.rollback()
    assert queued(database) == []


def test_queueing_leaves_the_transaction_its_search_path(database, jobs, target):
    with database.write() as db:
        before = db.scalar(text("SHOW search_path"))
        batch = batches.add(db, target.id, FileFacts("a", "b", "c"), TABLET, "x", state="waiting")
        jobs.queue_import(db, batch)
        assert db.scalar(text("SHOW search_path")) == before
        assert db.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_a_job_run_twice_imports_once(database, jobs, target, content):
    batch = upload(database, jobs, target, content)
    with database.write() as db:
        jobs.queue_import(db, batch)
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 12


def test_a_bad_file_ends_as_rejected_and_is_deleted(database, jobs, target, content):
    batch = upload(database, jobs, target, content.replace(b"K3,", b"K2,"))
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "rejected"
    assert list(jobs.uploads.iterdir()) == []


def test_a_round_closed_in_the_meantime_ends_the_batch(database, jobs, target, content):
    batch = upload(database, jobs, target, content)
    with database.write() as db:
        db.execute(text("UPDATE round SET state = 'closed'"))
    jobs.work(wait=False, install_signal_handlers=False)
    with database.read() as db:
        found = db.get(ImportBatch, batch)
    assert (found.state, found.problems[0]["problem"]) == ("failed", "round.not-open")
    assert n_responses(database) == 0


def test_a_file_that_is_gone_ends_the_batch(database, jobs, target, content):
    batch = upload(database, jobs, target, content)
    for path in jobs.uploads.iterdir():
        path.unlink()
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "failed"


def test_a_job_that_ended_its_workers_too_often_is_given_up(database, jobs, target, content):
    batch = upload(database, jobs, target, content)
    with database.write() as db:
        db.execute(text("UPDATE procrastinate.procrastinate_jobs SET attempts = 5"))
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "failed"
    assert n_responses(database) == 0


def test_a_job_whose_worker_was_killed_is_taken_over(database, jobs, target, content):
    """The state a killed worker leaves: a job 'doing' of a worker whose heart stopped."""
    batch = upload(database, jobs, target, content)
    with database.write() as db:
        db.execute(text("SET LOCAL search_path TO procrastinate"))
        worker = db.scalar(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 minute') RETURNING id"
            )
        )
        db.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"),
            {"worker": worker},
        )
        db.execute(text("UPDATE public.import_batch SET state = 'reading', rows_done = 7"))
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 12


def test_the_tables_of_the_queue_are_those_of_the_installed_library():
    """Whoever updates procrastinate past this writes a migration with its newer SQL files."""
    changes = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    assert changes[-1] == LAST_CHANGE


def test_uploads_nobody_confirmed_are_cleared_away(database, jobs, target, content):
    kept = uploads.keep(io.BytesIO(content), jobs.uploads)
    waiting = upload(database, jobs, target, content, queue=False)
    a_day = timedelta(hours=25).total_seconds()
    with database.read() as db:
        needed = batches.needed_files(db)
    assert uploads.sweep(jobs.uploads, needed, time.time()) == 0
    assert uploads.sweep(jobs.uploads, needed, time.time() + a_day) == 1
    assert not uploads.path_of(jobs.uploads, kept.stored_name).exists()
    assert state(database, waiting) == "waiting"
    assert len(list(jobs.uploads.iterdir())) == 1


def test_a_job_that_is_told_to_stop_stores_nothing_and_begins_anew(
    database, jobs, target, long_content
):
    batch = upload(database, jobs, target, long_content, queue=False)
    stopping = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: True)
    with pytest.raises(JobAborted):
        jobs.read_import(stopping, batch)
    assert state(database, batch) == "reading"
    assert n_responses(database) == 0
    going = SimpleNamespace(job=SimpleNamespace(attempts=1), should_abort=lambda: False)
    jobs.read_import(going, batch)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 20_000


def start_worker(database, var_dir) -> subprocess.Popen[str]:
    environment = {
        "DATABASE_URL": database.url.replace("+psycopg", ""), "VAR_DIR": str(var_dir),
        "SECRET_KEY": "a key only for tests, long enough", "PATH": os.defpath,
        "PYTHONPATH": str(PROJECT),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], env=environment,
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def wait_for(condition, seconds: float = 60.0) -> None:
    """Wait for what another process does; it tells nobody when it has done it."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def long_content(tmp_path) -> bytes:
    return write_csv(tmp_path / "y.csv", rows(20_000)).read_bytes()


def progress(database, batch) -> tuple[str, int]:
    with database.read() as db:
        row = db.execute(
            select(ImportBatch.state, ImportBatch.rows_done).where(ImportBatch.id == batch)
        ).one()
    return row.state, row.rows_done


def test_a_worker_told_to_stop_puts_its_job_back(database, jobs, target, long_content):
    batch = upload(database, jobs, target, long_content)
    worker = start_worker(database, jobs.settings.var_dir)
    try:
        wait_for(lambda: progress(database, batch)[1] > 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    finally:
        worker.kill()
        worker.communicate()
    if state(database, batch) != "imported":
        assert queued(database) == ["todo"]
        with database.write() as db:
            db.execute(text("UPDATE procrastinate.procrastinate_jobs SET scheduled_at = NULL"))
        jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 20_000


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(
    database, jobs, target, long_content
):
    batch = upload(database, jobs, target, long_content)
    worker = start_worker(database, jobs.settings.var_dir)
    try:
        wait_for(lambda: progress(database, batch)[1] > 0)
    finally:
        worker.kill()
        worker.communicate()
    assert progress(database, batch)[0] == "reading"
    assert n_responses(database) == 0
    with database.write() as db:  # as if the time had passed after which it counts as dead
        db.execute(
            text(
                "UPDATE procrastinate.procrastinate_workers"
                " SET last_heartbeat = now() - interval '1 minute'"
            )
        )
    jobs.work(wait=False, install_signal_handlers=False)
    assert state(database, batch) == "imported"
    assert n_responses(database) == 20_000
