"""Long work on a round, one attempt at a time: told step by step, stopped, taken up again.

What is made, and what becomes of it, is known to whoever works; here is what all such work has in
common, so that it can be watched and stopped in the same way.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import ConflictError, NotFoundError
from app.models import PublicationRun, Round, ScreeningRun, WeightRun
from app.models.base import now
from app.services import audit

AT_WORK: Final = ("waiting", "running")
STOPPED: Final = ("cancelled", "failed")
_log = logging.getLogger(__name__)

Run = TypeVar("Run", PublicationRun, ScreeningRun, WeightRun)


class RunStoppedError(Exception):
    """Somebody stopped the run; nothing of what it was doing is kept."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Codes of what is refused: a second run at once, a run that is not there or not stopped.

    The last is empty where runs are begun anew instead of taken up again.
    """

    at_work: str
    unknown: str
    not_stopped: str = ""


@dataclass(frozen=True, slots=True)
class Attempts(Generic[Run]):
    """The runs of one kind of work.

    Parameters
    ----------
    model : type
        Their table.
    acts : str
        What the names of acts in the audit log begin with, e.g. ``round.publish-``.
    """

    model: type[Run]
    acts: str
    refusals: Refusals

    def locked(self, db: Session, run_id: int) -> Run:
        """Return a run that nobody else changes before this transaction ends.

        Raises
        ------
        NotFoundError
        """
        run = db.scalar(select(self.model).where(self.model.id == run_id).with_for_update())
        if run is None:
            raise NotFoundError(self.refusals.unknown, run=run_id)
        return run

    def running(self, db: Session, run_id: int) -> Run:
        """Return a run that goes on.

        Raises
        ------
        RunStoppedError
            It was stopped meanwhile.
        """
        run = self.locked(db, run_id)
        if run.state != "running":
            raise RunStoppedError
        return run

    def refuse_second(self, db: Session, round_id: int, round_code: str) -> None:
        """Let there be one run of a round at a time.

        Raises
        ------
        ConflictError
        """
        busy = select(self.model.id).where(
            self.model.round_id == round_id, self.model.state.in_(AT_WORK)
        )
        if db.scalar(busy) is not None:
            raise ConflictError(self.refusals.at_work, round=round_code)

    def add(self, db: Session, run: Run, round_code: str) -> int:
        """Add a run that was asked for; its number."""
        db.add(run)
        db.flush()
        audit.record(db, run.started_by, f"{self.acts}request", round_code, run=run.id)
        return run.id

    def cancel(self, db: Session, run_id: int, *, actor: str) -> None:
        """Stop a run; nothing of it is kept. A run that is over stays as it is."""
        run = self.locked(db, run_id)
        if run.state in AT_WORK:
            run.state, run.finished_at = "cancelled", now()
            audit.record(db, actor, f"{self.acts}cancel", f"run {run_id}")

    def resume(self, db: Session, run_id: int, *, actor: str) -> Run:
        """Take a run up again that was stopped or failed.

        Raises
        ------
        ConflictError
            It goes on or is over, or another run of the round is not over.
        """
        run = self.locked(db, run_id)
        if run.state not in STOPPED:
            raise ConflictError(self.refusals.not_stopped)
        code = db.scalars(select(Round.code).where(Round.id == run.round_id)).one()
        self.refuse_second(db, run.round_id, code)
        run.state, run.failure, run.finished_at, run.doing = "waiting", None, None, None
        audit.record(db, actor, f"{self.acts}resume", f"run {run_id}")
        return run

    def report(self, database: Database, run_id: int, step: str) -> None:
        """Say what a run does now.

        Raises
        ------
        RunStoppedError
        """
        with database.write() as db:
            self.running(db, run_id).doing = step

    def end(
        self,
        database: Database,
        run_id: int,
        state: str,
        code: str,
        context: Mapping[str, object],
        **beside: object,
    ) -> None:
        """Note that nothing came of a run, and why; one that is over stays as it is."""
        said = {name: _plain(value) for name, value in context.items()}
        failure: dict[str, Any] = {"code": code, **beside, "context": said}
        with database.write() as db:
            run = self.locked(db, run_id)
            if run.state in AT_WORK:
                run.state, run.finished_at, run.failure = state, now(), failure
        _log.info("%s ended: %s", self.model.__tablename__, code)


def locked_round(db: Session, round_code: str) -> Round:
    """Return a round that nobody else changes before this transaction ends.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    return round_


def locked_closed_round(db: Session, round_code: str) -> Round:
    """Do the same with a round that takes no more answers.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-closed``.
    """
    round_ = locked_round(db, round_code)
    if round_.state not in ("closed", "published"):
        raise ConflictError("round.not-closed", round=round_code)
    return round_


def _plain(value: object) -> str | float | int:
    return value if isinstance(value, float | int) else str(value)
