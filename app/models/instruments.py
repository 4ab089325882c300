"""Published versions of questionnaires, of methods, and of consent texts."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Json, SerialKey


class InstrumentVersion(Base):
    """A questionnaire as it was published. Rows are never changed (the database refuses)."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[SerialKey]
    code: Mapped[str]
    version: Mapped[str]
    content_hash: Mapped[str] = mapped_column(unique=True)
    # File name → text, exactly what `surveys.instrument.load.load_files` takes.
    files: Mapped[Json]
    published_at: Mapped[datetime]


class MethodVersion(Base):
    """A way to compute an index, as it was published. Rows are never changed."""

    __tablename__ = "method_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[SerialKey]
    code: Mapped[str]
    version: Mapped[str]
    content_hash: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    published_at: Mapped[datetime]


class ConsentText(Base):
    """The text a respondent agreed to, by the hash that stands in the response."""

    __tablename__ = "consent_text"

    content_hash: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    text: Mapped[str]
    first_shown_on: Mapped[datetime]
