"""Lists for the Post as XLSX, with columns to be filled in and sent back."""

import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.services.cases.assignment import CommuneList, ListCase

FONT, ACCENT, WASH, FILL, LINE = "Arial", "#0B5563", "#E6F0F2", "#FFFBEA", "#B8C4C8"
# Text stays text, whatever it begins with: nothing in these files is ever a formula.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_CATALOGUE = "DanhMuc"
_MOMENT = "dd/mm/yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the files, in the language wanted.

    Attributes
    ----------
    headings : dict of str to str
        Column → its heading; columns as in `columns_of`.
    help : str
        How the list is filled in.
    outcomes, modes : tuple of str
        What can be chosen in the columns of outcome and mode.
    attempt : str
        Heading of an attempt, with ``{n}`` where its number goes.
    """

    title: str
    round_name: str
    simulated: str
    made_on: str
    help: str
    headings: dict[str, str]
    attempt: str
    outcomes: tuple[str, ...]
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    heading: str
    width: float
    filled: bool = False


def columns_of(kind: str) -> tuple[str, ...]:
    """Name the columns with what the surveyor is told, for a kind of frame."""
    if kind == "dossier":
        return ("place", "code", "name", "phone", "address", "dossier", "appointment", "assignee")
    return (
        "place", "code", "village", "guide", "position", "name", "phone", "address",
        "appointment", "assignee",
    )  # fmt: skip


FILLED = ("outcome", "mode", "agreed", "note")
"""Columns that the surveyor fills in, beside those of the attempts."""

_WIDTHS = {
    "place": 5, "code": 14, "name": 24, "phone": 13, "address": 34, "dossier": 23, "village": 18,
    "position": 8, "guide": 24, "appointment": 15, "assignee": 16, "outcome": 26, "mode": 15,
    "agreed": 15, "note": 26,
}  # fmt: skip


def workbook(
    lists: Sequence[CommuneList], words: Words, *, kind: str, n_attempts: int, made_at: datetime
) -> bytes:
    """Write one workbook with a sheet for every commune.

    Parameters
    ----------
    n_attempts : int
        Columns for the day and hour of an attempt.
    made_at : datetime
        Written into the file; the same lists give the same bytes.
    """
    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    created = made_at.replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": words.title, "author": "Lòng Dân", "created": created})
    styles = _Styles(book)
    columns = _columns(words, kind, n_attempts)
    for name, each in zip(_sheet_names(lists), lists, strict=True):
        _write(book.add_worksheet(name), each, columns, words, styles)
    _write_catalogue(book, words)
    book.close()
    return out.getvalue()


def archive(
    lists: Sequence[CommuneList], words: Words, *, kind: str, n_attempts: int, made_at: datetime
) -> bytes:
    """Write a ZIP with a workbook for every commune, so that each gets only its own people."""
    out = io.BytesIO()
    moment = made_at.astimezone(_HERE).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, each in zip(_sheet_names(lists), lists, strict=True):
            content = workbook(
                [each], words, kind=kind, n_attempts=n_attempts, made_at=made_at
            )  # fmt: skip
            entry = zipfile.ZipInfo(f"{each.commune} {name}.xlsx", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return out.getvalue()


class _Styles:
    """The few formats of the workbook."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "top"}
        cell = base | {"border": 1, "border_color": LINE, "text_wrap": True}
        head = cell | {"bold": True, "valign": "vcenter"}
        self.title: Format = book.add_format(
            base | {"bold": True, "font_size": 14, "font_color": ACCENT}
        )
        self.line: Format = book.add_format(base | {"font_color": "#4D5A60"})
        self.warning: Format = book.add_format(base | {"bold": True, "font_color": "#8A2B00"})
        self.told: Format = book.add_format(head | {"bg_color": WASH})
        self.asked: Format = book.add_format(head | {"bg_color": "#FBEFC4"})
        self.cell: Format = book.add_format(cell)
        self.number: Format = book.add_format(cell | {"align": "center"})
        self.moment: Format = book.add_format(cell | {"num_format": _MOMENT, "align": "left"})
        self.text: Format = book.add_format(cell | {"bg_color": FILL, "num_format": "@"})
        self.filled_moment: Format = book.add_format(
            cell | {"bg_color": FILL, "num_format": _MOMENT, "align": "left"}
        )


def _columns(words: Words, kind: str, n_attempts: int) -> tuple[_Column, ...]:
    told = [_Column(name, words.headings[name], _WIDTHS[name]) for name in columns_of(kind)]
    outcome, *rest = (
        _Column(name, words.headings[name], _WIDTHS[name], filled=True) for name in FILLED
    )
    attempts = [
        _Column(f"attempt-{n}", words.attempt.format(n=n), 15, filled=True)
        for n in range(1, n_attempts + 1)
    ]
    return (*told, *attempts, outcome, *rest)


def _write(
    page: Worksheet, made: CommuneList, columns: tuple[_Column, ...], words: Words, styles: _Styles
) -> None:
    opening = [f"{words.title}: {made.name}", words.round_name, words.made_on, words.help]
    for row, line in enumerate(opening):
        page.write_string(row, 0, line, styles.line if row else styles.title)
    page.set_row(0, 22)
    head = len(opening)
    if words.simulated:
        page.write_string(head, 0, words.simulated, styles.warning)
        head += 1
    page.set_row(head, 32)
    for number, column in enumerate(columns):
        style = styles.asked if column.filled else styles.told
        page.write_string(head, number, column.heading, style)
        page.set_column(number, number, column.width)
    for place, case in enumerate(made.cases, start=1):
        _write_case(page, head + place, place, case, columns, styles)
    if made.cases:
        _offer_choices(page, head + 1, head + len(made.cases), columns, words)
    page.freeze_panes(head + 1, 2)
    _set_page(page, head, words)


def _write_case(
    page: Worksheet, row: int, place: int, case: ListCase, columns: tuple[_Column, ...],
    styles: _Styles,
) -> None:  # fmt: skip
    lines = 1
    for number, column in enumerate(columns):
        match column.name:
            case "place":
                page.write_number(row, number, place, styles.number)
            case "position" if case.position is not None:
                page.write_number(row, number, case.position, styles.number)
            case "appointment" if case.appointment_at is not None:
                at = case.appointment_at.astimezone(_HERE).replace(tzinfo=None)
                page.write_datetime(row, number, at, styles.moment)
            case "appointment" | "position":
                page.write_blank(row, number, None, styles.cell)
            case name if column.filled:
                moment = name == "agreed" or name.startswith("attempt-")
                page.write_blank(row, number, None, styles.filled_moment if moment else styles.text)
            case name:
                text = getattr(case, name)
                lines = max(lines, math.ceil(len(text) * 0.95 / column.width))
                page.write_string(row, number, text, styles.cell)
    page.set_row(row, max(20.0, 13.5 * lines + 3))


def _offer_choices(
    page: Worksheet, first: int, last: int, columns: tuple[_Column, ...], words: Words
) -> None:
    """Let outcome and mode be chosen from a list; other entries are refused by the spreadsheet."""
    for number, column in enumerate(columns):
        offered = {"outcome": ("A", words.outcomes), "mode": ("B", words.modes)}.get(column.name)
        if offered is not None:
            letter, choices = offered
            source = f"={_CATALOGUE}!${letter}$1:${letter}${len(choices)}"
            page.data_validation(
                first, number, last, number, {"validate": "list", "source": source}
            )


def _write_catalogue(book: Workbook, words: Words) -> None:
    page = book.add_worksheet(_CATALOGUE)
    for number, choices in enumerate((words.outcomes, words.modes)):
        for row, choice in enumerate(choices):
            page.write_string(row, number, choice)
    page.hide()


def _set_page(page: Worksheet, head: int, words: Words) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    title = words.title.replace("&", "&&")[:100]
    page.set_footer(f"&L&8{title}&R&8&P / &N")


def _sheet_names(lists: Sequence[CommuneList]) -> list[str]:
    """Name sheets after their communes: at most 31 signs, none twice, no sign that is forbidden."""
    names: list[str] = []
    for each in lists:
        base = _FORBIDDEN.sub(" ", each.name).strip()[:31] or "-"
        name, n = base, 1
        while name.lower() in {taken.lower() for taken in (*names, _CATALOGUE)}:
            n += 1
            name = f"{base[: 29 - len(str(n))]} {n}"
        names.append(name)
    return names
