"""Writes a `Book` as XLSX: real numbers, print setup, no formulas, the same bytes every time."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.services.exports.book import BarChart, Book, Cell, Column, Kind, Number, Sheet

FONT = "Arial"
ACCENT, WASH, WARNING, LINE = "#0B5563", "#E6F0F2", "#8A2B00", "#B8C4C8"
FEW_BARS = 12
_MOST_IN_HEADER: Final = 240
_BETWEEN: Final = " · "
# Light enough for the whiskers and the share written in it.
BAR, INK = "#8FBDC6", "#1C2529"
FORMATS = {
    Kind.SHARE: "0.0%",
    Kind.FINE_SHARE: "0.00%",
    Kind.COUNT: "#,##0",
    Kind.DECIMAL: "#,##0.00",
    Kind.FINE: "#,##0.0000",
}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "dd/mm/yyyy",
}


def write(book: Book) -> bytes:
    """Write a workbook; the same book gives the same bytes."""
    file = io.BytesIO()
    workbook = Workbook(file, _OPTIONS)
    workbook.set_properties(
        {
            "title": book.title,
            "subject": book.subject,
            "author": "Lòng Dân",
            # Without a zone: the file format has none.
            "created": book.created.replace(tzinfo=None, microsecond=0),
        }
    )
    styles = _Styles(workbook)
    for sheet in book.sheets:
        match sheet:
            case Sheet():
                _write_sheet(workbook.add_worksheet(sheet.name), sheet, book, styles)
            case BarChart():
                _write_chart(workbook, sheet, book, styles)
    workbook.close()
    return file.getvalue()


class _Styles:
    """The few formats of the workbook."""

    def __init__(self, workbook: Workbook) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "top"}
        head = base | {"bold": True, "bg_color": WASH, "text_wrap": True, "valign": "vcenter"}
        under = {"bottom": 4, "bottom_color": LINE}
        self.title: Format = workbook.add_format(
            base | {"bold": True, "font_size": 14, "font_color": ACCENT}
        )
        self.line: Format = workbook.add_format(base | {"font_color": "#4D5A60"})
        self.warning: Format = workbook.add_format(
            base | {"bold": True, "font_size": 11, "font_color": WARNING}
        )
        self.heading: Format = workbook.add_format(head | {"bottom": 1})
        self.number_heading: Format = workbook.add_format(head | {"bottom": 1, "align": "right"})
        self.group: Format = workbook.add_format(
            head | {"align": "center", "bottom": 4, "bottom_color": LINE}
        )
        self.no_group: Format = workbook.add_format(head)
        self.texts: dict[tuple[bool, bool], Format] = {
            (wraps, bold): workbook.add_format(base | under | {"text_wrap": wraps, "bold": bold})
            for wraps in (False, True)
            for bold in (False, True)
        }
        # The first column of a group has a line at its left.
        self.numbers: dict[tuple[Kind, bool, bool], Format] = {
            (kind, bold, first): workbook.add_format(
                base
                | under
                | {"num_format": written, "align": "right", "bold": bold}
                | ({"left": 4, "left_color": LINE} if first else {})
            )
            for kind, written in FORMATS.items()
            for bold in (False, True)
            for first in (False, True)
        }


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a cell's format depends on its place."""

    wraps: bool
    bold: bool
    first: bool


def _write_sheet(target: Worksheet, sheet: Sheet, book: Book, styles: _Styles) -> None:
    place = _write_opening(target, sheet.opening, sheet.warning, styles)
    head = _write_headings(target, place, sheet.columns, styles)
    groups = [column.group for column in sheet.columns]
    firsts = [k > 0 and group != groups[k - 1] for k, group in enumerate(groups)]
    for row, cells in enumerate(sheet.rows):
        bold = row < sheet.n_bold
        for number, (cell, column) in enumerate(zip(cells, sheet.columns, strict=True)):
            look = _Look(column.wraps, bold, firsts[number])
            _write_cell(target, head + 1 + row, number, cell, look, styles)
        target.set_row(head + 1 + row, _height(cells, sheet.columns))
    target.freeze_panes(head + 1, sheet.n_fixed)
    if sheet.can_filter and sheet.rows:
        target.autofilter(head, 0, head + len(sheet.rows), len(sheet.columns) - 1)
    _set_page(target, book)
    target.repeat_rows(place, head)


def _write_headings(
    target: Worksheet, place: int, columns: Sequence[Column], styles: _Styles
) -> int:
    """Write the headings, groups above them if there are any; return the row they end in."""
    head = place
    if any(column.group for column in columns):
        head += 1
        number = 0
        for group, members in groupby(columns, key=lambda column: column.group):
            width = len(list(members))
            style = styles.group if group else styles.no_group
            if group and width > 1:
                target.merge_range(place, number, place, number + width - 1, group, style)
            else:
                for offset in range(width):
                    target.write_string(place, number + offset, group, style)
            number += width
    for number, column in enumerate(columns):
        style = styles.heading if column.is_text else styles.number_heading
        target.write_string(head, number, column.title, style)
        target.set_column(number, number, column.width)
    target.set_row(head, 30)
    return head


def _height(cells: Sequence[Cell], columns: Sequence[Column]) -> float:
    """Height of a row whose texts are wrapped: not every program works it out by itself."""
    lines = [
        math.ceil(len(cell) * 0.86 / column.width)
        for cell, column in zip(cells, columns, strict=True)
        if column.wraps and isinstance(cell, str)
    ]
    return 13.5 * max([1, *lines]) + 1.5


def _write_opening(
    target: Worksheet, opening: tuple[str, ...], warning: str, styles: _Styles
) -> int:
    """Write what the sheet is; return the row below."""
    place = 0
    for line in opening:
        target.write_string(place, 0, line, styles.line if place else styles.title)
        if not place:
            target.set_row(place, 22)
        place += 1
    if warning:
        target.write_string(place, 0, warning, styles.warning)
        place += 1
    return place


def _write_cell(
    target: Worksheet, row: int, number: int, cell: Cell, look: _Look, styles: _Styles
) -> None:
    match cell:
        case Number(value=value, kind=kind):
            style = styles.numbers[kind, look.bold, look.first]
            target.write_number(row, number, _kept(value), style)
        case str():
            target.write_string(row, number, cell, styles.texts[look.wraps, look.bold])
        case None:
            target.write_blank(row, number, None, styles.texts[False, False])


def _kept(value: float) -> float:
    """Round to the fifteen digits that every spreadsheet keeps, so that saving changes none."""
    return float(f"{value:.15g}")


def _set_page(target: Worksheet, book: Book) -> None:
    target.set_paper(9)  # A4
    target.set_landscape()
    target.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    target.fit_to_pages(1, 0)
    target.set_header(f"&L&8{_plain(book.page_header)}")
    target.set_footer(f"&L&8{_plain(book.title)}&R&8{book.page_number}")
    target.hide_gridlines(2)


def _plain(text: str) -> str:
    """Keep a text from being read as codes of the header; it has room for 255 signs in all.

    Of a line of several parts the last are left out rather than one cut in two.
    """
    kept = text.replace("&", "&&")
    while len(kept) > _MOST_IN_HEADER and _BETWEEN in kept:
        kept = kept.rpartition(_BETWEEN)[0]
    # Cut before signs are doubled, so that none of them is left alone.
    return kept if len(kept) <= _MOST_IN_HEADER else text[: _MOST_IN_HEADER // 2].replace("&", "&&")


def _write_chart(workbook: Workbook, chart: BarChart, book: Book, styles: _Styles) -> None:
    """Draw the bars; their numbers stand below, so that the chart can be checked and changed."""
    target = workbook.add_worksheet(chart.sheet)
    place = _write_opening(target, (chart.title,), chart.warning, styles) + 1
    # Few bars are thick, many are thin: 54 communes still fit a page.
    height = 90 + (62 if len(chart.bars) <= FEW_BARS else 22) * len(chart.bars)
    # The drawing covers whole rows of 20 pixels; the numbers begin below it.
    head = place + height // 20 + 2
    for offset, heading in enumerate(chart.headings):
        style = styles.number_heading if offset else styles.heading
        target.write_string(head, offset, heading, style)
    for row, bar in enumerate(chart.bars, start=head + 1):
        target.write_string(row, 0, bar.label, styles.texts[False, False])
        shares = (bar.value, bar.below, bar.above)
        for offset, share in enumerate(shares, start=1):
            target.write_number(row, offset, _kept(share), styles.numbers[Kind.SHARE, False, False])
    target.set_column(0, 0, 48)
    target.set_column(1, 3, 14)
    drawn = _bars(workbook, chart, head + 1, head + len(chart.bars))
    drawn.set_size({"width": 900, "height": height})
    target.insert_chart(place, 0, drawn, {"description": chart.title})
    _set_page(target, book)


def _bars(workbook: Workbook, chart: BarChart, first: int, last: int) -> Chart:
    """Make the chart of the numbers in the rows from `first` to `last`."""
    series: dict[str, object] = {
        "categories": [chart.sheet, first, 0, last, 0],
        "values": [chart.sheet, first, 1, last, 1],
        "fill": {"color": BAR},
        "gap": 60,
        "data_labels": {
            "value": True,
            "num_format": "0.0%",
            "position": "inside_base",
            "font": {"name": FONT, "size": 10, "bold": True, "color": INK},
        },
    }
    is_few = len(chart.bars) <= FEW_BARS
    if not is_few:
        series["gap"] = 25
        series["data_labels"] = {
            "value": True,
            "num_format": "0.0%",
            "position": "inside_base",
            "font": {"name": FONT, "size": 8, "color": INK},
        }
    if chart.has_intervals:
        series["y_error_bars"] = {
            "type": "custom",
            "minus_values": _range(chart.sheet, first, last, 2),
            "plus_values": _range(chart.sheet, first, last, 3),
            "line": {"color": INK, "width": 2 if is_few else 1},
        }
    font = {"name": FONT, "size": 11 if is_few else 8}
    drawn = workbook.add_chart({"type": "bar"})
    drawn.add_series(series)
    drawn.set_title({"none": True})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True, "num_font": font, "line": {"color": LINE}})
    drawn.set_x_axis(
        {
            "min": chart.start,
            "max": 1,
            "num_format": "0%",
            "num_font": font,
            "name": chart.axis,
            "name_font": {"name": FONT, "size": 9, "bold": False},
            "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
            "label_position": "high",
        }
    )
    drawn.set_chartarea({"border": {"none": True}})
    return drawn


def _range(sheet: str, first: int, last: int, column: int) -> str:
    """Write a range as the chart's error bars want it."""
    cells = xl_range_abs(first, column, last, column)
    return f"='{sheet}'!{cells}"
