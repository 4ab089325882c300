"""Closed dossiers with one-time codes, and a spool in which answers wait to be mixed.

Why: whoever was served is asked once, by a code that the rated unit never holds; and nobody, with
the whole database in hand, can tell which code an answer came with.
Size: a row for each closed dossier and its code; a spooled row of some kilobytes for each answer,
for as long as it waits.
Both ways: down refuses while answers wait to be mixed, for it would lose them. It forgets the
dossiers; codes made for them stay, without the short form.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UPLOAD_CHANNELS = "'file', 'api'"
UPLOAD_STATES = "'asking', 'waiting', 'reading', 'taken', 'unchanged', 'rejected', 'failed'"
ORDER_KINDS = "'issue', 'reissue', 'cancel'"
ORDER_STATES = "'asked', 'approved', 'running', 'stopped', 'done', 'refused', 'withdrawn', 'failed'"
SENDERS = "'slips', 'messages', 'webhook'"
SPOOL_KINDS = "'answer', 'text'"
MIX_LEVELS = "'field', 'centre', 'round'"

NOTHING_WAITS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM spooled) THEN
        RAISE EXCEPTION 'answers wait to be mixed: mix them before this step is taken back'
            USING ERRCODE = 'restrict_violation';
    END IF;
END $$
"""


def json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def words(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def serial(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def random(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}")
    )  # fmt: skip


def among(table: str, column: str, values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({values})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    """Make the tables, and the columns that lead to them."""
    _dossiers()
    _orders()
    _spool()
    op.add_column(
        "round", sa.Column("per_dossier", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_round_codes_are_a_sample"), "round", "NOT per_dossier OR source = 'sample'"
    )
    op.add_column(
        "round", sa.Column("code_days", sa.BigInteger(), server_default="30", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_round_code_days"), "round", "code_days BETWEEN 1 AND 366"
    )  # fmt: skip
    op.add_column(
        "free_text",
        sa.Column("names_somebody", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("invitation", sa.Column("short_digest", sa.LargeBinary(), nullable=True))
    op.add_column("invitation", number("dossier_id", null=True))
    op.add_column("invitation", number("order_id", null=True))
    op.create_unique_constraint(
        op.f("uq_invitation_short_digest"), "invitation", ["short_digest"]
    )  # fmt: skip
    op.create_foreign_key(
        op.f("fk_invitation_dossier_id"), "invitation", "closed_dossier", ["dossier_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_invitation_order_id"), "invitation", "code_order", ["order_id"], ["id"]
    )
    op.create_index(op.f("ix_invitation_order_id"), "invitation", ["order_id"])
    op.create_index(
        "uq_invitation_dossier", "invitation", ["dossier_id"], unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )  # fmt: skip


def _dossiers() -> None:
    op.create_table(
        "dossier_upload",
        *serial("dossier_upload"),
        number("round_id"),
        words("channel"),
        words("file_name"),
        words("file_hash"),
        words("stored_name", null=True),
        sa.Column("manifest", json(), nullable=True),
        sa.Column("columns", json(), server_default="{}", nullable=False),
        words("state"),
        *(number(name) for name in ("n_rows", "n_new", "n_known", "n_problems")),
        sa.Column("n_read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problems", json(), nullable=False),
        words("uploaded_by"),
        moment("created_at"),
        moment("finished_at", null=True),
        among("dossier_upload", "channel", UPLOAD_CHANNELS),
        among("dossier_upload", "state", UPLOAD_STATES),
        points("dossier_upload", "round_id", "round"),
    )
    op.create_index(
        op.f("ix_dossier_upload_round_id_file_hash"), "dossier_upload", ["round_id", "file_hash"]
    )
    op.create_table(
        "closed_dossier",
        *serial("closed_dossier"),
        number("round_id"),
        words("code"),
        number("centre_id"),
        number("procedure_id", null=True),
        number("field_id", null=True),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        number("upload_id"),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_closed_dossier_round_id_code")),
        sa.CheckConstraint("code IS NFC NORMALIZED", name=op.f("ck_closed_dossier_code_nfc")),
        points("closed_dossier", "round_id", "round"),
        points("closed_dossier", "centre_id", "service_centre"),
        points("closed_dossier", "procedure_id", "procedure"),
        points("closed_dossier", "field_id", "field"),
        points("closed_dossier", "upload_id", "dossier_upload"),
    )
    op.create_index(
        op.f("ix_closed_dossier_round_id_centre_id_closed_on"), "closed_dossier",
        ["round_id", "centre_id", "closed_on"],
    )  # fmt: skip
    op.create_index(op.f("ix_closed_dossier_upload_id"), "closed_dossier", ["upload_id"])


def _orders() -> None:
    op.create_table(
        "code_order",
        *serial("code_order"),
        number("round_id"),
        words("kind"),
        sa.Column("scope", json(), nullable=False),
        words("sender", null=True),
        sa.Column("options", json(), server_default="{}", nullable=False),
        words("reason"),
        words("state"),
        words("asked_by"),
        moment("asked_at"),
        words("decided_by", null=True),
        moment("decided_at", null=True),
        moment("finished_at", null=True),
        sa.Column("n_wanted", sa.BigInteger(), server_default="0", nullable=False),
        number("n_codes"),
        words("file_name", null=True),
        words("file_hash", null=True),
        moment("file_expires_at", null=True),
        words("fetched_by", null=True),
        moment("fetched_at", null=True),
        sa.Column("failure", json(), nullable=True),
        among("code_order", "kind", ORDER_KINDS),
        among("code_order", "state", ORDER_STATES),
        among("code_order", "sender", SENDERS),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_code_order_two_people")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'running', 'stopped', 'done') OR decided_by IS NOT NULL",
            name=op.f("ck_code_order_approved_by_somebody"),
        ),
        points("code_order", "round_id", "round"),
    )
    op.create_index(op.f("ix_code_order_round_id_id"), "code_order", ["round_id", "id"])
    op.create_table(
        "integration_token",
        *serial("integration_token"),
        words("name"),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        number("province_id"),
        words("created_by"),
        moment("created_at"),
        moment("expires_at"),
        moment("revoked_at", null=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.UniqueConstraint("token_digest", name=op.f("uq_integration_token_token_digest")),
        points("integration_token", "province_id", "unit"),
    )
    op.create_table(
        "dossier_signer",
        *serial("dossier_signer"),
        words("name"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        number("province_id"),
        words("created_by"),
        moment("created_at"),
        moment("revoked_at", null=True),
        sa.UniqueConstraint("public_key", name=op.f("uq_dossier_signer_public_key")),
        points("dossier_signer", "province_id", "unit"),
    )
    op.create_table(
        "code_week",
        number("round_id"),
        number("centre_id"),
        sa.Column("week", sa.Date(), nullable=False),
        *(number(name) for name in ("n_closed", "n_made", "n_delivered", "n_used", "n_expired")),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "centre_id", "week", name=op.f("pk_code_week")),
        points("code_week", "round_id", "round"),
        points("code_week", "centre_id", "service_centre"),
    )


def _spool() -> None:
    op.create_table(
        "spool_key",
        *serial("spool_key"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        moment("made_at"),
        moment("retired_at", null=True),
    )
    op.create_table(
        "spooled",
        *random("spooled"),
        words("kind"),
        number("round_id"),
        number("invitation_id", null=True),
        number("centre_id", null=True),
        words("field_code", null=True),
        number("key_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        moment("due_at"),
        among("spooled", "kind", SPOOL_KINDS),
        sa.CheckConstraint(
            "(kind = 'answer') = (invitation_id IS NOT NULL)",
            name=op.f("ck_spooled_answer_has_code"),
        ),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_spooled_invitation_id")),
        points("spooled", "round_id", "round"),
        points("spooled", "invitation_id", "invitation"),
        points("spooled", "centre_id", "service_centre"),
        points("spooled", "key_id", "spool_key"),
    )
    # Sealed bytes cannot be compressed; the attempt would only cost time.
    op.execute("ALTER TABLE spooled ALTER COLUMN sealed SET STORAGE EXTERNAL")
    op.create_index(op.f("ix_spooled_due_at"), "spooled", ["due_at"])
    op.create_index(op.f("ix_spooled_key_id"), "spooled", ["key_id"])
    op.create_table(
        "mix_run",
        *random("mix_run"),
        number("round_id"),
        words("kind"),
        words("level"),
        sa.Column("mixed_on", sa.Date(), nullable=False),
        number("n"),
        among("mix_run", "kind", SPOOL_KINDS),
        among("mix_run", "level", MIX_LEVELS),
        points("mix_run", "round_id", "round"),
    )
    op.create_index(op.f("ix_mix_run_round_id_mixed_on"), "mix_run", ["round_id", "mixed_on"])


def downgrade() -> None:
    """Drop the tables, unless answers would be lost with them."""
    op.execute(NOTHING_WAITS)
    op.drop_index("uq_invitation_dossier", "invitation")
    for name in ("order_id", "dossier_id", "short_digest"):
        op.drop_column("invitation", name)
    op.drop_column("free_text", "names_somebody")
    op.drop_constraint(op.f("ck_round_codes_are_a_sample"), "round")
    op.drop_column("round", "per_dossier")
    op.drop_constraint(op.f("ck_round_code_days"), "round")
    op.drop_column("round", "code_days")
    for table in (
        "code_week",
        "dossier_signer",
        "mix_run",
        "spooled",
        "spool_key",
        "integration_token",
        "code_order",
        "closed_dossier",
        "dossier_upload",
    ):
        op.drop_table(table)
