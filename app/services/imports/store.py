"""Write checked rows into the database: all of them in one transaction, and none twice.

A row is known again by its row key; in a file without row keys, by all it says. See
docs/adr/0007-import.md for the rule and its reasons.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.models import Round
from app.services.imports.plan import Plan
from app.services.imports.problems import ProblemList
from app.services.imports.rounds import ImportRound, refuse_closed
from app.services.imports.spool import RESPONSE_COLUMNS, TEXT_COLUMNS, Spool

# First half of the key of the lock on a round; the other locks of the program have one number.
_LOCK: Final = 1_955

_INCOMING: Final = """
CREATE TEMPORARY TABLE incoming (
    position bigint PRIMARY KEY, line bigint NOT NULL,
    key_digest bytea, content_digest bytea NOT NULL
) ON COMMIT DROP
"""
_INCOMING_TEXT: Final = """
CREATE TEMPORARY TABLE incoming_text (
    position bigint, id uuid, item text, text text, centre_id bigint, month date
) ON COMMIT DROP
"""
_KNOWN_KEYS: Final = """
SELECT i.position, i.line, known.content_digest = i.content_digest AS same
FROM incoming i JOIN imported_row known
    ON known.round_id = :round AND known.key_digest = i.key_digest
ORDER BY i.position
"""
# Rows that say exactly what rows say that came without a key: they may be the same respondents.
_SAME_WITHOUT_KEY: Final = """
SELECT i.line FROM incoming i
WHERE i.key_digest IS NOT NULL
    AND NOT EXISTS (SELECT FROM imported_row known
        WHERE known.round_id = :round AND known.key_digest = i.key_digest)
    AND EXISTS (SELECT FROM imported_row known WHERE known.round_id = :round
        AND known.key_digest IS NULL AND known.content_digest = i.content_digest)
ORDER BY i.position
"""
# Of rows that say the same, as many are known as were imported before.
_KNOWN_CONTENT: Final = """
SELECT i.position, i.line FROM (
    SELECT position, line, content_digest,
        row_number() OVER (PARTITION BY content_digest ORDER BY position) AS place
    FROM incoming
) i JOIN (
    SELECT content_digest, count(*) AS n FROM imported_row
    WHERE round_id = :round GROUP BY content_digest
) known ON known.content_digest = i.content_digest AND i.place <= known.n
ORDER BY i.position
"""
_REMEMBER: Final = """
INSERT INTO imported_row (round_id, import_batch_id, key_digest, content_digest)
SELECT :round, :batch, key_digest, content_digest FROM incoming
WHERE NOT position = ANY(:known) ORDER BY content_digest
"""
# In the order of random ids, so that its place in the table says nothing about whose it is.
_ADD_TEXTS: Final = """
INSERT INTO free_text (id, round_id, item, text, language, centre_id, month)
SELECT id, :round, item, text, :language, centre_id, month FROM incoming_text
WHERE NOT position = ANY(:known) ORDER BY id
"""
_PSU_IN_TWO_STRATA: Final = """
SELECT psu FROM response WHERE round_id = :round AND source = 'sample'
GROUP BY psu HAVING count(DISTINCT stratum) > 1 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows were new and how many were there already."""

    n_imported: int
    n_unchanged: int


def lock_round(db: Session, round_id: int) -> None:
    """Let one import after another into a round, and keep the round open meanwhile.

    Answers of citizens, which share the round in the same way, are not kept waiting; whoever
    closes the round waits.

    Raises
    ------
    RoundRefusedError
        The round no longer takes imports.
    """
    db.execute(
        text("SELECT pg_advisory_xact_lock(:kind, :round)"), {"kind": _LOCK, "round": round_id}
    )
    refuse_closed(
        db.scalars(
            select(Round)
            .where(Round.id == round_id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        ).one()
    )


def store(
    db: Session,
    target: ImportRound,
    plan: Plan,
    spool: Spool,
    batch_id: int,
) -> Stored | ProblemList:
    """Store the rows that are new. The round must be locked.

    Returns
    -------
    Stored or ProblemList
        Problems if rows contradict rows imported before; then nothing was stored.

    Raises
    ------
    ConflictError
        ``import.crossed``: another import put a PSU into another stratum in the meantime.
    """
    connection = _psycopg(db)
    db.execute(text(_INCOMING))
    with connection.cursor() as cursor, cursor.copy("COPY incoming FROM STDIN") as copy:
        for each in spool.identities():
            copy.write_row((each.position, each.row, each.key_digest, each.content_digest))
    db.execute(text("ANALYZE incoming"))
    known = _known(db, target.id, plan)
    if isinstance(known, ProblemList):
        return known
    n_new = len(spool) - len(known)
    if n_new:
        _write(db, connection, target, spool, batch_id, known)
    return Stored(n_new, len(known))


def _known(db: Session, round_id: int, plan: Plan) -> frozenset[int] | ProblemList:
    """Positions of the rows that are there already, or what speaks against the file."""
    problems = ProblemList(plan.headers)
    round_ = {"round": round_id}
    known = set()
    key = plan.fields.get("key")
    if key is not None:
        for position, line, same in db.execute(text(_KNOWN_KEYS), round_):
            known.add(position)
            if not same:
                problems.cell(line, key, "", "key.imported-before")
    if plan.columns.identical_rows_are_new:
        return problems or frozenset(known)
    if key is not None:
        for (line,) in db.execute(text(_SAME_WITHOUT_KEY), round_):
            problems.cell(line, None, "", "row.imported-without-key")
    else:
        alike = db.execute(text(_KNOWN_CONTENT), round_).all()
        known.update(position for position, _ in alike)
        if len(alike) < (db.scalar(text("SELECT count(*) FROM incoming")) or 0):
            for _, line in alike:
                problems.cell(line, None, "", "row.imported-before")
    return problems or frozenset(known)


def _write(
    db: Session,
    connection: psycopg.Connection[Any],
    target: ImportRound,
    spool: Spool,
    batch_id: int,
    known: frozenset[int],
) -> None:
    columns = ", ".join(RESPONSE_COLUMNS)
    _copy(connection, f"COPY response ({columns}) FROM STDIN", spool.responses(batch_id, known))
    left_out = {"round": target.id, "known": sorted(known)}
    db.execute(text(_REMEMBER), {**left_out, "batch": batch_id})
    if spool.n_texts:
        db.execute(text(_INCOMING_TEXT))
        columns = ", ".join(TEXT_COLUMNS)
        _copy(connection, f"COPY incoming_text ({columns}) FROM STDIN", spool.texts())
        db.execute(text(_ADD_TEXTS), {**left_out, "language": target.instrument.languages[0]})
    if (psu := db.scalar(text(_PSU_IN_TWO_STRATA), {"round": target.id})) is not None:
        raise ConflictError("import.crossed", psu=psu)


def _copy(connection: psycopg.Connection[Any], statement: str, blocks: Iterable[bytes]) -> None:
    """Copy in several statements, so that none runs into the time limit of statements."""
    for some in _in_turns(blocks):
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for block in some:
                copy.write(block)


def _in_turns(blocks: Iterable[bytes], *, each: int = 128) -> Iterator[Iterator[bytes]]:
    """Part blocks into groups that are read one after another."""
    source = iter(blocks)
    for first in source:

        def group(first: bytes = first) -> Iterator[bytes]:
            yield first
            for _, block in zip(range(each - 1), source, strict=False):
                yield block

        yield group()


def _psycopg(db: Session) -> psycopg.Connection[Any]:
    """Return the connection under the session's transaction, for COPY."""
    connection = db.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(connection)
    return connection
