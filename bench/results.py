"""From a snapshot of 1,000,000 answers to published rows, against a bare group-by of the file.

    python -m bench.results          pairs of processes, in turn
    python -m bench.results --keep   leave the snapshot

PAIRS in the environment says how often; without it, seven times. Rows: 22 items of five levels, 5
components, an index, three measures each, in the whole and in 200 communes; 10,000 PSUs.

The yardstick is DuckDB adding up weight times answer of the 22 items per PSU and commune: no
standard error, nothing checked. Ours reads the snapshot and checks its hash, estimates, and judges
what may be published. Both are timed from when their programs are loaded; the processes as wholes
too.
"""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from bench import report
from bench.place import RESULTS
from bench.statistics.told import tell

FOLDER = RESULTS / "results"
N, ITEMS, PSUS, STRATA, COMMUNES = 1_000_000, 22, 10_000, 100, 200
SEED = 20_261_121
MOST = 2.0


def snapshot() -> Path:
    """Write the snapshot, once."""
    from analysis.snapshot import Layout, Source, write_snapshot

    FOLDER.mkdir(parents=True, exist_ok=True)
    for found in FOLDER.glob("*.parquet"):
        return found
    rng = np.random.default_rng(SEED)
    psu = rng.integers(0, PSUS, N)
    names = np.array([f"p{k:05d}" for k in range(PSUS)], dtype=object)
    strata = np.array([f"s{k // (PSUS // STRATA):03d}" for k in range(PSUS)], dtype=object)
    communes = np.array([f"{k // (PSUS // COMMUNES):05d}" for k in range(PSUS)], dtype=object)
    columns: dict[str, pl.Series] = {
        "design.stratum": pl.Series(strata[psu]),
        "design.psu": pl.Series(names[psu]),
        "design.base_weight": pl.Series(rng.lognormal(3.5, 0.6, PSUS)[psu]),
        "place.commune": pl.Series(communes[psu]),
    }
    items = tuple(f"q{k:02d}" for k in range(1, ITEMS + 1))
    for item in items:
        answers = pl.Series(rng.integers(1, 6, N))
        columns[item] = pl.select(
            pl.when(pl.lit(pl.Series(rng.random(N) >= 0.03))).then(answers)
        ).to_series()
    layout = Layout(
        Source.SAMPLE, items, ("place.commune",), "design.stratum", "design.psu",
        "design.base_weight",
    )  # fmt: skip
    return write_snapshot(pl.DataFrame(columns), layout, FOLDER).path


def ours(path: str) -> None:
    """Publish, but for writing rows to the database."""
    from analysis.index.method import load_method
    from analysis.quality import rules_of_publication
    from analysis.snapshot import read_snapshot
    from app.services.figures import estimate_figures
    from bench.statistics.our_index import SCALE, method_text

    items = {f"q{k:02d}": SCALE for k in range(1, ITEMS + 1)}
    method = load_method(method_text(), items)
    began, used = time.perf_counter(), time.process_time()
    file = read_snapshot(Path(path))
    read = time.perf_counter()
    answers = file.sampled()
    figures = estimate_figures(method, answers, 0.95, rules_of_publication(30))
    done = time.perf_counter()
    tell(
        seconds=done - began,
        work=time.process_time() - used,
        read=read - began,
        figures=len(figures),
        shown=sum(not one.suppressed for one in figures),
    )


def bare(path: str) -> None:
    """Add up weight times answer per PSU and commune."""
    import duckdb

    sums = ", ".join(f'sum("design.base_weight" * q{k:02d})' for k in range(1, ITEMS + 1))
    keys = '"design.psu", "place.commune"'
    began, used = time.perf_counter(), time.process_time()
    query = f"SELECT {keys}, sum(\"design.base_weight\"), {sums} FROM '{path}' GROUP BY {keys}"
    found = duckdb.sql(query).fetchnumpy()
    done = time.perf_counter()
    tell(seconds=done - began, work=time.process_time() - used, cells=len(found["design.psu"]))


def main(*, keep: bool) -> None:
    """Measure in pairs, print, keep the figures; end with an error when the aim is missed."""
    from bench.statistics.__main__ import PAIRS, Pair, measure, python

    path = snapshot()
    pair = Pair(
        "1 M answers × 22 items × 200 communes", python("bench.results", "bare", path),
        python("bench.results", "ours", path), MOST, clock="seconds",
    )  # fmt: skip
    found = measure(pair)
    told = found["told"]
    rows = [
        [
            pair.name, report.spread(found["yardstick_seconds"]), report.spread(found["seconds"]),
            report.spread(found["ratio"]), report.spread(found["cpu_ratio"]),
            f"{statistics.median(found['megabytes']):.0f}",
        ]
    ]  # fmt: skip
    head = ["", "group-by s", "ours s", "ratio", "CPU of the processes", "ours MB"]
    print(report.table(head, rows))
    print(
        f"{told['figures']} figures, {told['shown']} shown; reading and checking the snapshot "
        f"{told['read']:.2f} s of {told['seconds']:.2f} s. Median (least–greatest) of {PAIRS} "
        f"pairs, load {os.getloadavg()[0]:.1f}."
    )
    report.save("results", {"pairs": PAIRS, "found": found})
    if not keep:
        shutil.rmtree(FOLDER, ignore_errors=True)
    if statistics.median(found["ratio"]) > MOST:
        sys.exit(f"missed: at most {MOST} was aimed at")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", path]:
            ours(path)
        case ["bare", path]:
            bare(path)
        case arguments:
            main(keep="--keep" in arguments)
