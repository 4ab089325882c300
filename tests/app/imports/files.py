"""Files for tests of the import: rows as dictionaries, written as .csv or .xlsx."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

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
