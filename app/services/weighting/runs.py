"""Runs: one attempt each to make weights, done by the worker or at once by a command."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from app.config import Settings
from app.db import Database
from app.errors import LongdanError, UnavailableError
from app.models import Round, WeightRun
from app.models.base import now
from app.services.attempts import AT_WORK, Attempts, Refusals, RunStoppedError, locked_closed_round
from app.services.weighting import progress, sets, store
from app.services.weighting import recipe as recipes
from app.services.weighting.chain import Done, Made, StepRefusedError, n_steps
from app.services.weighting.progress import KeptFile
from app.services.weighting.recipe import Recipe, RecipeRefusedError
from app.services.weighting.sets import Basis, SetMade

RUNS: Final = Attempts(
    WeightRun,
    "weights.",
    Refusals("weights.at-work", "weights.run-unknown", "weights.not-stopped"),
)
PREPARING, KEEPING = "prepare", "keep"


def request(db: Session, round_code: str, wanted: Recipe, *, actor: str, now: datetime) -> int:
    """Note that weights are to be made; the number of the run.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``round.not-closed``; ``weights.at-work``: another run of the round is not over.
    """
    round_ = locked_closed_round(db, round_code)
    RUNS.refuse_second(db, round_.id, round_code)
    run = WeightRun(
        round_id=round_.id, recipe=wanted.to_json(), n_steps=n_steps(wanted), started_by=actor,
        created_at=now,
    )  # fmt: skip
    return RUNS.add(db, run, round_code)


def cancel(db: Session, run_id: int, *, actor: str) -> None:
    """Stop a run; of the step it is at nothing is kept. A run that is over stays as it is."""
    RUNS.cancel(db, run_id, actor=actor)


def resume(db: Session, run_id: int, *, actor: str) -> None:
    """Take a run that was cancelled or failed up again, after the last step it finished.

    Raises
    ------
    ConflictError
        ``weights.not-stopped``; ``weights.at-work``: another run of the round is not over.
    """
    RUNS.resume(db, run_id, actor=actor)


@dataclass(frozen=True, slots=True)
class WeightWork:
    """The work on a run; each piece is a transaction, and it goes on after the last of them."""

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
        RUNS.end(self.database, run_id, "failed", code, {}, step=0, kind="")

    def _begin(self, db: Session, run_id: int) -> tuple[str, str, Recipe] | None:
        run = RUNS.locked(db, run_id)
        if run.state not in AT_WORK:
            return None
        run.state, run.doing, run.n_done = "running", PREPARING, len(run.kept)
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

        of = self._basis(basis)

        def keep(number: int, made: Sequence[Made]) -> None:
            self._keep_step(run_id, number, progress.write(run_id, of, number, made, self._var))

        done = self._done(run_id, of)
        chain = sets.work_out(basis, told, done=done, keep=keep)
        with self.database.write() as db:
            run = RUNS.running(db, run_id)
            made = sets.keep(
                db, basis, chain, var_dir=self.settings.var_dir,
                code_version=self.settings.code_version, actor=actor, now=now(),
            )  # fmt: skip
            run.state = "made" if made.is_new else "unchanged"
            run.weight_set_id, run.finished_at, run.n_done = made.id, now(), run.n_steps
        self._forget(run_id)
        return made

    @property
    def _var(self) -> Path:
        return self.settings.var_dir

    def _basis(self, basis: Basis) -> str:
        """Name what steps rest on: with anything else they are made anew."""
        return store.hash_of(
            {
                "snapshot": basis.snapshot_id,
                "cases": basis.case_file_id,
                "recipe": basis.recipe.to_json(),
                "code": self.settings.code_version,
            }
        )

    def _done(self, run_id: int, of: str) -> list[tuple[Done, ...]]:
        """Read the steps that a run finished before, and let it forget those of no use."""
        with self.database.write() as db:
            run = RUNS.running(db, run_id)
            files = _files(run)
            found = progress.read(files, of, self._var)
            run.kept = run.kept[: len(found)]
        progress.forget(files[len(found) :], self._var)
        return found

    def _keep_step(self, run_id: int, number: int, file: KeptFile) -> None:
        """Note that a step is done, also of a run that was stopped while it was."""
        with self.database.write() as db:
            run = RUNS.locked(db, run_id)
            # Two workers at one run, stopped and taken up again meanwhile, write the same file.
            if len(run.kept) == number - 1:
                run.kept = [*run.kept, asdict(file)]

    def _forget(self, run_id: int) -> None:
        """Drop the steps of a run that is over, and of earlier runs of its round."""
        with self.database.write() as db:
            own = RUNS.locked(db, run_id)
            over = select(WeightRun).where(
                WeightRun.round_id == own.round_id, WeightRun.state.not_in(AT_WORK)
            )
            runs = db.scalars(over.with_for_update()).all()
            files = [file for run in runs for file in _files(run)]
            for run in runs:
                run.kept = []
        progress.forget(files, self._var)

    def _report(self, run_id: int, done: int, kind: str) -> None:
        with self.database.write() as db:
            run = RUNS.running(db, run_id)
            run.n_done, run.doing = done, kind

    def _refuse(
        self, run_id: int, code: str, number: int, kind: str, context: dict[str, Any]
    ) -> None:
        RUNS.end(self.database, run_id, "refused", code, context, step=number, kind=kind)
        self._forget(run_id)


def _files(run: WeightRun) -> list[KeptFile]:
    return [KeptFile(**each) for each in run.kept]
