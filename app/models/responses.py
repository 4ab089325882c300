"""Answers, and what leads to them: invitations, drafts, imports.

A response holds no key to a person, a case or an invitation; its id is random and its time a day.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
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
    # Whether it seems to name somebody: a person looks at it before others may.
    names_somebody: Mapped[bool] = mapped_column(default=False, server_default="false")


class Invitation(Base):
    """A one-time code. Only digests of its token are kept; it points to no response.

    The short form is for people who type: fewer signs, so its digest is made with a key.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("state IN ('unused', 'used', 'cancelled')", name="state"),
        Index(None, "round_id"),
        # A dossier has one code that counts.
        Index(
            "uq_invitation_dossier",
            "dossier_id",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    short_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("closed_dossier.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("code_order.id"), index=True)
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
    """Pages already answered with a one-time code; deleted on submit and on expiry.

    What was entered, on which page and in which language is sealed with a key made of the code
    (`app.services.draft_seals`). Drafts begun before that was so have it in clear until they are
    saved again.
    """

    __tablename__ = "draft"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    submission_key: Mapped[UUID]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str | None]
    consent_hash: Mapped[str | None] = mapped_column(ForeignKey("consent_text.content_hash"))
    answers: Mapped[Json | None]
    # Code of the last page answered; null when the questionnaire was only begun.
    page: Mapped[str | None]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


IMPORT_STATES = (
    "uploaded",  # the office has yet to say what the columns hold
    "waiting",
    "reading",
    "imported",
    "unchanged",  # every row was there already
    "rejected",
    "failed",  # a fault of ours
)


class ImportBatch(Base):
    """A file of sampled answers and what became of it."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint(f"state IN {IMPORT_STATES}", name="state"),
        Index(None, "round_id", "file_hash"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    file_name: Mapped[str]
    file_hash: Mapped[str]
    # Name of the file in the folder of uploads; null once it is deleted, or if it was never there.
    stored_name: Mapped[str | None]
    mapping: Mapped[Json]
    state: Mapped[str] = mapped_column(default="waiting")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_imported: Mapped[int] = mapped_column(default=0)
    rows_unchanged: Mapped[int] = mapped_column(default=0)
    # All problems are counted; the first ones are listed:
    # [{"row": 7, "column": "F", "header": "Câu 9.1", "value": "6", "problem": "answer.…"}, …]
    n_problems: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    # Problems by column and reason, with the entries most often met.
    problem_groups: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    # What is worth knowing about a file that was taken.
    remarks: Mapped[Json] = mapped_column(default=dict)
    uploaded_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportedRow(Base):
    """By what an imported row is known again. It names no response, and goes when its round closes.

    Digests are SHA-256: of the row key, null in a file without one, and of all the row says.
    """

    __tablename__ = "imported_row"
    __table_args__ = (
        UniqueConstraint("round_id", "key_digest"),
        Index(None, "round_id", "content_digest"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    import_batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    key_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_digest: Mapped[bytes] = mapped_column(LargeBinary)
