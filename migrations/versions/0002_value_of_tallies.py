"""Keep a tally's value by the method's own rule, and tell nodes from items.

Why: the share of an inner node cannot be worked out from its counts, and a published figure is
never recomputed when a page is shown; a node and an item may have the same code.
Size: published tallies only, some thousand rows per publication.
Both ways: down forgets the value and drops tallies of items that share their code with a node.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD = ["publication_id", "subject", "domain_kind", "domain_code"]
NEW = ["publication_id", "is_node", "subject", "domain_kind", "domain_code"]
OLD_NAME = "uq_published_tally_publication_id_subject_domain_kind_domain_code"
# SQLAlchemy shortened the old name the same way when it was made.
NEW_NAME = "uq_published_tally_figure"


def upgrade() -> None:
    op.add_column("published_tally", sa.Column("value", sa.Float(), nullable=True))
    op.add_column(
        "published_tally",
        sa.Column("is_node", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.alter_column("published_tally", "is_node", server_default=None)
    op.drop_constraint(op.f(OLD_NAME), "published_tally", type_="unique")
    op.create_unique_constraint(NEW_NAME, "published_tally", NEW)
    op.create_check_constraint(
        op.f("ck_published_tally_suppressed_has_no_count"),
        "published_tally",
        "NOT suppressed OR (counts IS NULL AND value IS NULL AND satisfied IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_published_tally_suppressed_has_no_count"), "published_tally", type_="check"
    )
    op.drop_constraint(NEW_NAME, "published_tally", type_="unique")
    # The owner of the table may set the trigger aside that keeps published rows.
    op.execute("ALTER TABLE published_tally DISABLE TRIGGER frozen")
    op.execute(
        "DELETE FROM published_tally AS item USING published_tally AS node "
        "WHERE NOT item.is_node AND node.is_node "
        "AND item.publication_id = node.publication_id AND item.subject = node.subject "
        "AND item.domain_kind = node.domain_kind AND item.domain_code = node.domain_code"
    )
    op.execute("ALTER TABLE published_tally ENABLE TRIGGER frozen")
    op.create_unique_constraint(op.f(OLD_NAME), "published_tally", OLD)
    op.drop_column("published_tally", "is_node")
    op.drop_column("published_tally", "value")
