"""Lists of what is wrong with an imported file, as files for people to work through.

Text from the file stays text: in .xlsx every such cell is of the type string, in .csv an entry
that a spreadsheet program would take for a formula gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext as _

from app.import_sentences import heading, reason
from app.numbers import count
from app.services.imports.accounts import Account
from app.services.imports.problems import CellProblem, ProblemGroup
from surveys.instrument.model import Instrument

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
_INK, _LINE, _EDGE, _GROUND, _BAD = "#1C2529", "#D5DDE0", "#7B8A91", "#E6F0F2", "#A3211B"
_LINE_HEIGHT: Final = 15
# Widths of the columns, in characters.
_LIST_WIDTHS: Final = (8, 7, 42, 28, 70)
_SUMMARY_WIDTHS: Final = (7, 42, 70, 10, 42)


@dataclass(frozen=True, slots=True)
class ProblemSheet:
    """A rejected file with its problems and the questionnaire that names its columns."""

    account: Account
    problems: Sequence[CellProblem]
    instrument: Instrument
    language: str


def plain_csv(entry: str) -> str:
    """Keep an entry from being taken for a formula."""
    return f"'{entry}" if entry.startswith(_FORMULA_STARTS) else entry


def headings() -> tuple[str, ...]:
    """Headings of the columns of a list."""
    return (_("Dòng"), _("Cột"), _("Tiêu đề cột"), _("Giá trị trong ô"), _("Lý do"))


def csv_lines(sheet: ProblemSheet) -> Iterator[str]:
    """Write the list as .csv in UTF-8 with the mark that spreadsheet programs look for."""
    yield "\ufeff" + _csv_line(headings())
    for problem in sheet.problems:
        yield _csv_line(
            (
                problem.row or "",
                problem.column or "",
                plain_csv(heading(problem, sheet.instrument, sheet.language)),
                plain_csv(problem.value),
                reason(problem, sheet.instrument, sheet.language),
            )
        )


def _csv_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def write_xlsx(target: Path | io.BytesIO, sheet: ProblemSheet) -> None:
    """Write the list as .xlsx: every problem on one sheet, their summary on another."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        book.set_properties({"title": _("Danh sách lỗi của tệp nhập")})
        styles = _Styles(book)
        _write_problems(book.add_worksheet(_("Danh sách lỗi")), sheet, styles)
        _write_summary(book.add_worksheet(_("Tổng hợp")), sheet, styles)


class _Styles:
    """Formats of the workbook."""

    def __init__(self, book: Any) -> None:
        text = {"valign": "top", "font_color": _INK}
        line = {**text, "bottom": 1, "bottom_color": _LINE}
        self.title = book.add_format({**text, "bold": True, "font_size": 14})
        self.plain = book.add_format(text)
        self.strong = book.add_format({**text, "bold": True, "font_color": _BAD})
        self.head = book.add_format(
            {**text, "bold": True, "bg_color": _GROUND, "bottom": 1, "bottom_color": _EDGE}
        )
        self.head_centred = book.add_format(
            {
                **text, "bold": True, "bg_color": _GROUND, "bottom": 1, "bottom_color": _EDGE,
                "align": "center",
            }
        )  # fmt: skip
        self.cell = book.add_format({**line, "text_wrap": True})
        # As text, so that an entry like 01 or 1-2 is shown as it was written.
        self.entry = book.add_format({**line, "text_wrap": True, "num_format": "@"})
        self.place = book.add_format({**line, "align": "center"})


def _write_problems(page: Any, sheet: ProblemSheet, styles: _Styles) -> None:
    _set_widths(page, _LIST_WIDTHS)
    at = _write_heading(page, sheet, styles)
    _write_head(page, at, headings(), (0, 1), styles)
    page.autofilter(at, 0, at + max(1, len(sheet.problems)), len(_LIST_WIDTHS) - 1)
    for number, problem in enumerate(sheet.problems, start=at + 1):
        above = heading(problem, sheet.instrument, sheet.language)
        why = reason(problem, sheet.instrument, sheet.language)
        _set_height(page, number, _LIST_WIDTHS, ("", "", above, problem.value, why))
        if problem.row is None:
            page.write_string(number, 0, "–", styles.place)
        else:
            page.write_number(number, 0, problem.row, styles.place)
        page.write_string(number, 1, problem.column or "–", styles.place)
        page.write_string(number, 2, above, styles.cell)
        page.write_string(number, 3, problem.value, styles.entry)
        page.write_string(number, 4, why, styles.cell)
    _print_on_paper(page, at)


def _set_widths(page: Any, widths: Sequence[int]) -> None:
    for index, width in enumerate(widths):
        page.set_column(index, index, width)


def _set_height(page: Any, row: int, widths: Sequence[int], texts: Sequence[str]) -> None:
    """Make a row as high as its longest text: not every program does so by itself."""
    lines = max(
        sum(1 + int(len(line) / (1.15 * width)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    page.set_row(row, _LINE_HEIGHT * min(lines, 12) + 2)


def _write_head(
    page: Any, row: int, names: Sequence[str], centred: Sequence[int], styles: _Styles
) -> None:
    page.set_row(row, _LINE_HEIGHT + 5)
    for index, name in enumerate(names):
        page.write_string(
            row, index, name, styles.head_centred if index in centred else styles.head
        )
    page.freeze_panes(row + 1, 0)


def _write_heading(page: Any, sheet: ProblemSheet, styles: _Styles) -> int:
    """Say above the list which file it belongs to; returns the next free row."""
    account = sheet.account
    page.write_string(
        0, 0, _("Danh sách lỗi của tệp “%(name)s”", name=account.file_name), styles.title
    )
    page.set_row(0, 22)
    name = account.round_name_en if sheet.language == "en" else account.round_name
    of_round = _("Đợt khảo sát: %(name)s (%(code)s)", name=name, code=account.round_code)
    page.write_string(1, 0, of_round, styles.plain)
    page.write_string(2, 0, _said(account, sheet.language), styles.strong)
    listed = account.n_listed < account.n_problems
    if listed:
        page.write_string(
            3, 0,
            _(
                "Danh sách dừng ở %(listed)s lỗi đầu tiên; trang “Tổng hợp” đếm đủ tất cả.",
                listed=count(account.n_listed, sheet.language),
            ),
            styles.plain,
        )  # fmt: skip
    return 5 if listed else 4


def _said(account: Account, language: str) -> str:
    return str(
        _(
            "%(problems)s lỗi trong %(rows)s dòng câu trả lời. Chưa có dòng nào được nhập: hãy sửa "
            "các ô dưới đây trong tệp gốc rồi tải lên lại.",
            problems=count(account.n_problems, language),
            rows=count(account.n_rows, language),
        )
    )


def _write_summary(page: Any, sheet: ProblemSheet, styles: _Styles) -> None:
    _set_widths(page, _SUMMARY_WIDTHS)
    names = (_("Cột"), _("Tiêu đề cột"), _("Lý do"), _("Số lỗi"), _("Giá trị hay gặp"))
    _write_head(page, 0, names, (0, 3), styles)
    for number, group in enumerate(sheet.account.groups, start=1):
        above = heading(group, sheet.instrument, sheet.language)
        why = reason(group, sheet.instrument, sheet.language)
        entries = usual_entries(group, sheet.language)
        _set_height(page, number, _SUMMARY_WIDTHS, ("", above, why, "", entries))
        page.write_string(number, 0, group.column or "–", styles.place)
        page.write_string(number, 1, above, styles.cell)
        page.write_string(number, 2, why, styles.cell)
        page.write_number(number, 3, group.count, styles.place)
        page.write_string(number, 4, entries, styles.entry)
    _print_on_paper(page, 0)


def usual_entries(group: ProblemGroup, language: str) -> str:
    """List the wrong entries most often met: “Nma” (12), “6” (3)."""
    return ", ".join(
        f"“{entry}” ({count(n, language)})" for entry, n in group.values if entry.strip()
    )


def _print_on_paper(page: Any, head: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer("&C&P / &N")
