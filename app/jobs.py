"""Background jobs, queued in the same PostgreSQL by procrastinate.

The web queues a job in the very transaction that makes its work, so there is neither work without
a job nor a job without work. Jobs are sure to run at least once: each finds out for itself whether
its work is done already.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.job_context import JobContext
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app.code_jobs import LIST, ORDER, CodeJobs
from app.config import Settings
from app.db import Database
from app.errors import ConflictError, UnavailableError
from app.file_jobs import EXPORT, FileJobs
from app.file_jobs import Order as FileOrder
from app.frame_jobs import CHECK, FREEZE, READ, FrameJobs
from app.import_jobs import IMPORT, ImportJobs
from app.report_jobs import REPORT, ReportJobs
from app.services.mixing.work import Mixer
from app.services.publication_runs import PublicationWork
from app.services.reports.desk import Key
from app.services.screening.runs import ScreeningWork
from app.services.weighting.runs import WeightWork
from app.sweeping import sweep

SCHEMA: Final = "procrastinate"
WEIGHTS: Final = "make-weights"
PUBLISH: Final = "publish-round"
MIX: Final = "mix-answers"
SCREEN: Final = "screen-round"
_HEARTBEAT_SECONDS: Final = 5.0
_STALLED_AFTER_SECONDS: Final = 20.0
# A job that ended its worker so often is not tried again.
_MOST_ATTEMPTS: Final = 5
_MIX_TIMES: Final = "*/15 * * * *"
_SWEEP_EVERY_SECONDS: Final = 3600.0
# How long a worker that is told to stop lets a job come to its end before it puts it back.
_GRACE_SECONDS: Final = 5.0

# The worker is told to stop; the database is away; another import came between.
RETRIED: Final = (JobAborted, UnavailableError, ConflictError)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The queue of one installation.

    Parameters
    ----------
    database : Database
        Holds the queue and the work.
    settings : Settings
        Says where uploads lie.
    """

    database: Database
    settings: Settings

    @property
    def uploads(self) -> Path:
        """Folder of uploaded files; the web server and its workers must share it."""
        return self.settings.var_dir / "uploads"

    @property
    def frames(self) -> FrameJobs:
        """The long work on frames; what it leads to is queued."""
        return FrameJobs(self.database, self.settings, self.queue_frame_work)

    @property
    def imports(self) -> ImportJobs:
        """The long work on files of answers."""
        return ImportJobs(self.database, self.settings)

    def queue_import(self, db: Session, batch_id: int) -> None:
        """Have the file of a batch read, once the transaction of `db` is committed."""
        self._queue(db, IMPORT, None, batch_id=batch_id)

    def queue_frame_work(self, db: Session, name: str, number: int) -> None:
        """Have a file of a frame read, or a frame checked or frozen, after `db` commits."""
        # The files of a frame may be read side by side, but it is checked or frozen by one worker.
        lock = None if name == READ else f"frame-{number}"
        self._queue(db, name, lock, number=number)

    @property
    def codes(self) -> CodeJobs:
        """The long work on one-time codes."""
        return CodeJobs(self.database, self.settings)

    def queue_code_work(self, db: Session, name: str, number: int) -> None:
        """Have a list of closed dossiers read, or an order done, after `db` commits."""
        self._queue(db, name, f"{name}-{number}", number=number)

    @property
    def weights(self) -> WeightWork:
        """The long work on weights."""
        return WeightWork(self.database, self.settings)

    def queue_weights(self, db: Session, run_id: int) -> None:
        """Have weights made, once the transaction of `db` is committed."""
        self._queue(db, WEIGHTS, None, number=run_id)

    @property
    def publications(self) -> PublicationWork:
        """The long work of publishing."""
        return PublicationWork(self.database, self.settings)

    @property
    def mixer(self) -> Mixer:
        """What lets answers leave the spool."""
        return Mixer(self.database, self.settings)

    def queue_mixing(self, db: Session) -> None:
        """Have what waits mixed, once the transaction of `db` is committed."""
        self._queue(db, MIX, MIX)

    def queue_publication(self, db: Session, run_id: int) -> None:
        """Have a round published, once the transaction of `db` is committed."""
        self._queue(db, PUBLISH, None, number=run_id)

    @property
    def screenings(self) -> ScreeningWork:
        """The long work of screening."""
        return ScreeningWork(self.database, self.settings)

    def queue_screening(self, db: Session, run_id: int) -> None:
        """Have a round screened, once the transaction of `db` is committed."""
        self._queue(db, SCREEN, None, number=run_id)

    @property
    def reports(self) -> ReportJobs:
        """The long work on reports."""
        return ReportJobs(self.database, self.settings)

    def queue_report(self, db: Session, key: Key, serial: int) -> None:
        """Have a report that was ordered made, once the transaction of `db` is committed."""
        self._queue(db, REPORT, None, **asdict(key), serial=serial)

    @property
    def files(self) -> FileJobs:
        """The long work on files of publications."""
        return FileJobs(self.database, self.settings)

    def queue_file(self, db: Session, order: FileOrder) -> None:
        """Have a file of a publication made, once the transaction of `db` is committed."""
        self._queue(db, EXPORT, None, **asdict(order))

    def _queue(self, db: Session, name: str, lock: str | None, **values: int | str) -> None:
        connection = db.connection().connection.driver_connection
        if not isinstance(connection, psycopg.Connection):
            raise TypeError(connection)
        # Procrastinate's functions look for its tables along the path of the transaction.
        before = db.scalars(text("SHOW search_path")).one()
        path = text("SELECT set_config('search_path', :path, true)")
        db.execute(path, {"path": SCHEMA})
        _app(self).configure_task(name, connection=connection, lock=lock).defer(**values)
        db.execute(path, {"path": before})

    def work(self, *, wait: bool = True, install_signal_handlers: bool = True) -> None:
        """Run jobs until told to stop by SIGTERM or SIGINT; with `wait` off, until none is left."""
        asyncio.run(self._work(wait=wait, install_signal_handlers=install_signal_handlers))

    async def _work(self, *, wait: bool, install_signal_handlers: bool) -> None:
        app = _app(self)
        async with app.open_async():
            await _rescue(app)
            keeper = asyncio.create_task(self._keep(app))
            try:
                await app.run_worker_async(
                    wait=wait,
                    install_signal_handlers=install_signal_handlers,
                    update_heartbeat_interval=_HEARTBEAT_SECONDS,
                    stalled_worker_timeout=_STALLED_AFTER_SECONDS,
                    shutdown_graceful_timeout=_GRACE_SECONDS,
                    delete_jobs="successful",
                )
            finally:
                keeper.cancel()

    async def _keep(self, app: procrastinate.App) -> None:
        """Take over jobs of workers that died, and clear away what nobody came back for."""
        swept = 0.0
        while True:
            try:
                if time.monotonic() - swept >= _SWEEP_EVERY_SECONDS or not swept:
                    await asyncio.to_thread(self._sweep)
                    swept = time.monotonic()
                await _rescue(app)
            except (ConnectorException, UnavailableError):
                _log.warning("could not look after the queue; the database is away")
            await asyncio.sleep(_HEARTBEAT_SECONDS)

    def _sweep(self) -> None:
        sweep(self.database, self.frames, self.uploads)
        self.codes.sweep()

    def read_frame_file(self, context: JobContext, number: int) -> None:
        """Read a file of a frame."""
        self._attempt(
            context,
            lambda: self.frames.read_file(number, _stop(context)),
            lambda code: self.frames.fail_file(number, code),
        )

    def check_frame(self, context: JobContext, number: int) -> None:
        """Draw up the account of a frame."""
        self._attempt(
            context,
            lambda: self.frames.check(number),
            lambda code: self.frames.fail_check(number, code),
        )

    def freeze_frame(self, context: JobContext, number: int) -> None:
        """Freeze a frame."""
        self._attempt(
            context,
            lambda: self.frames.freeze(number),
            lambda code: self.frames.fail_freeze(number, code),
        )

    def read_dossiers(self, context: JobContext, number: int) -> None:
        """Read a list of closed dossiers."""
        self._attempt(
            context,
            lambda: self.codes.read_list(number, _stop(context)),
            lambda code: self.codes.fail_list(number, code),
        )

    def do_code_order(self, context: JobContext, number: int) -> None:
        """Do an order for codes."""
        self._attempt(
            context,
            lambda: self.codes.do_order(number, _stop(context)),
            lambda code: self.codes.fail_order(number, code),
        )

    def make_weights(self, context: JobContext, number: int) -> None:
        """Make the weights of a run."""
        self._attempt(
            context,
            lambda: self._make_weights(number, _stop(context)),
            lambda code: self.weights.fail(number, code.replace("import.", "weights.")),
        )

    def _make_weights(self, number: int, stop: Callable[[], None]) -> None:
        self.weights.make(number, stop)

    def mix(self, context: JobContext, timestamp: int = 0) -> None:
        """Mix what waits; every quarter of an hour, and when a round closes."""
        del context, timestamp
        mixed = self.mixer.run(datetime.now(UTC))
        if mixed:
            _log.info("mixed %d batches of answers", len(mixed))

    def publish(self, context: JobContext, number: int) -> None:
        """Publish what a run asks for; what of it can be mixed is mixed before."""
        self.mixer.run(datetime.now(UTC))
        self._attempt(
            context,
            lambda: self.publications.make(number, _stop(context)),
            lambda code: self.publications.fail(number, code.replace("import.", "publication.")),
        )

    def screen(self, context: JobContext, number: int) -> None:
        """Screen the answers of a round."""
        self._attempt(
            context,
            lambda: self.screenings.make(number, _stop(context)),
            lambda code: self.screenings.fail(number, code.replace("import.", "screening.")),
        )

    def make_report(
        self, context: JobContext, round_code: str, number: int, language: str, serial: int
    ) -> None:
        """Make a report that was ordered."""
        key = Key(round_code, number, language)
        self._attempt(
            context,
            lambda: self.reports.work(key, serial, _stop(context)),
            lambda _code: self.reports.fail(key),
        )

    def make_file(self, context: JobContext, **order: Any) -> None:
        """Make a file of a publication that was asked for."""
        asked = FileOrder(**order)
        self._attempt(
            context,
            lambda: self.files.make(asked, _stop(context)),
            lambda _code: self.files.fail(asked),
        )

    def _attempt(
        self, context: JobContext, do: Callable[[], None], give_up: Callable[[str], None]
    ) -> None:
        """Do a piece of work; after too many attempts, or a fault of ours, give it up in words."""
        attempts = context.job.attempts
        if attempts >= _MOST_ATTEMPTS:
            give_up("import.gave-up")
            return
        try:
            do()
        except RETRIED:
            if attempts + 1 >= _MOST_ATTEMPTS:
                give_up("import.gave-up")
            raise
        except Exception:
            give_up("import.fault")
            raise

    def read_import(self, context: JobContext, batch_id: int) -> None:
        """Read the file of a batch and import it: all of it or nothing, and never twice."""
        self._attempt(
            context,
            lambda: self.imports.read(batch_id, _stop(context)),
            lambda code: self.imports.fail(batch_id, code),
        )


def _stop(context: JobContext) -> Callable[[], None]:
    """Make what ends a piece of work where its worker is told to stop; it is begun again later."""

    def stop() -> None:
        if context.should_abort():
            raise JobAborted

    return stop


def _app(jobs: Jobs) -> procrastinate.App:
    """Make procrastinate's own object: what it may run and how it reaches the database."""
    url = make_url(jobs.database.url).set(drivername="postgresql")
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=url.render_as_string(hide_password=False),
            kwargs={"options": f"-c search_path={SCHEMA} -c timezone=UTC"},
            min_size=1,
            max_size=3,
        )
    )
    retry = procrastinate.RetryStrategy(
        max_attempts=_MOST_ATTEMPTS, wait=1, retry_exceptions=RETRIED
    )
    for name, task in (
        (IMPORT, jobs.read_import),
        (READ, jobs.read_frame_file),
        (CHECK, jobs.check_frame),
        (FREEZE, jobs.freeze_frame),
        (REPORT, jobs.make_report),
        (LIST, jobs.read_dossiers),
        (ORDER, jobs.do_code_order),
        (WEIGHTS, jobs.make_weights),
        (PUBLISH, jobs.publish),
        (SCREEN, jobs.screen),
        (EXPORT, jobs.make_file),
    ):
        app.task(name=name, pass_context=True, retry=retry)(task)
    mix = app.task(name=MIX, pass_context=True, retry=retry, lock=MIX)(jobs.mix)
    app.periodic(cron=_MIX_TIMES)(mix)
    return app


async def _rescue(app: procrastinate.App) -> None:
    """Put jobs back whose worker has died."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER_SECONDS)
    for job in stalled:
        # Another worker may have put it back already.
        with suppress(ConnectorException):
            await app.job_manager.retry_job(job)
            _log.warning("took over job %s of a worker that died", job.id)
