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
    "asking",  # the office has yet to say what the columns hold
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
    "stopped",  # by a person; what was made so far counts, and it can go on
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
    # What the columns hold, and the head of the file while that is asked for.
    columns: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(default="waiting")
    n_rows: Mapped[int] = mapped_column(default=0)
    # How far the reading is, for the page that shows it.
    n_read: Mapped[int] = mapped_column(default=0, server_default="0")
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
            "state NOT IN ('approved', 'running', 'stopped', 'done') OR decided_by IS NOT NULL",
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
    # How the sender is to do it: {"language": "vi", "host": …, "plain": …}.
    options: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # Dossiers it is about when it began, and codes made or cancelled so far.
    n_wanted: Mapped[int] = mapped_column(default=0, server_default="0")
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


class DossierSigner(Base):
    """A one-stop system's key, by which it signs lists of closed dossiers (Ed25519, 32 bytes)."""

    __tablename__ = "dossier_signer"

    id: Mapped[SerialKey]
    name: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class CodeWeek(Base):
    """Dossiers closed at a centre in a week, and what had become of their codes when last counted.

    Counted once a week: pages that showed how many are used by now would tell when each one was.
    """

    __tablename__ = "code_week"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("service_centre.id"), primary_key=True)
    # Its Monday.
    week: Mapped[date] = mapped_column(primary_key=True)
    n_closed: Mapped[int]
    n_made: Mapped[int]
    n_delivered: Mapped[int]
    n_used: Mapped[int]
    n_expired: Mapped[int]
    counted_on: Mapped[date]
