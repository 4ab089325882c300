"""Publishing in the background: one attempt at a time, told step by step, stopped on request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from app.config import Settings
from app.db import Database
from app.errors import ConflictError, LongdanError, NotFoundError, UnavailableError
from app.models import Publication, PublicationRun, Round
from app.models.base import now
from app.services import audit, publishing
from app.services.mixing.waiting import Spool
from app.services.publishing import Published, Unchanged

AT_WORK: Final = ("waiting", "running")
_log = logging.getLogger(__name__)


class RunStoppedError(Exception):
    """Somebody stopped the run; nothing of it is kept."""


def request(
    db: Session,
    round_code: str,
    *,
    weight_set: int | None,
    may_be_another: bool,
    actor: str,
    now: datetime,
) -> int:
    """Note that a round is to be published; the number of the run.

    Parameters
    ----------
    weight_set : int or None
        Number of the set of weights; None for base weights.
    may_be_another : bool
        Whether a further publication is made where figures differ from the last one.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-closed``, ``publication.at-work``.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    if round_.state not in ("closed", "published"):
        raise ConflictError("round.not-closed", round=round_code)
    _refuse_second(db, round_.id, round_code)
    run = PublicationRun(
        round_id=round_.id, weight_set=weight_set, may_be_another=may_be_another,
        started_by=actor, created_at=now,
    )  # fmt: skip
    db.add(run)
    db.flush()
    audit.record(db, actor, "round.publish-request", round_code, run=run.id)
    return run.id


def cancel(db: Session, run_id: int, *, actor: str) -> None:
    """Stop a run; nothing of it is kept. A run that is over stays as it is."""
    run = _locked(db, run_id)
    if run.state in AT_WORK:
        run.state, run.finished_at = "cancelled", now()
        audit.record(db, actor, "round.publish-cancel", f"run {run_id}")


def resume(db: Session, run_id: int, *, actor: str) -> None:
    """Take a run up again that was stopped or failed.

    Raises
    ------
    ConflictError
        ``publication.not-stopped``, ``publication.at-work``.
    """
    run = _locked(db, run_id)
    if run.state not in ("cancelled", "failed"):
        raise ConflictError("publication.not-stopped")
    _refuse_second(db, run.round_id, str(run_id))
    run.state, run.failure, run.finished_at, run.doing = "waiting", None, None, None
    audit.record(db, actor, "round.publish-resume", f"run {run_id}")


def _refuse_second(db: Session, round_id: int, round_code: str) -> None:
    busy = select(PublicationRun.id).where(
        PublicationRun.round_id == round_id, PublicationRun.state.in_(AT_WORK)
    )
    if db.scalar(busy) is not None:
        raise ConflictError("publication.at-work", round=round_code)


def _locked(db: Session, run_id: int) -> PublicationRun:
    run = db.scalar(select(PublicationRun).where(PublicationRun.id == run_id).with_for_update())
    if run is None:
        raise NotFoundError("publication.run-unknown", run=run_id)
    return run


@dataclass(frozen=True, slots=True)
class PublicationWork:
    """The work on a run; a publication is one transaction, so that it is there whole or not."""

    database: Database
    settings: Settings

    def make(self, run_id: int, stop: Callable[[], None] = lambda: None) -> None:
        """Publish what a run asks for, unless it is over.

        Parameters
        ----------
        stop : callable
            Called before every step; what it raises ends the work, which can be begun again.
        """
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state not in AT_WORK:
                return
            run.state = "running"
            code = db.scalars(select(Round.code).where(Round.id == run.round_id)).one()

        def told(step: str) -> None:
            stop()
            self._report(run_id, step)

        try:
            self._publish(run_id, code, told)
        except RunStoppedError:
            return
        except UnavailableError:
            raise
        except (LongdanError, AnalysisError) as error:
            self._end(run_id, "refused", error.code, error.context)

    def fail(self, run_id: int, code: str) -> None:
        """Give a run up for a fault of ours."""
        self._end(run_id, "failed", code, {})

    def _publish(self, run_id: int, code: str, told: Callable[[str], None]) -> None:
        with self.database.read() as db:
            run = db.get_one(PublicationRun, run_id)
        again = False
        try:
            self._published(run, code, told, again=again)
        except ConflictError as error:
            if error.code != "publication.basis-changed" or not run.may_be_another:
                raise
            self._published(run, code, told, again=True)

    def _published(
        self, run: PublicationRun, code: str, told: Callable[[str], None], *, again: bool
    ) -> None:
        with self.database.write() as db:
            outcome = publishing.publish(
                db, code, var_dir=self.settings.var_dir,
                code_version=self.settings.code_version, actor=run.started_by, now=now(),
                weight_set=run.weight_set, again=again, told=told,
                spool=Spool.of(self.settings),
            )  # fmt: skip
            self._keep(db, run.id, outcome)

    def _keep(self, db: Session, run_id: int, outcome: Published | Unchanged) -> None:
        """Note the end of a run in the transaction of the publication itself."""
        run = _locked(db, run_id)
        if run.state != "running":
            raise RunStoppedError
        run.publication_id = db.scalars(
            select(Publication.id).where(
                Publication.round_id == run.round_id, Publication.number == outcome.number
            )
        ).one()
        run.state = "made" if isinstance(outcome, Published) else "unchanged"
        run.finished_at, run.doing = now(), None

    def _report(self, run_id: int, step: str) -> None:
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state != "running":
                raise RunStoppedError
            run.doing = step

    def _end(self, run_id: int, state: str, code: str, context: dict[str, Any]) -> None:
        said = {name: _plain(value) for name, value in context.items()}
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state in AT_WORK:
                run.state, run.finished_at = state, now()
                run.failure = {"code": code, "context": said}
        _log.info("a publication was not made: %s", code)


def _plain(value: object) -> str | float | int:
    return value if isinstance(value, float | int) else str(value)
