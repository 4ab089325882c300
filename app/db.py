"""The database: the only place that opens and commits transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from app.errors import UnavailableError

# A statement that waits this long has met a lock or a mistake; the person is told, not kept.
STATEMENT_TIMEOUT_MS = 60_000
_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)


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
        # Connections of its own: to switch one to and fro costs half as much as the statement.
        self._alone = create_engine(url, isolation_level="AUTOCOMMIT", **options)
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
    def write_alone(self) -> Iterator[Session]:
        """Open a session in which every statement is a transaction of its own.

        For writes that are one statement: it spares the two trips that begin and commit a
        transaction, nearly half of what storing a citizen's answers costs.

        Raises
        ------
        UnavailableError
            As in `write`.
        """
        try:
            with Session(self._alone, expire_on_commit=False) as session:
                yield session
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
