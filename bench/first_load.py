"""What a phone fetches before it shows a citizen's page, and when it first shows something.

Chromium with an empty cache on a simulated slow line: 400 kbit/s both ways, 400 ms before every
answer. The browser's own counters are read, not the server's.
"""

import re
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench import report, seed
from bench.place import open_place

BITS_PER_SECOND = 400_000
LATENCY_MS = 400
REPEATS = 5
PHONE = {"width": 360, "height": 740}
# Targets of one first load.
MOST_REQUESTS, MOST_BYTES, MOST_FCP_MS = 2, 14 * 1024, 1500
PAGES = ("start page", "one-minute counter form", "form of 22 + 5 + 1 questions")
HELD_TO_TARGETS = PAGES[:2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FCP = """() => new Promise(resolve => {
  const seen = performance.getEntriesByName('first-contentful-paint')[0];
  if (seen) return resolve(seen.startTime);
  new PerformanceObserver(list => {
    for (const entry of list.getEntries())
      if (entry.name === 'first-contentful-paint') resolve(entry.startTime);
  }).observe({type: 'paint', buffered: true});
})"""


@dataclass(slots=True)
class FirstLoad:
    """One load of a page into an empty cache."""

    page: str
    requests: int = 0
    bytes_on_wire: int = 0
    first_contentful_paint_ms: float = 0.0
    load_ms: float = 0.0

    def meets_targets(self) -> bool:
        """Whether it stays within requests, bytes and time."""
        return (
            self.requests <= MOST_REQUESTS
            and self.bytes_on_wire <= MOST_BYTES
            and self.first_contentful_paint_ms < MOST_FCP_MS
        )


def main() -> None:
    with open_place() as place:
        seed.fill(place)
        form = seed.form_page(place, seed.PLAIN_COUNTER)
        long_form = seed.form_page(place, seed.SPEED_COUNTER)
        with seed.our_server(place) as ours:
            base = f"http://127.0.0.1:{ours.port}"
            addresses = (
                f"{base}/c/{seed.PLAIN_COUNTER}",
                f"{base}{form.path}",
                f"{base}{long_form.path}",
            )
            loads = measure_all(dict(zip(PAGES, addresses, strict=True)))
    print(_table(loads))
    print(f"\nWritten to {report.save('first-load', {'loads': [asdict(load) for load in loads]})}")
    if not all(load.meets_targets() for load in loads if load.page in HELD_TO_TARGETS):
        sys.exit("A first load is over its target.")


def measure_all(pages: Mapping[str, str]) -> list[FirstLoad]:
    """Load each page several times."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=_executable(), args=["--no-sandbox"])
        loads = [
            measure(browser, name, address)
            for _ in range(REPEATS)
            for name, address in pages.items()
        ]
        browser.close()
    return loads


def _table(loads: Sequence[FirstLoad]) -> str:
    rows = []
    for name in PAGES:
        mine = [load for load in loads if load.page == name]
        paints = [load.first_contentful_paint_ms for load in mine]
        rows.append(
            (
                name,
                str(max(load.requests for load in mine)),
                f"{max(load.bytes_on_wire for load in mine):,}",
                report.spread(paints, 0),
                f"{statistics.median(load.load_ms for load in mine):.0f}",
                "yes" if all(load.meets_targets() for load in mine) else "no",
            )
        )
    head = ("page", "requests", "bytes", "first paint ms", "loaded ms", "in target")
    return report.table(head, rows)


def measure(browser: Browser, name: str, address: str) -> FirstLoad:
    """Load a page once, in a fresh context."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN", is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    line = context.new_cdp_session(page)
    found = FirstLoad(name)
    _watch(line, found)
    page.goto(address, wait_until="load")
    found.first_contentful_paint_ms = round(float(page.evaluate(_FCP)), 1)
    found.load_ms = round(_loaded(page), 1)
    context.close()
    return found


def _watch(line: CDPSession, found: FirstLoad) -> None:
    """Slow the line down and count what crosses it."""
    embedded: set[str] = set()

    def sent(event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        if re.match(r"https?:", request["url"]):
            found.requests += 1
        else:
            embedded.add(str(event["requestId"]))

    def finished(event: dict[str, object]) -> None:
        if event["requestId"] not in embedded:
            found.bytes_on_wire += round(float(str(event["encodedDataLength"])))

    line.on("Network.requestWillBeSent", sent)
    line.on("Network.loadingFinished", finished)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    throughput = BITS_PER_SECOND / 8
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        },
    )


def _loaded(page: Page) -> float:
    return float(
        page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventStart")
    )


def _executable() -> str | None:
    """Return the system's browser, or None for the one Playwright brings."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


if __name__ == "__main__":
    main()
