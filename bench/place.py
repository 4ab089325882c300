"""Where a benchmark runs: an embedded PostgreSQL of its own, on the disk, removed afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app import schema
from app.config import ROOT
from app.postgres import EmbeddedPostgres
from bench.servers import cpu_seconds, family

RESULTS = ROOT / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Place:
    """One database for the application and the yardstick, and a folder to write in."""

    folder: Path
    server: EmbeddedPostgres
    url: str

    @property
    def conninfo(self) -> str:
        """Address for psycopg."""
        return self.url.replace("postgresql+psycopg://", "postgresql://")

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        with psycopg.connect(self.conninfo) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        return int(row[0])

    def keys(self, query: str) -> set[str]:
        """Return the first column of a query's rows, as text."""
        with psycopg.connect(self.conninfo) as connection:
            return {str(row[0]) for row in connection.execute(query)}

    def execute(self, statement: str) -> None:
        """Run one statement."""
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(statement)

    def cpu_seconds(self) -> float:
        """Return the CPU time PostgreSQL has used so far, ended connections included."""
        pid = int((self.server.folder / "postmaster.pid").read_text().split()[0])
        return sum(map(cpu_seconds, family(pid)))


@contextmanager
def open_place(below: Path = RESULTS) -> Iterator[Place]:
    """Start an empty, migrated database below ``var/bench`` and remove it at the end.

    Not in the temporary folder: that may be memory, where a durable commit costs nothing.
    """
    below.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=below, prefix="place-"))
    server = EmbeddedPostgres(folder / "postgresql")
    try:
        server.start()
        server.ensure_database("bench")
        url = server.url("bench")
        schema.upgrade(url)
        yield Place(folder, server, url)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
