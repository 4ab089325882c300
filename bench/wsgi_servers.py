"""Which WSGI server, and how many processes and threads: measured on the lean page.

Every layout serves the same lean page with durable commits. All run at once and are driven one
after the other, in several rounds, so that each is compared with the reference of its own round.
Then each kind of server is told to stop, and has a worker killed, with citizens under way.
"""

import http.client
import os
import signal
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import load, report, seed
from bench.journey import Site, journeys
from bench.place import Place, open_place
from bench.servers import Layout, Server, family, free_port

CITIZENS = 64
JOURNEYS = 1000
PASSES = 3
REFERENCE = Layout("granian", 2, 4)
LAYOUTS = (
    REFERENCE,
    Layout("granian", 1, 2),
    Layout("granian", 1, 4),
    Layout("granian", 2, 2),
    Layout("granian", 2, 8),
    Layout("granian", 3, 4),
    Layout("gthread", 2, 4),
    Layout("gthread", 2, 16),
    Layout("sync", 2, 1),
    Layout("sync", 4, 1),
)
STOPPED = (REFERENCE, Layout("gthread", 2, 8), Layout("sync", 4, 1))


@dataclass(slots=True)
class Measured:
    """What one layout did, pass by pass."""

    layout: Layout
    server: Server
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    post_p95: list[float] = field(default_factory=list)
    errors: int = 0
    memory_mb: float = 0.0


def main() -> None:
    with open_place() as place:
        seed.fill(place)
        page = seed.form_page(place, seed.SPEED_COUNTER)
        measured = compare(place, page)
        print(_comparison(measured), flush=True)
        stops = [stop_under_load(place, page, layout) for layout in STOPPED]
        print("\nSIGTERM with 64 citizens and one slow request under way\n")
        print(_stops(stops), flush=True)
        kills = [kill_a_worker(place, page, layout) for layout in STOPPED]
        print("\nOne worker killed with 64 citizens under way\n")
        print(_kills(kills))
    figures = {
        "citizens": CITIZENS,
        "journeys": JOURNEYS,
        "layouts": [
            {
                "layout": str(one.layout),
                "per_second": one.per_second,
                "cpu_ms": one.cpu_ms,
                "post_p95_ms": one.post_p95,
                "errors": one.errors,
                "memory_mb": one.memory_mb,
            }
            for one in measured
        ],
        "stops": stops,
        "kills": kills,
    }
    print(f"\nWritten to {report.save('wsgi-servers', figures)}")


def start(place: Place, page: seed.OurPage, layout: Layout) -> Server:
    """Serve the lean page under a layout."""
    port = free_port()
    return Server(
        layout.command("bench.lean:app", port),
        port,
        page.lean_environment(place),
        "/thanks",
        place.folder / "lean.log",
    )


def compare(place: Place, page: seed.OurPage) -> list[Measured]:
    """Drive every layout in turn, several times."""
    with ExitStack() as stack:
        measured = []
        for layout in LAYOUTS:
            server = start(place, page, layout)
            stack.callback(server.stop)
            measured.append(Measured(layout, server))
            _drive(page, server, 100)
        for number in range(PASSES):
            turn = measured[number:] + measured[:number]
            for one in turn:
                cpu = one.server.cpu_seconds()
                ledger, seconds = _drive(page, one.server, JOURNEYS)
                one.per_second.append(round(JOURNEYS / seconds, 1))
                spent = one.server.cpu_seconds() - cpu
                one.cpu_ms.append(round(1000 * spent / JOURNEYS, 3))
                one.post_p95.append(report.milliseconds(ledger.seconds["answers"])["p95"])
                one.errors += sum(ledger.errors.values())
                one.memory_mb = round(one.server.memory_mb(), 1)
        return measured


def _drive(page: seed.OurPage, server: Server, n: int) -> tuple[load.Ledger, float]:
    return load.run(server.port, CITIZENS, journeys(_site(page, server), n))


def _site(page: seed.OurPage, server: Server) -> Site:
    return Site.of_form(server.port, "/form", page.plain, seed.KEY_NAME, action="/form")


def stop_under_load(place: Place, page: seed.OurPage, layout: Layout) -> dict[str, object]:
    """Send SIGTERM while citizens hand in; tell what became of their requests."""
    server = start(place, page, layout)
    place.execute("TRUNCATE lean_response")
    slow: dict[str, object] = {}
    taken: list[float] = []

    def ask_slowly() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            connection.request("GET", "/slow")
            slow["answered"] = connection.getresponse().read() == b"done"
        except (OSError, http.client.HTTPException):
            slow["answered"] = False

    def stop_soon() -> None:
        time.sleep(0.7)
        taken.append(server.stop())

    threads = [threading.Thread(target=ask_slowly), threading.Thread(target=stop_soon)]
    for thread in threads:
        thread.start()
    ledger, _ = load.run(server.port, CITIZENS, journeys(_site(page, server), 100_000))
    for thread in threads:
        thread.join()
    stored = place.count("lean_response")
    return {
        "layout": str(layout),
        "seconds_to_exit": round(taken[0], 2),
        "slow_request_answered": slow["answered"],
        "acknowledged": len(ledger.acknowledged),
        "stored": stored,
        "lost_while_under_way": ledger.errors["connection lost with a request under way"],
    }


def kill_a_worker(place: Place, page: seed.OurPage, layout: Layout) -> dict[str, object]:
    """Kill one worker process; tell whether the others go on and a new one comes."""
    server = start(place, page, layout)
    place.execute("TRUNCATE lean_response")
    workers = [pid for pid in family(server.process.pid) if pid != server.process.pid]

    def kill_soon() -> None:
        time.sleep(0.5)
        os.kill(workers[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill_soon)
    thread.start()
    ledger, seconds = load.run(server.port, CITIZENS, journeys(_site(page, server), 3000))
    thread.join()
    time.sleep(max(0.0, 2.5 - seconds))
    found: dict[str, object] = {
        "layout": str(layout),
        "finished": ledger.finished,
        "acknowledged": len(ledger.acknowledged),
        "stored": place.count("lean_response"),
        "errors": dict(ledger.errors),
        "replaced": len(family(server.process.pid)) == len(workers) + 1,
    }
    server.stop()
    return found


def _comparison(measured: Sequence[Measured]) -> str:
    base = measured[0].per_second
    rows = []
    for one in measured:
        ratios = [mine / theirs for mine, theirs in zip(one.per_second, base, strict=True)]
        rows.append(
            (
                str(one.layout),
                report.spread(one.per_second, 0),
                report.spread(ratios),
                f"{statistics.median(one.cpu_ms):.2f}",
                f"{statistics.median(one.post_p95):.0f}",
                f"{one.memory_mb:.0f}",
                str(one.errors),
            )
        )
    head = ("layout", "journeys/s", "of reference", "CPU ms", "POST p95 ms", "MB", "errors")
    return report.table(head, rows)


def _stops(stops: Sequence[dict[str, object]]) -> str:
    head = ("layout", "s to exit", "slow answered", "acknowledged", "stored", "cut off")
    return report.table(head, [tuple(map(str, one.values())) for one in stops])


def _kills(kills: Sequence[dict[str, object]]) -> str:
    head = ("layout", "finished", "acknowledged", "stored", "errors", "replaced")
    return report.table(head, [tuple(map(str, one.values())) for one in kills])


if __name__ == "__main__":
    main()
