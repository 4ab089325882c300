"""Staff who sign in. Respondents are not here: they have no accounts."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, SerialKey
from app.models.units import Unit

ROLES = ("office", "unit_viewer", "supervisor", "fieldwork")

staff_role = Table(
    "staff_role",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Base):
    """What a member of staff may do.

    The office runs the survey; a unit viewer sees one unit's results; a supervisor (Fatherland
    Front, Veterans' Association) watches draws and fieldwork and decides what needs a second
    person; fieldwork (the Post) works on cases.
    """

    __tablename__ = "role"

    id: Mapped[SerialKey]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]


class Staff(Base):
    """A person of the office, or of a rated unit who may see that unit's published results."""

    __tablename__ = "staff"

    id: Mapped[SerialKey]
    email: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Changed to end every session of the person.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    # The unit a unit viewer belongs to; null for the office.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship()
    roles: Mapped[list[Role]] = relationship(secondary=staff_role)


class SignInFailure(Base):
    """A refused sign-in, counted to slow down guessing; deleted after a day."""

    __tablename__ = "sign_in_failure"

    id: Mapped[SerialKey]
    # SHA-256 of the account name or of the address, so that neither is kept.
    subject: Mapped[bytes] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
