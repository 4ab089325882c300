"""Publications are made in the background.

Why: with many answers and units, figures and the simulation of ranks take longer than a page may.
Size: one row for each attempt of the office to publish a round.
Both ways: down forgets the attempts; publications stay.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "made", "unchanged", "refused", "cancelled", "failed")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "publication_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("weight_set", sa.BigInteger(), nullable=True),
        sa.Column("may_be_another", sa.Boolean(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=True),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("publication_id", sa.BigInteger(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_publication_run_state")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"],
            name=op.f("fk_publication_run_publication_id"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_publication_run_round_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_run")),
    )  # fmt: skip
    op.create_index(
        "uq_publication_run_at_work", "publication_run", ["round_id"], unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )  # fmt: skip
    op.create_index(op.f("ix_publication_run_round_id_id"), "publication_run", ["round_id", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("publication_run")
