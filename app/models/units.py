"""Administrative units, service centres, counters, fields and procedures."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, SerialKey

UNIT_KINDS = ("country", "province", "district", "commune", "agency")


class Unit(Base):
    """A province, district, commune or agency during the time it existed.

    Codes are the official ones and are used again: 00004 was one ward until 30/6/2025 and is
    another since, so a unit is known by kind, code and the day it began.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("kind", "code", "valid_from"),
        CheckConstraint(f"kind IN {UNIT_KINDS}", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),
        Index(None, "parent_id"),
        Index(None, "search_key"),
    )

    id: Mapped[SerialKey]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    # e.g. "Phường", "Xã", "Đặc khu", "Thành phố", "Huyện", "Sở"
    type_name: Mapped[str]
    search_key: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    # First day on which the unit no longer exists; null while it does.
    valid_to: Mapped[date | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    area_km2: Mapped[float | None]

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class UnitSuccession(Base):
    """That one unit was followed, wholly or in part, by another."""

    __tablename__ = "unit_succession"
    __table_args__ = (Index(None, "successor_id"),)

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    effective_on: Mapped[date]
    # False when the predecessor was divided among several successors.
    whole: Mapped[bool]
    # The whole's one successor, or of a divided unit the one in which its middle lies.
    main: Mapped[bool]


class ServiceCentre(Base):
    """A Public Administration Service Centre (Trung tâm Phục vụ hành chính công)."""

    __tablename__ = "service_centre"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'commune')", name="level"),
        CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),
        Index(None, "unit_id"),
    )

    id: Mapped[SerialKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    address: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    unit: Mapped[Unit] = relationship()


class Field(Base):
    """A field of procedures (lĩnh vực), e.g. land, civil status."""

    __tablename__ = "field"

    id: Mapped[SerialKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Procedure(Base):
    """An administrative procedure (thủ tục hành chính)."""

    __tablename__ = "procedure"

    id: Mapped[SerialKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"), index=True)

    field: Mapped[Field] = relationship()


class Counter(Base):
    """A counter of a service centre. Its code stands in printed QR codes and is never reused."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("centre_id", "number"),)

    id: Mapped[SerialKey]
    code: Mapped[str] = mapped_column(unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("service_centre.id"))
    number: Mapped[str]
    name: Mapped[str]
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    # A closed counter keeps its printed address, which then says so.
    closed_on: Mapped[date | None]

    centre: Mapped[ServiceCentre] = relationship()
    field: Mapped[Field | None] = relationship()


class CounterAlias(Base):
    """An earlier code of a counter, still standing on printed sheets."""

    __tablename__ = "counter_alias"

    code: Mapped[str] = mapped_column(primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("counter.id"), index=True)
    # What was printed on the sheet, so that the page can say "formerly …".
    printed_as: Mapped[str]
    replaced_on: Mapped[date]
