"""The queue of background jobs.

Why: long work, such as an import, runs in a worker beside the web server. The tables are
procrastinate's own and stand in a schema of their own, away from ours.
Size: empty tables.
Both ways: down drops the schema with every job in it.

Revision ID: 0004
Revises: 0003
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A later version of the library brings changes of its tables as SQL files; each then gets a
# migration here. A new installation runs this one with the library's whole schema of that time,
# so such migrations must be written to find their change already made.


def upgrade() -> None:
    connection = op.get_bind()
    before = connection.exec_driver_sql("SHOW search_path").scalar_one()
    connection.exec_driver_sql("CREATE SCHEMA procrastinate")
    connection.exec_driver_sql("SET LOCAL search_path TO procrastinate")
    # As it is, without parameters: a per cent sign in it is nothing but that.
    connection.exec_driver_sql(
        SchemaManager.get_schema(), execution_options={"no_parameters": True}
    )
    connection.exec_driver_sql(f"SET LOCAL search_path TO {before}")


def downgrade() -> None:
    op.execute("DROP SCHEMA procrastinate CASCADE")
