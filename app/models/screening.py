"""What screenings found in a round, what was decided about it, and limits shared by all processes.

A finding is a reason to look. It names no answer and no person.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, SerialKey

SCREENING_STATES = ("waiting", "running", "made", "cancelled", "failed")
# The modes of answers, and what is counted across them.
CHANNELS = ("all", "web", "kiosk", "tablet", "phone", "paper")
DECISIONS = ("looked-at", "explained", "follow-up")


class ScreeningRun(Base):
    """One look at the answers of a round by all indicators."""

    __tablename__ = "screening_run"
    __table_args__ = (
        CheckConstraint(f"state IN {SCREENING_STATES}", name="state"),
        # One at a time in a round.
        Index(
            "uq_screening_run_at_work",
            "round_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'running')",
        ),
        Index(None, "round_id", "id"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    # The step it is at, one of `screenings.STEPS`.
    doing: Mapped[str | None]
    n_answers: Mapped[int | None]
    # Rules, code version, what the rate is, what could not be looked at and why.
    basis: Mapped[Json] = mapped_column(default=dict)
    # {"code": …, "context": {…}}
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    started_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ScreeningFinding(Base):
    """What one indicator says of one centre and channel, flagged or not."""

    __tablename__ = "screening_finding"
    __table_args__ = (
        UniqueConstraint("run_id", "centre_id", "channel", "indicator"),
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(
            "p_value BETWEEN 0 AND 1 AND p_adjusted BETWEEN 0 AND 1", name="p_values"
        ),
    )  # fmt: skip

    id: Mapped[SerialKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("screening_run.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("service_centre.id"))
    channel: Mapped[str]
    indicator: Mapped[str]
    is_flagged: Mapped[bool]
    # What was looked at, e.g. answers or closed dossiers, and how many of them stand out.
    n: Mapped[int]
    n_found: Mapped[int]
    statistic: Mapped[float]
    # What `n_found` would be if the centre were like the others.
    expected: Mapped[float]
    p_value: Mapped[float]
    # For the number of centres compared by this indicator in this channel.
    p_adjusted: Mapped[float]
    n_family: Mapped[int]
    # Of a burst.
    from_day: Mapped[date | None]
    to_day: Mapped[date | None]
    # Share satisfied: as it is, without what stands out, and without its surplus only.
    rate: Mapped[float | None]
    rate_without: Mapped[float | None]
    rate_without_surplus: Mapped[float | None]


class ScreeningDecision(Base):
    """What somebody says after having looked. Rows are added, never changed: the last one holds."""

    __tablename__ = "screening_decision"
    __table_args__ = (
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "finding_id", "id"),
    )

    id: Mapped[SerialKey]
    finding_id: Mapped[int] = mapped_column(ForeignKey("screening_finding.id"))
    decision: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]


class LimitBucket(Base):
    """How many answers a network or a counter may still hand in, shared by all processes.

    Not logged and lost in a crash, after which all buckets are full. The key is a digest made with
    the installation's secret and the day; the worker deletes rows that are full again.
    """

    __tablename__ = "limit_bucket"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - as SQLAlchemy reads it

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    level: Mapped[float] = mapped_column(Float)
    # What the last statement took.
    granted: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime]
