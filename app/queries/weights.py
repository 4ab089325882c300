"""Weights of a round, as the office reads them: control totals, runs, sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import ControlTotals, Publication, Round, WeightRun, WeightSet


@dataclass(frozen=True, slots=True)
class ControlShown:
    """Control totals; ``cells`` are pairs of labels and totals."""

    number: int
    name: str
    source: str
    counted: str
    columns: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], float], ...]
    total: float
    content_hash: str
    file_name: str | None
    made_by: str
    made_at: datetime
    is_set_aside: bool


@dataclass(frozen=True, slots=True)
class RunShown:
    """An attempt to make weights.

    Attributes
    ----------
    failure : mapping or None
        Code, number and kind of the step, and context of why it was refused.
    weight_set : int or None
        Number of the set it made, or found to be there.
    n_kept : int
        Steps that need not be made again when it is taken up again.
    """

    id: int
    state: str
    recipe: Mapping[str, Any]
    n_done: int
    n_steps: int
    doing: str | None
    failure: Mapping[str, Any] | None
    weight_set: int | None
    started_by: str
    created_at: datetime
    n_kept: int

    @property
    def is_at_work(self) -> bool:
        """Whether it is not over."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class SetShown:
    """A set of weights, with what each step did.

    Attributes
    ----------
    publications : tuple of int
        Numbers of the publications that use it.
    """

    id: int
    number: int
    recipe: Mapping[str, Any]
    content_hash: str
    snapshot_hash: str
    case_hash: str | None
    summary: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    code_version: str
    made_by: str
    made_at: datetime
    publications: tuple[int, ...]


def controls(db: Session, round_code: str, *, all_: bool = False) -> tuple[ControlShown, ...]:
    """List the control totals of a round; with `all_` those set aside as well."""
    wanted = select(ControlTotals).join(Round, Round.id == ControlTotals.round_id)
    wanted = wanted.where(Round.code == round_code).order_by(ControlTotals.number)
    if not all_:
        wanted = wanted.where(ControlTotals.set_aside_at.is_(None))
    return tuple(_control(row) for row in db.scalars(wanted))


def control(db: Session, round_code: str, number: int) -> ControlShown:
    """Find control totals by their number.

    Raises
    ------
    NotFoundError
        ``control.unknown``.
    """
    found = next((one for one in controls(db, round_code, all_=True) if one.number == number), None)
    if found is None:
        raise NotFoundError("control.unknown", control=number)
    return found


def last_run(db: Session, round_code: str) -> RunShown | None:
    """Find the newest run of a round."""
    row = db.execute(
        _runs().where(Round.code == round_code).order_by(WeightRun.id.desc()).limit(1)
    ).first()
    return None if row is None else _run(*row)


def run(db: Session, round_code: str, run_id: int) -> RunShown:
    """Find a run.

    Raises
    ------
    NotFoundError
        ``weights.run-unknown``.
    """
    row = db.execute(_runs().where(Round.code == round_code, WeightRun.id == run_id)).first()
    if row is None:
        raise NotFoundError("weights.run-unknown", run=run_id)
    return _run(*row)


def sets(db: Session, round_code: str) -> tuple[SetShown, ...]:
    """List the sets of a round, newest first."""
    wanted = select(WeightSet).join(WeightSet.round).where(Round.code == round_code)
    rows = db.scalars(wanted.order_by(WeightSet.number.desc())).all()
    used: dict[int, list[int]] = {}
    for set_id, number in db.execute(
        select(Publication.weight_set_id, Publication.number)
        .where(Publication.weight_set_id.in_([row.id for row in rows]))
        .order_by(Publication.number)
    ):
        used.setdefault(int(set_id or 0), []).append(number)
    return tuple(_set(row, used.get(row.id, [])) for row in rows)


def newest(db: Session, round_code: str) -> int | None:
    """Find the number of the newest set of a round; None without any."""
    wanted = select(func.max(WeightSet.number)).join(WeightSet.round)
    return db.scalar(wanted.where(Round.code == round_code))


def set_(db: Session, round_code: str, number: int) -> SetShown:
    """Find a set by its number.

    Raises
    ------
    NotFoundError
        ``weights.unknown``.
    """
    found = next((one for one in sets(db, round_code) if one.number == number), None)
    if found is None:
        raise NotFoundError("weights.unknown", round=round_code, number=number)
    return found


def _runs() -> Any:
    return (
        select(WeightRun, WeightSet.number)
        .join(Round, Round.id == WeightRun.round_id)
        .outerjoin(WeightSet, WeightSet.id == WeightRun.weight_set_id)
    )


def _run(row: WeightRun, number: int | None) -> RunShown:
    return RunShown(
        id=row.id,
        state=row.state,
        recipe=row.recipe,
        n_done=row.n_done,
        n_steps=row.n_steps,
        doing=row.doing,
        failure=row.failure,
        weight_set=number,
        started_by=row.started_by,
        created_at=row.created_at,
        n_kept=len(row.kept),
    )


def _control(row: ControlTotals) -> ControlShown:
    return ControlShown(
        number=row.number,
        name=row.name,
        source=row.source,
        counted=row.counted,
        columns=tuple(row.columns),
        cells=tuple((tuple(cell["of"]), float(cell["total"])) for cell in row.cells),
        total=row.total,
        content_hash=row.content_hash,
        file_name=row.file_name,
        made_by=row.made_by,
        made_at=row.made_at,
        is_set_aside=row.set_aside_at is not None,
    )


def _set(row: WeightSet, used: Sequence[int]) -> SetShown:
    return SetShown(
        id=row.id,
        number=row.number,
        recipe=row.recipe,
        content_hash=row.content_hash,
        snapshot_hash=row.snapshot.content_hash,
        case_hash=None if row.case_file is None else row.case_file.content_hash,
        summary=row.summary,
        steps=tuple(row.steps),
        code_version=row.code_version,
        made_by=row.made_by,
        made_at=row.made_at,
        publications=tuple(used),
    )
