"""Five times as many answers as can be served: who is let in is served soon, the others are told.

First what can be served is measured with as many citizens as wait without harm. Then answers are
sent at five times that speed, each at its own moment, whatever became of the ones before. Waiting
is counted from that moment on. Afterwards citizens come as before.
"""

import asyncio
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from bench import load, report, seed
from bench.journey import Site
from bench.load import header
from bench.place import open_place

TIMES, SECONDS = 5, 10.0
MOST_P95, MOST_BACK = 2.0, 30.0
_CITIZENS = 64
_CONNECTIONS = 400
_GIVE_UP = 20.0

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Flood:
    """What became of the answers of a flood; times in seconds from when each was due."""

    waited: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    without_retry: int = 0
    acknowledged: list[str] = field(default_factory=list)


def main() -> None:
    with open_place() as place:
        seed.fill(place)
        page = seed.form_page(place, seed.SPEED_COUNTER)
        with seed.our_server(place) as server:
            site = Site.of_form(server.port, page.path, page.plain, seed.KEY_NAME)
            served(site, 600)
            capacity, before = served(site, 1_500)
            flood = asyncio.run(pour(site, TIMES * capacity, SECONDS))
            stopped = time.perf_counter()
            back, after = 0.0, float("inf")
            while after > 2 * before and back < MOST_BACK:
                _speed, after = served(site, 300)
                back = time.perf_counter() - stopped
            stored = place.keys("SELECT submission_key FROM response")
    figures = {
        "capacity_per_second": round(capacity, 1),
        "offered": flood.statuses.total(),
        "statuses": dict(flood.statuses),
        "accepted_p95_s": round(p95(flood.waited), 3),
        "refused_p95_s": round(p95(flood.refused), 3),
        "p95_before_ms": round(1000 * before, 1),
        "p95_after_ms": round(1000 * after, 1),
        "back_after_s": round(back, 1),
        "without_retry_after": flood.without_retry,
        "acknowledged": len(flood.acknowledged),
        "lost": len(set(flood.acknowledged) - stored),
    }
    for name, value in figures.items():
        print(f"{name}: {value}")
    print(f"Written to {report.save('overload', figures)}")
    wrong = faults(flood, figures, back_to_normal=after <= 2 * before)
    if wrong:
        sys.exit("\n".join(wrong))


def faults(flood: Flood, figures: dict[str, object], *, back_to_normal: bool) -> list[str]:
    """Say which promises were not kept."""
    wrong = []
    if p95(flood.waited) >= MOST_P95:
        wrong.append(f"Accepted answers waited {p95(flood.waited):.1f} s (p95).")
    if set(flood.statuses) - {"303", "429", "503"}:
        wrong.append(f"Replies that must not come: {dict(flood.statuses)}")
    if flood.without_retry:
        wrong.append("Refusals without Retry-After.")
    if figures["lost"]:
        wrong.append("Acknowledged answers are not stored.")
    if not back_to_normal:
        wrong.append("Not back to normal in time.")
    return wrong


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else 0.0


def served(site: Site, n: int) -> tuple[float, float]:
    """Let citizens hand in `n` answers; how many a second, and the 95th percentile of waiting."""
    ledger, seconds = load.run(
        site.port, _CITIZENS, lambda told: (_one(site, number, told) for number in range(n))
    )
    return ledger.finished / seconds, p95(ledger.seconds["answers"])


def _one(site: Site, number: int, told: load.Ledger) -> load.Script:
    reply = yield site.post(str(uuid4()).encode(), number)
    told.expect("answers", reply, 303)


async def pour(site: Site, per_second: float, seconds: float) -> Flood:
    """Send answers at a steady speed, each on a line that is free."""
    flood = Flood()
    lines: asyncio.LifoQueue[Line | None] = asyncio.LifoQueue()
    for _ in range(_CONNECTIONS):
        lines.put_nowait(None)
    began = time.perf_counter()
    tasks = []
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        if (early := due - time.perf_counter()) > 0.001:
            await asyncio.sleep(early)
        elif number % 50 == 0:
            await asyncio.sleep(0)
        tasks.append(asyncio.create_task(_send(site, number, due, lines, flood)))
    await asyncio.gather(*tasks)
    return flood


async def _send(
    site: Site, number: int, due: float, lines: asyncio.LifoQueue[Line | None], flood: Flood
) -> None:
    key = str(uuid4())
    line = await lines.get()
    try:
        async with asyncio.timeout(_GIVE_UP):
            line = line or await asyncio.open_connection("127.0.0.1", site.port)
            line[1].write(site.post(key.encode(), number))
            head = await line[0].readuntil(b"\r\n\r\n")
            await line[0].readexactly(int(header(head, b"content-length") or 0))
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        flood.statuses[type(error).__name__] += 1
        if line is not None:
            line[1].close()
        lines.put_nowait(None)
        return
    lines.put_nowait(line)
    status, waited = head[9:12].decode(), time.perf_counter() - due
    flood.statuses[status] += 1
    if status == "303":
        flood.acknowledged.append(key)
        flood.waited.append(waited)
    else:
        flood.refused.append(waited)
        flood.without_retry += header(head, b"retry-after") is None


if __name__ == "__main__":
    main()
