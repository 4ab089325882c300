"""A frame of 1,000,000 dossiers, gathered from one .csv, one .xlsx, and 60 workbooks.

Each run is a process of its own and does what the worker does: look, read, keep contacts sealed,
apply the rules, find duplicates, draw up the account; then freeze, which is measured apart. Peak
memory is the greatest sum, looked at twenty times a second, of what the process and its reading
child hold in memory. The yardstick reads the same .csv with polars alone: it checks nothing and
seals nothing.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self

import xlsxwriter
from sqlalchemy import select

from app.config import ROOT, Settings
from app.db import Database
from app.frame_jobs import CHECK, FREEZE, READ, FrameJobs
from app.models import Frame, FrameFile, ServiceCentre, Unit
from app.services import units
from app.services.frames import files, freezing, gather
from app.services.frames.account import Account
from app.services.frames.columns import Columns
from app.services.frames.gather import FramePlan
from app.services.imports import uploads
from app.services.unit_source import read_units
from bench import report
from bench.imports import PYTHON
from bench.place import Place, open_place

ROWS = 1_000_000
N_FILES = 60
GOALS = {"csv": 60.0, "xlsx": 180.0, "60 xlsx": 180.0}
MOST_MEGABYTES = 2048.0
SECRET = "a key only for benchmarks, long enough to be taken"
FIRST = date(2026, 1, 1)
HEADINGS = (
    "STT", "Mã hồ sơ", "Tên thủ tục hành chính", "Lĩnh vực", "Đơn vị tiếp nhận",
    "Cơ quan giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả",
    "Hình thức nộp", "Đối tượng", "Người nộp hồ sơ", "Số điện thoại", "Số CCCD",
)  # fmt: skip


def main(rows: int = ROWS) -> None:
    with open_place() as place:
        places = set_up(place)
        lists = write_files(place.folder, places, rows)
        sizes = {kind: sum(path.stat().st_size for path in paths) for kind, paths in lists.items()}
        print(f"{rows:,} dossiers × {len(HEADINGS)} columns\n")
        figures = {kind: run(place, kind, paths, rows) for kind, paths in lists.items()}
        bare = bare_read(lists["csv"][0])
    show(figures, sizes, bare)
    report.save(
        "frames",
        {"rows": rows, "bytes": sizes, "figures": figures, "bare_polars_seconds": bare},
    )
    slow = [kind for kind, each in figures.items() if each["seconds"] > GOALS[kind]]
    large = [kind for kind, each in figures.items() if each["megabytes"] > MOST_MEGABYTES]
    if rows == ROWS and (slow or large):
        sys.exit(f"too slow: {slow}, too large: {large}")


def run(place: Place, kind: str, paths: list[Path], rows: int) -> dict[str, float]:
    """Gather and freeze in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.frames", "one", place.url, str(place.folder / "var"),
         kind.replace(" ", "-"), *map(str, paths)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout)
    assert figures["rows"] == rows, figures
    assert figures["accepted"] + figures["kept_out"] == rows, figures
    return figures


def one(url: str, var_dir: str, code: str, *paths: str) -> None:
    """Gather one frame, freeze it, and print what it took; run in a process of its own."""
    database = Database(url, statement_timeout_ms=600_000)
    settings = Settings(None, Path(var_dir), secret_key=SECRET)
    queue: list[tuple[str, int]] = []
    jobs = FrameJobs(database, settings, lambda _db, name, number: queue.append((name, number)))
    begin_frame(database, code)
    for path in map(Path, paths):
        with path.open("rb") as stream:
            kept = uploads.keep(stream, jobs.uploads)
        received = files.Received(path.name, kept.file_hash, kept.stored_name)
        with database.write() as db:
            stated = Columns(columns=COLUMNS)
            queue.append((READ, files.add(db, code, received, actor="bench", columns=stated)))
    began, cpu = time.monotonic(), sum(os.times()[:4])
    with MemoryWatch() as memory:
        read_seconds = work(jobs, queue, began)
        seconds = time.monotonic() - began
        cpu_seconds = sum(os.times()[:4]) - cpu
        megabytes = memory.take()
        account = account_of(database, code)
        with database.write() as db:
            number = freezing.begin(db, code, actor="bench")
        began = time.monotonic()
        jobs.freeze(number)
        freeze_seconds = time.monotonic() - began
        freeze_megabytes = memory.take()
    found = {
        "rows": account.n_rows,
        "accepted": account.accepted,
        "kept_out": account.n_rows - account.accepted,
        "problems": sum(account.problems.values()),
        "seconds": seconds,
        "read_seconds": read_seconds,
        "check_seconds": seconds - read_seconds,
        "cpu_seconds": cpu_seconds,
        "megabytes": megabytes,
        "freeze_seconds": freeze_seconds,
        "freeze_megabytes": freeze_megabytes,
    }
    print(json.dumps(found))


class MemoryWatch(threading.Thread):
    """Notes the most memory that this process and its reading children hold at one time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._most = 0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        while not self._done.wait(0.05):
            pids = [os.getpid()]
            for task in Path("/proc/self/task").iterdir():
                children = (task / "children").read_text().split()
                pids += [int(p) for p in children if Path(f"/proc/{p}/exe").resolve() == PYTHON]
            self._most = max(self._most, sum(map(resident_kilobytes, pids)))

    def take(self) -> float:
        """Return the most so far, in megabytes, and begin anew."""
        most, self._most = self._most, 0
        return most / 1024


def resident_kilobytes(pid: int) -> int:
    """Return what a process holds in memory; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def work(jobs: FrameJobs, queue: list[tuple[str, int]], began: float) -> float:
    """Do everything that waits; says after how long all files were read."""
    does = {READ: jobs.read_file, CHECK: jobs.check, FREEZE: jobs.freeze}
    read = 0.0
    while queue:
        name, number = queue.pop(0)
        does[name](number)
        if name == READ:
            read = time.monotonic() - began
    return read


# --- what is gathered

COLUMNS = {
    "key": "Mã hồ sơ", "procedure": "Tên thủ tục hành chính", "field": "Lĩnh vực",
    "centre": "Đơn vị tiếp nhận", "agency": "Cơ quan giải quyết",
    "received_on": "Ngày tiếp nhận", "due_on": "Ngày hẹn trả", "returned_on": "Ngày trả kết quả",
    "channel": "Hình thức nộp", "applicant": "Đối tượng", "name": "Người nộp hồ sơ",
    "phone": "Số điện thoại", "identity": "Số CCCD",
}  # fmt: skip


def begin_frame(database: Database, code: str) -> None:
    moment = datetime.now(UTC)
    with database.write() as db:
        province = db.scalars(select(Unit).where(Unit.kind == "province")).one()
        plan = FramePlan(
            name=code, kind="dossier", province_id=province.id, period_from=FIRST,
            period_to=date(2026, 9, 30), contacts_delete_on=moment.date() + timedelta(days=300),
            code=code, simulated=True,
        )  # fmt: skip
        gather.create(db, plan, actor="bench", now=moment)


def account_of(database: Database, code: str) -> Account:
    with database.read() as db:
        frame = db.scalars(select(Frame).where(Frame.code == code)).one()
        states = db.scalars(select(FrameFile.state).where(FrameFile.frame_id == frame.id)).all()
    assert set(states) == {"read"}, states
    return Account.from_json(frame.account)


def set_up(place: Place) -> list[str]:
    """Load the units of Quảng Ninh, present and past; returns names to receive dossiers."""
    source = read_units().of_province("22")
    database = Database(place.url)
    with database.write() as db:
        units.load(db, source)
        communes = db.scalars(select(Unit).where(Unit.kind == "commune")).all()
        for unit in communes:
            if unit.valid_to is None:
                db.add(
                    ServiceCentre(
                        code=f"hcc-{unit.code}", name=f"Trung tâm {unit.name}", level="commune",
                        unit_id=unit.id, valid_from=date(2025, 7, 1),
                    )
                )  # fmt: skip
        divided = {way.predecessor.code for way in source.successions if not way.whole}
        names = [
            f"UBND {unit.name}"
            for unit in communes
            if unit.valid_to is None or unit.code not in divided
        ]
    database.close()
    return names


def rows_of(n: int, places: list[str]) -> Iterator[tuple[object, ...]]:
    """Make dossiers as a province has them: a hundredth out of period, a thousandth twice."""
    for i in range(n):
        key = i - 1 if i % 1_000 == 999 else i
        day = FIRST + timedelta(days=(key * 7) % 273 if i % 100 else 300)
        received = day - timedelta(days=5 + key % 9)
        yield (
            i + 1,
            f"000.{key % 54:02d}.19.H49-{received:%y%m%d}-{key:07d}",
            f"Thủ tục số {key % 300} về việc cấp giấy chứng nhận",
            f"Lĩnh vực {key % 30}",
            places[key % len(places)],
            f"Sở số {key % 20}" if key % 5 else places[key % len(places)],
            f"{received:%d/%m/%Y}",
            f"{received + timedelta(days=15):%d/%m/%Y}",
            f"{day:%d/%m/%Y} {8 + key % 9:02d}:{key % 60:02d}",
            ("Trực tuyến", "Trực tiếp", "Bưu chính công ích")[key % 3],
            "Tổ chức" if key % 9 == 0 else "Cá nhân",
            f"Nguyễn Văn Mẫu {key % 9_999}",
            f"0000{key % 800_000:06d}",
            f"0222{key % 800_000:08d}",
        )


def write_files(folder: Path, places: list[str], n: int) -> dict[str, list[Path]]:
    """Write the same dossiers as one .csv, one .xlsx and 60 workbooks."""
    with (folder / "rows.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows_of(n, places))
    whole = write_book(folder / "rows.xlsx", rows_of(n, places))
    rows = rows_of(n, places)
    parts = [
        write_book(folder / f"{number:02d}.xlsx", rows, n // N_FILES + (number < n % N_FILES))
        for number in range(N_FILES)
    ]
    return {"csv": [folder / "rows.csv"], "xlsx": [whole], "60 xlsx": parts}


def write_book(path: Path, rows: Iterator[tuple[object, ...]], most: int | None = None) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("DS")
        page.write_row(0, 0, HEADINGS)
        for at, row in enumerate(rows, start=1):
            page.write_row(at, 0, row)
            if at == most:
                break
    return path


def bare_read(path: Path) -> list[float]:
    """Time polars alone on the same .csv."""
    script = (
        "import sys, time, polars\nbegan = time.monotonic()\n"
        "polars.read_csv(sys.argv[1], infer_schema=False)\nprint(time.monotonic() - began)\n"
    )
    return [
        float(subprocess.check_output([sys.executable, "-c", script, str(path)])) for _ in range(3)
    ]


def show(
    figures: Mapping[str, Mapping[str, float]], sizes: Mapping[str, int], bare: list[float]
) -> None:
    """Print the table."""
    lines = [
        [
            f"{kind}, {sizes[kind] / 1e6:.0f} MB",
            f"{each['seconds']:.1f}",
            f"{each['read_seconds']:.1f}",
            f"{each['check_seconds']:.1f}",
            f"{each['cpu_seconds']:.1f}",
            f"{each['megabytes']:.0f}",
            f"{each['freeze_seconds']:.1f}",
            f"{GOALS[kind]:.0f}",
        ]
        for kind, each in figures.items()
    ]
    head = ["", "seconds", "reading", "rules", "CPU s", "peak MB", "freezing s", "goal s"]
    print(report.table(head, lines))
    print(
        f"\nGoal: under {MOST_MEGABYTES:,.0f} MB. polars alone reads the .csv in "
        f"{statistics.median(bare):.2f} s and checks nothing."
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(*sys.argv[2:])
    else:
        main(*map(int, sys.argv[1:2]))
