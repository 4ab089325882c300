"""Snapshots of a closed round, and the frozen figures computed from them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, SerialKey, Texts
from app.models.campaigns import Round

if TYPE_CHECKING:
    from app.models.weights import WeightSet


class Snapshot(Base):
    """An immutable Parquet file of a round's answers, known by its content hash."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("round_id", "content_hash"),)

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    content_hash: Mapped[str]
    # Relative to the folder of snapshots.
    file_name: Mapped[str]
    # SHA-256 of the file as it was written; not known of older ones, whose rows are hashed instead.
    file_hash: Mapped[str | None]
    n_rows: Mapped[int]
    instrument_hash: Mapped[str]
    code_version: Mapped[str]
    made_at: Mapped[datetime]


class Publication(Base):
    """A set of figures that does not change: named snapshot, method, rules and code version."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    # 1 for the first publication of the round; a correction is the next number.
    number: Mapped[int]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    # Without one, answers count by their base weights.
    weight_set_id: Mapped[int | None] = mapped_column(ForeignKey("weight_set.id"))
    method_hash: Mapped[str]
    instrument_hash: Mapped[str]
    code_version: Mapped[str]
    # The arithmetic the figures were made by, see app.services.estimation: they are verified to
    # the last digit. What says nothing was made of rows.
    engine: Mapped[int] = mapped_column(default=1)
    level: Mapped[float]
    # The rules of quality in force, e.g. {"min_n": 30, …}.
    quality_rules: Mapped[Json]
    # Of a round with one-time codes: centre → [closed dossiers, those with a code that counts].
    invited: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # Shown to everyone, or to the office only.
    public: Mapped[bool] = mapped_column(default=False)
    published_by: Mapped[str]
    published_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    weight_set: Mapped["WeightSet | None"] = relationship()


class PublishedEstimate(Base):
    """One frozen estimate of a sampled round. Page, file and API read these rows."""

    __tablename__ = "published_estimate"
    __table_args__ = (
        UniqueConstraint("publication_id", "node", "measure", "domain_kind", "domain_code"),
        CheckConstraint(
            "suppressed = (value IS NULL)",
            name="suppressed_has_no_value",
        ),
        Index(None, "publication_id", "domain_kind"),
    )

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    node: Mapped[str]
    # 'satisfied', 'neutral', 'dissatisfied' or 'value'
    measure: Mapped[str]
    # '' for the whole population
    domain_kind: Mapped[str]
    domain_code: Mapped[str]
    # The domain's name at that time
    domain_name: Mapped[str]
    value: Mapped[float | None]
    standard_error: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    interval_method: Mapped[str | None]
    # Null when even the count would reveal too much.
    n: Mapped[int | None]
    effective_n: Mapped[float | None]
    df: Mapped[float | None]
    design_effect: Mapped[float | None]
    target: Mapped[float | None]
    suppressed: Mapped[bool]
    notes: Mapped[Texts]


class PublishedTally(Base):
    """One frozen count of a round of self-selected answers. It has no standard error."""

    __tablename__ = "published_tally"
    __table_args__ = (
        UniqueConstraint(
            "publication_id",
            "is_node",
            "subject",
            "domain_kind",
            "domain_code",
            name="uq_published_tally_figure",
        ),
        CheckConstraint(
            "NOT suppressed OR (counts IS NULL AND value IS NULL AND satisfied IS NULL)",
            name="suppressed_has_no_count",
        ),
        Index(None, "publication_id", "domain_kind"),
    )

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    # Whether `subject` is a node of the method; otherwise it is an item
    is_node: Mapped[bool]
    subject: Mapped[str]
    domain_kind: Mapped[str]
    domain_code: Mapped[str]
    domain_name: Mapped[str]
    # Respondents with at least one rating; null when suppressed.
    n: Mapped[int | None]
    n_ratings: Mapped[int | None]
    satisfied: Mapped[int | None]
    neutral: Mapped[int | None]
    dissatisfied: Mapped[int | None]
    # Level code → count
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # By the node's own rule with every answer counted once: a share, a score or points
    value: Mapped[float | None]
    suppressed: Mapped[bool]
    notes: Mapped[Texts]
