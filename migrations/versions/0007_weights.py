"""Keep control totals, the cases without answers, and sets of weights; a publication names its own.

Why: weights are made step by step from answers, cases and known totals; what a publication was
weighted with must be found again, unchanged.
Size: a few rows a round, of some kilobytes each; the weights themselves lie in files.
Both ways: down forgets them all, so that weighted publications could no longer be worked out
again; it refuses while there is one.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Control totals may be set aside once, and nothing else.
REFUSE_CONTROLS = """
CREATE FUNCTION refuse_control_totals_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.set_aside_at IS NULL
        AND to_jsonb(NEW) - '{set_aside_by,set_aside_at}'::text[]
          = to_jsonb(OLD) - '{set_aside_by,set_aside_at}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'control totals are never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# Table → the function that guards its rows.
GUARDS = {
    "control_totals": "refuse_control_totals_change",
    "case_file": "refuse_change",
    "weight_set": "refuse_change",
}
RUN_STATES = "'waiting', 'running', 'made', 'unchanged', 'refused', 'failed', 'cancelled'"


def json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())


def key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f(f"fk_{table}_round_id")),
    ]


def upgrade() -> None:
    op.create_table(
        "control_totals",
        *key("control_totals"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cells", json(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_aside_by", sa.Text(), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("counted IN ('list', 'people')", name=op.f("ck_control_totals_counted")),
        sa.CheckConstraint("name IS NFC NORMALIZED", name=op.f("ck_control_totals_name_nfc")),
        sa.CheckConstraint(
            "(set_aside_by IS NULL) = (set_aside_at IS NULL)",
            name=op.f("ck_control_totals_set_aside"),
        ),
        sa.CheckConstraint("source IN ('file', 'frame')", name=op.f("ck_control_totals_source")),
        sa.UniqueConstraint(
            "round_id", "content_hash", name=op.f("uq_control_totals_round_id_content_hash")
        ),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_control_totals_round_id_number")),
    )
    op.create_table(
        "case_file",
        *key("case_file"),
        sa.Column("draw_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("account", json(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_case_file_draw_id")),
        sa.UniqueConstraint(
            "round_id", "content_hash", name=op.f("uq_case_file_round_id_content_hash")
        ),
    )
    op.create_index(op.f("ix_case_file_draw_id"), "case_file", ["draw_id"])
    op.create_table(
        "weight_set",
        *key("weight_set"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("case_file_id", sa.BigInteger(), nullable=True),
        sa.Column("recipe", json(), nullable=False),
        sa.Column("recipe_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("summary", json(), nullable=False),
        sa.Column("steps", json(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_weight_set_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_file_id"], ["case_file.id"], name=op.f("fk_weight_set_case_file_id")
        ),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_weight_set_round_id_number")),
    )
    op.create_table(
        "weight_run",
        *key("weight_run"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recipe", json(), nullable=False),
        sa.Column("n_done", sa.BigInteger(), nullable=False),
        sa.Column("n_steps", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=True),
        sa.Column("failure", json(), nullable=True),
        sa.Column("weight_set_id", sa.BigInteger(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN ({RUN_STATES})", name=op.f("ck_weight_run_state")),
        sa.ForeignKeyConstraint(
            ["weight_set_id"], ["weight_set.id"], name=op.f("fk_weight_run_weight_set_id")
        ),
    )
    op.create_index(op.f("ix_weight_run_round_id_id"), "weight_run", ["round_id", "id"])
    op.create_index(
        "uq_weight_run_at_work",
        "weight_run",
        ["round_id"],
        unique=True,
        postgresql_where="state IN ('waiting', 'running')",
    )
    op.add_column("publication", sa.Column("weight_set_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_publication_weight_set_id"), "publication", "weight_set", ["weight_set_id"], ["id"]
    )
    op.execute(REFUSE_CONTROLS)
    for table, function in GUARDS.items():
        op.execute(
            f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM publication WHERE weight_set_id IS NOT NULL) THEN "
        "RAISE EXCEPTION 'there are weighted publications' USING ERRCODE = 'restrict_violation'; "
        "END IF; END $$"
    )
    op.drop_constraint(op.f("fk_publication_weight_set_id"), "publication", type_="foreignkey")
    op.drop_column("publication", "weight_set_id")
    op.drop_index(
        "uq_weight_run_at_work",
        table_name="weight_run",
        postgresql_where="state IN ('waiting', 'running')",
    )
    op.drop_index(op.f("ix_weight_run_round_id_id"), table_name="weight_run")
    op.drop_table("weight_run")
    op.drop_table("weight_set")
    op.drop_index(op.f("ix_case_file_draw_id"), table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("control_totals")
    op.execute("DROP FUNCTION refuse_control_totals_change()")
