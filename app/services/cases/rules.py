"""What a round asks of its fieldwork, and the clock that it goes by."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import FieldworkRule, Round
from app.services import audit
from surveys.fieldwork.attempts import AttemptRule

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class RoundRule:
    """The rule of a round.

    Attributes
    ----------
    attempts : AttemptRule
        What it takes before somebody is given up.
    eligible_share : float or None
        Share of the cases of unknown eligibility taken to be eligible; None: it is estimated.
    """

    attempts: AttemptRule = field(default_factory=AttemptRule)
    eligible_share: float | None = None


def rule_of(db: Session, round_id: int) -> RoundRule:
    """Read the rule of a round; the usual one where none was set."""
    found = db.get(FieldworkRule, round_id)
    if found is None:
        return RoundRule()
    attempts = AttemptRule(found.min_attempts, found.min_days, found.min_parts)
    return RoundRule(attempts, found.eligible_share)


def set_rule(
    db: Session,
    round_id: int,
    *,
    attempts: int,
    days: int,
    parts: int,
    eligible_share: float | None,
    actor: str,
    now: datetime,
) -> RoundRule:
    """Set the rule of a round. What was recorded under the rule before stays.

    Raises
    ------
    NotFoundError
        ``round.unknown``.
    ConflictError
        ``rule.attempts``: days and parts of the day do not fit; ``rule.share``: not a share.
    """
    round_ = db.scalar(select(Round).where(Round.id == round_id).with_for_update())
    if round_ is None:
        raise NotFoundError("round.unknown", round=round_id)
    try:
        rule = RoundRule(AttemptRule(attempts, days, parts), eligible_share)
    except ValueError as error:
        raise ConflictError("rule.attempts") from error
    if eligible_share is not None and not 0 <= eligible_share <= 1:
        raise ConflictError("rule.share")
    row = db.get(FieldworkRule, round_id) or FieldworkRule(round_id=round_id)
    row.min_attempts, row.min_days, row.min_parts = attempts, days, parts
    row.eligible_share = eligible_share
    row.set_by, row.set_at = actor, now
    db.add(row)
    audit.record(
        db, actor, "fieldwork.rule", round_.code,
        attempts=attempts, days=days, parts=parts, eligible_share=eligible_share,
    )  # fmt: skip
    return rule
