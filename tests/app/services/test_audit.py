import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.services import audit


def fill(database, count=5):
    for number in range(count):
        with database.write() as db:
            audit.record(db, "office@example.vn", "round.close", f"vòng {number}", rows=number)


def forge(database, statement):
    """Act as the owner of the database, who can set the triggers aside."""
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_an_untouched_chain_is_whole(database):
    fill(database)
    with database.read() as db:
        assert audit.first_broken(db) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'someone else' WHERE id = 3",
        "UPDATE audit_entry SET details = '{\"rows\": 9}' WHERE id = 3",
        "UPDATE audit_entry SET at = at + interval '1 second' WHERE id = 3",
        "DELETE FROM audit_entry WHERE id = 2",
        "UPDATE audit_entry SET id = 30 WHERE id = 3",
    ],
)
def test_a_forged_entry_is_found(database, statement):
    fill(database)
    forge(database, statement)
    with database.read() as db:
        assert audit.first_broken(db) in (3, 4)


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET actor = ''", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(database, act):
    fill(database, 1)
    with pytest.raises(IntegrityError, match="never changed"), database.write() as db:
        db.execute(text(act))


@pytest.mark.parametrize(
    "table", ["audit_entry", "response", "published_estimate", "published_tally", "snapshot"]
)
def test_the_database_refuses_to_empty_evidence(database, table):
    with pytest.raises(IntegrityError, match="never changed"), database.write() as db:
        db.execute(text(f"TRUNCATE {table} CASCADE"))
