"""The demo's processes: web server and worker, started together and ended together."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from app.config import PLACES, ROOT, SEATS

HOST = "127.0.0.1"
_GRACE_SECONDS = 20
# Processes of the web server on two cores, and threads in each: for everybody who is served or
# waits for it, and some for those who are told to come back.
WORKERS, THREADS = 2, PLACES + SEATS + 8


class PortTakenError(Exception):
    """Another program listens on the port."""


def require_free(port: int) -> None:
    """Raise `PortTakenError` when the port cannot be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError from error


def server_command(port: int, workers: int = WORKERS, threads: int = THREADS) -> Sequence[str]:
    """Command line of the production WSGI server; docs/benchmarks.md says why these counts."""
    return (
        sys.executable, "-m", "granian", "wsgi:app", "--interface", "wsgi", "--host", HOST,
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        # Of so many threads it warns; most of them only wait.
        "--no-ws", "--log-level", "error", "--workers-kill-timeout", "15",
        # A worker that dies is replaced; without this the others would be stopped too. On SIGHUP
        # all are exchanged: a new one has so many seconds to begin before the old one goes.
        "--respawn-failed-workers", "--respawn-interval", "10",
    )  # fmt: skip


def worker_command() -> Sequence[str]:
    """Command line of the worker that does what the web puts off."""
    return (sys.executable, "-m", "flask", "--app", "wsgi", "worker")


def serve(
    commands: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    *,
    port: int,
    ready: Callable[[], None],
) -> int:
    """Run the commands until one ends or the person asks to stop; then end them all.

    Parameters
    ----------
    ready : callable
        Called once, as soon as the site answers on the port.

    Returns
    -------
    int
        0 after Ctrl-C or SIGTERM, else the exit status of the process that ended by itself.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    # Sessions of their own: Ctrl-C in the terminal reaches this process alone, which ends them.
    children = [
        subprocess.Popen(command, cwd=ROOT, env=dict(environment), start_new_session=True)
        for command in commands
    ]
    ended = None
    announced = False
    while not stopping and ended is None:
        if not announced and _answers(port):
            announced = True
            ready()
        signal.sigtimedwait({signal.SIGCHLD}, 0.5 if announced else 0.1)
        ended = next((child for child in children if child.poll() is not None), None)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return 0 if stopping or ended is None else (ended.returncode or 1)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
