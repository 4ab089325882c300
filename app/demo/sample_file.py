"""The file that a province would receive from its survey: sampled answers, as XLSX and CSV.

The demo imports the XLSX like anybody's file. The CSV holds the same rows for those who want to
recompute the figures with other software.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import xlsxwriter

from app.demo.fieldwork import Respondent
from app.demo.people import Opinions
from surveys.instrument.model import Instrument, Kind
from surveys.instrument.rules import AnswerValue

SEED = 20_261_120
# Where the components stood in 2017 by the province's plan of 2018: target minus planned rise.
BASE_2017 = {
    "access": 0.916,
    "procedures": 0.9425,
    "officials": 0.9226,
    "results": 0.952,
    "feedback": 0.922,
}
DESIGN = ("stratum", "psu", "base_weight", "commune", "centre", "field")
ANSWERED_ON = "2026-10-15"

Cell = str | int | float | None
Table = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]


def simulate(
    instrument: Instrument,
    respondents: Sequence[Respondent],
    seed: int = SEED,
    rates: Mapping[str, float] = BASE_2017,
) -> Table:
    """Simulate the answers of the sampled round.

    Parameters
    ----------
    respondents : sequence of Respondent
        The cases of the draw that answered.
    rates : mapping of component to float
        Share of satisfied answers aimed at.

    Returns
    -------
    header, rows
        Design columns, then one column per item; a multiple choice in one cell, parted by ";".
    """
    generator = np.random.default_rng(seed)
    opinions = Opinions(rates, generator)
    items = [item for item in instrument.items if item.kind is not Kind.NOTE]
    codes = [item.code for item in items if not item.is_free_text]
    rows = []
    for person in respondents:
        answers = opinions.answer(
            instrument,
            person.commune,
            person.centre,
            known={"area": "urban" if person.is_urban else "rural"},
        )
        design: tuple[Cell, ...] = (
            person.stratum,
            person.psu,
            round(person.base_weight, 6),
            person.commune,
            person.centre,
            person.field,
        )
        rows.append((*design, *(_cell(answers, code) for code in codes)))
    return (*DESIGN, *codes), tuple(rows)


def _cell(answers: Mapping[str, AnswerValue], code: str) -> Cell:
    value = answers.get(code)
    return ";".join(value) if isinstance(value, list) else value


def write_csv(path: Path, table: Table) -> None:
    """Write the rows as CSV (UTF-8 with the mark that spreadsheets look for)."""
    header, rows = table
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_xlsx(path: Path, table: Table, title: str) -> None:
    """Write the rows as XLSX; `title` says that they are simulated, on a sheet of its own."""
    header, rows = table
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        # A fixed date, so that the same rows make the same file.
        book.set_properties({"title": title, "created": datetime(2026, 11, 20)})  # noqa: DTZ001
        sheet = book.add_worksheet("Phiếu trả lời")
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, len(DESIGN))
        sheet.set_column(0, len(header) - 1, 13)
        note = book.add_worksheet("Ghi chú")
        note.set_column(0, 0, 110)
        note.write(0, 0, title, bold)
