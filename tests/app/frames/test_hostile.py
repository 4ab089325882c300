"""Files made to harm, or merely broken: refused with a reason, before anything is unpacked."""

import os
import zipfile

import pytest

from app.frame_sentences import refusal
from app.services.frames import looking
from app.services.imports.refusals import FileRefusedError
from tests.app.frames.files import write_csv, write_xlsx
from tests.app.imports.files import repack

HEADINGS = ("Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận")
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1 << 20


@pytest.fixture
def good(tmp_path):
    return write_xlsx(tmp_path / "good.xlsx", [HEADINGS, ("H49-1", "5/3/2026", "xã Ba Chẽ")])


def code_of(path, act=None):
    """Why a file is refused."""
    with pytest.raises(FileRefusedError) as refused:
        (act or read_all)(path)
    assert refusal(refused.value.code, refused.value.context)
    return refused.value.code


def read_all(path):
    with looking.looking(path, "dossier") as (_look, blocks, _table):
        for _block in blocks:
            pass


def part(path, name=SHEET):
    with zipfile.ZipFile(path) as book:
        return book.read(name).decode()


def test_a_bomb_is_refused_by_what_it_declares_without_unpacking(good, tmp_path, app):
    bomb = repack(good, tmp_path / "bomb.xlsx", {SHEET: b"0" * (200 * MEGABYTE)})
    assert code_of(bomb, looking.check_quickly) == "file.zip-bomb"


def test_a_bomb_that_lies_about_its_size_is_found_while_it_is_counted(good, tmp_path, app):
    path = repack(good, tmp_path / "liar.xlsx", {SHEET: b"<x>" + b" " * 3000 + b"</x>"})
    content = path.read_bytes()
    path.write_bytes(content.replace((3007).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    assert code_of(path) in ("file.damaged", "file.zip-bomb")


def test_entities_are_refused(good, tmp_path, app):
    declared = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part(good).split("?>", 1)[1]
    )
    assert code_of(repack(good, tmp_path / "x.xlsx", {SHEET: declared.encode()})) == "file.doctype"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "file.macros"),
        ("xl/macrosheets/sheet1.xml", "file.macros"),
        ("xl/workbook.bin", "file.xlsb"),
    ],
)
def test_other_kinds_of_workbooks_are_named_at_once(good, tmp_path, app, name, code):
    path = repack(good, tmp_path / "a.xlsx", {name: b"x"})
    assert code_of(path, looking.check_quickly) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "file.old-xls"),
        (b"%PDF-1.7\n", "file.not-a-table"),
        (b"MZ\x90\x00" + bytes(range(32)) * 40, "file.not-a-table"),
        (b"PK\x03\x04" + b"\0" * 99, "file.damaged"),
        ("Mã,Ngày\n".encode("utf-16"), "file.utf-16"),
        (b"", "file.empty"),
    ],
)
def test_files_are_known_by_their_content_at_once(tmp_path, app, content, code):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert code_of(path, looking.check_quickly) == code


def test_a_file_of_500_megabytes_is_refused_unread(tmp_path, app):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"key,day\n")
        os.ftruncate(file.fileno(), 500 * MEGABYTE)
    assert code_of(path, looking.check_quickly) == "file.too-heavy"
    assert code_of(path) == "file.too-heavy"


def test_a_million_columns_are_refused(tmp_path, app):
    path = tmp_path / "a.csv"
    path.write_text("Mã," * 1_000_000 + "\n1,2\n")
    assert code_of(path) == "file.too-many-columns"


def test_a_line_without_an_end_is_refused(tmp_path, app):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"x" * (40 * MEGABYTE))
    assert code_of(path) in ("file.too-large", "file.csv-broken")


def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory(good, tmp_path, app):
    sheet = part(good).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    path = repack(good, tmp_path / "a.xlsx", {SHEET: sheet.encode()})
    assert code_of(path) in ("file.unreadable", "file.too-many-columns", "file.too-large")


def test_merged_cells_over_the_whole_sheet_are_bounded(good, tmp_path, app):
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    sheet = part(good).replace("</sheetData>", "</sheetData>" + merged)
    path = repack(good, tmp_path / "a.xlsx", {SHEET: sheet.encode()})
    with looking.looking(path, "dossier") as (look, _blocks, _table):
        assert len(look.rows[0][1]) <= 3


def test_a_broken_text_is_refused_by_its_line(tmp_path, app):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"2\n')
    assert code_of(path) == "file.csv-broken"


def test_formulas_in_cells_stay_text_in_every_list(desk, tmp_path):
    from app.frame_lists import FrameLists
    from app.queries import frames as queries

    code = desk.begin()
    rows = [(f'=cmd|"/c {n}"!A0', "x", "@SUM(1)") for n in range(3)]
    desk.gather(code, write_csv(tmp_path / "=1+1.csv", [HEADINGS, *rows]))
    with desk.database.read() as db:
        shown = queries.by_code(db, code)
        found = queries.files_of(db, shown.id)
    checked = desk.jobs.shelf.checked(shown.id, shown.settled_revision)
    written = b"".join(FrameLists(shown, found, checked, "vi").csv_pieces()).decode("utf-8-sig")
    for line in written.splitlines()[1:]:
        assert not any(cell.startswith(("=", "@", "+")) for cell in line.split(","))
