"""One embedded PostgreSQL for the run, one database per worker, built by the real migrations."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import text

from app import create_app, schema
from app.config import ROOT, Settings
from app.db import Database
from app.postgres import EmbeddedPostgres
from tests.pages import CheckedClient

KEPT = ("alembic_version",)

# The same examples in every run: a failure is the change's, not chance's.
settings.register_profile("steady", derandomize=True, database=None)
settings.load_profile("steady")

# Begun before all others, for they take longest: a file begun last keeps one worker long after the
# other has nothing left to do.
LONGEST = ("tests/e2e/test_demo.py", "tests/app/demo/test_main_job.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long at the beginning; within that, everything stays in its order."""

    def turn(item: pytest.Item) -> int:
        if item.location[0] in LONGEST:
            return 0
        return 1 if item.get_closest_marker("browser") else 2

    items.sort(key=turn)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres | None]:
    """The embedded server; None when TEST_DATABASE_URL names another."""
    if os.environ.get("TEST_DATABASE_URL"):
        yield None
        return
    # One for this checkout: the workers of a run share it, two checkouts do not.
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    name = f"longdan-tests-{os.geteuid()}-{checkout}"
    embedded = EmbeddedPostgres(Path(tempfile.gettempdir()) / name / "postgresql")
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture(scope="session")
def database_url(server: EmbeddedPostgres | None, worker_id: str) -> Iterator[str]:
    """An empty database of this worker's own, at the newest migration."""
    if server is None:
        name, url = "", os.environ["TEST_DATABASE_URL"]
    else:
        name = f"test_{worker_id}_{os.getpid()}"
        server.ensure_database(name)
        url = server.url(name)
    schema.upgrade(url)
    yield url
    if server is not None:
        server.drop_database(name)


@pytest.fixture(scope="session")
def session_database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def database(session_database: Database) -> Database:
    """The worker's database, emptied before the test."""
    empty(session_database)
    return session_database


def empty(database: Database) -> None:
    """Empty every table; the triggers that refuse it in service are set aside for that."""
    with database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        names = connection.scalars(
            text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        wanted = ", ".join(name for name in names if name not in KEPT)
        connection.execute(text(f"TRUNCATE {wanted} RESTART IDENTITY CASCADE"))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        database_url=None,
        var_dir=tmp_path_factory.mktemp("var"),
        secret_key="a key only for tests, long enough to be taken",
        # Draws depend on it: the same in every run.
        person_key="a key of persons only for tests, long enough to be taken",
        trusted_hosts=("localhost", "127.0.0.1"),
        log_level="ERROR",
        # Tests fill in forms faster than anybody can.
        form_seconds=0,
    )


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    app = create_app(settings, database)
    app.testing = True
    app.test_client_class = CheckedClient
    # What a test changes shows at once.
    app.extensions["longdan.desk"].seconds = 0
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this xdist worker, or 'master' without xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
