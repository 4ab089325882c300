"""Every step between versions of the database can be taken, and taken back."""

from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import ProgrammingError

from app import schema

REVISIONS = tuple(
    revision.revision
    for revision in reversed(
        list(ScriptDirectory.from_config(schema.alembic_config("")).walk_revisions())
    )
)


@pytest.fixture
def new_database(server):
    if server is None:
        pytest.skip("a database of its own needs the embedded server")
    name = f"steps_{uuid4().hex[:12]}"
    server.ensure_database(name)
    yield server.url(name)
    server.drop_database(name)


def tables(url):
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        found = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname NOT LIKE ANY(:own)"),
            {"own": ["pg_%", "information_schema"]},
        )
        return set(found) - {"alembic_version"}


def test_every_step_is_taken_back_and_taken_again(new_database):
    seen = [tables(new_database)]
    for revision in REVISIONS:
        schema.upgrade(new_database, revision)
        seen.append(tables(new_database))
    for place in range(len(REVISIONS) - 1, 0, -1):
        schema.downgrade(new_database, REVISIONS[place - 1])
        assert tables(new_database) == seen[place], REVISIONS[place]
    schema.upgrade(new_database)
    command.check(schema.alembic_config(new_database))
    assert tables(new_database) == seen[-1]


def test_what_was_taken_back_is_gone(new_database):
    schema.upgrade(new_database)
    schema.downgrade(new_database, REVISIONS[0])
    engine = create_engine(new_database, poolclass=pool.NullPool)
    with engine.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("SELECT 1 FROM sample_case"))
