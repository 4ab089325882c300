import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import event, text

from app import create_app, readiness
from app.db import Database


def test_a_process_that_can_keep_answers_is_ready(client, database):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready"}
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM sign_in_failure")) == 0


def test_a_database_that_cannot_be_reached_is_told(settings):
    app = create_app(settings, Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["database.unreachable"]
    assert answer.headers["Retry-After"] == "10"
    assert app.test_client().get("/healthz").status_code == 200


def test_a_database_that_only_reads_is_told(database_url, settings):
    reading = Database(f"{database_url}&options=-cdefault_transaction_read_only%3Don")
    reading.engine = reading.engine.execution_options(postgresql_readonly=True)
    found = readiness.obstacles(reading, settings.var_dir)
    reading.close()
    assert found == ("database.not-writable",)


@pytest.fixture
def careless(database):
    """A database whose server says of any setting what the test wants it to say."""
    made = Database(database.url)

    def say_off(name):
        with database.engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA careless"))
            connection.execute(
                text(
                    "CREATE FUNCTION careless.current_setting(asked text) RETURNS text"
                    f" LANGUAGE sql AS $$ SELECT CASE asked WHEN '{name}' THEN 'off'"
                    " ELSE pg_catalog.current_setting(asked) END $$"
                )
            )
        return made

    @event.listens_for(made.engine, "connect")
    def look_there_first(connection, _record):
        connection.execute("SET search_path = careless, pg_catalog, public")
        connection.commit()

    yield say_off
    made.close()
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA careless CASCADE"))


@pytest.mark.parametrize("name", readiness.DURABILITY)
def test_a_server_that_may_lose_answers_is_told(careless, settings, name):
    found = readiness.obstacles(careless(name), settings.var_dir)
    assert found == (f"database.{name.replace('_', '-')}-off",)


def test_a_database_behind_the_program_is_told(database, settings):
    with database.engine.begin() as connection:
        kept = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert readiness.obstacles(database, settings.var_dir) == ("database.not-migrated",)
    finally:
        with database.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :kept"), {"kept": kept}
            )


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=9))
    assert readiness.on_disk(tmp_path) == ("disk.nearly-full",)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=10))
    assert readiness.on_disk(tmp_path) == ()
    assert readiness.on_disk(tmp_path / "not" / "there") == ("disk.not-writable",)


def test_no_version_is_told(settings, database):
    app = create_app(replace(settings, code_version="9.8.7-secret"), database)
    for path in ("/healthz", "/readyz"):
        answer = app.test_client().get(path)
        assert "9.8.7" not in answer.text + str(answer.headers)
        assert "Server" not in answer.headers
