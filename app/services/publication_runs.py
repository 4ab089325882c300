"""Publishing in the background: one attempt at a time, told step by step, stopped on request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from app.config import Settings
from app.db import Database
from app.errors import ConflictError, LongdanError, UnavailableError
from app.models import Publication, PublicationRun, Round
from app.models.base import now
from app.services import alternatives, publishing, results
from app.services.attempts import AT_WORK, Attempts, Refusals, RunStoppedError, locked_closed_round
from app.services.mixing.waiting import Spool
from app.services.publishing import Published, Unchanged

_log = logging.getLogger(__name__)
RUNS: Final = Attempts(
    PublicationRun,
    "round.publish-",
    Refusals("publication.at-work", "publication.run-unknown", "publication.not-stopped"),
)


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
    round_ = locked_closed_round(db, round_code)
    RUNS.refuse_second(db, round_.id, round_code)
    run = PublicationRun(
        round_id=round_.id, weight_set=weight_set, may_be_another=may_be_another,
        started_by=actor, created_at=now,
    )  # fmt: skip
    return RUNS.add(db, run, round_code)


def cancel(db: Session, run_id: int, *, actor: str) -> None:
    """Stop a run; nothing of it is kept. A run that is over stays as it is."""
    RUNS.cancel(db, run_id, actor=actor)


def resume(db: Session, run_id: int, *, actor: str) -> None:
    """Take a run up again that was stopped or failed.

    Raises
    ------
    ConflictError
        ``publication.not-stopped``, ``publication.at-work``.
    """
    RUNS.resume(db, run_id, actor=actor)


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
            run = RUNS.locked(db, run_id)
            if run.state not in AT_WORK:
                return
            run.state = "running"
            code = db.scalars(select(Round.code).where(Round.id == run.round_id)).one()

        def told(step: str) -> None:
            stop()
            RUNS.report(self.database, run_id, step)

        try:
            self._publish(run_id, code, told)
        except RunStoppedError:
            return
        except UnavailableError:
            raise
        except (LongdanError, AnalysisError) as error:
            RUNS.end(self.database, run_id, "refused", error.code, error.context)
        else:
            self._compare_rules(code)

    def fail(self, run_id: int, code: str) -> None:
        """Give a run up for a fault of ours."""
        RUNS.end(self.database, run_id, "failed", code, {})

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

    def _compare_rules(self, code: str) -> None:
        """Work out ahead what the page of other rules shows; the publication is there already."""
        settings = self.settings
        try:
            with self.database.read() as db:
                found = results.open_results(db, code, public_only=False)
                if found.is_sample and found.method.alternatives:
                    alternatives.compare(db, found, settings.var_dir, settings.code_version)
        except (LongdanError, AnalysisError) as error:
            # Whoever opens the page is told.
            _log.warning("rules were not compared: %s", error.code)

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
        run = RUNS.running(db, run_id)
        run.publication_id = db.scalars(
            select(Publication.id).where(
                Publication.round_id == run.round_id, Publication.number == outcome.number
            )
        ).one()
        run.state = "made" if isinstance(outcome, Published) else "unchanged"
        run.finished_at, run.doing = now(), None
