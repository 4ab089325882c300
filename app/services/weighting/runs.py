"""Runs: one attempt each to make weights, done by the worker or at once by a command."""

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
from app.models import Round, WeightRun
from app.models.base import now
from app.services import audit
from app.services.weighting import recipe as recipes
from app.services.weighting import sets
from app.services.weighting.chain import StepRefusedError, n_steps
from app.services.weighting.recipe import Recipe, RecipeRefusedError
from app.services.weighting.sets import SetMade

AT_WORK: Final = ("waiting", "running")
PREPARING, KEEPING = "prepare", "keep"
_log = logging.getLogger(__name__)


class RunStoppedError(Exception):
    """Somebody cancelled the run."""


def request(db: Session, round_code: str, wanted: Recipe, *, actor: str, now: datetime) -> int:
    """Note that weights are to be made; the number of the run.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-closed``; ``weights.at-work``: another run of the round is not over.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    if round_.state not in ("closed", "published"):
        raise ConflictError("round.not-closed", round=round_code)
    busy = select(WeightRun.id).where(WeightRun.round_id == round_.id, WeightRun.state.in_(AT_WORK))
    if db.scalar(busy) is not None:
        raise ConflictError("weights.at-work", round=round_code)
    run = WeightRun(
        round_id=round_.id, recipe=wanted.to_json(), n_steps=n_steps(wanted), started_by=actor,
        created_at=now,
    )  # fmt: skip
    db.add(run)
    db.flush()
    audit.record(db, actor, "weights.request", round_code, run=run.id)
    return run.id


def cancel(db: Session, run_id: int, *, actor: str) -> None:
    """Stop a run; what it was doing is not kept. A run that is over stays as it is."""
    run = _locked(db, run_id)
    if run.state in AT_WORK:
        run.state, run.finished_at = "cancelled", now()
        audit.record(db, actor, "weights.cancel", f"run {run_id}")


def resume(db: Session, run_id: int, *, actor: str) -> None:
    """Take a run that was cancelled or failed up again; its recipe is the same.

    Raises
    ------
    ConflictError
        ``weights.not-stopped``; ``weights.at-work``: another run of the round is not over.
    """
    run = _locked(db, run_id)
    if run.state not in ("cancelled", "failed"):
        raise ConflictError("weights.not-stopped")
    busy = select(WeightRun.id).where(
        WeightRun.round_id == run.round_id, WeightRun.state.in_(AT_WORK)
    )
    if db.scalar(busy) is not None:
        raise ConflictError("weights.at-work", round=run_id)
    run.state, run.failure, run.finished_at = "waiting", None, None
    run.n_done, run.doing = 0, None
    audit.record(db, actor, "weights.resume", f"run {run_id}")


def _locked(db: Session, run_id: int) -> WeightRun:
    run = db.scalar(select(WeightRun).where(WeightRun.id == run_id).with_for_update())
    if run is None:
        raise NotFoundError("weights.run-unknown", run=run_id)
    return run


@dataclass(frozen=True, slots=True)
class WeightWork:
    """The work on a run; each piece is a transaction, and all of it can be begun again."""

    database: Database
    settings: Settings

    def make(self, run_id: int, stop: Callable[[], None] = lambda: None) -> SetMade | None:
        """Make the weights of a run.

        Parameters
        ----------
        stop : callable
            Called before every step; what it raises ends the work, which can be begun again.

        Returns
        -------
        SetMade or None
            None if the run was over, was cancelled, or was refused; it then says why.
        """
        with self.database.write() as db:
            begun = self._begin(db, run_id)
        if begun is None:
            return None
        round_code, actor, wanted = begun
        try:
            return self._made(run_id, round_code, actor, wanted, stop)
        except RunStoppedError:
            return None
        except StepRefusedError as error:
            self._refuse(run_id, error.code, error.number, error.kind, error.context)
        except RecipeRefusedError as error:
            context = dict(error.context)
            self._refuse(run_id, error.code, int(str(context.pop("step", 0))), "", context)
        except UnavailableError:
            raise
        except LongdanError as error:
            self._refuse(run_id, error.code, 0, "", error.context)
        except AnalysisError as error:
            self._refuse(run_id, error.code, 0, "", error.context)
        return None

    def fail(self, run_id: int, code: str) -> None:
        """Give a run up for a fault of ours."""
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state in AT_WORK:
                run.state, run.finished_at = "failed", now()
                run.failure = {"code": code, "step": 0, "kind": "", "context": {}}

    def _begin(self, db: Session, run_id: int) -> tuple[str, str, Recipe] | None:
        run = _locked(db, run_id)
        if run.state not in AT_WORK:
            return None
        run.state, run.doing, run.n_done = "running", PREPARING, 0
        code = db.scalars(select(Round.code).where(Round.id == run.round_id)).one()
        return code, run.started_by, recipes.from_json(run.recipe)

    def _made(
        self, run_id: int, round_code: str, actor: str, wanted: Recipe, stop: Callable[[], None]
    ) -> SetMade:
        with self.database.write() as db:
            basis = sets.prepare(
                db, round_code, wanted, var_dir=self.settings.var_dir,
                code_version=self.settings.code_version, now=now(),
            )  # fmt: skip

        def told(done: int, kind: str) -> None:
            stop()
            self._report(run_id, done, kind or KEEPING)

        chain = sets.work_out(basis, told)
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state != "running":
                raise RunStoppedError
            made = sets.keep(
                db, basis, chain, var_dir=self.settings.var_dir,
                code_version=self.settings.code_version, actor=actor, now=now(),
            )  # fmt: skip
            run.state = "made" if made.is_new else "unchanged"
            run.weight_set_id, run.finished_at, run.n_done = made.id, now(), run.n_steps
        return made

    def _report(self, run_id: int, done: int, kind: str) -> None:
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state != "running":
                raise RunStoppedError
            run.n_done, run.doing = done, kind

    def _refuse(
        self, run_id: int, code: str, number: int, kind: str, context: dict[str, Any]
    ) -> None:
        said = {name: _plain(value) for name, value in context.items()}
        with self.database.write() as db:
            run = _locked(db, run_id)
            if run.state in AT_WORK:
                run.state, run.finished_at = "refused", now()
                run.failure = {"code": code, "step": number, "kind": kind, "context": said}
        _log.info("weights were refused: %s", code)


def _plain(value: object) -> str | float | int:
    return value if isinstance(value, float | int) else str(value)
