"""What screenings of a round found, and what was decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.models import Round, ScreeningDecision, ScreeningFinding, ScreeningRun, ServiceCentre
from app.queries import coverage
from app.queries.coverage import ClosingDay


@dataclass(frozen=True, slots=True)
class ScreeningShown:
    """A screening: where it stands, and by what rules it was made."""

    id: int
    state: str
    doing: str | None
    n_answers: int | None
    basis: Mapping[str, Any]
    failure: Mapping[str, Any] | None
    started_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_at_work(self) -> bool:
        """Whether it is not over."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """What somebody said after having looked."""

    decision: str
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding with its centre and what was decided about it, the newest decision first.

    Decisions about the same centre, channel and indicator of earlier screenings are among them.
    """

    id: int
    centre_id: int
    centre_code: str
    centre_name: str
    channel: str
    indicator: str
    is_flagged: bool
    n: int
    n_found: int
    expected: float
    statistic: float
    p_value: float
    p_adjusted: float
    n_family: int
    from_day: date | None
    to_day: date | None
    rate: float | None
    rate_without: float | None
    rate_without_surplus: float | None
    decisions: tuple[DecisionShown, ...]

    @property
    def last(self) -> DecisionShown | None:
        """The decision that holds."""
        return self.decisions[0] if self.decisions else None


def screening(db: Session, round_code: str, run_id: int) -> ScreeningShown:
    """Find a screening.

    Raises
    ------
    NotFoundError
        ``screening.run-unknown``.
    """
    found = db.scalar(_runs(round_code).where(ScreeningRun.id == run_id))
    if found is None:
        raise NotFoundError("screening.run-unknown", run=run_id)
    return _shown(found)


def last_screening(db: Session, round_code: str, *states: str) -> ScreeningShown | None:
    """Find the newest screening of a round in one of some states; in any if none is named."""
    wanted = _runs(round_code).order_by(ScreeningRun.id.desc()).limit(1)
    if states:
        wanted = wanted.where(ScreeningRun.state.in_(states))
    found = db.scalar(wanted)
    return None if found is None else _shown(found)


def findings(db: Session, run_id: int) -> tuple[FindingShown, ...]:
    """List what a screening found, flags first, then the least likely."""
    rows = db.execute(
        select(ScreeningFinding, ServiceCentre.code, ServiceCentre.name)
        .join(ServiceCentre, ServiceCentre.id == ScreeningFinding.centre_id)
        .where(ScreeningFinding.run_id == run_id)
        .order_by(
            ScreeningFinding.is_flagged.desc(),
            ScreeningFinding.p_adjusted,
            ScreeningFinding.p_value,
            ServiceCentre.name,
            ScreeningFinding.id,
        )
    ).all()
    said = _decisions(db, run_id)
    return tuple(
        _finding(row, code, name, said.get((row.centre_id, row.channel, row.indicator), ()))
        for row, code, name in rows
    )


def finding(db: Session, round_code: str, finding_id: int) -> FindingShown:
    """Find one finding of a round.

    Raises
    ------
    NotFoundError
        ``screening.finding-unknown``.
    """
    run_id = db.scalar(
        select(ScreeningFinding.run_id)
        .join(ScreeningRun, ScreeningRun.id == ScreeningFinding.run_id)
        .join(Round, Round.id == ScreeningRun.round_id)
        .where(Round.code == round_code, ScreeningFinding.id == finding_id)
    )
    if run_id is None:
        raise NotFoundError("screening.finding-unknown")
    return next(each for each in findings(db, run_id) if each.id == finding_id)


def _decisions(db: Session, run_id: int) -> dict[tuple[int, str, str], tuple[DecisionShown, ...]]:
    """Decisions about findings of the same round, by what they are about, the newest first."""
    round_id = select(ScreeningRun.round_id).where(ScreeningRun.id == run_id).scalar_subquery()
    rows = db.execute(
        select(
            ScreeningFinding.centre_id, ScreeningFinding.channel, ScreeningFinding.indicator,
            ScreeningDecision.decision, ScreeningDecision.reason, ScreeningDecision.decided_by,
            ScreeningDecision.decided_at,
        )
        .join(ScreeningFinding, ScreeningFinding.id == ScreeningDecision.finding_id)
        .join(ScreeningRun, ScreeningRun.id == ScreeningFinding.run_id)
        .where(ScreeningRun.round_id == round_id)
        .order_by(ScreeningDecision.id.desc())
    )  # fmt: skip
    said: dict[tuple[int, str, str], list[DecisionShown]] = {}
    for centre, channel, indicator, decision, reason, by, at in rows:
        said.setdefault((centre, channel, indicator), []).append(
            DecisionShown(decision, reason, by, at)
        )
    return {about: tuple(found) for about, found in said.items()}


def _runs(round_code: str) -> Select[ScreeningRun]:
    return (
        select(ScreeningRun)
        .join(Round, Round.id == ScreeningRun.round_id)
        .where(Round.code == round_code)
    )


def _shown(found: ScreeningRun) -> ScreeningShown:
    return ScreeningShown(
        **{name: getattr(found, name) for name in ScreeningShown.__dataclass_fields__}
    )


def _finding(
    row: ScreeningFinding, code: str, name: str, decisions: tuple[DecisionShown, ...]
) -> FindingShown:
    own = {
        field: getattr(row, field)
        for field in FindingShown.__dataclass_fields__
        if field not in ("centre_code", "centre_name", "decisions")
    }
    return FindingShown(**own, centre_code=code, centre_name=name, decisions=decisions)


def days_of(db: Session, round_code: str, found: FindingShown) -> tuple[ClosingDay, ...]:
    """Count by day what a burst was found in; nothing for other findings."""
    if found.indicator != "burst":
        return ()
    round_id = coverage.round_id(db, round_code)
    if found.channel != "all":
        return coverage.answer_days(db, round_id, found.centre_id, found.channel)
    days = coverage.closing_days(db, round_id)
    return tuple(each for each in days if each.centre_id == found.centre_id)
