"""Import of 100,000 sampled rows, .csv and .xlsx, against a bare COPY of the same rows.

Each import runs in a process of its own, so that its peak memory can be read off: that of the
importing process and of its reading child, added up as if both peaked at once. The yardstick puts
the very rows that the import stored into the same table again, indexes and checks included, from a
file that lies ready: it reads no spreadsheet, checks no answer and knows no row again.
"""

import csv
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import psycopg
import xlsxwriter
from sqlalchemy import text

from app.config import ROOT
from app.db import Database
from app.models import Campaign, Round, Unit
from app.names import search_key
from app.services import instruments
from app.services.imports import accounts
from app.services.imports.run import import_file
from bench import report
from bench.place import Place, open_place
from surveys.instrument import catalogue
from surveys.instrument.answers import check_all
from surveys.instrument.model import Item, Kind, Wording

ROWS = 100_000
RUNS = 3
MOST_SECONDS, MOST_MEGABYTES = 60.0, 1024.0
QUESTIONNAIRE, ROUND = "sipas_2017", "mau"
PYTHON = Path(sys.executable).resolve()
# Rows repeat after so many, but for what tells them apart.
KINDS = 4_000
STRATA, PSUS = 12, 400


@dataclass(slots=True)
class Figures:
    """What was measured of one kind of file.

    ``cpu_seconds`` are those of the importing process and its child, ``database_seconds`` those of
    PostgreSQL; both say more than the clock when the machine has other things to do.
    """

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    database_seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    copy_seconds: list[float] = field(default_factory=list)


def main(rows: int = ROWS) -> None:
    with open_place() as place:
        set_up(place)
        given = list(table(rows))
        files = {
            "csv": write_csv(place.folder / "rows.csv", given),
            "xlsx": write_xlsx(place.folder / "rows.xlsx", given),
        }
        columns = len(given[0])
        del given
        print(f"{rows:,} rows × {columns} columns of {QUESTIONNAIRE}, {RUNS} runs each\n")
        figures = {kind: measure(place, path, rows) for kind, path in files.items()}
        sizes = {kind: path.stat().st_size / 1e6 for kind, path in files.items()}
    show(figures, sizes, rows)
    report.save(
        "imports",
        {
            "rows": rows,
            "columns": columns,
            "megabytes_of_file": sizes,
            "figures": {
                kind: {
                    "seconds": each.seconds,
                    "cpu_seconds": each.cpu_seconds,
                    "database_cpu_seconds": each.database_seconds,
                    "peak_megabytes": each.megabytes,
                    "copy_seconds": each.copy_seconds,
                }
                for kind, each in figures.items()
            },
        },
    )
    slow = [
        kind for kind, each in figures.items() if statistics.median(each.seconds) > MOST_SECONDS
    ]
    large = [kind for kind, each in figures.items() if max(each.megabytes) > MOST_MEGABYTES]
    if rows == ROWS and (slow or large):
        sys.exit(f"too slow: {slow}, too large: {large}")


def measure(place: Place, path: Path, rows: int) -> Figures:
    """Import the file several times into an empty round, each time followed by the yardstick."""
    found = Figures()
    for _ in range(RUNS):
        empty(place)
        before = place.cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "bench.imports", "one", place.url, str(path)],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        answer = json.loads(done.stdout)
        assert answer["imported"] == rows == place.count("response"), answer
        found.seconds.append(answer["seconds"])
        found.cpu_seconds.append(answer["cpu_seconds"])
        found.database_seconds.append(place.cpu_seconds() - before)
        found.megabytes.append(answer["megabytes"])
        found.copy_seconds.append(bare_copy(place))
    return found


def one(url: str, path: str) -> None:
    """Import one file and print what it took; run in a process of its own."""
    database = Database(url)
    began, cpu = time.monotonic(), sum(os.times()[:4])
    with ChildWatch() as child, database.write() as db:
        batch = import_file(db, ROUND, Path(path), by="bench")
    seconds = time.monotonic() - began
    with database.read() as db:
        account = accounts.account(db, batch)
    megabytes = (peak_kilobytes(os.getpid()) + child.kilobytes) / 1024
    found = {
        "imported": account.n_imported,
        "seconds": seconds,
        "cpu_seconds": sum(os.times()[:4]) - cpu,
        "megabytes": megabytes,
    }
    print(json.dumps(found))


def peak_kilobytes(pid: int) -> int:
    """Return the most memory a process has held; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


class ChildWatch(threading.Thread):
    """Notes the peak memory of this process's children while it lasts.

    The kernel's own figure for ended children counts what the parent held when they were started.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.kilobytes = 0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        while not self._done.wait(0.05):
            for task in Path("/proc/self/task").iterdir():
                for pid in (task / "children").read_text().split():
                    if Path(f"/proc/{pid}/exe").resolve() == PYTHON:
                        self.kilobytes = max(self.kilobytes, peak_kilobytes(int(pid)))


def bare_copy(place: Place) -> float:
    """Copy the stored rows out, empty the table, and time copying them back in."""
    path = place.folder / "copy.tsv"
    with psycopg.connect(place.conninfo) as connection:
        with path.open("wb") as file, connection.cursor().copy("COPY response TO STDOUT") as copy:
            for block in copy:
                file.write(block)
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("TRUNCATE response")
    with psycopg.connect(place.conninfo) as connection, path.open("rb") as file:
        began = time.monotonic()
        with connection.cursor().copy("COPY response FROM STDIN") as copy:
            while block := file.read(1 << 18):
                copy.write(block)
        connection.commit()
        return time.monotonic() - began


def empty(place: Place) -> None:
    """Leave no row of an earlier run."""
    with psycopg.connect(place.conninfo) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("TRUNCATE response, free_text, imported_row, import_batch, audit_entry")
    with psycopg.connect(place.conninfo, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def set_up(place: Place) -> None:
    """Open a sampled round in a province with one commune."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(place.url)
    with database.write() as db:
        version, method = instruments.publish_catalogue(db, QUESTIONNAIRE)
        units = {}
        for kind, code, name in (
            ("province", "22", "Tỉnh Quảng Ninh"), ("commune", "06652", "Phường Hồng Gai"),
        ):  # fmt: skip
            units[kind] = Unit(
                kind=kind, code=code, name=name, short_name=name, type_name=name,
                search_key=search_key(name), valid_from=date(2025, 7, 1),
                parent_id=units["province"].id if units else None,
            )  # fmt: skip
            db.add(units[kind])
            db.flush()
        campaign = Campaign(
            code="bench", name="bench", name_en="bench", province_id=units["province"].id,
            created_at=moment,
        )  # fmt: skip
        db.add(campaign)
        db.flush()
        db.add(
            Round(
                code=ROUND, campaign_id=campaign.id, name="bench", name_en="bench",
                instrument_version_id=version.id, method_version_id=method.id, source="sample",
                modes=["tablet"], population="bench", population_en="bench",
                opens_on=date(2026, 1, 1), closes_on=date(2026, 12, 31), state="open",
                created_at=moment,
            )
        )  # fmt: skip
        db.execute(text("SELECT 1"))
    database.close()


def table(n_rows: int) -> Iterator[dict[str, str | float]]:
    """Make rows a province could have: codes, wordings, several choices, a few texts."""
    instrument = catalogue.open_(QUESTIONNAIRE)
    chance = random.Random(20_261_120)
    items = [item for item in instrument.items if item.kind is not Kind.NOTE]
    wording = instrument.wording["vi"]
    kinds = []
    while len(kinds) < KINDS:
        entered = {item.code: entry(item, chance) for item in items}
        checked = check_all(instrument, entered | {"direct": ["yes"], "received": ["yes"]})
        assert not checked.problems, checked.problems
        kinds.append(
            {item.code: written(item, checked.answers.get(item.code), wording) for item in items}
        )
    for number in range(n_rows):
        psu = chance.randrange(PSUS)
        yield {
            "Mã phiếu": f"P{number:06d}",
            "Tầng": f"Tầng {psu % STRATA}",
            "Địa bàn mẫu": f"{psu:04d}",
            "Trọng số cơ sở": round(chance.uniform(5, 300), 4),
            "Mã xã": "06652",
            "Ngày phỏng vấn": f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}",
            **kinds[number % KINDS],
        }


def entry(item: Item, chance: random.Random) -> list[str]:
    """Answer an item somehow."""
    if item.kind is Kind.MULTIPLE:
        exclusive = item.choices.exclusive if item.choices else ()
        free = [code for code in item.options if code not in exclusive]
        return chance.sample(free, chance.randint(1, 3))
    if item.options:
        return [chance.choice(item.options)]
    return ["Cần thêm ghế chờ và quạt mát"] if chance.random() < 0.05 else []


def written(item: Item, value: object, wording: Wording) -> str:
    """Write an answer as files have it: a third of the items by their wording."""
    if value is None:
        return ""
    codes = value if isinstance(value, list) else [value]
    if item.options and len(item.code) % 3 == 0:
        return "; ".join(wording.option(item, code) for code in codes)
    return ";".join(map(str, codes))


def write_csv(path: Path, rows: list[dict[str, str | float]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[dict[str, str | float]]) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("Phiếu")
        page.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, [int(v) if v in LEVELS else v for v in row.values()])
    return path


LEVELS = frozenset("12345")


def show(figures: Mapping[str, Figures], sizes: Mapping[str, float], rows: int) -> None:
    """Print the table."""
    lines = [
        [
            f".{kind}, {sizes[kind]:.0f} MB",
            report.spread(each.seconds, 1),
            f"{rows / statistics.median(each.seconds):,.0f}",
            f"{statistics.median(each.cpu_seconds):.1f}",
            f"{statistics.median(each.database_seconds):.1f}",
            f"{max(each.megabytes):.0f}",
            report.spread(each.copy_seconds, 1),
            report.spread([a / b for a, b in zip(each.seconds, each.copy_seconds, strict=True)], 1),
        ]
        for kind, each in figures.items()
    ]
    head = ["", "seconds", "rows/s", "CPU s", "database CPU s", "peak MB", "bare COPY s", "ratio"]
    print(report.table(head, lines))
    print("\nMedian (least–greatest). Goal: under 60 s and 1,024 MB for 100,000 rows.")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], sys.argv[3])
    else:
        main(*map(int, sys.argv[1:2]))
