"""Weights: control totals, the cases they rest on, and sets of weights that never change."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Json, SerialKey, Texts
from app.models.campaigns import Round
from app.models.draws import Draw
from app.models.publications import Snapshot

WEIGHT_RUN_STATES = (
    "waiting",
    "running",
    "made",
    "unchanged",  # the same weights were there already
    "refused",  # the recipe cannot be followed; `failure` says why
    "failed",  # a fault of ours
    "cancelled",
)


class ControlTotals(Base):
    """How many of the population are in each cell of one margin, as known from elsewhere.

    Rows are inserted; only setting one aside, so that it is no longer offered, changes it.
    """

    __tablename__ = "control_totals"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        UniqueConstraint("round_id", "content_hash"),
        CheckConstraint("source IN ('file', 'frame')", name="source"),
        CheckConstraint("counted IN ('list', 'people')", name="counted"),
        CheckConstraint("(set_aside_by IS NULL) = (set_aside_at IS NULL)", name="set_aside"),
        CheckConstraint("name IS NFC NORMALIZED", name="name_nfc"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    name: Mapped[str]
    # From a file somebody sent, or counted in the frame of the draw.
    source: Mapped[str]
    # 'list': every line of the frame, whoever turned out not to belong included; 'people': those
    # who belong to the population.
    counted: Mapped[str]
    # Columns of the snapshot whose categories make the cells, e.g. {"place.field"}.
    columns: Mapped[Texts]
    # [{"of": ["dat-dai"], "total": 31234.0}, …], sorted.
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    total: Mapped[float]
    # SHA-256 of columns, what is counted, and cells.
    content_hash: Mapped[str]
    file_name: Mapped[str | None]
    file_hash: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    set_aside_by: Mapped[str | None]
    set_aside_at: Mapped[datetime | None]


class CaseFile(Base):
    """An immutable Parquet file of the cases without answers, known by its content hash."""

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("round_id", "content_hash"),)

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), index=True)
    content_hash: Mapped[str]
    # Relative to the folder of weights.
    file_name: Mapped[str]
    n_rows: Mapped[int]
    # What was found of the fieldwork: cases by outcome, how answers and interviews agree.
    account: Mapped[Json]
    made_at: Mapped[datetime]

    draw: Mapped[Draw] = relationship()


class WeightSet(Base):
    """Weights of the answers of a round, with everything that led to them."""

    __tablename__ = "weight_set"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    # 1 for the first of the round; another recipe, or other data, is the next number.
    number: Mapped[int]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    # Null where the sample was not drawn here, so that nobody knows of those without answers.
    case_file_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    # The steps with their options; control totals stand in it by their content hash.
    recipe: Mapped[Json]
    recipe_hash: Mapped[str]
    # SHA-256 of the weights after every step.
    content_hash: Mapped[str]
    # Relative to the folder of weights.
    file_name: Mapped[str]
    # Of the whole: responses, rates, design effect, smallest and largest weight.
    summary: Mapped[Json]
    # One entry a step: distribution before and after, cells, totals, fit, notes.
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    code_version: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    snapshot: Mapped[Snapshot] = relationship()
    case_file: Mapped[CaseFile | None] = relationship()


class WeightRun(Base):
    """One attempt to make weights: what the worker does, how far it is, how it ended."""

    __tablename__ = "weight_run"
    __table_args__ = (
        CheckConstraint(f"state IN {WEIGHT_RUN_STATES}", name="state"),
        # One at a time in a round.
        Index(
            "uq_weight_run_at_work",
            "round_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'running')",
        ),
        Index(None, "round_id", "id"),
    )

    id: Mapped[SerialKey]
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    recipe: Mapped[Json]
    # Steps done of all, and what is being done: the kind of a step.
    n_done: Mapped[int] = mapped_column(default=0)
    n_steps: Mapped[int] = mapped_column(default=0)
    doing: Mapped[str | None]
    # Files of the steps that are done, [{"file": …, "hash": …}]; none once it is over.
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    # {"code": …, "step": number or null, "context": {…}}
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    weight_set_id: Mapped[int | None] = mapped_column(ForeignKey("weight_set.id"))
    started_by: Mapped[str]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
