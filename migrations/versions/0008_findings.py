"""Keep what a publication says beyond its figures; let targets be set for units.

Why: ranks with their intervals, verdicts on targets, changes since the round before and drivers
belong to a publication and never change, like its figures.
Size: for each publication some rows per unit and node, a few thousand at most; targets one row
per unit, node and round. Rounds have few targets, so their key is rebuilt at once.
Both ways: down forgets the findings, which can be worked out again; it refuses while a target
belongs to a unit, which would be lost.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROWS = ("published_rank", "published_verdict", "published_change", "published_driver")
FROZEN = ("published_finding", *ROWS)


def figure(table: str, *columns: sa.Column) -> list[sa.schema.SchemaItem]:
    """Columns and keys of rows about one node in one domain."""
    names = ("node", "domain_kind", "domain_code")
    return [
        *own(table),
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        *columns,
        sa.UniqueConstraint(
            "publication_id", *names,
            name=op.f(f"uq_{table}_publication_id_node_domain_kind_domain_code"),
        ),
    ]  # fmt: skip


def own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f(f"fk_{table}_publication_id")
        ),
    ]


def whole(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=nullable)


def number(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Float(), nullable=nullable)


def upgrade() -> None:
    for name in ("domain_kind", "domain_code"):
        op.add_column("round_target", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.drop_constraint("pk_round_target", "round_target", type_="primary")
    op.create_primary_key(
        "pk_round_target", "round_target", ["round_id", "node", "domain_kind", "domain_code"]
    )
    op.create_table(
        "published_finding",
        whole("publication_id"),
        text("part"),
        sa.Column("basis", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "part IN ('ranking', 'targets', 'changes', 'drivers')",
            name=op.f("ck_published_finding_part"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"],
            name=op.f("fk_published_finding_publication_id"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "part", name=op.f("pk_published_finding")),
    )  # fmt: skip
    _create_ranks()
    _create_verdicts_and_changes()
    _create_drivers()
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _create_ranks() -> None:
    ends = ("low", "high", "joint_low", "joint_high", "region_low", "region_high")
    op.create_table(
        "published_rank",
        *figure(
            "published_rank",
            whole("n_ranked"),
            *(whole(name) for name in ends),
            whole("top"),
            number("p_top", nullable=False),
            sa.Column("groups", postgresql.ARRAY(sa.Text()), nullable=False),
            sa.CheckConstraint(
                "1 <= low AND low <= high AND high <= n_ranked "
                "AND 1 <= joint_low AND joint_low <= joint_high AND joint_high <= n_ranked "
                "AND 1 <= region_low AND region_low <= region_high AND region_high <= n_ranked",
                name=op.f("ck_published_rank_ranks"),
            ),
            sa.CheckConstraint("p_top >= 0 AND p_top <= 1", name=op.f("ck_published_rank_p_top")),
        ),
    )


def _create_verdicts_and_changes() -> None:
    op.create_table(
        "published_verdict",
        *figure(
            "published_verdict",
            number("target", nullable=False),
            text("source"),
            text("verdict"),
            number("p_value"),
            whole("n_family"),
            number("p_holm"),
            number("p_bh"),
            text("verdict_holm"),
            text("verdict_bh"),
            sa.CheckConstraint(
                "target >= 0 AND target <= 1", name=op.f("ck_published_verdict_share")
            ),
        ),
    )
    op.create_table(
        "published_change",
        *figure(
            "published_change",
            number("value", nullable=False),
            *(number(name) for name in ("standard_error", "df", "low", "high", "p_value")),
            whole("n_family"),
            number("p_holm"),
            number("p_bh"),
        ),
    )


def _create_drivers() -> None:
    importance = ("", "_se", "_low", "_high", "_p")
    performance = ("", "_se", "_low", "_high")
    op.create_table(
        "published_driver",
        *own("published_driver"),
        text("component"),
        text("item"),
        *(number(f"importance{part}") for part in importance),
        number("inflation"),
        *(number(f"performance{part}") for part in performance),
        sa.Column("n", sa.BigInteger(), nullable=True),
        number("df"),
        text("quadrant", nullable=True),
        sa.Column("is_clear", sa.Boolean(), nullable=False),
        text("reason"),
        sa.UniqueConstraint(
            "publication_id", "item", name=op.f("uq_published_driver_publication_id_item")
        ),
    )


def downgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM round_target WHERE domain_kind <> '') THEN "
        "RAISE EXCEPTION 'targets of units would be lost'; END IF; END $$"
    )
    for table in reversed(FROZEN):
        op.drop_table(table)
    op.drop_constraint("pk_round_target", "round_target", type_="primary")
    op.create_primary_key("pk_round_target", "round_target", ["round_id", "node"])
    for name in ("domain_code", "domain_kind"):
        op.drop_column("round_target", name)
