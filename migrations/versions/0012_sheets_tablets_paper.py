"""Logos on sheets, tablets at counters, and paper forms entered twice.

Why: a province prints its own logo in its codes; a tablet at a counter takes answers without a
phone; paper forms and telephone interviews are entered, compared and stored by the same rules.
Size: one row for each tablet, pile, paper form, entry and difference.
Both ways: down forgets logos, tablets, piles and what was entered; responses stay.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def _key() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _text(name: str, *, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=null)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _primary(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "poster_logo",
        _number("province_id"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _text("uploaded_by"),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        _refers("poster_logo", "province_id", "unit"),
        _primary("poster_logo", "province_id"),
    )
    op.create_table(
        "kiosk_device",
        _key(),
        _number("counter_id"),
        _text("name"),
        sa.Column("setup_digest", sa.LargeBinary(), nullable=True),
        sa.Column("setup_expires_at", MOMENT, nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=True),
        _text("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        _text("ended_by", null=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _refers("kiosk_device", "counter_id", "counter"),
        _primary("kiosk_device"),
        sa.UniqueConstraint("setup_digest", name=op.f("uq_kiosk_device_setup_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_kiosk_device_token_digest")),
    )
    op.create_index(op.f("ix_kiosk_device_counter_id"), "kiosk_device", ["counter_id"])
    _make_paper()


def _make_paper() -> None:
    op.create_table(
        "paper_batch",
        _key(),
        _number("round_id"),
        _number("number"),
        _text("mode"),
        _number("counter_id"),
        _number("n_forms"),
        _text("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("mode IN ('paper', 'phone')", name=op.f("ck_paper_batch_mode")),
        sa.CheckConstraint("n_forms BETWEEN 1 AND 2000", name=op.f("ck_paper_batch_size")),
        _refers("paper_batch", "round_id", "round"),
        _refers("paper_batch", "counter_id", "counter"),
        _primary("paper_batch"),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_paper_batch_round_id_number")),
    )
    op.create_table(
        "paper_form",
        _key(),
        _number("batch_id"),
        _number("number"),
        _text("state"),
        sa.Column("submission_key", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('blank', 'once', 'differing', 'stored', 'void')",
            name=op.f("ck_paper_form_state"),
        ),
        _refers("paper_form", "batch_id", "paper_batch"),
        _primary("paper_form"),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_paper_form_batch_id_number")),
    )
    op.create_table(
        "paper_entry",
        _key(),
        _number("form_id"),
        _number("turn"),
        sa.Column("entered", JSON, nullable=False),
        _text("entered_by"),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.CheckConstraint("turn IN (1, 2)", name=op.f("ck_paper_entry_turn")),
        _refers("paper_entry", "form_id", "paper_form"),
        _primary("paper_entry"),
        sa.UniqueConstraint("form_id", "turn", name=op.f("uq_paper_entry_form_id_turn")),
    )
    op.create_table(
        "paper_difference",
        _key(),
        _number("form_id"),
        _text("field"),
        sa.Column("readings", JSON, nullable=False),
        _text("settled_by"),
        sa.Column("settled_at", MOMENT, nullable=False),
        _refers("paper_difference", "form_id", "paper_form"),
        _primary("paper_difference"),
        sa.UniqueConstraint("form_id", "field", name=op.f("uq_paper_difference_form_id_field")),
    )


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in (
        "paper_difference", "paper_entry", "paper_form", "paper_batch", "kiosk_device",
        "poster_logo",
    ):  # fmt: skip
        op.drop_table(table)
