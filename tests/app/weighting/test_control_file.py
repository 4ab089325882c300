"""Control totals from files: layouts people write, and every cell at fault by its place."""

import pytest
import xlsxwriter

from app.services.imports.refusals import FileRefusedError
from app.services.weighting import control_file, controls, desk
from app.services.weighting.control_file import ControlsRefusedError, read_controls, read_number
from tests.app.weighting import world


@pytest.fixture
def words(database, closed):
    with database.read() as db:
        return desk.vocabulary_of(db, world.CODE)


def csv_file(tmp_path, text):
    path = tmp_path / "tong.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(path, words, **values):
    return read_controls(path, words, name="Tổng", counted="people", **values)


def test_a_margin_by_name_or_code(tmp_path, words):
    found = read(csv_file(tmp_path, "Lĩnh vực,Tổng số\ndat-dai,20\nho-tich,1.200\n"), words)
    assert found.control.columns == ("place.field",)
    assert found.control.cells == {("dat-dai",): 20.0, ("ho-tich",): 1200.0}


def test_crossed_cells_in_a_workbook_with_a_title_and_sums(tmp_path, words):
    path = tmp_path / "tong.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        rows = [
            ["Số hồ sơ quý III", None, None],
            ["Xã, phường", "Lĩnh vực", "Số hồ sơ"],
            ["Phường Hồng Gai", "dat-dai", 12],
            ["PHƯỜNG  HỒNG GAI", "ho-tich", 12.0],
            ["Xã Quảng La", "dat-dai", "8"],
            ["Xã Quảng La", "ho-tich", 0],
            ["Tổng cộng", None, 32],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    found = read(path, words)
    assert found.control.columns == ("place.commune", "place.field")
    assert found.control.cells == {
        ("06652", "dat-dai"): 12.0, ("06652", "ho-tich"): 12.0, ("06700", "dat-dai"): 8.0,
    }  # fmt: skip
    assert (found.sums, found.n_zero, found.n_rows) == ((7,), 1, 4)


def test_a_question_about_the_person(tmp_path, words):
    titles = next(word for word in words.words if word.column == "sex")
    male, female = (titles.categories[code] for code in ("male", "female"))
    found = read(csv_file(tmp_path, f"sex;n\n{male};7\n{female};8,5\n"), words)
    assert found.control.cells == {("male",): 7.0, ("female",): 8.5}


def test_every_cell_at_fault_is_named(tmp_path, words):
    text = "Lĩnh vực,Tổng số\ndat-dai,20\nho-tic,5\n,5\nho-tich,nhiều\ndat-dai,7\nho-tich,-3\n"
    with pytest.raises(ControlsRefusedError) as refused:
        read(csv_file(tmp_path, text), words)
    assert [(f.letter, f.row, f.code, f.meant) for f in refused.value.faults] == [
        ("A", 3, "cell.unknown-category", "ho-tich"),
        ("A", 4, "cell.blank", ""),
        ("B", 5, "cell.not-a-number", ""),
        ("A", 6, "cell.twice", "2"),
        ("B", 7, "cell.negative", ""),
    ]
    assert refused.value.n == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tên,Số\na,1\n", "file.no-control-columns"),
        ("Lĩnh vực,Ghi chú,Khác\ndat-dai,1,2\n", "file.no-number-column"),
        ("Lĩnh vực,field,Tổng số\ndat-dai,dat-dai,2\n", "file.control-column-twice"),
        ("Lĩnh vực,Tổng số\n", "file.no-control-rows"),
    ],
)
def test_files_that_hold_no_totals(tmp_path, words, text, code):
    with pytest.raises(FileRefusedError) as refused:
        read(csv_file(tmp_path, text), words)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234", 1234), ("1.234.567", 1234567), ("1 234", 1234), ("12,5", 12.5), ("12.5", 12.5),
        (7, 7), (7.5, 7.5), ("-3", -3), ("", None), ("x", None), (True, None), (None, None),
        (float("nan"), None), ("1e5", None),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(cell, number):
    assert read_number(cell) == number


def test_letters_of_columns():
    assert [control_file.letter_of(at) for at in (0, 25, 26, 701, 702)] == [
        "A", "Z", "AA", "ZZ", "AAA",
    ]  # fmt: skip


def control(cells, counted="people", name="Tổng"):
    return controls.Control(name, ("place.field",), counted, cells)


def test_what_is_found_about_totals(words):
    answers = words.answers
    found = controls.check(control({("dat-dai",): 5.0, ("xay",): 5.0}), answers.rows,
                           answers.layout)  # fmt: skip
    assert [(f.code, f.cells, f.share) for f in found] == [
        ("control.no-answers", (("xay",),), 0.5),
        ("control.no-total", (("ho-tich",),), 0.0),
    ]
    gone = controls.Control("x", ("place.counter",), "people", {("a",): 1.0})
    assert controls.check(gone, answers.rows, answers.layout)[0].code == "control.column-gone"


def test_sums_may_differ_by_half_a_per_cent():
    one, near, far = (control({("a",): total}) for total in (1000.0, 1005.0, 1005.1))
    assert controls.disagreeing([one, near]) is None
    least, most, share = controls.disagreeing([far, one])
    assert (least, most) == (one, far)
    assert share == pytest.approx(0.0051)
