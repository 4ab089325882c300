"""Answers, and what leads to them: invitations, drafts, imports.

A response holds no key to a person, a case or an invitation; its id is random and its time a day.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, RandomKey, SerialKey


class Response(Base):
    """One respondent's answers. Rows are inserted, never changed."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("source IN ('open', 'sample')", name="source"),
        CheckConstraint(
            "(source = 'sample') = (base_weight IS NOT NULL)", name="sampled_is_weighted"
        ),
        CheckConstraint(
            "source <> 'sample' OR (stratum IS NOT NULL AND psu IS NOT NULL AND base_weight > 0)",
            name="sampled_has_design",
        ),
        CheckConstraint("mode IN ('web', 'kiosk', 'tablet', 'phone', 'paper')", name="mode"),
        Index(None, "round_id", "centre_id"),
    )

    id: Mapped[RandomKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    source: Mapped[str]
    mode: Mapped[str]
    language: Mapped[str]
    # Item code → value, validated against the round's instrument version; no free text.
    answers: Mapped[Json]
    answered_on: Mapped[date]
    consent_hash: Mapped[str | None] = mapped_column(ForeignKey("consent_text.content_hash"))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centre.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    # Design of the sample; null for self-selected answers.
    stratum: Mapped[str | None]
    psu: Mapped[str | None]
    base_weight: Mapped[float | None]
    # Domain → code, e.g. {"commune": "06652"}.
    domains: Mapped[Json]
    # Made with the form; the same form handed in twice is one response.
    submission_key: Mapped[UUID] = mapped_column(unique=True)
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class FreeText(Base):
    """What a respondent wrote, kept apart from the answers and without a key to them."""

    __tablename__ = "free_text"
    __table_args__ = (Index(None, "round_id", "centre_id"),)

    id: Mapped[RandomKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    item: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centre.id"))
    # First day of the month, so that a text cannot be matched with a day's few answers.
    month: Mapped[date]


class Invitation(Base):
    """A one-time code. Only the digest of its token is kept; it points to no response."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("state IN ('unused', 'used', 'cancelled')", name="state"),
        Index(None, "round_id"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[str] = mapped_column(default="unused")
    expires_at: Mapped[datetime]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centre.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counter.id"))
    # Copied to the response of a sampled round.
    stratum: Mapped[str | None]
    psu: Mapped[str | None]
    base_weight: Mapped[float | None]
    domains: Mapped[Json]


class Draft(Base):
    """Pages already answered with a one-time code; deleted on submit and on expiry."""

    __tablename__ = "draft"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    submission_key: Mapped[UUID]
    language: Mapped[str]
    consent_hash: Mapped[str | None] = mapped_column(ForeignKey("consent_text.content_hash"))
    answers: Mapped[Json]
    # Code of the last page answered; null when the questionnaire was only begun.
    page: Mapped[str | None]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ImportBatch(Base):
    """A file of sampled answers and what became of it."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'reading', 'imported', 'rejected', 'unchanged', 'failed')",
            name="state",
        ),
        Index(None, "round_id", "file_hash"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    file_name: Mapped[str]
    file_hash: Mapped[str]
    mapping: Mapped[Json]
    state: Mapped[str] = mapped_column(default="waiting")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_imported: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    # [{"row": 7, "column": "c9_1", "value": "6", "problem": "answer.not-an-option"}, …]
    problems: Mapped[list[dict[str, str | int]]] = mapped_column(JSONB, default=list)
    uploaded_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
