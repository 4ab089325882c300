"""Keep sampling frames, plans, draws, and the cases of fieldwork.

Why: samples are drawn from lists that are frozen first, by plans that are shown before the seed
exists; what was drawn never changes; fieldwork records what happened to every case.
Size: a few frames, plans and draws a year; 36,000 cases a draw, some events each.
Both ways: down forgets them all.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Of a frozen frame only the fate of the contact data may still change.
REFUSE_FRAME = """
CREATE FUNCTION refuse_frame_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'frozen' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - '{contacts_delete_on,contacts_deleted_at}'::text[]
          = to_jsonb(OLD) - '{contacts_delete_on,contacts_deleted_at}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a frozen frame is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# What a frozen frame was gathered from stays with it.
REFUSE_FRAME_FILE = """
CREATE FUNCTION refuse_frame_file_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM frame WHERE id = OLD.frame_id AND state = 'frozen') THEN
        RAISE EXCEPTION 'the files of a frozen frame are never changed or removed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

# What was announced stays as it was; what was drawn or withdrawn is over; nothing is removed.
REFUSE_DRAW = """
CREATE FUNCTION refuse_draw_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('requested', 'announced')
        AND (OLD.round_id, OLD.number, OLD.frame_id, OLD.frame_hash, OLD.plan_name, OLD.plan_text, OLD.plan_hash,
             OLD.requested_by, OLD.requested_at)
          = (NEW.round_id, NEW.number, NEW.frame_id, NEW.frame_hash, NEW.plan_name, NEW.plan_text, NEW.plan_hash,
             NEW.requested_by, NEW.requested_at)
        AND OLD.replaces_draw_id IS NOT DISTINCT FROM NEW.replaces_draw_id
        AND OLD.reason IS NOT DISTINCT FROM NEW.reason
        AND NOT (OLD.state = 'requested' AND NEW.state = 'drawn')
        AND NOT (OLD.state = 'announced' AND NEW.state = 'requested')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a draw is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# What the draw said of a case stays; fieldwork's columns change.
REFUSE_CASE = """
CREATE FUNCTION refuse_case_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fieldwork text[] := '{active,disposition,n_attempts,appointment_at,assignee,version,updated_at}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - fieldwork = to_jsonb(OLD) - fieldwork THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what a draw said of a case is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# A substitution is asked for, then decided once.
REFUSE_SUBSTITUTION = """
CREATE FUNCTION refuse_substitution_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'asked'
        AND (OLD.case_id, OLD.reason, OLD.asked_by, OLD.asked_at)
          = (NEW.case_id, NEW.reason, NEW.asked_by, NEW.asked_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a decided substitution is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# Table → the function that guards its rows.
GUARDS = {
    "frame": "refuse_frame_change",
    "frame_file": "refuse_frame_file_change",
    "draw": "refuse_draw_change",
    "sample_case": "refuse_case_change",
    "case_event": "refuse_change",
    "case_substitution": "refuse_substitution_change",
}


def upgrade() -> None:
    op.create_table(
        "frame_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header_signature", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_mapping")),
        sa.UniqueConstraint(
            "kind", "header_signature", name=op.f("uq_frame_mapping_kind_header_signature")
        ),
    )
    op.create_table(
        "frame",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("province_id", sa.BigInteger(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("account", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("settled_revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "failure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("contacts_delete_on", sa.Date(), nullable=True),
        sa.Column("contacts_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('dossier', 'area')", name=op.f("ck_frame_kind")),
        sa.CheckConstraint(
            "state <> 'frozen' OR (content_hash IS NOT NULL AND file_name IS NOT NULL AND frozen_at IS NOT NULL AND frozen_by IS NOT NULL)",
            name=op.f("ck_frame_frozen_has_hash"),
        ),
        sa.CheckConstraint(
            "state IN ('gathering', 'freezing', 'frozen', 'withdrawn')", name=op.f("ck_frame_state")
        ),
        sa.CheckConstraint("name IS NFC NORMALIZED", name=op.f("ck_frame_name_nfc")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_frame_period")),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_frame_province_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame")),
        sa.UniqueConstraint("code", name=op.f("uq_frame_code")),
    )
    op.create_table(
        "frame_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("province_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("written_key", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("meant_code", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["province_id"], ["unit.id"], name=op.f("fk_frame_decision_province_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_decision")),
        sa.UniqueConstraint(
            "province_id",
            "subject",
            "written_key",
            name=op.f("uq_frame_decision_province_id_subject_written_key"),
        ),
    )
    op.create_table(
        "frame_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("frame_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("header_signature", sa.Text(), nullable=True),
        sa.Column(
            "head", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("n_accepted", sa.BigInteger(), nullable=False),
        sa.Column("n_rejected", sa.BigInteger(), nullable=False),
        sa.Column("n_pending", sa.BigInteger(), nullable=False),
        sa.Column("excluded", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("n_problems", sa.BigInteger(), nullable=False),
        sa.Column("problem_counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("part_name", sa.Text(), nullable=True),
        sa.Column(
            "refusal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('uploaded', 'waiting', 'reading', 'read', 'refused', 'failed', 'cancelled', 'removed')",
            name=op.f("ck_frame_file_state"),
        ),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_frame_file_frame_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_file")),
    )
    op.create_index(
        op.f("ix_frame_file_frame_id_file_hash"),
        "frame_file",
        ["frame_id", "file_hash"],
        unique=False,
    )
    op.create_table(
        "sample_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("frame_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name IS NFC NORMALIZED", name=op.f("ck_sample_plan_name_nfc")),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_sample_plan_frame_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_plan")),
    )
    op.create_index(op.f("ix_sample_plan_frame_id"), "sample_plan", ["frame_id"], unique=False)
    op.create_table(
        "draw",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("frame_id", sa.BigInteger(), nullable=False),
        sa.Column("sample_plan_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("frame_hash", sa.Text(), nullable=False),
        sa.Column("plan_name", sa.Text(), nullable=False),
        sa.Column("plan_text", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("replaces_draw_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed_text", sa.Text(), nullable=True),
        sa.Column("seed_source", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("witnesses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("n_main", sa.BigInteger(), nullable=False),
        sa.Column("n_reserve", sa.BigInteger(), nullable=False),
        sa.Column("list_hash", sa.Text(), nullable=True),
        sa.Column("list_name", sa.Text(), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'drawn') = (seed_text IS NOT NULL AND list_hash IS NOT NULL AND drawn_at IS NOT NULL AND drawn_by IS NOT NULL)",
            name=op.f("ck_draw_drawn_has_seed"),
        ),
        sa.CheckConstraint(
            "replaces_draw_id IS NULL OR (reason IS NOT NULL AND btrim(reason) <> '')",
            name=op.f("ck_draw_further_has_reason"),
        ),
        sa.CheckConstraint(
            "replaces_draw_id IS NULL OR state IN ('requested', 'withdrawn') OR (approved_by IS NOT NULL AND approved_by <> requested_by)",
            name=op.f("ck_draw_further_has_second_person"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'announced', 'drawn', 'withdrawn')", name=op.f("ck_draw_state")
        ),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_draw_frame_id")),
        sa.ForeignKeyConstraint(
            ["replaces_draw_id"], ["draw.id"], name=op.f("fk_draw_replaces_draw_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_draw_round_id")),
        sa.ForeignKeyConstraint(
            ["sample_plan_id"], ["sample_plan.id"], name=op.f("fk_draw_sample_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_draw_round_id_number")),
    )
    op.create_index(op.f("ix_draw_frame_id"), "draw", ["frame_id"], unique=False)
    op.create_index(
        "uq_draw_replaced_once",
        "draw",
        ["replaces_draw_id"],
        unique=True,
        postgresql_where="state <> 'withdrawn'",
    )
    op.create_index(
        "uq_draw_first_of_round",
        "draw",
        ["round_id"],
        unique=True,
        postgresql_where="replaces_draw_id IS NULL AND state <> 'withdrawn'",
    )
    op.create_table(
        "sample_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draw_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("frame_key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("psu", sa.Text(), nullable=False),
        sa.Column("ssu", sa.Text(), nullable=True),
        sa.Column("selection", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("inclusion_probability", sa.Double(), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.Column("reserve", sa.BigInteger(), nullable=False),
        sa.Column("group_code", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("n_attempts", sa.BigInteger(), nullable=False),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("base_weight > 0", name=op.f("ck_sample_case_weight")),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1",
            name=op.f("ck_sample_case_chance"),
        ),
        sa.CheckConstraint("reserve >= 0", name=op.f("ck_sample_case_reserve")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_sample_case_draw_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_case")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_sample_case_draw_id_number")),
    )
    op.create_index(
        op.f("ix_sample_case_draw_id_commune_code"),
        "sample_case",
        ["draw_id", "commune_code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sample_case_draw_id_disposition"),
        "sample_case",
        ["draw_id", "disposition"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sample_case_draw_id_group_code_reserve"),
        "sample_case",
        ["draw_id", "group_code", "reserve"],
        unique=False,
    )
    op.create_table(
        "case_contact",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["sample_case.id"], name=op.f("fk_case_contact_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_contact")),
    )
    op.create_index(op.f("ix_case_contact_delete_on"), "case_contact", ["delete_on"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["sample_case.id"], name=op.f("fk_case_event_case_id")
        ),
        sa.CheckConstraint(
            "kind IN ('attempt', 'outcome', 'ask-reopen', 'reopen', 'keep', 'assign', 'note', 'substitution')",
            name=op.f("ck_case_event_kind"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> recorded_by",
            name=op.f("ck_case_event_second_person"),
        ),
        sa.CheckConstraint(
            "kind <> 'reopen' OR approved_by IS NOT NULL",
            name=op.f("ck_case_event_reopen_approved"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id_id"), "case_event", ["case_id", "id"], unique=False)
    op.create_table(
        "case_substitution",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'given') = (substitute_id IS NOT NULL)",
            name=op.f("ck_case_substitution_given_has_case"),
        ),
        sa.CheckConstraint(
            "state = 'asked' OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name=op.f("ck_case_substitution_second_person"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'given', 'refused')", name=op.f("ck_case_substitution_state")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["sample_case.id"], name=op.f("fk_case_substitution_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["sample_case.id"], name=op.f("fk_case_substitution_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_substitution")),
        sa.UniqueConstraint("substitute_id", name=op.f("uq_case_substitution_substitute_id")),
    )
    op.create_index(
        "uq_case_substitution_open",
        "case_substitution",
        ["case_id"],
        unique=True,
        postgresql_where="state <> 'refused'",
    )
    op.create_table(
        "fieldwork_rule",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("min_attempts", sa.BigInteger(), nullable=False),
        sa.Column("min_days", sa.BigInteger(), nullable=False),
        sa.Column("min_parts", sa.BigInteger(), nullable=False),
        sa.Column("eligible_share", sa.Double(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "min_days BETWEEN 1 AND min_attempts AND min_parts BETWEEN 1 AND min_attempts",
            name=op.f("ck_fieldwork_rule_attempts"),
        ),
        sa.CheckConstraint(
            "eligible_share >= 0 AND eligible_share <= 1",
            name=op.f("ck_fieldwork_rule_eligible_share"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_fieldwork_rule_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_fieldwork_rule")),
    )

    for function in (
        REFUSE_FRAME,
        REFUSE_FRAME_FILE,
        REFUSE_DRAW,
        REFUSE_CASE,
        REFUSE_SUBSTITUTION,
    ):
        op.execute(function)
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
    op.drop_table("fieldwork_rule")
    op.drop_index(
        "uq_case_substitution_open",
        table_name="case_substitution",
        postgresql_where="state <> 'refused'",
    )
    op.drop_table("case_substitution")
    op.drop_index(op.f("ix_case_event_case_id_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_case_contact_delete_on"), table_name="case_contact")
    op.drop_table("case_contact")
    op.drop_index(op.f("ix_sample_case_draw_id_group_code_reserve"), table_name="sample_case")
    op.drop_index(op.f("ix_sample_case_draw_id_disposition"), table_name="sample_case")
    op.drop_index(op.f("ix_sample_case_draw_id_commune_code"), table_name="sample_case")
    op.drop_table("sample_case")
    op.drop_index(
        "uq_draw_replaced_once", table_name="draw", postgresql_where="state <> 'withdrawn'"
    )
    op.drop_index(
        "uq_draw_first_of_round",
        table_name="draw",
        postgresql_where="replaces_draw_id IS NULL AND state <> 'withdrawn'",
    )
    op.drop_index(op.f("ix_draw_frame_id"), table_name="draw")
    op.drop_table("draw")
    op.drop_index(op.f("ix_sample_plan_frame_id"), table_name="sample_plan")
    op.drop_table("sample_plan")
    op.drop_index(op.f("ix_frame_file_frame_id_file_hash"), table_name="frame_file")
    op.drop_table("frame_file")
    op.drop_table("frame_decision")
    op.drop_table("frame")
    op.drop_table("frame_mapping")
    for function in set(GUARDS.values()) - {"refuse_change"}:
        op.execute(f"DROP FUNCTION {function}()")
