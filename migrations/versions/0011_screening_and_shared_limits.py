"""Screening of answers, what was decided about its flags, and limits that all processes share.

Why: a province looks at answers that came in bursts, alike or too many, and says what it found;
floods at the open counter are held back however many processes answer.
Size: one row for each screening, for each unit and indicator of it and for each decision; one
for each network and counter of the last hour, not logged, so that it costs no write to the disk.
Both ways: down forgets screenings and decisions; answers stay.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "made", "cancelled", "failed")
CHANNELS = ("all", "web", "kiosk", "tablet", "phone", "paper")
DECISIONS = ("looked-at", "explained", "follow-up")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "screening_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=True),
        sa.Column("n_answers", sa.BigInteger(), nullable=True),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_screening_run_state")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_screening_run_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_run")),
    )  # fmt: skip
    op.create_index(
        "uq_screening_run_at_work", "screening_run", ["round_id"], unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )  # fmt: skip
    op.create_index(op.f("ix_screening_run_round_id_id"), "screening_run", ["round_id", "id"])
    _findings()
    _decisions()
    op.create_table(
        "limit_bucket",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("granted", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_bucket")),
        prefixes=["UNLOGGED"],
    )


def _findings() -> None:
    op.create_table(
        "screening_finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("n_found", sa.BigInteger(), nullable=False),
        sa.Column("statistic", sa.Float(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("p_value", sa.Float(), nullable=False),
        sa.Column("p_adjusted", sa.Float(), nullable=False),
        sa.Column("n_family", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("rate_without", sa.Float(), nullable=True),
        sa.Column("rate_without_surplus", sa.Float(), nullable=True),
        sa.CheckConstraint(f"channel IN {CHANNELS}", name=op.f("ck_screening_finding_channel")),
        sa.CheckConstraint(
            "p_value BETWEEN 0 AND 1 AND p_adjusted BETWEEN 0 AND 1",
            name=op.f("ck_screening_finding_p_values"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["service_centre.id"], name=op.f("fk_screening_finding_centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["screening_run.id"], name=op.f("fk_screening_finding_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_finding")),
        sa.UniqueConstraint(
            "run_id", "centre_id", "channel", "indicator", name=op.f("uq_screening_finding_run_id_centre_id_channel_indicator")
        ),
    )  # fmt: skip


def _decisions() -> None:
    op.create_table(
        "screening_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"decision IN {DECISIONS}", name=op.f("ck_screening_decision_decision")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_screening_decision_reason")),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["screening_finding.id"],
            name=op.f("fk_screening_decision_finding_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_decision")),
    )
    op.create_index(
        op.f("ix_screening_decision_finding_id_id"), "screening_decision", ["finding_id", "id"]
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("limit_bucket")
    op.drop_table("screening_decision")
    op.drop_table("screening_finding")
    op.drop_table("screening_run")
