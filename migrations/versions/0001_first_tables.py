"""The first tables.

Why: the foundation: units, instruments, rounds, answers, publications, staff, audit.
Size: empty tables.
Both ways: down drops every table.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Rows that are evidence: the database itself refuses to change or remove them.
FROZEN = (
    "audit_entry",
    "consent_text",
    "instrument_version",
    "method_version",
    "published_estimate",
    "published_tally",
    "response",
    "snapshot",
)

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

# Of a publication only its visibility may change.
REFUSE_PUBLICATION = """
CREATE FUNCTION refuse_publication_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'public' = to_jsonb(OLD) - 'public' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a publication is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("chain", name=op.f("uq_audit_entry_chain")),
    )
    op.create_table(
        "consent_text",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_shown_on", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_consent_text")),
    )
    op.create_table(
        "field",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field")),
        sa.UniqueConstraint("code", name=op.f("uq_field_code")),
    )
    op.create_table(
        "instrument_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instrument_version_code_version")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_instrument_version_content_hash")),
    )
    op.create_table(
        "method_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_method_version_code_version")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_method_version_content_hash")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index(
        op.f("ix_sign_in_failure_subject"), "sign_in_failure", ["subject"], unique=False
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('country', 'province', 'district', 'commune', 'agency')",
            name=op.f("ck_unit_kind"),
        ),
        sa.CheckConstraint("name IS NFC NORMALIZED", name=op.f("ck_unit_name_nfc")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_validity")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint(
            "kind", "code", "valid_from", name=op.f("uq_unit_kind_code_valid_from")
        ),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_search_key"), "unit", ["search_key"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("province_id", sa.BigInteger(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_campaign_province_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "procedure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_procedure_field_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("code", name=op.f("uq_procedure_code")),
    )
    op.create_index(op.f("ix_procedure_field_id"), "procedure", ["field_id"], unique=False)
    op.create_table(
        "service_centre",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "level IN ('province', 'commune')", name=op.f("ck_service_centre_level")
        ),
        sa.CheckConstraint("name IS NFC NORMALIZED", name=op.f("ck_service_centre_name_nfc")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_centre_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_service_centre_code")),
    )
    op.create_index(op.f("ix_service_centre_unit_id"), "service_centre", ["unit_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_staff_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_staff_fs_uniquifier")),
    )
    op.create_table(
        "unit_succession",
        sa.Column("predecessor_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["unit.id"], name=op.f("fk_unit_succession_predecessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["unit.id"], name=op.f("fk_unit_succession_successor_id")
        ),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_unit_succession")),
    )
    op.create_index(
        op.f("ix_unit_succession_successor_id"), "unit_succession", ["successor_id"], unique=False
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["service_centre.id"], name=op.f("fk_counter_centre_id")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_counter_field_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("centre_id", "number", name=op.f("uq_counter_centre_id_number")),
        sa.UniqueConstraint("code", name=op.f("uq_counter_code")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("instrument_version_id", sa.BigInteger(), nullable=False),
        sa.Column("method_version_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("modes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("population_en", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("min_n", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('open', 'sample')", name=op.f("ck_round_source")),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'published')", name=op.f("ck_round_state")
        ),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_round_dates")),
        sa.CheckConstraint("level > 0 AND level < 1", name=op.f("ck_round_level")),
        sa.CheckConstraint("min_n >= 1", name=op.f("ck_round_min_n")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_round_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_version.id"],
            name=op.f("fk_round_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["method_version_id"], ["method_version.id"], name=op.f("fk_round_method_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_round_campaign_id_code")),
        sa.UniqueConstraint("code", name=op.f("uq_round_code")),
    )
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_staff_role_role_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "role_id", name=op.f("pk_staff_role")),
    )
    op.create_table(
        "counter_alias",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("counter_id", sa.BigInteger(), nullable=False),
        sa.Column("printed_as", sa.Text(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_counter_alias_counter_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_counter_alias")),
    )
    op.create_index(
        op.f("ix_counter_alias_counter_id"), "counter_alias", ["counter_id"], unique=False
    )
    op.create_table(
        "free_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["service_centre.id"], name=op.f("fk_free_text_centre_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_free_text_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_text")),
    )
    op.create_index(
        op.f("ix_free_text_round_id_centre_id"),
        "free_text",
        ["round_id", "centre_id"],
        unique=False,
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_imported", sa.BigInteger(), nullable=False),
        sa.Column("rows_unchanged", sa.BigInteger(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'imported', 'rejected', 'unchanged', 'failed')",
            name=op.f("ck_import_batch_state"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_import_batch_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(
        op.f("ix_import_batch_round_id_file_hash"),
        "import_batch",
        ["round_id", "file_hash"],
        unique=False,
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=True),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=True),
        sa.Column("psu", sa.Text(), nullable=True),
        sa.Column("base_weight", sa.Double(), nullable=True),
        sa.Column("domains", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "state IN ('unused', 'used', 'cancelled')", name=op.f("ck_invitation_state")
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["service_centre.id"], name=op.f("fk_invitation_centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_invitation_counter_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_invitation_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_round_id"), "invitation", ["round_id"], unique=False)
    op.create_table(
        "round_target",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("value >= 0 AND value <= 1", name=op.f("ck_round_target_share")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_target_round_id")),
        sa.PrimaryKeyConstraint("round_id", "node", name=op.f("pk_round_target")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("instrument_hash", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_snapshot_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "round_id", "content_hash", name=op.f("uq_snapshot_round_id_content_hash")
        ),
    )
    op.create_table(
        "draft",
        sa.Column("invitation_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consent_hash", sa.Text(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_hash"], ["consent_text.content_hash"], name=op.f("fk_draft_consent_hash")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_draft_invitation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_expires_at"), "draft", ["expires_at"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("method_hash", sa.Text(), nullable=False),
        sa.Column("instrument_hash", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("quality_rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_publication_round_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_publication_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_publication_round_id_number")),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("consent_hash", sa.Text(), nullable=True),
        sa.Column("centre_id", sa.BigInteger(), nullable=True),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=True),
        sa.Column("psu", sa.Text(), nullable=True),
        sa.Column("base_weight", sa.Double(), nullable=True),
        sa.Column("domains", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submission_key", sa.Uuid(), nullable=False),
        sa.Column("import_batch_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(source = 'sample') = (base_weight IS NOT NULL)",
            name=op.f("ck_response_sampled_is_weighted"),
        ),
        sa.CheckConstraint(
            "mode IN ('web', 'kiosk', 'tablet', 'phone', 'paper')", name=op.f("ck_response_mode")
        ),
        sa.CheckConstraint(
            "source <> 'sample' OR (stratum IS NOT NULL AND psu IS NOT NULL AND base_weight > 0)",
            name=op.f("ck_response_sampled_has_design"),
        ),
        sa.CheckConstraint("source IN ('open', 'sample')", name=op.f("ck_response_source")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["service_centre.id"], name=op.f("fk_response_centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_hash"], ["consent_text.content_hash"], name=op.f("fk_response_consent_hash")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counter.id"], name=op.f("fk_response_counter_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batch.id"], name=op.f("fk_response_import_batch_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_response_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_response_submission_key")),
    )
    op.create_index(
        op.f("ix_response_import_batch_id"), "response", ["import_batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_response_round_id_centre_id"), "response", ["round_id", "centre_id"], unique=False
    )
    op.create_table(
        "published_estimate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("domain_kind", sa.Text(), nullable=False),
        sa.Column("domain_code", sa.Text(), nullable=False),
        sa.Column("domain_name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("standard_error", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("interval_method", sa.Text(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("effective_n", sa.Double(), nullable=True),
        sa.Column("df", sa.Double(), nullable=True),
        sa.Column("design_effect", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("notes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "suppressed = (value IS NULL)",
            name=op.f("ck_published_estimate_suppressed_has_no_value"),
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
            name=op.f("fk_published_estimate_publication_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_estimate")),
        sa.UniqueConstraint(
            "publication_id",
            "node",
            "measure",
            "domain_kind",
            "domain_code",
            name=op.f("uq_published_estimate_publication_id_node_measure_domain_kind_domain_code"),
        ),
    )
    op.create_index(
        op.f("ix_published_estimate_publication_id_domain_kind"),
        "published_estimate",
        ["publication_id", "domain_kind"],
        unique=False,
    )
    op.create_table(
        "published_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("domain_kind", sa.Text(), nullable=False),
        sa.Column("domain_code", sa.Text(), nullable=False),
        sa.Column("domain_name", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("n_ratings", sa.BigInteger(), nullable=True),
        sa.Column("satisfied", sa.BigInteger(), nullable=True),
        sa.Column("neutral", sa.BigInteger(), nullable=True),
        sa.Column("dissatisfied", sa.BigInteger(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("notes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_published_tally_publication_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_tally")),
        sa.UniqueConstraint(
            "publication_id",
            "subject",
            "domain_kind",
            "domain_code",
            name=op.f("uq_published_tally_publication_id_subject_domain_kind_domain_code"),
        ),
    )
    op.create_index(
        op.f("ix_published_tally_publication_id_domain_kind"),
        "published_tally",
        ["publication_id", "domain_kind"],
        unique=False,
    )
    op.execute(REFUSE)
    op.execute(REFUSE_PUBLICATION)
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON publication "
        "FOR EACH ROW EXECUTE FUNCTION refuse_publication_change()"
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_published_tally_publication_id_domain_kind"), table_name="published_tally"
    )
    op.drop_table("published_tally")
    op.drop_index(
        op.f("ix_published_estimate_publication_id_domain_kind"), table_name="published_estimate"
    )
    op.drop_table("published_estimate")
    op.drop_index(op.f("ix_response_round_id_centre_id"), table_name="response")
    op.drop_index(op.f("ix_response_import_batch_id"), table_name="response")
    op.drop_table("response")
    op.drop_table("publication")
    op.drop_index(op.f("ix_draft_expires_at"), table_name="draft")
    op.drop_table("draft")
    op.drop_table("snapshot")
    op.drop_table("round_target")
    op.drop_index(op.f("ix_invitation_round_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_import_batch_round_id_file_hash"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_free_text_round_id_centre_id"), table_name="free_text")
    op.drop_table("free_text")
    op.drop_index(op.f("ix_counter_alias_counter_id"), table_name="counter_alias")
    op.drop_table("counter_alias")
    op.drop_table("staff_role")
    op.drop_table("round")
    op.drop_table("counter")
    op.drop_index(op.f("ix_unit_succession_successor_id"), table_name="unit_succession")
    op.drop_table("unit_succession")
    op.drop_table("staff")
    op.drop_index(op.f("ix_service_centre_unit_id"), table_name="service_centre")
    op.drop_table("service_centre")
    op.drop_index(op.f("ix_procedure_field_id"), table_name="procedure")
    op.drop_table("procedure")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_unit_search_key"), table_name="unit")
    op.drop_index(op.f("ix_unit_parent_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_index(op.f("ix_sign_in_failure_subject"), table_name="sign_in_failure")
    op.drop_index(op.f("ix_sign_in_failure_at"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("role")
    op.drop_table("method_version")
    op.drop_table("instrument_version")
    op.drop_table("field")
    op.drop_table("consent_text")
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION refuse_publication_change()")
