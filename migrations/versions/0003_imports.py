"""Account for imports, and know imported rows again.

Why: the office confirms the columns of an uploaded file before it is read; every bad cell is
counted, the first ones listed; the same rows in another file must not be stored twice.
Size: import batches only, a few per round; one narrow row per imported answer of an open round.
Both ways: down deletes uploads that nobody confirmed and forgets the accounts.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATE = "ck_import_batch_state"
OLD_STATES = "'waiting', 'reading', 'imported', 'rejected', 'unchanged', 'failed'"
NEW_STATES = "'uploaded', 'waiting', 'reading', 'imported', 'unchanged', 'rejected', 'failed'"


def upgrade() -> None:
    op.add_column("import_batch", sa.Column("stored_name", sa.Text(), nullable=True))
    for name, kind, empty in (
        ("n_problems", sa.BigInteger(), "0"),
        ("problem_groups", postgresql.JSONB(astext_type=sa.Text()), "[]"),
        ("remarks", postgresql.JSONB(astext_type=sa.Text()), "{}"),
    ):
        op.add_column("import_batch", sa.Column(name, kind, nullable=False, server_default=empty))
        op.alter_column("import_batch", name, server_default=None)
    op.drop_constraint(op.f(STATE), "import_batch", type_="check")
    op.create_check_constraint(op.f(STATE), "import_batch", f"state IN ({NEW_STATES})")
    op.create_table(
        "imported_row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("import_batch_id", sa.BigInteger(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=True),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_imported_row_round_id")),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batch.id"], name=op.f("fk_imported_row_import_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "round_id", "key_digest", name=op.f("uq_imported_row_round_id_key_digest")
        ),
    )
    op.create_index(
        op.f("ix_imported_row_round_id_content_digest"),
        "imported_row",
        ["round_id", "content_digest"],
    )


def downgrade() -> None:
    op.drop_table("imported_row")
    op.drop_constraint(op.f(STATE), "import_batch", type_="check")
    op.execute("DELETE FROM import_batch WHERE state = 'uploaded'")
    op.create_check_constraint(op.f(STATE), "import_batch", f"state IN ({OLD_STATES})")
    for name in ("remarks", "problem_groups", "n_problems", "stored_name"):
        op.drop_column("import_batch", name)
