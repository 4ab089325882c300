"""Let an announced draw only be drawn whole or withdrawn; let no case join a list that was drawn.

Why: of a draw without a seed, times, expected numbers and the second person could still be changed
with SQL, and a case could be added to a list after it was drawn.
Size: no row is touched.
Both ways: down puts back what 0005 refused.

Revision ID: 0006
Revises: 0005
"""

import runpy
from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What each step may write; everything else of a draw stays as it was.
REFUSE_DRAW = """
CREATE OR REPLACE FUNCTION refuse_draw_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        written := CASE OLD.state || '>' || NEW.state
            WHEN 'requested>announced' THEN
                '{state,approved_by,approved_at,announced_at}'::text[]
            WHEN 'requested>withdrawn' THEN '{state,withdrawn_by,withdrawn_at}'::text[]
            WHEN 'announced>withdrawn' THEN '{state,withdrawn_by,withdrawn_at}'::text[]
            WHEN 'announced>drawn' THEN
                '{state,code_version,seed_text,seed_source,place,witnesses,drawn_by,drawn_at,
                  n_main,n_reserve,list_hash,list_name,summary,signature,public_key}'::text[]
        END;
        IF written IS NOT NULL AND to_jsonb(NEW) - written = to_jsonb(OLD) - written
            AND (NEW.state <> 'withdrawn'
                 OR (NEW.withdrawn_by IS NOT NULL AND NEW.withdrawn_at IS NOT NULL))
            AND (NEW.state <> 'drawn'
                 OR (NEW.seed_source IS NOT NULL AND NEW.place IS NOT NULL
                     AND NEW.list_name IS NOT NULL AND NEW.signature IS NOT NULL
                     AND NEW.public_key IS NOT NULL AND jsonb_array_length(NEW.witnesses) >= 2))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a draw is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$
"""

# The list of a draw says how many cases there are, numbered from 1.
REFUSE_FURTHER_CASE = """
CREATE FUNCTION refuse_further_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN draw ON draw.id = added.draw_id
        WHERE added.number NOT BETWEEN 1 AND draw.n_main + draw.n_reserve
            OR draw.state <> 'drawn'
    ) THEN
        RAISE EXCEPTION 'a draw has the cases of its list and no others'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(REFUSE_DRAW)
    op.execute(REFUSE_FURTHER_CASE)
    op.execute(
        "CREATE TRIGGER as_listed AFTER INSERT ON sample_case "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_further_case()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER as_listed ON sample_case")
    op.execute("DROP FUNCTION refuse_further_case()")
    before: str = runpy.run_path(str(Path(__file__).with_name("0005_frames_draws_cases.py")))[
        "REFUSE_DRAW"
    ]
    op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
