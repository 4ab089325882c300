"""Sampling frames: the lists that samples are drawn from, and how they were gathered.

The rows of a frame lie in files, not here: a frozen frame is one canonical file known by its hash.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, SerialKey
from app.models.units import Unit

FRAME_KINDS = ("dossier", "area")
FRAME_STATES = ("gathering", "freezing", "frozen", "withdrawn")
FRAME_FILE_STATES = (
    "uploaded",  # its columns are not known yet
    "waiting",
    "reading",
    "read",
    "refused",  # cannot be read at all; `refusal` says why
    "failed",  # a fault of ours
    "cancelled",
    "removed",
)


class Frame(Base):
    """A list of dossiers or of villages. Once frozen it never changes (the database refuses)."""

    __tablename__ = "frame"
    __table_args__ = (
        CheckConstraint(f"kind IN {FRAME_KINDS}", name="kind"),
        CheckConstraint(f"state IN {FRAME_STATES}", name="state"),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint(
            "state <> 'frozen' OR (content_hash IS NOT NULL AND file_name IS NOT NULL "
            "AND frozen_at IS NOT NULL AND frozen_by IS NOT NULL)",
            name="frozen_has_hash",
        ),
        CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),
    )

    id: Mapped[SerialKey]
    # Stands in addresses and commands.
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    # First and last day of the results returned, of a frame of dossiers.
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="gathering")
    # SHA-256 of the canonical file, hexadecimal.
    content_hash: Mapped[str | None]
    # Relative to the folder of frames.
    file_name: Mapped[str | None]
    n_rows: Mapped[int] = mapped_column(default=0)
    # Rows in = accepted + rejected + excluded by each rule; of a frozen frame, as it was then.
    account: Mapped[Json] = mapped_column(default=dict)
    # Raised with every file and decision; the account holds for the settled one.
    revision: Mapped[int] = mapped_column(default=0)
    settled_revision: Mapped[int] = mapped_column(default=0)
    # Why the last attempt to settle or freeze it came to nothing.
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # Contact data lie apart, sealed, and go on this day.
    contacts_delete_on: Mapped[date | None]
    contacts_deleted_at: Mapped[datetime | None]
    # Simulated data are labelled as such wherever they show.
    simulated: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    frozen_by: Mapped[str | None]
    frozen_at: Mapped[datetime | None]

    province: Mapped[Unit] = relationship()


class FrameFile(Base):
    """One file that a frame is gathered from, and what became of its rows."""

    __tablename__ = "frame_file"
    __table_args__ = (
        CheckConstraint(f"state IN {FRAME_FILE_STATES}", name="state"),
        Index(None, "frame_id", "file_hash"),
    )

    id: Mapped[SerialKey]
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"))
    file_name: Mapped[str]
    file_hash: Mapped[str]
    # Name of the file in the folder of uploads; null once it is deleted.
    stored_name: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="uploaded")
    # Sheet, header row and what each column holds, as guessed and as confirmed.
    mapping: Mapped[Json] = mapped_column(default=dict)
    # Digest of the header's texts, by which the mapping is known again.
    header_signature: Mapped[str | None]
    # Beginning of the table while its columns are not known; afterwards where they stood.
    head: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    n_accepted: Mapped[int] = mapped_column(default=0)
    n_rejected: Mapped[int] = mapped_column(default=0)
    # Rows that wait for a decision about a name.
    n_pending: Mapped[int] = mapped_column(default=0)
    # Rule → rows it excluded.
    excluded: Mapped[Json] = mapped_column(default=dict)
    n_problems: Mapped[int] = mapped_column(default=0)
    # Problem → how often it was met.
    problem_counts: Mapped[Json] = mapped_column(default=dict)
    # File with the rows as they were read, in the folder of frames.
    part_name: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    uploaded_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    frame: Mapped[Frame] = relationship()


class FrameMapping(Base):
    """What the columns under a header hold, as an official once confirmed it."""

    __tablename__ = "frame_mapping"
    __table_args__ = (UniqueConstraint("kind", "header_signature"),)

    id: Mapped[SerialKey]
    kind: Mapped[str]
    header_signature: Mapped[str]
    mapping: Mapped[Json]
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime]


class FrameDecision(Base):
    """Which unit a written name means in this province, as an official once decided."""

    __tablename__ = "frame_decision"
    __table_args__ = (UniqueConstraint("province_id", "subject", "written_key"),)

    id: Mapped[SerialKey]
    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    # What the name stands for, e.g. 'commune', 'centre', 'agency'.
    subject: Mapped[str]
    # The name without marks, case and spaces, and as it was first written.
    written_key: Mapped[str]
    written: Mapped[str]
    # Code of what is meant; null when the rows are to be left out.
    meant_code: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
