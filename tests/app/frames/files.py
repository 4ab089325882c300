"""Files for tests of frames: rows as tuples, written as .csv or .xlsx."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter


def write_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[object]]] | Sequence[Sequence[object]],
    *,
    merged: Sequence[str] = (),
    errors: Mapping[str, str] | None = None,
) -> Path:
    """Write sheets by name, or one sheet; `merged` and `errors` are of the first."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for number, (name, rows) in enumerate(named.items()):
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        page.write(at, column, value)
            if number == 0:
                for cells in merged:
                    top, left = xlsxwriter.utility.xl_cell_to_rowcol(cells.split(":")[0])
                    value = rows[top][left] if left < len(rows[top]) else ""
                    page.merge_range(cells, value)
                for place, error in (errors or {}).items():
                    page.write_formula(place, "=NA()", None, error)
    return path
