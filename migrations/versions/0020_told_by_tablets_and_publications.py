"""Let tablets tell what they hold, and publications how many were invited to answer.

Why: a tablet whose round was closed, or whose questionnaire changed while it was offline, holds
answers that nobody would hear of. And a rate from one-time codes says little as long as nobody
says how many of those who were asked have answered.
Size: no row for a tablet all of whose answers were taken; else one for each reason and day. A
list of centres for each publication of a round with codes.
Both ways: down forgets what tablets said; they say it again when they are opened. Publications
then hold a note that cannot be worked out again, and are not verified any more.

Revision ID: 0020
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "kiosk_hold",
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_kiosk_hold_n")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["kiosk_device.id"], name=op.f("fk_kiosk_hold_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "why", "refused_on", name=op.f("pk_kiosk_hold")),
    )
    op.add_column("publication", sa.Column("invited", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    op.drop_column("publication", "invited")
    op.drop_table("kiosk_hold")
