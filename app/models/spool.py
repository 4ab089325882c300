"""Answers on their way: sealed until they are mixed with others, then forgotten here.

docs/privacy.md says what could be learned from these tables, and by whom.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, RandomKey, SerialKey

SPOOL_KINDS = ("answer", "text")
MIX_LEVELS = ("field", "centre", "round")


class SpoolKey(Base):
    """The public half of a key that seals answers; the other half never enters the database."""

    __tablename__ = "spool_key"

    id: Mapped[SerialKey]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    # From then on nothing new is sealed with it.
    retired_at: Mapped[datetime | None]


class Spooled(Base):
    """A sealed answer that waits for others to be mixed with.

    ``kind`` is ``answer`` for what came with a one-time code, which may still be replaced until
    ``due_at``, and ``text`` for what somebody wrote at a counter's open code.
    """

    __tablename__ = "spooled"
    __table_args__ = (
        CheckConstraint(f"kind IN {SPOOL_KINDS}", name="kind"),
        CheckConstraint("(kind = 'answer') = (invitation_id IS NOT NULL)", name="answer_has_code"),
        Index(None, "due_at"),
        Index(None, "key_id"),
    )

    id: Mapped[RandomKey]
    kind: Mapped[str]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), unique=True)
    # What the response will say of its place when enough others say the same.
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("service_centre.id"))
    field_code: Mapped[str | None]
    key_id: Mapped[int] = mapped_column(ForeignKey("spool_key.id"))
    # One size for all, so that lengths say nothing.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_on: Mapped[date]
    due_at: Mapped[datetime]


class MixRun(Base):
    """That a batch was mixed: of how many, and to what detail. Nothing says which."""

    __tablename__ = "mix_run"
    __table_args__ = (
        CheckConstraint(f"kind IN {SPOOL_KINDS}", name="kind"),
        CheckConstraint(f"level IN {MIX_LEVELS}", name="level"),
        Index(None, "round_id", "mixed_on"),
    )

    id: Mapped[RandomKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    kind: Mapped[str]
    level: Mapped[str]
    mixed_on: Mapped[date]
    n: Mapped[int]
