"""Keep by which arithmetic a publication was worked out, and the hash of a snapshot's bytes.

Why: figures that are now made of counts differ from those of before in the last digit, and a
publication is verified to the last digit: each is worked out again the way it was made. The hash
of the bytes says in a moment that a file is the one that was written, with its rows.
Size: a number for each publication and a text for each snapshot; both tables are small.
Both ways: down forgets both; it refuses while a publication was made of counts, which could no
longer be verified.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROWS = 1
"""The way of before: respondents are added up one by one."""


def upgrade() -> None:
    """Say of all publications there are that they were made of rows."""
    op.add_column(
        "publication",
        sa.Column("engine", sa.BigInteger(), nullable=False, server_default=sa.text(str(ROWS))),
    )
    op.alter_column("publication", "engine", server_default=None)
    op.add_column("snapshot", sa.Column("file_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget both, unless a publication needs its engine."""
    newer = sa.text(f"SELECT count(*) FROM publication WHERE engine > {ROWS}")  # noqa: S608
    if op.get_bind().scalar(newer):
        raise RuntimeError("publications made of counts could no longer be verified")
    op.drop_column("snapshot", "file_hash")
    op.drop_column("publication", "engine")
