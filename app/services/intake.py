"""The statements that take answers in: each is one way to the server and back, and one transaction.

Each looks at the round itself, waits for whoever is closing it and stores nothing when it takes no
more, whatever a page believed a moment before. Each holds the key that the answers are sealed with
until they are stored; when it is gone meanwhile, nothing is stored and the answers are sealed anew.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.db import Alone, row_of


@dataclass(frozen=True, slots=True)
class Taken:
    """What a statement found and did.

    Attributes
    ----------
    is_open : bool
        The round takes answers.
    has_key : bool
        The key that sealed is still there, or nothing was sealed.
    is_stored : bool
        A row was stored or replaced.
    """

    is_open: bool
    has_key: bool
    is_stored: bool


def store_open(db: Session | Alone, values: dict[str, object]) -> Taken:
    """Store answers given at a counter; own words wait sealed, apart from them."""
    return Taken(*row_of(db, STORE_OPEN, values))


def kept_open(db: Session | Alone, values: dict[str, object]) -> object:
    """Return the answers that are stored under a key."""
    (kept,) = row_of(db, _KEPT, values)
    return kept


def store_code(db: Session | Alone, values: dict[str, object]) -> Taken:
    """Use a one-time code up, store what came with it sealed, and forget its draft."""
    return Taken(*row_of(db, _STORE_CODE, values))


def replace_code(db: Session | Alone, values: dict[str, object]) -> Taken:
    """Put other answers in the place of those that wait; until when they wait stays."""
    return Taken(*row_of(db, _REPLACE_CODE, values))


def forget_draft(db: Session | Alone, invitation_id: int) -> None:
    """Delete what was kept of a code by a page that came in beside its last one."""
    row_of(db, _FORGET_DRAFT, {"invitation": invitation_id})


def state_of(db: Session | Alone, invitation_id: int) -> str:
    """Return the state of a code that exists."""
    (state,) = row_of(db, _STATE, {"invitation": invitation_id})
    return str(state)


_TAKING: Final = """
    taking AS (
        SELECT id FROM round
        WHERE id = %(round)s::bigint AND state = 'open'
            AND %(today)s::date BETWEEN opens_on AND closes_on
        FOR SHARE
    ), sealing AS (
        SELECT id FROM spool_key WHERE id = %(sealed_with)s::bigint FOR KEY SHARE
    )
"""

# S608: the statements are put together from the constant above.
STORE_OPEN = f"""
    WITH {_TAKING}, ready AS (
        SELECT id FROM taking
        WHERE %(sealed)s::bytea IS NULL OR EXISTS (SELECT FROM sealing)
    ), agreed AS (
        INSERT INTO consent_text (content_hash, language, text, first_shown_on)
        SELECT %(consent_hash)s, %(consent_language)s, %(consent_text)s, now() FROM ready
        ON CONFLICT DO NOTHING
    ), stored AS (
        INSERT INTO response (
            id, round_id, source, mode, language, answers, answered_on, consent_hash,
            centre_id, counter_id, domains, submission_key
        )
        SELECT
            gen_random_uuid(), ready.id, 'open', %(mode)s, %(language)s, %(answers)s::jsonb,
            %(today)s::date, %(consent_hash)s, %(centre)s::bigint, %(counter)s::bigint,
            %(domains)s::jsonb, %(key)s::uuid
        FROM ready
        ON CONFLICT (submission_key) DO NOTHING
        RETURNING round_id
    ), own_words AS (
        INSERT INTO spooled (id, kind, round_id, centre_id, key_id, sealed, received_on, due_at)
        SELECT
            gen_random_uuid(), 'text', stored.round_id, %(centre)s::bigint,
            %(sealed_with)s::bigint, %(sealed)s::bytea, %(today)s::date, %(today)s::date
        FROM stored WHERE %(sealed)s::bytea IS NOT NULL
    )
    SELECT
        EXISTS (SELECT FROM taking), %(sealed)s::bytea IS NULL OR EXISTS (SELECT FROM sealing),
        EXISTS (SELECT FROM stored)
"""  # noqa: S608

_KEPT: Final = "SELECT answers FROM response WHERE submission_key = %(key)s::uuid"

# All languages' consent texts are kept at once: which came first would tell whose language it was.
_STORE_CODE: Final = f"""
    WITH {_TAKING}, claimed AS (
        UPDATE invitation SET state = 'used'
        WHERE id = %(invitation)s::bigint AND state = 'unused'
            AND expires_at > %(now)s::timestamptz
            AND EXISTS (SELECT FROM taking) AND EXISTS (SELECT FROM sealing)
        RETURNING id, round_id
    ), agreed AS (
        INSERT INTO consent_text (content_hash, language, text, first_shown_on)
        SELECT shown.content_hash, shown.language, shown.text, now()
        FROM claimed, jsonb_to_recordset(%(consents)s::jsonb)
            AS shown (content_hash text, language text, text text)
        ON CONFLICT DO NOTHING
    ), stored AS (
        INSERT INTO spooled (
            id, kind, round_id, invitation_id, centre_id, field_code, key_id, sealed, received_on,
            due_at
        )
        SELECT
            gen_random_uuid(), 'answer', claimed.round_id, claimed.id, %(centre)s::bigint,
            %(field)s::text, %(sealed_with)s::bigint, %(sealed)s::bytea, %(today)s::date,
            %(due_at)s::timestamptz
        FROM claimed
        RETURNING id
    ), forgotten AS (
        DELETE FROM draft USING claimed WHERE draft.invitation_id = claimed.id
    )
    SELECT
        EXISTS (SELECT FROM taking), EXISTS (SELECT FROM sealing), EXISTS (SELECT FROM stored)
"""  # noqa: S608

_REPLACE_CODE: Final = f"""
    WITH {_TAKING}, stored AS (
        UPDATE spooled SET sealed = %(sealed)s::bytea, key_id = %(sealed_with)s::bigint
        WHERE invitation_id = %(invitation)s::bigint AND due_at > %(now)s::timestamptz
            AND EXISTS (SELECT FROM taking) AND EXISTS (SELECT FROM sealing)
        RETURNING invitation_id
    ), forgotten AS (
        DELETE FROM draft USING stored WHERE draft.invitation_id = stored.invitation_id
    )
    SELECT
        EXISTS (SELECT FROM taking), EXISTS (SELECT FROM sealing), EXISTS (SELECT FROM stored)
"""  # noqa: S608

_FORGET_DRAFT: Final = """
    WITH gone AS (
        DELETE FROM draft WHERE invitation_id = %(invitation)s::bigint RETURNING 1
    )
    SELECT count(*) FROM gone
"""
_STATE: Final = "SELECT state FROM invitation WHERE id = %(invitation)s::bigint"
