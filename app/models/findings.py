"""What a publication says beyond its figures: ranks, verdicts on targets, changes, drivers."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, SerialKey, Texts

PARTS = ("ranking", "targets", "changes", "drivers")


class PublishedFinding(Base):
    """How one part of a publication's findings was worked out; none before there were findings."""

    __tablename__ = "published_finding"
    __table_args__ = (CheckConstraint(f"part IN {PARTS}", name="part"),)

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    # Methods, seeds, limits, what it was compared with, or why there is nothing.
    basis: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PublishedRank(Base):
    """What can be said of one unit's rank by one node."""

    __tablename__ = "published_rank"
    __table_args__ = (
        UniqueConstraint("publication_id", "node", "domain_kind", "domain_code"),
        CheckConstraint(
            "1 <= low AND low <= high AND high <= n_ranked "
            "AND 1 <= joint_low AND joint_low <= joint_high AND joint_high <= n_ranked "
            "AND 1 <= region_low AND region_low <= region_high AND region_high <= n_ranked",
            name="ranks",
        ),
        CheckConstraint("p_top >= 0 AND p_top <= 1", name="p_top"),
    )

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    node: Mapped[str]
    domain_kind: Mapped[str]
    domain_code: Mapped[str]
    # Units that were compared with one another.
    n_ranked: Mapped[int]
    # Interval of this unit's rank; 1 is the highest.
    low: Mapped[int]
    high: Mapped[int]
    # Intervals that hold for all units together, from differences of pairs …
    joint_low: Mapped[int]
    joint_high: Mapped[int]
    # … and from intervals of the values themselves.
    region_low: Mapped[int]
    region_high: Mapped[int]
    # Probability of being among the highest `top`.
    top: Mapped[int]
    p_top: Mapped[float]
    # Numbers of the groups it belongs to; units that share one cannot be told apart.
    groups: Mapped[Texts]


class PublishedVerdict(Base):
    """Where one figure stands against the target set for it."""

    __tablename__ = "published_verdict"
    __table_args__ = (
        UniqueConstraint("publication_id", "node", "domain_kind", "domain_code"),
        CheckConstraint("target >= 0 AND target <= 1", name="share"),
    )

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    node: Mapped[str]
    domain_kind: Mapped[str]
    domain_code: Mapped[str]
    target: Mapped[float]
    # Where it was set, as it was then.
    source: Mapped[str]
    # 'reached', 'missed', 'undecided', or 'unknown' where the figure is kept back
    verdict: Mapped[str]
    p_value: Mapped[float | None]
    # Judged together with the other targets of the same kind of unit and node.
    n_family: Mapped[int]
    p_holm: Mapped[float | None]
    p_bh: Mapped[float | None]
    verdict_holm: Mapped[str]
    verdict_bh: Mapped[str]


class PublishedChange(Base):
    """The change of one figure since an earlier round by the same method."""

    __tablename__ = "published_change"
    __table_args__ = (UniqueConstraint("publication_id", "node", "domain_kind", "domain_code"),)

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    node: Mapped[str]
    domain_kind: Mapped[str]
    domain_code: Mapped[str]
    # Later minus earlier.
    value: Mapped[float]
    standard_error: Mapped[float | None]
    df: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    p_value: Mapped[float | None]
    n_family: Mapped[int]
    p_holm: Mapped[float | None]
    p_bh: Mapped[float | None]


class PublishedDriver(Base):
    """How much one criterion goes with satisfaction as a whole, and how it is rated."""

    __tablename__ = "published_driver"
    __table_args__ = (UniqueConstraint("publication_id", "item"),)

    id: Mapped[SerialKey]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    # Empty where one model holds the criteria of all components.
    component: Mapped[str]
    item: Mapped[str]
    # Average difference of the probability of being satisfied as a whole.
    importance: Mapped[float | None]
    importance_se: Mapped[float | None]
    importance_low: Mapped[float | None]
    importance_high: Mapped[float | None]
    importance_p: Mapped[float | None]
    # Variance inflation by the other criteria of its model; null where it has no end.
    inflation: Mapped[float | None]
    # Share satisfied with it.
    performance: Mapped[float | None]
    performance_se: Mapped[float | None]
    performance_low: Mapped[float | None]
    performance_high: Mapped[float | None]
    n: Mapped[int | None]
    df: Mapped[float | None]
    # 'act', 'keep', 'watch' or 'enough'
    quadrant: Mapped[str | None]
    is_clear: Mapped[bool]
    # Why there is no importance or no figure at all; empty otherwise.
    reason: Mapped[str]
