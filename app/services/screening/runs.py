"""Screenings in the background: one at a time in a round, told step by step, stopped on request."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from app.config import Settings
from app.db import Database
from app.errors import LongdanError, UnavailableError
from app.models import Round, ScreeningFinding, ScreeningRun
from app.models.base import now
from app.services import audit
from app.services.attempts import AT_WORK, Attempts, Refusals, RunStoppedError, locked_round
from app.services.screening.looking import CentreFinding, Seen, look

RUNS: Final = Attempts(
    ScreeningRun,
    "round.screen-",
    Refusals("screening.at-work", "screening.run-unknown"),
)


def request(db: Session, round_code: str, *, actor: str, now: datetime) -> int:
    """Note that a round is to be screened; the number of the run.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``screening.at-work``.
    """
    round_ = locked_round(db, round_code)
    RUNS.refuse_second(db, round_.id, round_code)
    return RUNS.add(
        db, ScreeningRun(round_id=round_.id, started_by=actor, created_at=now), round_code
    )


def cancel(db: Session, run_id: int, *, actor: str) -> None:
    """Stop a screening; nothing of it is kept. One that is over stays as it is."""
    RUNS.cancel(db, run_id, actor=actor)


@dataclass(frozen=True, slots=True)
class ScreeningWork:
    """The work on a screening; its findings are kept whole or not at all."""

    database: Database
    settings: Settings

    def make(self, run_id: int, stop: Callable[[], None] = lambda: None) -> None:
        """Screen a round, unless the run is over.

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
            round_id = run.round_id

        def told(step: str) -> None:
            stop()
            RUNS.report(self.database, run_id, step)

        try:
            with self.database.read() as db:
                seen = look(db, db.get_one(Round, round_id), self.settings.code_version, told)
            told("keeping")
            with self.database.write() as db:
                _keep(db, run_id, seen)
        except RunStoppedError:
            return
        except UnavailableError:
            raise
        except (LongdanError, AnalysisError) as error:
            RUNS.end(self.database, run_id, "failed", error.code, error.context)

    def fail(self, run_id: int, code: str) -> None:
        """Give a run up for a fault of ours."""
        RUNS.end(self.database, run_id, "failed", code, {})


def _keep(db: Session, run_id: int, seen: Seen) -> None:
    run = RUNS.running(db, run_id)
    if seen.findings:
        db.execute(insert(ScreeningFinding), [_row(run_id, each) for each in seen.findings])
    run.n_answers, run.basis = seen.n_answers, seen.basis
    run.state, run.finished_at, run.doing = "made", now(), None
    n_flagged = sum(each.finding.is_flagged for each in seen.findings)
    audit.record(
        db, run.started_by, "round.screen", f"run {run_id}",
        findings=len(seen.findings), flags=n_flagged,
    )  # fmt: skip


def _row(run_id: int, one: CentreFinding) -> dict[str, Any]:
    found = one.finding
    return {
        "run_id": run_id,
        "centre_id": one.centre_id,
        "channel": one.channel,
        "indicator": found.indicator.value,
        "is_flagged": found.is_flagged,
        "n": found.n,
        "n_found": found.n_found,
        # Found where nothing at all was expected: as many times as there are.
        "statistic": found.statistic if math.isfinite(found.statistic) else float(found.n_found),
        "expected": found.expected,
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "n_family": found.n_family,
        "from_day": _day(found.first_day),
        "to_day": _day(found.last_day),
        "rate": _share(found.rate),
        "rate_without": _share(found.rate_without),
        "rate_without_surplus": _share(found.rate_without_surplus),
    }


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _share(value: float) -> float | None:
    return value if math.isfinite(value) else None
