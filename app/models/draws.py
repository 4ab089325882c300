"""Plans of samples, and draws: announced before the seed exists, and then never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, SerialKey
from app.models.campaigns import Round
from app.models.frames import Frame

DRAW_STATES = (
    "requested",  # a further draw that waits for a second person
    "announced",  # frame and plan are fixed and shown; there is no seed yet
    "drawn",
    "withdrawn",  # before there was a seed
)


class SamplePlan(Base):
    """A design that the office works on. A draw keeps its own copy."""

    __tablename__ = "sample_plan"
    __table_args__ = (CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),)

    id: Mapped[SerialKey]
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"), index=True)
    name: Mapped[str]
    # What was chosen on the pages, from which `text` is made.
    choices: Mapped[Json]
    # The plan as `surveys.sampling.plan` reads it (TOML).
    text: Mapped[str]
    # Raised with every change, so that two people do not overwrite each other.
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    frame: Mapped[Frame] = relationship()


class Draw(Base):
    """A sample drawn, or about to be drawn, for a round.

    A further draw keeps the one before, needs a reason and a second person.
    """

    __tablename__ = "draw"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(f"state IN {DRAW_STATES}", name="state"),
        CheckConstraint(
            "(state = 'drawn') = (seed_text IS NOT NULL AND list_hash IS NOT NULL "
            "AND drawn_at IS NOT NULL AND drawn_by IS NOT NULL)",
            name="drawn_has_seed",
        ),
        CheckConstraint(
            "replaces_draw_id IS NULL OR (reason IS NOT NULL AND btrim(reason) <> '')",
            name="further_has_reason",
        ),
        CheckConstraint(
            "replaces_draw_id IS NULL OR state IN ('requested', 'withdrawn') "
            "OR (approved_by IS NOT NULL AND approved_by <> requested_by)",
            name="further_has_second_person",
        ),
        # Only one first draw of a round, unless it was withdrawn before there was a seed.
        Index(
            "uq_draw_first_of_round",
            "round_id",
            unique=True,
            postgresql_where="replaces_draw_id IS NULL AND state <> 'withdrawn'",
        ),
        # A draw is replaced once.
        Index(
            "uq_draw_replaced_once",
            "replaces_draw_id",
            unique=True,
            postgresql_where="state <> 'withdrawn'",
        ),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    # 1, 2, … within the round, withdrawn ones included.
    number: Mapped[int]
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"), index=True)
    sample_plan_id: Mapped[int | None] = mapped_column(ForeignKey("sample_plan.id"))
    state: Mapped[str]
    frame_hash: Mapped[str]
    plan_name: Mapped[str]
    plan_text: Mapped[str]
    plan_hash: Mapped[str]
    code_version: Mapped[str]
    replaces_draw_id: Mapped[int | None] = mapped_column(ForeignKey("draw.id"))
    reason: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    # What was thrown or read out, exactly as typed, and where it came from.
    seed_text: Mapped[str | None]
    seed_source: Mapped[str | None]
    place: Mapped[str | None]
    # [{"name": …, "organisation": …, "position": …}, …]
    witnesses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    drawn_by: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    n_main: Mapped[int] = mapped_column(default=0)
    n_reserve: Mapped[int] = mapped_column(default=0)
    # SHA-256 of the list of cases; the list itself lies in the folder of draws.
    list_hash: Mapped[str | None]
    list_name: Mapped[str | None]
    # Numbers per stratum, expected and drawn.
    summary: Mapped[Json] = mapped_column(default=dict)
    # Ed25519 over the protocol's statement, and the key it is checked with.
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)

    round: Mapped[Round] = relationship()
    frame: Mapped[Frame] = relationship()
    replaces: Mapped["Draw | None"] = relationship(remote_side="Draw.id")
