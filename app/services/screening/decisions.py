"""What somebody says after having looked at a finding. Nothing is overwritten."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import ConflictError, NotFoundError
from app.models import Round, ScreeningDecision, ScreeningFinding, ScreeningRun, ServiceCentre
from app.models.screening import DECISIONS
from app.names import clean
from app.services import audit

LONGEST_REASON: Final = 1_000


def decide(
    db: Session,
    round_code: str,
    finding_id: int,
    decision: str,
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Add a decision to the history of a finding; it deletes no answer and changes no figure.

    Parameters
    ----------
    decision : {'looked-at', 'explained', 'follow-up'}
    reason : str
        What was seen or will be done.

    Raises
    ------
    NotFoundError
        ``screening.finding-unknown``.
    ConflictError
        ``screening.decision-unknown``, ``screening.reason-missing``.
    """
    row = db.execute(
        select(ScreeningFinding, ServiceCentre.code)
        .join(ScreeningRun, ScreeningRun.id == ScreeningFinding.run_id)
        .join(Round, Round.id == ScreeningRun.round_id)
        .join(ServiceCentre, ServiceCentre.id == ScreeningFinding.centre_id)
        .where(Round.code == round_code, ScreeningFinding.id == finding_id)
    ).first()
    if row is None:
        raise NotFoundError("screening.finding-unknown")
    finding, centre = row
    said = clean(reason)
    if decision not in DECISIONS:
        raise ConflictError("screening.decision-unknown")
    if not said or len(said) > LONGEST_REASON:
        raise ConflictError("screening.reason-missing")
    db.add(
        ScreeningDecision(
            finding_id=finding.id, decision=decision, reason=said, decided_by=actor, decided_at=now
        )
    )
    audit.record(
        db, actor, "round.screen-decide", round_code, finding=finding.id, centre=centre,
        indicator=finding.indicator, decision=decision, reason=said,
    )  # fmt: skip
