"""Sets of weights: made once from a snapshot, the cases, control totals and a recipe; versioned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.snapshot import Snapshot as SnapshotFile
from analysis.snapshot import Source
from app.errors import ConflictError, NotFoundError
from app.models import CaseFile, Round, Snapshot, WeightSet
from app.services import audit, snapshots
from app.services.weighting import cases, controls, recipe, report, store
from app.services.weighting.chain import (
    Chain,
    Done,
    Keep,
    Told,
    follow,
    kept_nowhere,
    silent,
    weights_by_step,
)
from app.services.weighting.controls import Control
from app.services.weighting.names import BASE, START
from app.services.weighting.recipe import Recipe
from app.services.weighting.rows import Rows, Weighing, rows_of


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What weights are made of, fixed before the first step.

    Attributes
    ----------
    snapshot_id : int
        Snapshot of the round's answers.
    case_file_id : int or None
        Frozen cases; None for a sample that was not drawn here.
    """

    round_id: int
    round_code: str
    snapshot_id: int
    case_file_id: int | None
    recipe: Recipe
    controls: Mapping[str, Control]
    rows: Rows
    account: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class SetMade:
    """A new set, or one that was there already.

    Attributes
    ----------
    is_new : bool
        Whether there was none of the same data and recipe.
    """

    id: int
    number: int
    content_hash: str
    is_new: bool


def prepare(
    db: Session,
    round_code: str,
    wanted: Recipe,
    *,
    var_dir: Path,
    code_version: str,
    now: datetime,
) -> Basis:
    """Fix the answers and the cases of a closed round, and find what the recipe names.

    Raises
    ------
    NotFoundError
        ``round.unknown``, ``control.unknown``.
    ConflictError
        ``round.not-closed``, ``round.no-answers``; ``weights.not-a-sample``.
    """
    round_ = db.scalar(select(Round).where(Round.code == round_code).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_code)
    if round_.source != Source.SAMPLE:
        raise ConflictError("weights.not-a-sample", round=round_code)
    snapshot = snapshots.take(db, round_, var_dir, code_version, now)
    file = snapshots.read(snapshot.file_name, snapshot.content_hash, var_dir)
    gathered = cases.gather(db, round_, file.rows, file.layout, var_dir)
    case_file = None if gathered is None else cases.take(db, round_, gathered, var_dir, now)
    return Basis(
        round_id=round_.id,
        round_code=round_code,
        snapshot_id=snapshot.id,
        case_file_id=None if case_file is None else case_file.id,
        recipe=wanted,
        controls=controls.by_hash(db, round_.id, wanted.controls),
        rows=rows_of(file, None if case_file is None else _cases_of(case_file, var_dir)),
        account=None if gathered is None else gathered.account.to_json(),
    )


def work_out(
    basis: Basis,
    told: Told = silent,
    *,
    done: Sequence[Sequence[Done]] = (),
    keep: Keep = kept_nowhere,
) -> Chain:
    """Make the steps; nothing is stored but by `keep`.

    Raises
    ------
    RecipeRefusedError, StepRefusedError
    """
    return follow(basis.recipe, basis.rows, basis.controls, told, done=done, keep=keep)


def keep(
    db: Session,
    basis: Basis,
    chain: Chain,
    *,
    var_dir: Path,
    code_version: str,
    actor: str,
    now: datetime,
) -> SetMade:
    """Keep weights as the next version of their round, unless they are there already."""
    db.scalars(select(Round.id).where(Round.id == basis.round_id).with_for_update()).one()
    columns = weights_by_step(chain)
    kept = store.keep(_table(chain), _about(chain), var_dir)
    written = basis.recipe.to_json()
    last = db.scalars(
        select(WeightSet)
        .where(WeightSet.round_id == basis.round_id)
        .order_by(WeightSet.number.desc())
    ).all()
    for found in last:
        if _is_same(found, basis, kept.content_hash):
            return SetMade(found.id, found.number, found.content_hash, False)
    row = WeightSet(
        round_id=basis.round_id,
        number=1 + (last[0].number if last else 0),
        snapshot_id=basis.snapshot_id,
        case_file_id=basis.case_file_id,
        recipe=written,
        recipe_hash=store.hash_of(written),
        content_hash=kept.content_hash,
        file_name=kept.file_name,
        summary=report.summary_json(chain, basis.account),
        steps=[
            report.step_json(made, chain.rows.answered, name)
            for made, (name, _weight) in zip(chain.made, columns, strict=True)
        ],
        code_version=code_version,
        made_by=actor,
        made_at=now,
    )
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "weights.make", basis.round_code,
        number=row.number, weights=row.content_hash, recipe=row.recipe_hash,
    )  # fmt: skip
    return SetMade(row.id, row.number, row.content_hash, True)


def _is_same(found: WeightSet, basis: Basis, content_hash: str) -> bool:
    """Whether a set was made of the same data by the same recipe, with the same outcome."""
    same = (found.snapshot_id, found.case_file_id, found.content_hash, found.recipe_hash)
    recipe_hash = store.hash_of(basis.recipe.to_json())
    return same == (basis.snapshot_id, basis.case_file_id, content_hash, recipe_hash)


def find(db: Session, round_code: str, number: int) -> WeightSet:
    """Find a set of a round by its number.

    Raises
    ------
    NotFoundError
        ``weights.unknown``.
    """
    found = db.scalar(
        select(WeightSet)
        .join(WeightSet.round)
        .where(Round.code == round_code, WeightSet.number == number)
    )
    if found is None:
        raise NotFoundError("weights.unknown", round=round_code, number=number)
    return found


def of_round(db: Session, round_id: int) -> tuple[WeightSet, ...]:
    """List the sets of a round, newest first."""
    return tuple(
        db.scalars(
            select(WeightSet)
            .where(WeightSet.round_id == round_id)
            .order_by(WeightSet.number.desc())
        )
    )


def chain_of(db: Session, found: WeightSet, var_dir: Path) -> Chain:
    """Make the steps of a set again and hold them against what was kept.

    Raises
    ------
    SnapshotDamagedError, WeightsDamagedError
        A file is missing or changed, or the weights are no longer those that were kept.
    """
    snapshot: Snapshot = found.snapshot
    file = snapshots.read(snapshot.file_name, snapshot.content_hash, var_dir)
    chain = _again(db, found, file, var_dir)
    if store.digest_of(_table(chain), _about(chain)) != found.content_hash:
        raise store.WeightsDamagedError(found.file_name)
    return chain


def weighing_of(db: Session, found: WeightSet, var_dir: Path) -> Weighing:
    """Return the design that the estimates of a weighted publication rest on."""
    chain = chain_of(db, found, var_dir)
    return Weighing(chain.design, chain.rows.n_more)


def _again(db: Session, found: WeightSet, file: SnapshotFile, var_dir: Path) -> Chain:
    wanted = recipe.from_json(found.recipe)
    kept = None if found.case_file is None else _cases_of(found.case_file, var_dir)
    known = controls.by_hash(db, found.round_id, wanted.controls)
    return follow(wanted, rows_of(file, kept), known)


def _cases_of(row: CaseFile, var_dir: Path) -> store.Kept:
    return store.read(row.file_name, row.content_hash, var_dir)


def _table(chain: Chain) -> pl.DataFrame:
    """Weights of answers and cases after every step, in the order of the rows."""
    frame = chain.rows.frame
    return pl.DataFrame(
        {
            BASE: frame[BASE],
            START: frame[START],
            **{name: pl.Series(weight) for name, weight in weights_by_step(chain)},
        }
    )


def _about(chain: Chain) -> dict[str, Any]:
    names = [name for name, _weight in weights_by_step(chain)]
    return {"kind": "weights", "n": chain.rows.n_answers, "steps": [START, *names]}
