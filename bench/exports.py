"""Files of 1,000,000 weighted answers: from the snapshot to a signed file whose rows are counted.

Every file is made in a process of its own, so that its peak memory can be read off. The yardstick
is polars writing the very table as CSV, uncounted and unsigned, in the same run.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from analysis.snapshot import Layout, Source, hash_file, read_snapshot, read_written, write_snapshot
from app.config import ROOT
from app.services.columns import PSU, STRATUM, WEIGHT
from app.services.manifests import beside, region
from app.services.manifests.statement import About, Origin
from app.services.microdata import dta, flat, sav, sheet, table
from app.services.microdata.table import Table, Words
from bench import report
from surveys.instrument import catalogue
from surveys.instrument.model import Instrument, Kind

ROWS = 1_000_000
RUNS = 3
QUESTIONNAIRE = "sipas_2017"
MOST_SECONDS = {"csv": 60.0, "parquet": 60.0, "xlsx": 180.0, "sav": 180.0, "dta": 180.0}
MOST_MEGABYTES = 1_500.0
STRATA, PSUS, COMMUNES = 12, 400, 54
MOMENT = datetime(2026, 11, 21, tzinfo=UTC)
SECRET = "a key for the bench, long enough to be taken"
ORIGIN = Origin("bench", 1, "2026-11-21T00:00:00+00:00", "s", "m", "i", "", "1", simulated=True)


def main(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory(prefix="longdan-exports-") as name:
        folder = Path(name)
        snapshot = snapshot_of(rows, folder)
        n_columns = len(read_snapshot(snapshot).rows.columns)
        print(f"{rows:,} answers × {n_columns} columns of {QUESTIONNAIRE}, {RUNS} runs each\n")
        figures = {form: [one_of(form, snapshot, folder) for _ in range(RUNS)]
                   for form in ("plain", *MOST_SECONDS)}  # fmt: skip
    show(figures)
    report.save("exports", {"rows": rows, "columns": n_columns, "figures": figures})
    slow = [form for form, most in MOST_SECONDS.items()
            if statistics.median(each["seconds"] for each in figures[form]) > most]  # fmt: skip
    large = [form for form in MOST_SECONDS
             if max(each["megabytes"] for each in figures[form]) > MOST_MEGABYTES]  # fmt: skip
    if rows == ROWS and (slow or large):
        sys.exit(f"too slow: {slow}, too large: {large}")


def one_of(form: str, snapshot: Path, folder: Path) -> dict[str, float]:
    """Make one file in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.exports", "one", form, str(snapshot), str(folder)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def one(form: str, snapshot: Path, folder: Path) -> None:
    known = hash_file(snapshot)
    began = time.monotonic()
    coded = coded_of(snapshot, known)
    ready = time.monotonic()
    path = folder / f"a.{form}"
    n_rows = write(form, path, coded)
    seconds = time.monotonic() - began
    assert n_rows == len(coded.rows), (n_rows, len(coded.rows))
    found = {
        "seconds": seconds,
        "table_seconds": ready - began,
        "cpu_seconds": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "file_megabytes": path.stat().st_size / 1e6,
    }
    path.unlink()
    print(json.dumps(found))


def write(form: str, path: Path, coded: Table) -> int:
    """Write, sign and count one form; return the rows that were counted."""
    about = About(path.name, "microdata", "vi", len(coded.rows), ORIGIN)
    match form:
        case "plain":
            coded.rows.write_csv(path)
            return len(coded.rows)
        case "csv":
            flat.write_csv(path, coded, silent, with_mark=True)
            beside.sealed(path, about, SECRET)
            return flat.count_csv(path)
        case "parquet":
            flat.write_parquet(path, coded, silent)
            region.seal(path, about, SECRET)
            return flat.count_parquet(path)
        case "xlsx":
            explained = sheet.Explained("Biến", ["Bench"], ["Tên"], [20], [])
            sheet.write(path, coded, "Phiếu", explained, about, SECRET, silent)
            return sheet.count(path)
        case _:
            writer = sav if form == "sav" else dta
            writer.write(path, coded, "Bench", ["Bench"], MOMENT, silent)
            region.seal(path, about, SECRET)
            return writer.count(path)


def silent(_done: int) -> None:
    """Tell nobody."""


def coded_of(snapshot: Path, known: str) -> Table:
    """Read the snapshot, check it, add weights and code the answers, as the program does."""
    found = read_written(snapshot, known)
    base = found.rows[WEIGHT]
    rows = found.rows.with_columns(
        base.alias("weight.base"),
        (base * 1.1).alias("weight.1"),
        (base * 1.2).alias("weight.final"),
    )
    instrument = catalogue.open_(QUESTIONNAIRE)
    words = Words({}, {}, {}, "Tầng", "Địa bàn", "Không nêu", ("Không", "Có"))
    return table.build(
        rows, found.layout, ("weight.base", "weight.1", "weight.final"), instrument,
        instrument.wording["vi"], words, min_cell=10, key=found.content_hash,
    )  # fmt: skip


def snapshot_of(n: int, folder: Path) -> Path:
    """Make the answers of so many people."""
    chance = np.random.default_rng(20_261_121)
    instrument: Instrument = catalogue.open_(QUESTIONNAIRE)
    psu = chance.integers(0, PSUS, n)
    columns = [
        pl.Series(STRATUM, psu % STRATA).cast(pl.String),
        pl.Series(PSU, psu).cast(pl.String),
        pl.Series(WEIGHT, chance.uniform(5, 300, n)),
        pl.Series("place.commune", 6_600 + psu % COMMUNES).cast(pl.String).str.zfill(5),
    ]
    items = []
    for item in instrument.items:
        if item.kind in (Kind.NOTE, Kind.SHORT_TEXT, Kind.LONG_TEXT):
            continue
        items.append(item.code)
        codes = np.array([*item.options, ""], dtype=object)
        drawn = pl.Series(item.code, codes[chance.integers(0, len(codes), n)].tolist(), pl.String)
        drawn = drawn.set(drawn == "", None)
        if item.kind is Kind.SCALE:
            drawn = drawn.cast(pl.Int64)
        if item.kind is Kind.MULTIPLE:
            drawn = pl.select(pl.concat_list(drawn)).to_series().alias(item.code)
        columns.append(drawn)
    layout = Layout(Source.SAMPLE, tuple(items), ("place.commune",), STRATUM, PSU, WEIGHT)
    return write_snapshot(pl.DataFrame(columns), layout, folder).path


def show(figures: dict[str, list[dict[str, float]]]) -> None:
    plain = statistics.median(each["seconds"] - each["table_seconds"] for each in figures["plain"])
    lines = [
        [
            form,
            report.spread([each["seconds"] for each in runs], 1),
            f"{statistics.median(each['table_seconds'] for each in runs):.1f}",
            f"{statistics.median(each['cpu_seconds'] for each in runs):.1f}",
            f"{max(each['megabytes'] for each in runs):.0f}",
            f"{runs[0]['file_megabytes']:.0f}",
            f"{statistics.median(e['seconds'] - e['table_seconds'] for e in runs) / plain:.1f}",
        ]
        for form, runs in figures.items()
    ]
    head = ["", "seconds", "of it: reading and coding", "CPU s", "peak MB", "file MB",
            "writing ÷ plain CSV"]  # fmt: skip
    print(report.table(head, lines))
    print("\nMedian (least–greatest). Goals: CSV, Parquet 60 s; others 180 s; 1,500 MB.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(*map(int, sys.argv[1:2]))
