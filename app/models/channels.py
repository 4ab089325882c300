"""Ways to the questionnaire besides one's own phone: sheets, tablets at counters, paper."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, SerialKey


class PosterLogo(Base):
    """The logo that a province has printed in the middle of its codes: a checked PNG."""

    __tablename__ = "poster_logo"

    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]


class KioskDevice(Base):
    """A tablet that stands at a counter.

    It is set up by an address that works once and for a short time; then it knows itself by a
    token. Only digests (SHA-256) of both are kept.
    """

    __tablename__ = "kiosk_device"

    id: Mapped[SerialKey]
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), index=True)
    name: Mapped[str]
    # Null once it was used.
    setup_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    setup_expires_at: Mapped[datetime]
    # Null before it was set up.
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    # Last day on which it asked for its questionnaire; a day, so that it dates no answer.
    seen_on: Mapped[date | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class KioskHold(Base):
    """Forms that a tablet still holds because they were refused, by its own account."""

    __tablename__ = "kiosk_hold"
    __table_args__ = (CheckConstraint("n > 0", name="n"),)

    device_id: Mapped[int] = mapped_column(ForeignKey("kiosk_device.id"), primary_key=True)
    why: Mapped[str] = mapped_column(primary_key=True)
    refused_on: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]


PAPER_MODES = ("paper", "phone")
# "void": cannot be read, or was not filled in; the audit log keeps who said so and why.
PAPER_STATES = ("blank", "once", "differing", "stored", "void")


class PaperBatch(Base):
    """A pile of numbered paper forms, or of telephone interviews, of one round."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(f"mode IN {PAPER_MODES}", name="mode"),
        CheckConstraint("n_forms BETWEEN 1 AND 2000", name="size"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    mode: Mapped[str]
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"))
    n_forms: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class PaperForm(Base):
    """One form of a pile. It holds no key to the response that was made of it."""

    __tablename__ = "paper_form"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        CheckConstraint(f"state IN {PAPER_STATES}", name="state"),
    )

    id: Mapped[SerialKey]
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batch.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="blank")
    # Made anew for the response; gone when that is stored.
    submission_key: Mapped[UUID | None] = mapped_column(default=uuid4)


class PaperEntry(Base):
    """What one person read off a form. Rows are inserted; words of the respondent go at the end."""

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("form_id", "turn"),
        CheckConstraint("turn IN (1, 2)", name="turn"),
    )

    id: Mapped[SerialKey]
    form_id: Mapped[int] = mapped_column(ForeignKey("paper_form.id"))
    turn: Mapped[int]
    # Field → strings, as they were typed.
    entered: Mapped[Json]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class PaperDifference(Base):
    """A field that two persons read differently, and what was found when they looked again."""

    __tablename__ = "paper_difference"
    __table_args__ = (UniqueConstraint("form_id", "field"),)

    id: Mapped[SerialKey]
    form_id: Mapped[int] = mapped_column(ForeignKey("paper_form.id"))
    field: Mapped[str]
    # {"first": […], "second": […], "settled": […]}; empty for words of the respondent.
    readings: Mapped[Json]
    settled_by: Mapped[str]
    settled_at: Mapped[datetime]
