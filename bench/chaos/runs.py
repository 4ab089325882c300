"""The runs: kills, their controls, a full disk, reloads."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.demo.site import THREADS, WORKERS
from bench import seed
from bench.chaos.clients import KEPT_LINE_CLOSED, Crowd, Manner
from bench.chaos.harm import EVERY, KINDS, Harm
from bench.chaos.verdict import Verdict, judge
from bench.chaos.world import Sending, Stored, World, unprotect
from bench.place import Place, open_place
from bench.servers import Layout, Server, free_port

CLIENTS = 16
LONGEST = 900.0
_TARGET = {"": "wsgi:app", "async": "bench.chaos.careless:app", "twice": "bench.chaos.careless:app"}


def kills(
    name: str,
    n: int,
    *,
    least_kills: int,
    careless: str = "",
    kinds: tuple[str, ...] = KINDS,
    every: tuple[int, int] = EVERY,
    longest: float = LONGEST,
    drops: float = 0.05,
    seed_: int = 1,
) -> Verdict:
    """Let people answer while processes are killed."""
    began = time.monotonic()
    with open_place() as place, _stand(place, n, careless) as (world, server):
        if careless == "twice":
            unprotect(place.url)
        deadline = time.monotonic() + longest
        crowd = Crowd(server.port, world.sendings, Manner(drops=drops), deadline)
        harm = Harm(server, place.server, seed_, kinds, every)
        crowd.start(CLIENTS)
        harm.until_done(lambda: crowd.at_work, lambda: len(crowd.ledger.acknowledged), deadline)
        harm.mend()
        crowd.join()
        unfinished = ""
        if len(crowd.ledger.acknowledged) < n:
            unfinished = f"only {len(crowd.ledger.acknowledged)} of {n} were thanked in time"
        elif harm.kills.total() < least_kills:
            unfinished = f"only {harm.kills.total()} kills"
        server.stop()
        stored = _when_up(world, harm)
    return judge(
        name, crowd.ledger, stored, n, kills=harm.kills, unfinished=unfinished,
        seconds=time.monotonic() - began,
    )  # fmt: skip


def full_disk(n: int) -> Verdict:
    """Fill the disk of the database, send, make room, and go on without touching anything."""
    began = time.monotonic()
    with _small_disk() as folder, open_place(folder) as place, _stand(place, n, "") as both:
        world, server = both
        third = n // 3
        deadline = time.monotonic() + 120
        before = _send(server.port, world.sendings[:third], Manner(drops=0), deadline)
        filler = folder / "filler"
        _fill(filler)
        during = _send(
            server.port, world.sendings[third : 2 * third], Manner(drops=0, tries=1), deadline
        )
        filler.unlink()
        freed = time.monotonic()
        after = _send(server.port, world.sendings[third:], Manner(drops=0), deadline + 60)
        back = time.monotonic() - freed
        server.stop()
        stored = world.mixed()
    ledger = after.ledger
    refused = during.ledger.outcomes["503"]
    for other in (before.ledger, during.ledger):
        ledger.acknowledged |= other.acknowledged
        ledger.faults += other.faults
    ledger.outcomes = during.ledger.outcomes
    unfinished = ""
    if not refused:
        unfinished = "the full disk refused nothing"
    elif len(ledger.acknowledged) < n:
        unfinished = f"only {len(ledger.acknowledged)} of {n} were thanked; back after {back:.0f} s"
    return judge(
        "full disk", ledger, stored, n, unfinished=unfinished, seconds=time.monotonic() - began
    )


def reloads(n: int, times: int = 6) -> Verdict:
    """Reload the web server again and again while people answer: no request may fail."""
    began = time.monotonic()
    with open_place() as place, _stand(place, n, "") as (world, server):
        crowd = Crowd(server.port, world.sendings, Manner(drops=0), time.monotonic() + 300)
        crowd.start(12)
        done = 0
        while crowd.at_work and done < times:
            time.sleep(3.3)
            server.process.send_signal(signal.SIGHUP)
            done += 1
        crowd.join()
        server.stop()
        stored = world.mixed()
    ledger = crowd.ledger
    ledger.faults += [each for each in ledger.outcomes if each not in ("303", KEPT_LINE_CLOSED)]
    unfinished = "" if done == times else f"only {done} reloads while people were answering"
    return judge(
        f"{done} reloads", ledger, stored, n, unfinished=unfinished,
        seconds=time.monotonic() - began,
    )  # fmt: skip


@contextmanager
def _stand(place: Place, n: int, careless: str) -> Iterator[tuple[World, Server]]:
    world = World(place.url, place.folder, n)
    port = free_port()
    environment = seed.our_environment(place, port) | {"LOG_LEVEL": "ERROR"}
    if careless:
        environment["CARELESS"] = careless
    command = Layout("granian", WORKERS, THREADS).command(_TARGET[careless], port)
    server = Server(command, port, environment, "/healthz", place.folder / "server.log")
    try:
        yield world, server
    finally:
        server.stop()
        world.close()


def _when_up(world: World, harm: Harm) -> Stored:
    """Read what is stored, as soon as PostgreSQL has recovered from the last kill."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return world.mixed()
        except Exception:
            if time.monotonic() > deadline:
                raise
            harm.mend()
            time.sleep(0.5)


def _send(port: int, sendings: Sequence[Sending], manner: Manner, deadline: float) -> Crowd:
    crowd = Crowd(port, sendings, manner, deadline)
    crowd.start(CLIENTS)
    crowd.join()
    return crowd


@contextmanager
def _small_disk() -> Iterator[Path]:
    """Mount a small disk in memory; only root may."""
    folder = Path("/tmp") / f"longdan-small-disk-{os.getpid()}"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=220m,mode=0755", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


def _fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"\0" * size):
                    pass
