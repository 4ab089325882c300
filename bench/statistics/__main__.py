"""Statistics against yardsticks: every contender in a process of its own, in turn.

    python -m bench.statistics                 everything, about ten minutes, of which R takes two
    python -m bench.statistics means index     some of it: means means_1m crossing index raking
                                               bootstrap r
    python -m bench.statistics --keep …        leave the files that were measured on

PAIRS in the environment says how often; without it, seven times.

The yardstick is the bare columnar group-by of the same columns by DuckDB: no standard error, no
respondents counted, sums of floats in any order.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import report
from bench.place import ROOT
from bench.statistics import tables

PAIRS = int(os.environ.get("PAIRS", "7"))
MILLION = 1_000_000
Y = ",".join(f"y{k}" for k in range(tables.VARIABLES))
Z = ",".join(f"z{k}" for k in range(tables.VARIABLES))
Q = ",".join(f"q{k:02d}" for k in range(1, tables.ITEMS + 1))
GROUP_BY, MEANS = "bench.statistics.duckdb_group_by", "bench.statistics.our_means"


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its wall time, start to end, and what it told."""

    seconds: float
    told: dict

    @property
    def megabytes(self) -> float:
        return self.told["megabytes"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A yardstick and a contender, as commands, and the ratios that are aimed at."""

    name: str
    yardstick: list[str]
    contender: list[str]
    most_time: float | None = None
    most_memory: float | None = None
    clock: str | None = None
    """What the processes timed themselves; without it, from start to end."""


def run(command: Sequence[str]) -> Run:
    """Run a process and read what it tells."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return Run(seconds, json.loads(done.stdout.splitlines()[-1]))


def python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def measure(pair: Pair, n: int = PAIRS) -> dict:
    """Run both in turn, the first one changing."""
    run(pair.contender)  # files into the page cache, modules compiled
    ours, theirs = [], []
    for turn in range(n):
        order = [(pair.yardstick, theirs), (pair.contender, ours)]
        for command, runs in order if turn % 2 == 0 else order[::-1]:
            runs.append(run(command))

    def seconds(one: Run) -> float:
        return one.told[pair.clock] if pair.clock else one.seconds

    return {
        "yardstick_seconds": [seconds(one) for one in theirs],
        "seconds": [seconds(one) for one in ours],
        "ratio": [seconds(a) / seconds(b) for a, b in zip(ours, theirs, strict=True)],
        "cpu_ratio": [a.told["cpu"] / b.told["cpu"] for a, b in zip(ours, theirs, strict=True)],
        "yardstick_megabytes": [one.megabytes for one in theirs],
        "megabytes": [one.megabytes for one in ours],
        "memory_ratio": [a.megabytes / b.megabytes for a, b in zip(ours, theirs, strict=True)],
        "told": ours[-1].told,
        "most_time": pair.most_time,
        "most_memory": pair.most_memory,
    }


def means() -> Iterator[Pair]:
    path = tables.people(10 * MILLION)
    for name, columns in (("10 M rows", Y), ("10 M rows, 3 % of answers missing", Z)):
        yield Pair(
            f"means of 6 × 200, {name}",
            python(GROUP_BY, path, "domain", columns),
            python(MEANS, path, "domain", columns),
            1.5,
            2.0,
        )


def means_1m() -> Iterator[Pair]:
    path = tables.people(MILLION)
    yield Pair(
        "means of 6 × 200, 1 M rows",
        python(GROUP_BY, path, "domain", Y),
        python(MEANS, path, "domain", Y),
    )


def crossing() -> Iterator[Pair]:
    path = tables.people(10 * MILLION)
    yield Pair(
        "domains crossing 10,000 PSUs, 10 M rows",
        python(GROUP_BY, path, "crossing", Y),
        python(MEANS, path, "crossing", Y),
        2.0,
        2.0,
    )


def index() -> Iterator[Pair]:
    path = tables.items(10 * MILLION)
    yield Pair(
        "22 items, 5 components, index, 10 M rows",
        python(GROUP_BY, path, "domain", Q),
        python("bench.statistics.our_index", path),
        3.0,
    )


def raking() -> Iterator[Pair]:
    path = tables.margins(10 * MILLION)
    yield Pair(
        "raking 10 M rows to 4 margins",
        python("bench.statistics.raking", "bare", path),
        python("bench.statistics.raking", "ours", path),
        2.0,
        clock="seconds",
    )


def bootstrap() -> dict:
    """500 replicates; aimed at is a time, not a ratio."""
    runs = [run(python("bench.statistics.bootstrap")) for _ in range(PAIRS)]
    return {
        "seconds": [one.told["seconds"] for one in runs],
        "megabytes": [one.megabytes for one in runs],
        "told": runs[-1].told,
        "most_seconds": 1.0,
    }


def against_r() -> dict | None:
    """R's survey package, once: it takes long."""
    if shutil.which("Rscript") is None:
        return None
    path = tables.people(MILLION)
    folder = tables.raw_columns(path)
    script = Path(__file__).with_name("survey_means.R")
    theirs = run(["Rscript", str(script), str(folder), str(MILLION)])
    return _once(theirs, path)


def _once(theirs: Run, path: Path) -> dict:
    ours = [run(python(MEANS, path, "domain", Y)) for _ in range(PAIRS)]
    value, error = ours[0].told["first"]
    return {
        "seconds": theirs.seconds,
        "megabytes": theirs.megabytes,
        "ours_seconds": [one.seconds for one in ours],
        "ours_megabytes": [one.megabytes for one in ours],
        "times_faster": [theirs.seconds / one.seconds for one in ours],
        "difference_of_value": abs(theirs.told["first"][0] / value - 1),
        "difference_of_error": abs(theirs.told["first"][1] / error - 1),
        "told": theirs.told,
        "least_times": 100.0,
    }


PAIRED: dict[str, Callable[[], Iterator[Pair]]] = {
    "means": means,
    "means_1m": means_1m,
    "crossing": crossing,
    "index": index,
    "raking": raking,
}
ALONE: dict[str, Callable[[], dict | None]] = {
    "bootstrap": bootstrap,
    "r": against_r,
}


def main(wanted: Sequence[str]) -> None:
    unknown = set(wanted) - {*PAIRED, *ALONE}
    if unknown:
        sys.exit(f"not a benchmark: {', '.join(sorted(unknown))}")
    chosen = wanted or [*PAIRED, *ALONE]
    found: dict[str, dict] = {}
    for name in chosen:
        for pair in PAIRED.get(name, lambda: iter(()))():
            print(f"{pair.name} …", flush=True)
            found[pair.name] = measure(pair)
        if name in ALONE:
            print(f"{name} …", flush=True)
            found[name] = ALONE[name]() or {"missing": True}
    show(found)
    report.save("statistics", {"pairs": PAIRS, "figures": found})
    late = [name for name, one in found.items() if is_missed(one)]
    if late:
        sys.exit(f"missed: {'; '.join(late)}")


def is_missed(one: dict) -> bool:
    """Say whether a median misses what is aimed at."""
    aims = (("ratio", "most_time"), ("memory_ratio", "most_memory"), ("seconds", "most_seconds"))
    if any(one.get(aim) and statistics.median(one[key]) > one[aim] for key, aim in aims):
        return True
    least = one.get("least_times")
    return bool(least and statistics.median(one["times_faster"]) < least)


def show(found: dict[str, dict]) -> None:
    """Print what was measured."""
    head = [
        "",
        "yardstick s",
        "ours s",
        "ratio",
        "≤",
        "CPU",
        "yardstick MB",
        "ours MB",
        "ratio",
        "≤",
    ]
    rows = [
        [
            name,
            report.spread(one["yardstick_seconds"]),
            report.spread(one["seconds"]),
            report.spread(one["ratio"]),
            str(one["most_time"] or ""),
            report.spread(one["cpu_ratio"]),
            f"{statistics.median(one['yardstick_megabytes']):.0f}",
            f"{statistics.median(one['megabytes']):.0f}",
            report.spread(one["memory_ratio"]),
            str(one["most_memory"] or ""),
        ]
        for name, one in found.items()
        if "yardstick_seconds" in one
    ]
    print("\n" + report.table(head, rows) + "\n")
    for name, one in found.items():
        if "missing" in one:
            print(f"{name}: not installed")
        elif "times_faster" in one:
            print(
                f"{name}: {one['seconds']:.1f} s and {one['megabytes']:.0f} MB, "
                f"{report.spread(one['times_faster'], 0)} times ours; SE differ by "
                f"{one['difference_of_error']:.1e}"
            )
        elif "most_seconds" in one:
            print(f"{name}: {report.spread(one['seconds'])} s, {one['told']}")
        else:
            parts = {k: round(v, 3) for k, v in one["told"].items() if isinstance(v, float)}
            print(f"{name}: {parts}")
    print(f"\nMedian (least–greatest) of {PAIRS} pairs on {os.cpu_count()} processors.")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    try:
        main([one for one in arguments if one != "--keep"])
    finally:
        if "--keep" not in arguments:
            shutil.rmtree(tables.FOLDER, ignore_errors=True)
