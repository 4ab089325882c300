"""WSGI servers as processes: start, wait until they answer, read their CPU time, stop."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.config import ROOT
from app.demo.site import server_command

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A WSGI server and its counts."""

    server: str  # granian, gthread or sync
    workers: int
    threads: int

    def __str__(self) -> str:
        if self.server == "sync":
            return f"gunicorn sync, {self.workers} workers"
        name = "Granian" if self.server == "granian" else "gunicorn gthread"
        return f"{name}, {self.workers} × {self.threads}"

    def command(self, target: str, port: int) -> list[str]:
        """Command line that serves a WSGI callable on a port of 127.0.0.1."""
        if self.server == "granian":
            # Exactly as in service, but for what is served.
            command = server_command(port, self.workers, self.threads)
            return [target if part == "wsgi:app" else part for part in command]
        command = [
            sys.executable, "-m", "gunicorn", target, "--bind", f"127.0.0.1:{port}",
            "--workers", str(self.workers), "--log-level", "warning",
        ]  # fmt: skip
        if self.server == "gthread":
            command += ["--worker-class", "gthread", "--threads", str(self.threads)]
            command += ["--keep-alive", "15"]
        return command


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A running server.

    Parameters
    ----------
    command : sequence of str
        What to start; a session of its own, so that it can be ended with all its processes.
    port : int
        Where it will listen.
    environment : mapping
        Added to this process's environment.
    probe : str
        Path that answers 200 as soon as the server is ready.
    log : Path
        Where its standard error goes, as a service manager would keep it.
    """

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        environment: Mapping[str, str],
        probe: str,
        log: Path,
    ) -> None:
        self.port = port
        self._log = log
        self._command = command
        self._environment = environment
        self.process = self._begin()
        self._wait(probe)

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._log.open("a") as file:
            return subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stderr=file,
                start_new_session=True,
            )

    def revive(self) -> bool:
        """Start it again if it has ended, as a service manager does; whether it had."""
        if self.process.poll() is None:
            return False
        self.process = self._begin()
        return True

    def _wait(self, probe: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended:\n{self._log.read_text()[-2000:]}")
            with suppress(OSError, urllib.error.URLError):
                url = f"http://127.0.0.1:{self.port}{probe}"
                with urllib.request.urlopen(url, timeout=5):
                    self._settle()
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server did not answer in time:\n{self._log.read_text()[-2000:]}")

    def _settle(self) -> None:
        """Wait for the other workers, which are still starting when the first one answers."""
        deadline, before = time.monotonic() + _START_SECONDS, -1.0
        while time.monotonic() < deadline and (now := self.cpu_seconds()) - before > 0.02:
            before = now
            time.sleep(0.25)

    def cpu_seconds(self) -> float:
        """Return the CPU time its processes have used so far."""
        return sum(map(cpu_seconds, family(self.process.pid)))

    def memory_mb(self) -> float:
        """Return the memory its processes hold, each one's resident set added up."""
        return sum(map(_resident_mb, family(self.process.pid)))

    def terminate(self) -> None:
        """Ask the main process to stop, as a service manager does."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> float:
        """Stop it, by force after 20 s; returns the seconds it took."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        return time.monotonic() - started


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                parent = int(_stat(int(path.name))[1])
                children.setdefault(parent, []).append(int(path.name))
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue.extend(children.get(found[-1], ()))
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and of its children that have ended."""
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat from the state on; the name before may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6
    except OSError:
        return 0.0
