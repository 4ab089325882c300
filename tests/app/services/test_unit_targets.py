"""Targets of units, from tables as people make them."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.exports import unit_targets_xlsx
from app.services.unit_targets import Known, read, rows_of_text

UNITS = {
    ("commune", "06652"): "Phường Hồng Gai",
    ("commune", "07000"): "Đặc khu Cô Tô",
    ("centre", "hcc-22"): "Trung tâm tỉnh",
    ("field", "dat-dai"): "Đất đai",
}
KNOWN = Known(
    UNITS, {"overall": ("Chỉ số chung", "Overall"), "access": ("Tiếp cận dịch vụ", "Access")}
)


def told(text):
    found = read(rows_of_text(text), KNOWN)
    return found.targets or [(f.row, f.code) for f in found.faults]


def test_a_table_pasted_from_a_spreadsheet():
    text = (
        "Mục tiêu năm 2026\n"
        "Loại\tMã\tTên đơn vị\tChỉ số chung (overall)\tTiếp cận dịch vụ\n"
        "Xã\t06652\tPhường Hồng Gai\t95\t96,5%\n"
        "Xã\t07000\tĐặc khu Cô Tô\t\t90\n"
        "Trung tâm\thcc-22\t\t100\t\n"
        "Khác\t\t\t\t\n"
    )
    assert told(text) == {
        ("overall", "commune", "06652"): 0.95,
        ("access", "commune", "06652"): 0.965,
        ("access", "commune", "07000"): 0.9,
        ("overall", "centre", "hcc-22"): 1.0,
    }


def test_a_spreadsheet_takes_zeros_away_and_names_do_as_well():
    assert told("Mã;overall\n6652;90\n") == {("overall", "commune", "06652"): 0.9}
    assert told("Tên;access\nphuong hong gai;90\n") == {("access", "commune", "06652"): 0.9}


def test_a_table_of_shares_is_one_if_all_of_it_is():
    found = told("Mã\toverall\taccess\n06652\t0.95\t1\n07000\t\t50%\n")
    assert found == {
        ("overall", "commune", "06652"): 0.95,
        ("access", "commune", "06652"): 1.0,
        ("access", "commune", "07000"): 0.5,
    }
    assert told("Mã\toverall\taccess\n06652\t0,95\t96\n") == [(2, "unit-target.mixed")]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Đơn vị\nX\n", [(1, "unit-target.no-heading")]),
        ("Mã\toverall\n06652\t\n", [(1, "unit-target.nothing")]),
        ("Mã\toverall\n99999\t95\n", [(2, "unit-target.unknown-unit")]),
        ("Mã\toverall\n06652\tnhiều\n", [(2, "unit-target.not-a-share")]),
        ("Mã\toverall\n06652\t101\n", [(2, "unit-target.not-a-share")]),
        ("Mã\toverall\n06652\t-5\n", [(2, "unit-target.not-a-share")]),
        ("Mã\toverall\n06652\t95\n6652\t90\n", [(3, "unit-target.twice")]),
        ("", [(1, "unit-target.no-heading")]),
    ],
)
def test_every_bad_cell_is_told_and_nothing_is_taken(text, faults):
    assert told(text) == faults


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["overall", "access"]), st.sampled_from(sorted(UNITS))),
        st.integers(101, 10_000).map(lambda n: n / 10_000),
        min_size=1,
    )
)
def test_the_workbook_that_is_sent_is_read_back(chosen):
    targets = {(node, *unit): share for (node, unit), share in chosen.items()}
    words = unit_targets_xlsx.Words(
        "Mục tiêu", "Ghi chú", "Loại", "Mã", "Tên đơn vị",
        {"overall": "Chỉ số chung", "access": "Tiếp cận dịch vụ"}, {},
    )  # fmt: skip
    book = openpyxl.load_workbook(
        io.BytesIO(unit_targets_xlsx.workbook(UNITS, targets, words)), read_only=True
    )
    rows = [
        (number, tuple("" if cell is None else cell for cell in cells))
        for number, cells in enumerate(book.active.values, start=1)
    ]
    found = read(rows, KNOWN)
    assert found.faults == ()
    assert found.targets == pytest.approx(targets)
