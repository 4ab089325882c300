"""Cases: the people and dossiers drawn, what the fieldwork did with each, and substitutions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, SerialKey
from app.models.draws import Draw

CASE_EVENT_KINDS = (
    "attempt",  # tried to reach somebody; the work goes on
    "outcome",  # the work on the case has ended
    "ask-reopen",  # somebody asks for an outcome to be taken back
    "reopen",  # a second person agreed
    "keep",  # a second person did not
    "assign",
    "note",
    "substitution",  # a reserve was called up for it, or it was called up for another
)


class SampleCase(Base):
    """One unit of a draw, main or reserve.

    What the draw said of it never changes (the database refuses); the fieldwork's columns do.
    """

    __tablename__ = "sample_case"
    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        CheckConstraint("inclusion_probability > 0 AND inclusion_probability <= 1", name="chance"),
        CheckConstraint("base_weight > 0", name="weight"),
        CheckConstraint("reserve >= 0", name="reserve"),
        Index(None, "draw_id", "commune_code"),
        Index(None, "draw_id", "disposition"),
        Index(None, "draw_id", "group_code", "reserve"),
    )

    id: Mapped[SerialKey]
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    # Place in the list of the draw, from 1; what stands on the surveyor's papers.
    number: Mapped[int]
    # Key of its row in the frame; for people drawn by position, of their village.
    frame_key: Mapped[str]
    # Place on the village's list, from 1, when people are drawn by position.
    position: Mapped[int | None]
    stratum: Mapped[str]
    psu: Mapped[str]
    ssu: Mapped[str | None]
    # One entry a stage: {"unit": …, "code": …, "stratum": …, "probability": …}, under "stages".
    selection: Mapped[Json]
    inclusion_probability: Mapped[float]
    base_weight: Mapped[float]
    # 0 in the main sample; 1, 2, … the order among the reserves of its group.
    reserve: Mapped[int]
    # Within which a reserve may stand in for a main case.
    group_code: Mapped[str]
    # Where the case is to be visited.
    commune_code: Mapped[str | None]

    # Whether fieldwork works on it: main cases at once, reserves once they stand in for another.
    active: Mapped[bool]
    disposition: Mapped[str] = mapped_column(default="not-worked")
    n_attempts: Mapped[int] = mapped_column(default=0)
    appointment_at: Mapped[datetime | None]
    assignee: Mapped[str | None]
    # Raised with every change, so that two people do not overwrite each other.
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    draw: Mapped[Draw] = relationship()


class CaseEvent(Base):
    """What happened to a case. Rows are inserted, never changed."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index(None, "case_id", "id"),
        CheckConstraint(f"kind IN {CASE_EVENT_KINDS}", name="kind"),
        CheckConstraint("approved_by IS NULL OR approved_by <> recorded_by", name="second_person"),
        CheckConstraint("kind <> 'reopen' OR approved_by IS NOT NULL", name="reopen_approved"),
    )

    id: Mapped[SerialKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("sample_case.id"))
    kind: Mapped[str]
    # Disposition after the event; null when it says nothing of it.
    disposition: Mapped[str | None]
    mode: Mapped[str | None]
    note: Mapped[str | None]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    # The second person, where the rules want one.
    approved_by: Mapped[str | None]


class CaseSubstitution(Base):
    """That a reserve is asked for, and is given, in place of a case that ended without answers."""

    __tablename__ = "case_substitution"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'given', 'refused')", name="state"),
        CheckConstraint(
            "state = 'asked' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="second_person",
        ),
        CheckConstraint("(state = 'given') = (substitute_id IS NOT NULL)", name="given_has_case"),
        # A case is replaced once, and a reserve stands in for one case.
        Index(
            "uq_case_substitution_open",
            "case_id",
            unique=True,
            postgresql_where="state <> 'refused'",
        ),
        UniqueConstraint("substitute_id"),
    )

    id: Mapped[SerialKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("sample_case.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("sample_case.id"))
    state: Mapped[str] = mapped_column(default="asked")
    reason: Mapped[str]
    note: Mapped[str | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class CaseContact(Base):
    """How to reach the person of a case, sealed with the application's key, kept for a time."""

    __tablename__ = "case_contact"

    case_id: Mapped[int] = mapped_column(ForeignKey("sample_case.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    delete_on: Mapped[date] = mapped_column(index=True)


class FieldworkRule(Base):
    """What a round asks of its fieldwork; a round without a row has the usual rule."""

    __tablename__ = "fieldwork_rule"
    __table_args__ = (
        CheckConstraint(
            "min_days BETWEEN 1 AND min_attempts AND min_parts BETWEEN 1 AND min_attempts",
            name="attempts",
        ),
        CheckConstraint("eligible_share >= 0 AND eligible_share <= 1", name="eligible_share"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    # Fewest attempts, on so many days, at so many parts of the day, before somebody is given up.
    min_attempts: Mapped[int]
    min_days: Mapped[int]
    min_parts: Mapped[int]
    # Share of the cases of unknown eligibility taken to be eligible; null when it is estimated.
    eligible_share: Mapped[float | None]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
