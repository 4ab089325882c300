"""Citizens' journeys per second, against a lean page under the same server.

A journey is GET form, POST answers, GET thanks, and ends with a row in PostgreSQL whose commit has
reached the disk. Both applications run at once, use one database and are driven in turn; a pair's
ratio is of two runs made one right after the other. Absolute figures are those of this machine with
whatever else it was doing; the ratio is what is compared over time.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from app.demo.site import THREADS, WORKERS
from bench import codes, load, report, seed
from bench.codes import CodeSite
from bench.journey import Phases, Site, journeys
from bench.place import Place, open_place
from bench.servers import Layout, Server, free_port

CITIZENS, CROWD = 64, 128
# Long enough for one second or more of either, short enough for a shared machine.
JOURNEYS, WARM_UP = 1500, 300
PAIRS = 7
LEAST_RATIO, LEAST_RATIO_CODES = 0.5, 0.35
LEAN, OURS, CODES = "lean page", "Lòng Dân", "Lòng Dân, codes"


@dataclass(slots=True)
class Side:
    """One of the two applications, and what was measured of it."""

    name: str
    server: Server
    site: Site
    stored_keys: str
    codes: CodeSite | None = None
    per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    generator_ms: list[float] = field(default_factory=list)
    phases: dict[str, dict[str, float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)

    def journeys(self, n: int) -> Callable[[load.Ledger], Iterator[load.Script]]:
        """Make so many whole journeys."""
        return journeys(self.site, n) if self.codes is None else codes.journeys(self.codes, n)

    def note(self, ledger: load.Ledger) -> None:
        """Keep what was acknowledged and what went wrong."""
        self.acknowledged += ledger.acknowledged
        for kind, count in ledger.errors.items():
            self.errors[kind] = self.errors.get(kind, 0) + count


def main() -> None:
    with ExitStack() as stack:
        place = stack.enter_context(open_place())
        seed.fill(place)
        lean, ours = open_sides(place, stack)
        coded = with_codes(place, ours)
        sides = (lean, ours, coded)
        for side in sides:
            side.note(load.run(side.site.port, CITIZENS, side.journeys(WARM_UP))[0])
        for number in range(PAIRS):
            # Whoever comes first meets a machine in another state: take turns.
            for side in sides if number % 2 == 0 else sides[::-1]:
                timed_run(place, side)
        for side in (lean, ours):
            timed_phases(place, side)
        crowd = {side.name: crowded_run(side) for side in sides}
        kept = {side.name: kept_of(place, side) for side in sides}
    ratios = ratios_to(lean, ours)
    with_code = ratios_to(lean, coded)
    print(_summary(sides))
    print(f"\nRatio of each pair at {CITIZENS} citizens: {report.spread(ratios)}")
    print(f"With one-time codes and the spool: {report.spread(with_code)}")
    print(f"Ratio of CPU time, server and PostgreSQL: {report.spread(cpu_ratios(lean, ours))}\n")
    print(_phases((lean, ours)))
    print(_kept(kept, crowd))
    figures = {
        "layout": str(Layout("granian", WORKERS, THREADS)),
        "citizens": CITIZENS,
        "journeys": JOURNEYS,
        "ratios": [round(ratio, 3) for ratio in ratios],
        "ratio_median": round(statistics.median(ratios), 3),
        "ratios_with_codes": [round(ratio, 3) for ratio in with_code],
        "ratio_with_codes_median": round(statistics.median(with_code), 3),
        "cpu_ratios": [round(ratio, 3) for ratio in cpu_ratios(lean, ours)],
        "sides": {side.name: _figures(side) for side in sides},
        "crowd": crowd,
        "kept": kept,
    }
    print(f"\nWritten to {report.save('citizen', figures)}")
    failed = faults(ratios, with_code, sides, kept)
    if failed:
        sys.exit("\n".join(failed))


def open_sides(place: Place, stack: ExitStack) -> tuple[Side, Side]:
    """Start both applications with the same server and counts."""
    page = seed.form_page(place, seed.SPEED_COUNTER)
    port = free_port()
    # Threads only as many as work: it has no waiting room.
    command = Layout("granian", WORKERS, 4).command("bench.lean:app", port)
    server = Server(
        command, port, page.lean_environment(place), "/thanks", place.folder / "lean.log"
    )
    stack.callback(server.stop)
    site = Site.of_form(port, "/form", page.plain, seed.KEY_NAME, action="/form")
    lean = Side(LEAN, server, site, "SELECT id FROM lean_response")
    server = stack.enter_context(seed.our_server(place))
    site = Site.of_form(server.port, page.path, page.plain, seed.KEY_NAME)
    return lean, Side(OURS, server, site, "SELECT submission_key FROM response")


def with_codes(place: Place, ours: Side) -> Side:
    """Let people come to our application with a code each, beside those at the counter."""
    tokens = codes.add_codes(place, WARM_UP + (PAIRS + 1) * JOURNEYS)
    query = """SELECT i.token_digest FROM spooled s JOIN invitation i ON i.id = s.invitation_id
        WHERE i.state = 'used'"""
    return Side(CODES, ours.server, ours.site, query, CodeSite.of(ours.site, tokens))


def ratios_to(lean: Side, side: Side) -> list[float]:
    """Compare speeds pair by pair."""
    pairs = zip(side.per_second, lean.per_second, strict=True)
    return [mine / theirs for mine, theirs in pairs]


def timed_run(place: Place, side: Side) -> None:
    """Make whole journeys and note speed and CPU time."""
    before = side.server.cpu_seconds(), place.cpu_seconds(), time.process_time()
    ledger, seconds = load.run(side.site.port, CITIZENS, side.journeys(JOURNEYS))
    after = side.server.cpu_seconds(), place.cpu_seconds(), time.process_time()
    server, database, generator = (
        round(1000 * (late - early) / JOURNEYS, 3)
        for early, late in zip(before, after, strict=True)
    )
    side.per_second.append(round(ledger.finished / seconds, 1))
    side.cpu_ms.append(server)
    side.database_ms.append(database)
    side.generator_ms.append(generator)
    for phase, waited in ledger.seconds.items():
        side.seconds.setdefault(phase, []).extend(waited)
    side.note(ledger)


def timed_phases(place: Place, side: Side) -> None:
    """Make each part of the journey by itself, for its own speed and CPU time."""
    cut = Phases(side.site, JOURNEYS, [], [])
    for name, scripts in (("form", cut.forms), ("answers", cut.answers), ("thanks", cut.thanked)):
        before = side.server.cpu_seconds(), place.cpu_seconds()
        ledger, seconds = load.run(side.site.port, CITIZENS, scripts)
        side.phases[name] = {
            "per_second": round(ledger.finished / seconds, 1),
            "cpu_ms": round(1000 * (side.server.cpu_seconds() - before[0]) / JOURNEYS, 3),
            "database_ms": round(1000 * (place.cpu_seconds() - before[1]) / JOURNEYS, 3),
        }
        side.note(ledger)


def crowded_run(side: Side) -> dict[str, object]:
    """Let twice as many citizens come; what counts is that none is turned away."""
    ledger, seconds = load.run(side.site.port, CROWD, side.journeys(JOURNEYS))
    side.note(ledger)
    return {
        "citizens": CROWD,
        "per_second": round(ledger.finished / seconds, 1),
        "errors": dict(ledger.errors),
        "answers_ms": report.milliseconds(ledger.seconds["answers"]),
    }


def kept_of(place: Place, side: Side) -> dict[str, int]:
    """Compare what the database holds with what was acknowledged."""
    stored = place.keys(side.stored_keys)
    found = {"acknowledged": len(side.acknowledged), "stored": len(stored)}
    if side.name == OURS:
        found["lost"] = len(set(side.acknowledged) - stored)
        found["not acknowledged"] = len(stored - set(side.acknowledged))
    return found


def cpu_ratios(lean: Side, ours: Side) -> list[float]:
    """Compare CPU time pair by pair; what else the machine does disturbs it less than the clock."""
    spent = [
        [server + database for server, database in zip(side.cpu_ms, side.database_ms, strict=True)]
        for side in (lean, ours)
    ]
    return [theirs / mine for theirs, mine in zip(*spent, strict=True)]


def faults(
    ratios: list[float],
    with_code: list[float],
    sides: Iterable[Side],
    kept: dict[str, dict[str, int]],
) -> list[str]:
    """Say which promises were not kept."""
    found = []
    if statistics.median(ratios) < LEAST_RATIO:
        found.append(f"The median ratio is below {LEAST_RATIO}.")
    if statistics.median(with_code) < LEAST_RATIO_CODES:
        found.append(f"The median ratio with codes is below {LEAST_RATIO_CODES}.")
    for side in sides:
        if side.errors:
            found.append(f"{side.name}: {side.errors}")
        if kept[side.name]["stored"] != len(side.acknowledged):
            found.append(f"{side.name}: stored rows are not those acknowledged")
    return found


def _summary(sides: Iterable[Side]) -> str:
    head = ("", "journeys/s", "server CPU ms", "PostgreSQL CPU ms", "generator CPU ms")
    rows = [
        (
            side.name,
            report.spread(side.per_second, 0),
            report.spread(side.cpu_ms),
            report.spread(side.database_ms),
            report.spread(side.generator_ms),
        )
        for side in sides
    ]
    return report.table(head, rows)


def _phases(sides: Iterable[Side]) -> str:
    head = ("phase", "requests/s", "server CPU ms", "PostgreSQL CPU ms", "p50 ms", "p95 ms")
    rows = []
    for side in sides:
        for name, one in side.phases.items():
            waited = report.milliseconds(side.seconds[name])
            rows.append(
                (
                    f"{side.name}: {name}",
                    f"{one['per_second']:.0f}",
                    f"{one['cpu_ms']:.2f}",
                    f"{one['database_ms']:.2f}",
                    f"{waited['p50']:.0f}",
                    f"{waited['p95']:.0f}",
                )
            )
    return report.table(head, rows)


def _kept(kept: dict[str, dict[str, int]], crowd: dict[str, dict[str, object]]) -> str:
    lines = [""]
    for name, found in kept.items():
        counts = ", ".join(f"{count} {what}" for what, count in found.items())
        errors = crowd[name]["errors"] or "none"
        lines.append(f"{name}: {counts}; errors with {CROWD} citizens: {errors}")
    return "\n".join(lines)


def _figures(side: Side) -> dict[str, object]:
    return {
        "per_second": side.per_second,
        "server_cpu_ms": side.cpu_ms,
        "database_cpu_ms": side.database_ms,
        "generator_cpu_ms": side.generator_ms,
        "phases": side.phases,
        "waiting_ms": {name: report.milliseconds(all_) for name, all_ in side.seconds.items()},
        "errors": side.errors,
    }


if __name__ == "__main__":
    main()
