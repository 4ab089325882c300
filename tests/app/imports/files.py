"""Files for tests of the import: rows as dictionaries, written as .csv or .xlsx."""

import csv
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter

from app.services.imports.check import Accepted, check_file
from app.services.imports.design import Register
from app.services.imports.mapping import Columns
from app.services.imports.rounds import ImportRound
from surveys.instrument.load import load

VISIT = Path(__file__).parent / "visit"

ROW: Mapping[str, Any] = {
    "key": "K1", "stratum": "phường", "psu": "06652-1", "base_weight": 12.5, "seats": 4,
    "polite": 5, "late": "no",
}  # fmt: skip


def rows(n: int, **values: Any) -> list[dict[str, Any]]:
    """Good rows that differ in key and, five by five, in PSU."""
    return [
        {**ROW, "key": f"K{number}", "psu": f"06652-{number // 5}", "seats": number % 5 + 1}
        | values
        for number in range(n)
    ]


def without(name: str, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != name} for row in given]


def write_csv(
    path: Path, given: Sequence[Mapping[str, Any]], *, separator: str = ",", encoding: str = "utf-8"
) -> Path:
    columns = list(dict.fromkeys(name for row in given for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=separator)
        writer.writeheader()
        writer.writerows(given)
    return path


def write_xlsx(
    path: Path,
    given: Sequence[Mapping[str, Any]],
    *,
    above: Sequence[Sequence[Any]] = (),
    sheet: str = "Phiếu",
) -> Path:
    columns = list(dict.fromkeys(name for row in given for name in row))
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        for number, line in enumerate(above):
            page.write_row(number, 0, line)
        page.write_row(len(above), 0, columns)
        for number, row in enumerate(given, start=len(above) + 1):
            for index, name in enumerate(columns):
                if row.get(name) is not None:
                    page.write(number, index, row[name])
    return path


@lru_cache
def visit_round() -> ImportRound:
    """The round of the fixtures, without a database."""
    places = {
        "commune": Register(frozenset({"06652"}), {"phuong hong gai": "06652"}, digits=5),
        "centre": Register(frozenset({"hcc-1", "hcc-2"}), ids={"hcc-1": 1, "hcc-2": 2}),
        "counter": Register(frozenset({"hcc-1-05"}), ids={"hcc-1-05": 5}),
        "field": Register(frozenset({"ho-tich"}), {"ho tich": "ho-tich"}),
    }
    return ImportRound(
        1, "qn-2026-mau", load(VISIT), ("tablet",), date(2026, 1, 1), date(2026, 12, 31),
        places, {"hcc-1-05": "hcc-1"}, {"06652-old": "xã"},
    )  # fmt: skip


def check(path: Path, columns: Columns | None = None) -> list[tuple]:
    """Check a file; what is wrong with it as tuples: row, column, value, code."""
    outcome = check_file(path, visit_round(), columns or Columns())
    if isinstance(outcome, Accepted):
        outcome.spool.close()
        return []
    return [(each.row, each.column, each.value, each.code) for each in outcome.problems.listed]


def codes(path: Path, columns: Columns | None = None) -> list[str]:
    """Check a file; the reasons only."""
    return [each[3] for each in check(path, columns)]


def repack(path: Path, target: Path, changed: Mapping[str, bytes | None]) -> Path:
    """Copy an .xlsx with other content in some of its parts; None leaves a part out."""
    with (
        zipfile.ZipFile(path) as before,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name not in changed:
                after.writestr(name, before.read(name))
        for name, content in changed.items():
            if content is not None:
                after.writestr(name, content)
    return target
