"""Long tables become workbooks that spreadsheet programs open, in bounded memory."""

import io
import tracemalloc

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.services.exports.sheet_stream import LongSheet, stream


def sheet(rows, **values):
    given_values = {
        "name": "Danh sách", "title": "Tiêu đề", "lines": ("một dòng",),
        "headings": ("Tệp", "Dòng", "Giá trị"), "widths": (20, 8, 40), "rows": rows,
        "centred": (1,),
    } | values  # fmt: skip
    return LongSheet(**given_values)


def opened(*sheets):
    return openpyxl.load_workbook(io.BytesIO(b"".join(stream(sheets))))


def test_a_workbook_opens_with_its_headings_frozen_and_filtered():
    page = opened(sheet([("a.xlsx", 5, "Nguyễn"), ("b.xlsx", 6, None)]))["Danh sách"]
    assert [cell.value for cell in page[4]] == ["Tệp", "Dòng", "Giá trị"]
    assert [cell.value for cell in page[5]] == ["a.xlsx", 5, "Nguyễn"]
    assert page.freeze_panes == "A5"
    assert page.auto_filter.ref == "A4:C6"
    assert page["A1"].value == "Tiêu đề"
    assert page.column_dimensions["C"].width == 40


@pytest.mark.parametrize("text", ["=1+1", "+84912", "-1", "@SUM(A1)", "<b>&amp;", "01", "1-2"])
def test_text_stays_text(text):
    cell = opened(sheet([(text, 1, text)]))["Danh sách"]["C5"]
    assert (cell.value, cell.data_type) == (text, "s")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 10**6), st.text(max_size=30))))
def test_whatever_the_text_another_program_reads_it(rows):
    content = b"".join(stream([sheet(rows)]))
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(read) == 4 + len(rows)
    assert [row[1] for row in read[4:]] == [row[1] for row in rows]


def test_an_empty_list_is_a_workbook_too():
    assert opened(sheet([]))["Danh sách"].max_row == 4


def test_sheets_follow_one_another():
    book = opened(sheet([]), sheet([("x", 1, "y")], name="Hai & ba"))
    assert book.sheetnames == ["Danh sách", "Hai & ba"]


def test_many_rows_need_little_memory():
    rows = ((f"tep-{n}.xlsx", n, "giá trị " * 3) for n in range(60_000))
    tracemalloc.start()
    written = sum(len(piece) for piece in stream([sheet(rows)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 200_000
    assert peak < 8 << 20
