"""Keep drafts of long questionnaires sealed.

Why: what was answered so far with a one-time code lay in clear beside the code until it was handed
in, for everybody who can read the database. It is sealed now with a key made of the code, which the
database does not hold.
Size: a draft is 2 kB or a multiple of it; there are as many as people who are just answering.
Both ways: drafts begun before stay as they are until they are saved again. Down forgets sealed
drafts: who had begun begins anew.

Revision ID: 0022
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what is sealed."""
    op.add_column("draft", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.alter_column("draft", "language", existing_type=sa.Text(), nullable=True)
    op.alter_column("draft", "answers", existing_type=postgresql.JSONB(), nullable=True)


def downgrade() -> None:
    """Forget what is sealed."""
    op.execute("DELETE FROM draft WHERE sealed IS NOT NULL")
    op.alter_column("draft", "answers", existing_type=postgresql.JSONB(), nullable=False)
    op.alter_column("draft", "language", existing_type=sa.Text(), nullable=False)
    op.drop_column("draft", "sealed")
