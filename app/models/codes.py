"""Closed dossiers, the one-time codes ordered for them, and the tokens of systems that report them.

A dossier leads to its invitation, never to an answer.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, SerialKey

UPLOAD_CHANNELS = ("file", "api")
UPLOAD_STATES = (
    "waiting",
    "reading",
    "taken",
    "unchanged",  # every dossier was known already
    "rejected",
    "failed",  # a fault of ours
)
ORDER_KINDS = ("issue", "reissue", "cancel")
ORDER_STATES = (
    "asked",  # a second person has yet to decide
    "approved",
    "running",
    "done",
    "refused",
    "withdrawn",
    "failed",  # a fault of ours
)
SENDERS = ("slips", "messages", "webhook")


class DossierUpload(Base):
    """A list of closed dossiers as it came from the one-stop system, and what became of it."""

    __tablename__ = "dossier_upload"
    __table_args__ = (
        CheckConstraint(f"channel IN {UPLOAD_CHANNELS}", name="channel"),
        CheckConstraint(f"state IN {UPLOAD_STATES}", name="state"),
        Index(None, "round_id", "file_hash"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    channel: Mapped[str]
    file_name: Mapped[str]
    file_hash: Mapped[str]
    # Name of the file in the folder of uploads; null once it is deleted.
    stored_name: Mapped[str | None]
    # Who signed the list's manifest, and whether the signature holds; null without a manifest.
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str] = mapped_column(default="waiting")
    n_rows: Mapped[int] = mapped_column(default=0)
    n_new: Mapped[int] = mapped_column(default=0)
    n_known: Mapped[int] = mapped_column(default=0)
    n_problems: Mapped[int] = mapped_column(default=0)
    # [{"row": 7, "column": "…", "value": "…", "problem": "dossier.…"}, …], the first ones.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    uploaded_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ClosedDossier(Base):
    """A dossier whose result was handed over: whoever filed it may be asked once."""

    __tablename__ = "closed_dossier"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        CheckConstraint("code IS NFC NORMALIZED", name="code_nfc"),
        Index(None, "round_id", "centre_id", "closed_on"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    # As the one-stop system writes it.
    code: Mapped[str]
    centre_id: Mapped[int] = mapped_column(ForeignKey("service_centre.id"))
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    closed_on: Mapped[date]
    # Where a message goes, sealed; deleted with its time, see docs/privacy.md.
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    upload_id: Mapped[int] = mapped_column(ForeignKey("dossier_upload.id"), index=True)


class CodeOrder(Base):
    """What one person asked to be done with codes, and what another person decided."""

    __tablename__ = "code_order"
    __table_args__ = (
        CheckConstraint(f"kind IN {ORDER_KINDS}", name="kind"),
        CheckConstraint(f"state IN {ORDER_STATES}", name="state"),
        CheckConstraint(f"sender IN {SENDERS}", name="sender"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'running', 'done') OR decided_by IS NOT NULL",
            name="approved_by_somebody",
        ),
        Index(None, "round_id", "id"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    kind: Mapped[str]
    # Which dossiers: {"centres": […], "closed_from": …, "closed_to": …, "dossiers": […]}.
    scope: Mapped[Json]
    sender: Mapped[str | None]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    n_codes: Mapped[int] = mapped_column(default=0)
    # The sealed file with the codes, until it is fetched once or its time is over.
    file_name: Mapped[str | None]
    file_hash: Mapped[str | None]
    file_expires_at: Mapped[datetime | None]
    fetched_by: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class IntegrationToken(Base):
    """What a one-stop system shows when it reports closed dossiers; only its digest is kept."""

    __tablename__ = "integration_token"

    id: Mapped[SerialKey]
    name: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
