"""Who did what in the office, in a chain that shows when an entry was changed."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, SerialKey


class AuditEntry(Base):
    """One act. `chain` is SHA-256 of the entry before and of this entry's canonical JSON."""

    __tablename__ = "audit_entry"

    id: Mapped[SerialKey]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[Json]
    chain: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
