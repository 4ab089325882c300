"""Tables as people keep them: separators, titles above the headings, old fonts, broken formulas."""

import pytest
import xlsxwriter

from app.services.imports.legacy import encoding_of
from app.services.imports.mapping import Columns
from app.services.imports.reader import open_table, read_head
from tests.app.imports.files import ROW, check, codes, rows, write_csv, write_xlsx

VIETNAMESE = "Mã phiếu,Tầng,Cụm,Trọng số,Giới tính,Rất hài lòng,Không hài lòng,Bình thường"


def cells(path, **options):
    with open_table(path, **options) as table:
        return table, [(row.number, row.cells) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separators_and_marks_are_recognised(tmp_path, separator, encoding):
    path = write_csv(tmp_path / "a.csv", rows(3), separator=separator, encoding=encoding)
    table, found = cells(path)
    assert table.separator == separator
    assert found[0][1][:2] == ("key", "stratum")
    assert codes(path) == []


def test_a_separator_in_text_does_not_mislead(tmp_path):
    given = rows(6, opinion="nhanh; gọn; lịch sự; đúng hẹn; rõ ràng; dễ hiểu; sạch sẽ; tốt")
    table, _ = cells(write_csv(tmp_path / "a.csv", given))
    assert table.separator == ","


def test_excels_own_naming_of_the_separator_is_no_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nkey;stratum\nK1;a,b\n")
    table, found = cells(path)
    assert table.separator == ";"
    assert found == [(1, ("key", "stratum")), (2, ("K1", "a,b"))]


def test_rows_are_numbered_as_spreadsheets_do(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('key,text\n\nK1,"two\nlines"\n ,\nK2,x\n')
    assert cells(path)[1] == [
        (1, ("key", "text")), (3, ("K1", "two\nlines")), (5, ("K2", "x")),
    ]  # fmt: skip
    book = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        page.write(2, 1, "key")
        page.write(4, 1, "K1")
        page.write(4, 3, 2.0)
    assert cells(book)[1] == [(3, (None, "key")), (5, (None, "K1", None, 2))]


def test_cells_come_as_they_are_meant(tmp_path):
    import datetime as dt

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        values = [True, 5.0, 0.1, -0.0, "  ", "007", 1e20]
        page.write_row(0, 0, values)
        page.write_datetime(0, 7, dt.datetime(2026, 5, 3), day)  # noqa: DTZ001
        page.write_datetime(0, 8, dt.datetime(2026, 5, 3, 9, 30), moment)  # noqa: DTZ001
    assert cells(path)[1] == [
        (1, (True, 5, 0.1, 0, None, "007", 1e20, "2026-05-03", "2026-05-03 09:30:00"))
    ]


def test_titles_above_the_headings_are_passed_over(tmp_path):
    above = [["KẾT QUẢ ĐIỀU TRA XÃ HỘI HỌC NĂM 2026"], [], ["Đơn vị tính: phiếu", None, "key"]]
    assert codes(write_xlsx(tmp_path / "a.xlsx", rows(3), above=above)) == []


def test_merged_titles_and_empty_columns_do_no_harm(tmp_path):
    path = tmp_path / "a.xlsx"
    columns = list(ROW)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 1, 9, "TỔNG HỢP PHIẾU")
        page.write_row(4, 2, columns)
        page.write_row(5, 2, [ROW[name] for name in columns])
    assert codes(path) == []


def test_no_heading_at_all_is_said_plainly(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,2,3\n4,5,6\n")
    assert check(path) == [(None, None, "", "header.not-found")]


def test_headings_without_answers_are_said_plainly(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(ROW) + "\n")
    assert codes(path) == ["file.no-rows"]


def test_columns_that_are_missing_are_all_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("key,psu,seats\nK1,1,4\n")
    assert codes(path) == ["column.missing"] * 4  # stratum, weight, polite, late


def test_repeated_headings_matter_only_where_they_are_read(tmp_path):
    path = tmp_path / "a.csv"
    names, values = list(ROW), [str(value) for value in ROW.values()]
    path.write_text(",".join([*names, "Ghi chú", "Ghi chú"]) + "\n" + ",".join([*values, "", ""]))
    assert codes(path) == []
    path.write_text(",".join([*names, "seats"]) + "\n" + ",".join([*values, "4"]))
    assert codes(path) == ["column.contested"]
    assert codes(path, Columns(columns={"item:seats": "seats"})) == ["column.heading-repeated"]
    assert codes(path, Columns(columns={"item:seats": "@H"})) == []


def test_a_cell_beyond_the_headings_is_a_sign_of_a_broken_row(tmp_path):
    path = tmp_path / "a.csv"
    values = ",".join(str(value) for value in ROW.values())
    path.write_text(",".join(ROW) + "\n" + values + ",,lịch sự\n")
    assert check(path) == [(2, "I", "lịch sự", "row.beyond-headings")]


def test_a_quote_that_is_not_closed_names_its_line(tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(3))
    path.write_text(path.read_text().replace("K1,", '"K1,'))
    assert codes(path) == ["file.csv-broken"]


def test_the_first_visible_sheet_is_read_unless_another_is_named(tmp_path):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Ẩn").hide()
        for name in ("Phiếu", "Phiếu 2"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, list(ROW))
            page.write_row(1, 0, list((ROW | {"key": name}).values()))
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
    table, found = cells(path)
    assert (table.sheet, table.sheets) == ("Phiếu", ("Phiếu", "Phiếu 2"))
    assert cells(path, sheet="Phiếu 2")[1][1][1][0] == "Phiếu 2"
    assert codes(path, Columns(sheet="Ẩn")) == ["file.unknown-sheet"]
    assert codes(path, Columns(sheet="Phiếu 2")) == []
    assert found


def test_cells_that_show_an_error_are_reported_in_columns_that_are_read(tmp_path):
    path = tmp_path / "a.xlsx"
    columns = [*ROW, "Ghi chú"]
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, columns)
        page.write_row(1, 0, list(ROW.values()))
        page.write_formula(1, columns.index("late"), "=VLOOKUP(1,A1:B2,2,0)", None, "#N/A")
        page.write_formula(1, columns.index("Ghi chú"), "=1/0", None, "#DIV/0!")
    at = columns.index("late")
    assert check(path) == [
        (2, "G", "#N/A", "cell.error"),
        (2, "G", "", "answer.required"),
    ]
    assert at == 6


@pytest.mark.parametrize("n_rows", [1, 3])
def test_only_the_beginning_is_read_when_that_is_asked_for(tmp_path, n_rows):
    path = write_xlsx(tmp_path / "a.xlsx", rows(50))
    assert len(cells(path, n_rows=n_rows)[1]) == n_rows
    assert len(read_head(path)[1]) == 51


# --- fonts of the time before Unicode


def as_tcvn3(text: str) -> str:
    from app.services.imports.legacy import _TCVN3

    signs = {letter: chr(code) for code, letter in _TCVN3.items() if len(letter) == 1}
    return "".join(signs.get(letter, letter) for letter in text)


TCVN3 = as_tcvn3(VIETNAMESE)
VNI = "Maõ phieáu,Taàng,Cuïm,Troïng soá,Giôùi tính,Raát haøi loøng,Khoâng haøi loøng,Bình thöôøng"


def test_old_fonts_in_cells_are_recognised_and_refused(tmp_path):
    assert encoding_of([TCVN3]) == "tcvn3"
    assert encoding_of([VNI]) == "vni"
    for text in (TCVN3, VNI):
        path = write_csv(tmp_path / "a.csv", [dict.fromkeys(text.split(","), "1")])
        assert codes(path) == ["file.legacy-encoding"]
        book = write_xlsx(tmp_path / "a.xlsx", [dict.fromkeys(text.split(","), "1")])
        assert codes(book) == ["file.legacy-encoding"]


def as_1258(text: str) -> bytes:
    """Encode as Windows-1258 does: tones are signs of their own."""
    import unicodedata

    written = b""
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(sign for sign in parts if sign in "\u0300\u0301\u0303\u0309\u0323")
            bare = unicodedata.normalize("NFC", "".join(s for s in parts if s not in tones))
            written += (bare + tones).encode("cp1258")
    return written


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TCVN3.encode("cp1252"), "TCVN3"),
        (VNI.encode("cp1252"), "VNI"),
        (as_1258(VIETNAMESE), "Windows-1258"),
    ],
)
def test_old_encodings_of_csv_are_named_in_the_advice(tmp_path, content, name):
    from flask import Flask
    from flask_babel import Babel

    from app.import_sentences import refusal
    from app.services.imports.refusals import FileRefusedError

    path = tmp_path / "a.csv"
    path.write_bytes(content + b"\n1,2,3,4,5,6,7,8\n")
    with pytest.raises(FileRefusedError) as refused:
        read_head(path)
    app = Flask(__name__)
    Babel(app, default_locale="vi")
    with app.app_context():
        said = refusal(refused.value.code, refused.value.context)
    assert name in said
    assert "UniKey" in said


def test_a_western_encoding_is_refused_without_a_guess(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("key,name\n1,Café Müller\n".encode("cp1252"))
    assert codes(path) == ["file.not-utf8"]


@pytest.mark.parametrize(
    "text",
    [
        VIETNAMESE,
        "Rất tốt, cảm ơn ông/bà! “Nhanh” – gọn… 100 % ★ 😀",
        "Café, naïve, Größe, façade, España",
        "µ ß § ® ·",
        "",
    ],
)
def test_unicode_is_not_taken_for_an_old_font(text):
    import unicodedata

    assert encoding_of([text]) is None
    assert encoding_of([unicodedata.normalize("NFD", text)]) is None


def test_an_old_font_in_one_free_text_is_found(tmp_path):
    given = rows(90)
    for number in (1, 80):
        given[number]["opinion"] = as_tcvn3("Cần rất nhiều người phục vụ dân")
    found = check(write_csv(tmp_path / "a.csv", given))
    assert [each[::3] for each in found] == [
        (3, "text.legacy-encoding"),
        (82, "text.legacy-encoding"),
    ]
