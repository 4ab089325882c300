"""Campaigns, their rounds, and the targets set for them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, SerialKey, Texts
from app.models.instruments import InstrumentVersion, MethodVersion
from app.models.units import Unit

ROUND_STATES = ("draft", "open", "closed", "published")
# 'open': self-selected answers, tallied; 'sample': a probability sample, estimated.
ROUND_SOURCES = ("open", "sample")


class Campaign(Base):
    """A measurement that a province repeats, e.g. its yearly satisfaction survey."""

    __tablename__ = "campaign"

    id: Mapped[SerialKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    province_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    # Simulated data are labelled as such wherever they show.
    simulated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    province: Mapped[Unit] = relationship()


class Round(Base):
    """One measurement of a campaign: one questionnaire, one period, one source of answers."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        CheckConstraint(f"state IN {ROUND_STATES}", name="state"),
        CheckConstraint(f"source IN {ROUND_SOURCES}", name="source"),
        CheckConstraint("closes_on >= opens_on", name="dates"),
        CheckConstraint("min_n >= 1", name="min_n"),
        CheckConstraint("level > 0 AND level < 1", name="level"),
        CheckConstraint("max_relative_width > 0 AND max_relative_width <= 1", name="relative"),
        CheckConstraint("NOT per_dossier OR source = 'sample'", name="codes_are_a_sample"),
        CheckConstraint("code_days BETWEEN 1 AND 366", name="code_days"),
    )

    id: Mapped[SerialKey]
    # Stands in addresses, e.g. "qn-2026-quay"; unique in the installation by campaign prefix.
    code: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    name: Mapped[str]
    name_en: Mapped[str]
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    method_version_id: Mapped[int] = mapped_column(ForeignKey("method_version.id"))
    source: Mapped[str]
    # Whether every closed dossier is sent a one-time code: a sample that takes them all.
    per_dossier: Mapped[bool] = mapped_column(default=False, server_default="false")
    # Days for which such a code is taken.
    code_days: Mapped[int] = mapped_column(default=30, server_default="30")
    modes: Mapped[Texts]
    # Whom the figures speak of, in one sentence.
    population: Mapped[str]
    population_en: Mapped[str]
    opens_on: Mapped[date]
    # Last day on which answers are taken.
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    # Fewest respondents behind a published figure.
    min_n: Mapped[int] = mapped_column(default=30)
    # Confidence level of the intervals.
    level: Mapped[float] = mapped_column(default=0.95)
    # Largest half width of an interval over its figure; none where it is not asked for.
    max_relative_width: Mapped[float | None]
    created_at: Mapped[datetime]

    campaign: Mapped[Campaign] = relationship()
    instrument_version: Mapped[InstrumentVersion] = relationship()
    method_version: Mapped[MethodVersion] = relationship()
    targets: Mapped[list["RoundTarget"]] = relationship(back_populates="round")


class RoundTarget(Base):
    """The value a node of the method is meant to reach, a share between 0 and 1.

    In the whole population, or in one domain such as a commune.
    """

    __tablename__ = "round_target"
    __table_args__ = (CheckConstraint("value >= 0 AND value <= 1", name="share"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    # Both empty for the whole population.
    domain_kind: Mapped[str] = mapped_column(primary_key=True, default="", server_default="")
    domain_code: Mapped[str] = mapped_column(primary_key=True, default="", server_default="")
    value: Mapped[float]
    # Where the target was set, e.g. "Kế hoạch CCHC 2018".
    source: Mapped[str]

    round: Mapped[Round] = relationship(back_populates="targets")
