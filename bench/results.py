"""From a snapshot of 1,000,000 answers to published rows, against a bare group-by of the file.

    python -m bench.results          pairs of processes, in turn
    python -m bench.results --keep   leave the snapshot

PAIRS in the environment says how often; without it, seven times. Rows: 22 items of five levels, 5
components, an index, three measures each, in the whole and in 200 communes; 10,000 PSUs.

The yardstick is DuckDB adding up weight times answer of the 22 items per PSU and commune: no
standard error, nothing checked. Ours is what publishing calls: it reads the file and checks that
it is the one that was written, estimates, judges what may be published, and lays the rows ready
for the database. Both are timed from when their programs are loaded; the processes as wholes too.

    python -m bench.results few      the same with three communes of 4, 7 and 9 people
"""

import gc
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
FEW = (4, 7, 9)


def snapshot(folder: Path, few: tuple[int, ...] = ()) -> Path:
    """Write the snapshot, once; `few` people of the first PSUs are in communes of their own."""
    from analysis.snapshot import Layout, Source, write_snapshot

    folder.mkdir(parents=True, exist_ok=True)
    for found in folder.glob("*.parquet"):
        return found
    rng = np.random.default_rng(SEED)
    psu = rng.integers(0, PSUS, N)
    names = np.array([f"p{k:05d}" for k in range(PSUS)], dtype=object)
    strata = np.array([f"s{k // (PSUS // STRATA):03d}" for k in range(PSUS)], dtype=object)
    communes = np.array([f"{k // (PSUS // COMMUNES):05d}" for k in range(PSUS)], dtype=object)
    of_person = communes[psu]
    for number, n in enumerate(few):
        of_person[np.flatnonzero(psu == number)[:n]] = f"few{number}"
    columns: dict[str, pl.Series] = {
        "design.stratum": pl.Series(strata[psu]),
        "design.psu": pl.Series(names[psu]),
        "design.base_weight": pl.Series(rng.lognormal(3.5, 0.6, PSUS)[psu]),
        "place.commune": pl.Series(of_person),
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
    return write_snapshot(pl.DataFrame(columns), layout, folder).path


def ours(path: str) -> None:
    """Publish, but for writing rows to the database."""
    import scipy.special  # noqa: F401  quantiles of t and beta: loaded like DuckDB for the yardstick

    from analysis.index.method import load_method
    from analysis.quality import rules_of_publication
    from analysis.snapshot import hash_file, read_written
    from app.services.estimation import figures_of
    from bench.statistics.our_index import SCALE, method_text

    items = {f"q{k:02d}": SCALE for k in range(1, ITEMS + 1)}
    method = load_method(method_text(), items)
    known = hash_file(Path(path))
    gc.collect()  # what loading has left behind, as in any program that has run for a minute
    began, used = time.perf_counter(), time.process_time()
    file = read_written(Path(path), known, short=True)
    read = time.perf_counter()
    figures = figures_of(method, file, 0.95, rules_of_publication(30))
    rows = list(figures.rows())
    done = time.perf_counter()
    tell(
        seconds=done - began,
        work=time.process_time() - used,
        read=read - began,
        figures=len(rows),
        shown=sum(not row["suppressed"] for row in rows),
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


def main(*, keep: bool, few: bool) -> None:
    """Measure in pairs, print, keep the figures; end with an error when the aim is missed."""
    from bench.statistics.__main__ import PAIRS, Pair, measure, python

    folder = FOLDER / "few" if few else FOLDER / "many"
    path = snapshot(folder, FEW if few else ())
    name = "1 M answers × 22 items × 200 communes" + f" and {len(FEW)} tiny ones" * few
    pair = Pair(
        name, python("bench.results", "bare", path),
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
        f"{told['figures']} figures, {told['shown']} shown; CPU {told['work']:.2f} s; "
        f"reading and checking the file "
        f"{told['read']:.2f} s of {told['seconds']:.2f} s. Median (least–greatest) of {PAIRS} "
        f"pairs, load {os.getloadavg()[0]:.1f}."
    )
    report.save("results-few" if few else "results", {"pairs": PAIRS, "found": found})
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    if statistics.median(found["ratio"]) > MOST:
        sys.exit(f"missed: at most {MOST} was aimed at")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", path]:
            ours(path)
        case ["bare", path]:
            bare(path)
        case arguments:
            main(keep="--keep" in arguments, few="few" in arguments)
