"""Let a round say how wide an interval may be in relation to its figure.

Why: a half width of 15 points says much of a rate of 90 percent and nothing of one of 10; who
publishes small rates wants to keep those back that are not known well enough.
Size: one empty number for each round; the table is small, and the program of before does not see it.
Both ways: down forgets what rounds said; publications keep the rules they were made by.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the number; rounds there are ask for nothing."""
    op.add_column("round", sa.Column("max_relative_width", sa.Float(), nullable=True))
    op.create_check_constraint(
        op.f("ck_round_relative"), "round", "max_relative_width > 0 AND max_relative_width <= 1"
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_constraint(op.f("ck_round_relative"), "round", type_="check")
    op.drop_column("round", "max_relative_width")
