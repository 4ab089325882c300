"""Let a run that makes weights remember the steps it finished.

Why: a run that was stopped, or whose worker died, goes on after its last finished step.
Size: an empty list for each run; there are few. The program of before does not see it.
Both ways: down forgets which steps were finished; such runs then begin with the first.

Revision ID: 0021
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the list; runs there are have none."""
    op.add_column(
        "weight_run",
        sa.Column("kept", postgresql.JSONB(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_column("weight_run", "kept")
