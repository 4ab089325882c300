"""Attempts of the office to publish a round, made by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, SerialKey

PUBLICATION_RUN_STATES = (
    "waiting",
    "running",
    "made",
    "unchanged",  # the round was published before, from the same answers by the same rule
    "refused",  # it cannot be published; `failure` says why
    "cancelled",
    "failed",  # a fault of ours
)


class PublicationRun(Base):
    """One attempt to publish: what the worker does, how far it is, how it ended."""

    __tablename__ = "publication_run"
    __table_args__ = (
        CheckConstraint(f"state IN {PUBLICATION_RUN_STATES}", name="state"),
        # One at a time in a round.
        Index(
            "uq_publication_run_at_work",
            "round_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'running')",
        ),
        Index(None, "round_id", "id"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    # Number of the set of weights; null for base weights.
    weight_set: Mapped[int | None]
    # Whether a further publication is made where figures differ from the last one.
    may_be_another: Mapped[bool] = mapped_column(default=False)
    # The step it is at, one of `publishing.STEPS`.
    doing: Mapped[str | None]
    # {"code": …, "context": {…}}
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    started_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
