import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from app.db import row_of
from app.errors import UnavailableError
from app.models import Field


def add_and_fail(db):
    db.add(Field(code="land", name="Đất đai"))
    db.flush()
    raise ZeroDivisionError


def test_a_write_that_fails_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError), database.write() as db:
        add_and_fail(db)
    with database.read() as db:
        assert db.scalars(select(Field)).all() == []


def test_a_write_that_ends_well_stays(database):
    with database.write() as db:
        db.add(Field(code="land", name="Đất đai"))
    with database.read() as db:
        assert db.scalar(select(Field.name)) == "Đất đai"


ADD = "INSERT INTO field (code, name) VALUES (%(code)s, 'Đất đai') RETURNING code"


def names(database):
    with database.read() as db:
        return db.scalars(select(Field.name)).all()


def alone_and_fail(db):
    assert row_of(db, ADD, {"code": "land"}) == ("land",)
    raise ZeroDivisionError


def test_a_statement_alone_stays_whatever_happens_after_it(database):
    with pytest.raises(ZeroDivisionError), database.alone() as db:
        alone_and_fail(db)
    assert names(database) == ["Đất đai"]


def test_the_same_statement_in_a_transaction_goes_with_it(database):
    with pytest.raises(ZeroDivisionError), database.write() as db:
        alone_and_fail(db)
    assert names(database) == []


def test_a_statement_alone_is_as_durable_as_a_transaction(database):
    with database.alone() as db:
        assert row_of(db, "SHOW synchronous_commit", {}) == ("on",)
        assert row_of(db, "SHOW timezone", {}) == ("UTC",)


@pytest.mark.parametrize("way", ["write", "alone"])
def test_a_statement_without_a_row_is_a_mistake(database, way):
    with pytest.raises(LookupError), getattr(database, way)() as db:
        row_of(db, "SELECT 1 WHERE false", {})


def test_a_lost_connection_is_told_once_and_then_replaced(database):
    with database.alone() as db:
        (lost,) = row_of(db, "SELECT pg_backend_pid()", {})
    with database.read() as db:
        db.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})
    with pytest.raises(UnavailableError), database.alone() as db:
        row_of(db, ADD, {"code": "land"})
    with database.alone() as db:
        row_of(db, ADD, {"code": "land"})
    assert names(database) == ["Đất đai"]


def test_reading_cannot_change_anything(database):
    with pytest.raises(InternalError, match="read-only"), database.read() as db:
        db.execute(text("INSERT INTO field (code, name) VALUES ('land', 'Đất đai')"))


def test_a_writer_after_a_reader_may_write_on_the_same_connection(database):
    for _ in range(3):
        with database.read() as db:
            db.execute(text("SELECT 1"))
        with database.write() as db:
            db.execute(text("INSERT INTO field (code, name) VALUES (gen_random_uuid(), 'x')"))


def test_answers_survive_a_crash_of_the_server(database):
    with database.read() as db:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert db.scalar(text(f"SHOW {setting}")) == "on"


def test_time_is_kept_in_utc(database):
    with database.read() as db:
        assert db.scalar(text("SHOW timezone")) == "UTC"
