"""Closing, publishing and checking a round by command."""

import pytest
from sqlalchemy import text

from app.models import Round
from tests.app import builders, desk


@pytest.fixture
def flask(app):
    runner = app.test_cli_runner()

    def run(*arguments):
        done = runner.invoke(args=arguments)
        return done.exit_code, done.output

    return run


@pytest.fixture
def running(database):
    with database.write() as db:
        province = builders.province(db)
        desk.communes(db, province)
        desk.sampled_round(db, builders.campaign(db, province), state="open")


def test_a_round_is_closed_published_and_checked(flask, running, database):
    code, output = flask("close-round", "mau-2026")
    assert (code, output) == (
        0,
        "Round mau-2026 is closed. Publish it with: flask publish mau-2026\n",
    )
    code, output = flask("publish", "mau-2026", "--public")
    assert code == 0
    assert "Publication 1 of mau-2026: 154 figures." in output
    assert "http://127.0.0.1:8000/ket-qua/mau-2026" in output
    assert flask("verify-publication", "mau-2026") == (
        0,
        "All 154 figures of publication 1 of mau-2026 are those of its snapshot.\n",
    )
    with database.read() as db:
        assert db.query(Round).one().state == "published"


def test_publishing_again_says_that_nothing_changed(flask, running):
    flask("close-round", "mau-2026")
    flask("publish", "mau-2026")
    code, output = flask("publish", "mau-2026")
    assert code == 0
    assert "Nothing has changed since publication 1 of mau-2026" in output
    assert "Publication 2 of mau-2026" in flask("publish", "mau-2026", "--again")[1]


def test_a_forged_publication_fails(flask, running, database, settings):
    flask("close-round", "mau-2026")
    flask("publish", "mau-2026")
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE published_estimate SET value = 0.99 WHERE value IS NOT NULL")
        )
    code, output = flask("verify-publication", "mau-2026")
    assert code == 1
    assert "figures of publication 1 of mau-2026 are not those that" in output
    assert "It was made by version 0.1.0; this is 0.1.0." in output


def test_a_missing_snapshot_fails(flask, running, database):
    flask("close-round", "mau-2026")
    flask("publish", "mau-2026")
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE snapshot SET file_name = 'gone.parquet'"))
    code, output = flask("verify-publication", "mau-2026")
    assert code == 1
    assert "The snapshot of publication 1 of mau-2026 is missing or was changed." in output


@pytest.mark.parametrize(
    "arguments",
    [
        ("close-round", "khong-co"),
        ("publish", "khong-co"),
        ("publish", "mau-2026"),
        ("verify-publication", "mau-2026"),
        ("verify-publication", "mau-2026", "--number", "3"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(flask, running, arguments):
    code, output = flask(*arguments)
    assert code == 1
    assert output.startswith("Error: ")
    assert output.count("\n") == 1
    assert "Traceback" not in output
