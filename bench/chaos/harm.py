"""Kills at random: processes of the web server, PostgreSQL's backends, PostgreSQL as a whole."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.postgres import EmbeddedPostgres, EmbeddedPostgresError
from bench.servers import Server, family

# Answers thanked for between one kill and the next. Not seconds: after some kills it takes seconds
# until anybody is served again, and a run that kills faster than that shows nothing.
EVERY = (100, 400)
# Then the moment itself is anywhere within so many seconds.
_WITHIN = 0.3
KINDS = ("web worker", "backend", "PostgreSQL")
# Granian gives up when a process dies again so soon, and a service manager starts it anew. That is
# allowed to happen, but if it happened all the time there would be nobody to answer.
_BETWEEN_WORKERS = 6.0


class Harm:
    """Does harm while clients are at work.

    Parameters
    ----------
    kinds : tuple of str
        What is killed, of ``KINDS``.
    """

    def __init__(
        self,
        server: Server,
        postgres: EmbeddedPostgres,
        seed: int,
        kinds: tuple[str, ...] = KINDS,
        every: tuple[int, int] = EVERY,
    ) -> None:
        self.kills: Counter[str] = Counter()
        # How often the web server gave up, because its processes died faster than they began.
        self.revived = 0
        self._server = server
        self._postgres = postgres
        self._chance = random.Random(seed)
        self._kinds = kinds
        self._every = every
        self._worker_killed = 0.0

    def until_done(
        self, at_work: Callable[[], bool], thanked: Callable[[], int], deadline: float
    ) -> None:
        """Kill again and again, until nobody is at work; none is hurt before some were served."""
        due = thanked() + self._chance.randint(*self._every)
        while at_work() and time.monotonic() < deadline:
            time.sleep(0.02)
            if self._server.revive():
                self.revived += 1
            # PostgreSQL ends itself when the process that recovers it is killed.
            if not self._runs():
                self.mend()
            if not self._kinds or thanked() < due:
                continue
            time.sleep(self._chance.uniform(0, _WITHIN))
            if at_work():
                self._kill(self._chance.choice(self._kinds))
            due = thanked() + self._chance.randint(*self._every)

    def mend(self) -> None:
        """Start again what does not run; PostgreSQL recovers by itself."""
        self._server.revive()
        deadline = time.monotonic() + 60
        while True:
            try:
                self._postgres.restart()
            except EmbeddedPostgresError:
                if time.monotonic() > deadline:
                    raise
            # One that was killed a moment ago may still look as if it ran.
            if self._runs():
                return
            time.sleep(0.2)

    def _runs(self) -> bool:
        """Whether PostgreSQL's first process lives."""
        pid = self._postgres.postmaster()
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        except OSError:
            return False
        return pid is not None and after_name.split()[0] not in "ZX"

    def _kill(self, kind: str) -> None:
        now = time.monotonic()
        if kind == "web worker" and len(self._kinds) > 1:
            if now - self._worker_killed < _BETWEEN_WORKERS:
                kind = "backend"
            else:
                self._worker_killed = now
        if kind == "web worker":
            victims = family(self._server.process.pid)[1:]
            done = self._end(victims, one=True)
        else:
            postmaster = self._postgres.postmaster()
            if postmaster is None:
                self.mend()
                return
            everyone = family(postmaster)
            done = self._end(everyone[1:] if kind == "backend" else everyone, kind == "backend")
            if kind == "PostgreSQL":
                self.mend()
        self.kills[kind] += done

    def _end(self, pids: list[int], one: bool) -> bool:
        chosen = [self._chance.choice(pids)] if one and pids else pids
        for pid in chosen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(chosen)
