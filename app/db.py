"""The database: the only place that opens and commits transactions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.errors import UnavailableError

# A statement that waits this long has met a lock or a mistake; the person is told, not kept.
STATEMENT_TIMEOUT_MS = 60_000
# Statements that run alone find single rows by keys: planned once for each connection, and never as
# a walk through a table that was empty when the plan was made, as the spool often is.
_POINTS = " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
_UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)


class Alone:
    """A connection on which every statement is a transaction of its own.

    For what is one statement and asked for by a whole province at once. A session's two
    trips to begin and commit, and all that a session and a compiled statement do beside, cost more
    than PostgreSQL needs to store a citizen's answers.
    """

    __slots__ = ("_lent",)

    def __init__(self, lent: PoolProxiedConnection) -> None:
        self._lent = lent

    def row(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...]:
        """Run a statement that yields one row; see `row_of`."""
        driver: Any = self._lent.driver_connection
        found: tuple[Any, ...] | None = driver.execute(statement, values).fetchone()
        if found is None:
            raise LookupError("the statement yields no row")
        return found


def row_of(db: Session | Alone, statement: str, values: Mapping[str, object]) -> tuple[Any, ...]:
    """Run a statement that yields one row, within a transaction or alone.

    Parameters
    ----------
    statement : str
        As the driver takes it: ``%(name)s`` where a value goes.

    Raises
    ------
    LookupError
        There is no row.
    """
    if isinstance(db, Alone):
        return db.row(statement, values)
    found = db.connection().exec_driver_sql(statement, dict(values)).first()
    if found is None:
        raise LookupError("the statement yields no row")
    return tuple(found)


class Database:
    """One PostgreSQL database.

    Parameters
    ----------
    url : str
        SQLAlchemy address with the psycopg driver.
    pool_size : int
        Connections kept open by this process.
    statement_timeout_ms : int
        Longest time one statement may take, in milliseconds; 0 is no limit.
    """

    def __init__(
        self, url: str, *, pool_size: int = 8, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS
    ) -> None:
        self.url = url
        options: dict[str, Any] = {
            "pool_size": pool_size,
            "max_overflow": pool_size,
            "pool_pre_ping": False,
            "pool_recycle": 1800,
            "connect_args": {
                "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms}"
                " -c synchronous_commit=on",
                "connect_timeout": 5,
            },
        }
        self.engine: Engine = create_engine(url, **options)
        # Connections of its own: to switch one to and fro costs half as much as the statement. None
        # comes back with a transaction open, so there is nothing to undo.
        alone = {**options, "connect_args": {**options["connect_args"], "prepare_threshold": 0}}
        alone["connect_args"]["options"] += _POINTS
        self._alone = create_engine(
            url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **alone
        )
        self._reader = self.engine.execution_options(postgresql_readonly=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that is committed at the end, or undone on any exception.

        Raises
        ------
        UnavailableError
            The database cannot be reached or gave up waiting. If that happened while it
            committed, nobody can say whether it did.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
                session.commit()
        except _UNAVAILABLE as error:
            raise UnavailableError("database.unavailable") from error

    @contextmanager
    def alone(self) -> Iterator[Alone]:
        """Lend a connection on which every statement is a transaction of its own.

        Raises
        ------
        UnavailableError
            As in `write`.
        """
        try:
            lent = self._alone.raw_connection()
            try:
                yield Alone(lent)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                # When one connection is gone, so are mostly the others: begin with new ones.
                lent.invalidate(error)
                self._alone.dispose()
                raise
            finally:
                lent.close()
        except _UNAVAILABLE as error:
            raise UnavailableError("database.unavailable") from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction in which the database refuses every change.

        Raises
        ------
        UnavailableError
            The database cannot be reached or gave up waiting.
        """
        try:
            with Session(self._reader, expire_on_commit=False) as session:
                yield session
        except _UNAVAILABLE as error:
            raise UnavailableError("database.unavailable") from error

    def ping(self) -> None:
        """Ask the database for an answer; raises when there is none."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self._alone.dispose()
