"""Files made to harm, or merely broken: refused with a reason, in bounded time and memory."""

import json
import subprocess
import sys
import time
import zipfile

import pytest

from app.config import ROOT as PROJECT
from app.services.imports import archive
from app.services.imports.refusals import FileRefusedError
from tests.app.imports.files import ROW, check, codes, repack, rows, write_csv, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1 << 20


@pytest.fixture
def good(tmp_path):
    return write_xlsx(tmp_path / "good.xlsx", [ROW])


def part(path, name=SHEET) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read(name).decode()


def test_a_zip_bomb_is_refused_within_a_second_in_little_memory(good, tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    repack(good, bomb, {SHEET: b"0" * (200 * MEGABYTE)})
    assert bomb.stat().st_size < MEGABYTE
    began = time.monotonic()
    assert codes(bomb) == ["file.zip-bomb"]
    assert time.monotonic() - began < 1
    # The measure itself: a process of its own that checks the bomb, and nothing else.
    script = (
        "import resource, sys, json, pathlib\n"
        "from app.services.imports import archive\n"
        "usage = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = usage()\n"
        "try: archive.check_archive(pathlib.Path(sys.argv[1]))\n"
        "except archive.FileRefusedError as error: code = error.code\n"
        "print(json.dumps([code, usage() - before]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bomb)], cwd=PROJECT, capture_output=True, check=True
    )
    code, kilobytes = json.loads(done.stdout)
    assert code == "file.zip-bomb"
    assert kilobytes < 50 * 1024


def test_a_bomb_hidden_among_incompressible_entries_is_found_while_counting(good, tmp_path):
    """The whole archive packs 30 to 1, one of its entries 1,000 to 1."""
    import random

    noise = random.Random(1).randbytes(2 * MEGABYTE)
    bomb = repack(good, tmp_path / "b.xlsx", {SHEET: b"0" * (60 * MEGABYTE), "xl/a.bin": noise})
    assert codes(bomb) == ["file.zip-bomb"]


def test_declared_sizes_are_not_believed(good, tmp_path):
    path = repack(good, tmp_path / "liar.xlsx", {SHEET: b"<x>" + b" " * 3000 + b"</x>"})
    content = path.read_bytes()
    size = (3007).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (9).to_bytes(4, "little")))
    assert codes(path)[0] in ("file.damaged", "file.zip-bomb")


def test_an_archive_of_many_entries_is_refused_unread(good, tmp_path):
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        for number in range(3000):
            book.writestr(f"e{number}", "")
    assert codes(path) == ["file.too-many-entries"]


def test_entities_are_refused(good, tmp_path):
    declared = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part(
        good
    ).split("?>", 1)[1].replace("K1", "&e;")
    assert codes(repack(good, tmp_path / "x.xlsx", {SHEET: declared.encode()})) == ["file.doctype"]
    strings = '<!DOCTYPE l [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    path = repack(good, tmp_path / "y.xlsx", {"xl/sharedStrings.xml": strings.encode()})
    assert codes(path) == ["file.doctype"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "file.macros"),
        ("xl/macrosheets/sheet1.xml", "file.macros"),
        ("xl/workbook.bin", "file.xlsb"),
    ],
)
def test_other_kinds_of_workbooks_are_named(good, tmp_path, name, code):
    assert codes(repack(good, tmp_path / "a.xlsx", {name: b"x"})) == [code]


def test_a_template_with_macros_is_known_by_its_content_type(good, tmp_path):
    types = part(good, "[Content_Types].xml").replace("sheet.main", "sheet.macroEnabled.main")
    path = repack(good, tmp_path / "a.xlsx", {"[Content_Types].xml": types.encode()})
    assert codes(path) == ["file.macros"]


def test_archives_that_are_no_workbooks_are_refused(good, tmp_path):
    path = repack(good, tmp_path / "a.xlsx", {"xl/workbook.xml": None})
    assert codes(path) == ["file.not-a-table"]
    opened = tmp_path / "b.xlsx"
    with zipfile.ZipFile(opened, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", "<x/>")
    assert codes(opened) == ["file.ods"]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "file.old-xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096
            + "EncryptedPackage".encode("utf-16-le"),
            "file.encrypted",
        ),
        (b"%PDF-1.4\n", "file.not-a-table"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "file.not-a-table"),
        (b"<html><table><tr><td>key</td></tr></table>", "file.not-a-table"),
        (b"{\\rtf1 key,stratum}", "file.not-a-table"),
        (b"PK\x05\x06" + b"\0" * 18, "file.not-a-table"),
        (bytes(range(32)) * 40, "file.not-a-table"),
        ("key,tầng\n1,2\n".encode("utf-16"), "file.utf-16"),
        (b"", "file.empty"),
        (b"\xef\xbb\xbf", "file.empty"),
        (b"\n\n  \n", "file.empty"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_files_are_known_by_their_content_not_by_their_name(tmp_path, start, code, name):
    path = tmp_path / name
    path.write_bytes(start)
    assert codes(path) == [code]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_cut_and_overwritten_workbooks_are_refused(good, tmp_path, place):
    content = good.read_bytes()
    at = int(len(content) * place)
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(content[:at])
    assert codes(cut) == ["file.damaged"]
    cut.write_bytes(content[:at] + b"\xff" * 40 + content[at + 40 :])
    assert all(code.startswith("file.") or code for code in codes(cut))


def test_two_cells_at_the_ends_of_a_sheet_do_not_fill_the_memory(good, tmp_path):
    """A reader that lays out the whole grid would need 17 thousand million cells."""
    sheet = part(good).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    path = repack(good, tmp_path / "a.xlsx", {SHEET: sheet.encode()})
    began = time.monotonic()
    assert codes(path)[0] in ("file.unreadable", "file.too-many-columns", "file.too-large")
    assert time.monotonic() - began < 10


def test_a_million_columns_are_refused(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("key," * 1_000_000 + "\n1,2\n")
    assert codes(path) == ["file.too-many-columns"]


def test_columns_beyond_the_last_of_a_sheet_are_refused(good, tmp_path):
    sheet = part(good).replace(
        "</sheetData>", '<row r="9"><c r="ZZZZZZ9"><v>1</v></c></row></sheetData>'
    )
    path = repack(good, tmp_path / "a.xlsx", {SHEET: sheet.encode()})
    assert codes(path) != []


@pytest.mark.parametrize("weight", ["NaN", "1e400", "-1e400", "-0", "0", "-3", "1e-400"])
def test_weights_that_are_no_weights(good, tmp_path, weight):
    assert check(write_csv(tmp_path / "a.csv", [ROW | {"base_weight": weight}])) == [
        (2, "D", weight, "weight.not-positive")
    ]
    sheet = part(good).replace("<v>12.5</v>", f"<v>{weight}</v>")
    path = repack(good, tmp_path / "a.xlsx", {SHEET: sheet.encode()})
    assert [code for code in codes(path) if code != "file.damaged"] in ([], ["weight.not-positive"])
    assert codes(path) != []


@pytest.mark.parametrize("field", ["key", "stratum", "psu", "commune", "mode", "base_weight"])
@pytest.mark.parametrize("bad", ["a\0b", "a\x01", "a\x7f", "a\ufffe"])
def test_controls_in_names_are_refused(tmp_path, field, bad):
    path = write_csv(tmp_path / "a.csv", [ROW | {field: bad}])
    assert [each[3] for each in check(path)] == ["answer.bad-character"]


def test_controls_in_answers_are_refused(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW | {"opinion": "tốt\0", "sex": "Nam\x02"}])
    assert codes(path) == ["answer.bad-character"] * 2


def test_bytes_that_are_no_utf8_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"key,stratum\nK1,\xed\xa0\x80\n")  # a lone surrogate
    assert codes(path) == ["file.not-utf8"]
    path.write_bytes(b"key,stratum\n" + b"K1,a\n" * 50_000 + b"K1,\xff\n")
    assert codes(path) != []


@pytest.mark.parametrize("field", ["key", "stratum", "seats", "base_weight", "opinion", "commune"])
def test_a_cell_of_a_megabyte(tmp_path, field):
    path = write_csv(tmp_path / "a.csv", [ROW | {field: "x" * MEGABYTE}])
    ((row, _, value, code),) = check(path)
    assert row == 2
    assert len(value) == 200
    assert code != "answer.required"


def test_a_cell_that_never_ends(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('key,stratum\n"K1,' + "x" * (3 * MEGABYTE))
    assert codes(path) == ["file.csv-broken"]


def test_formulas_in_text_are_text(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW | {"opinion": "=1+1", "stratum": "@A", "psu": "+B"}])
    assert codes(path) == []


def test_the_child_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the child")
    seen = []
    real = subprocess.Popen

    def watch(*args, **kwargs):
        seen.append(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr("app.services.imports.reader.subprocess.Popen", watch)
    assert codes(write_csv(tmp_path / "a.csv", [ROW])) == []
    assert seen
    assert all("SECRET_KEY" not in environment for environment in seen)


def test_a_child_that_dies_is_a_refusal(tmp_path, monkeypatch):
    script = tmp_path / "dies.py"
    script.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr("app.services.imports.reader._CHILD", script)
    assert codes(write_csv(tmp_path / "a.csv", [ROW])) == ["file.unreadable"]


def test_a_child_that_hangs_is_ended(tmp_path, monkeypatch):
    script = tmp_path / "hangs.py"
    script.write_text("import signal\nsignal.pause()\n")
    monkeypatch.setattr("app.services.imports.reader._CHILD", script)
    monkeypatch.setattr("app.services.imports.reader._SILENCE_SECONDS", 0.5)
    assert codes(write_csv(tmp_path / "a.csv", [ROW])) == ["file.unreadable"]


def test_an_archive_is_looked_at_before_a_child_is_started(good, tmp_path, monkeypatch):
    bomb = repack(good, tmp_path / "b.xlsx", {SHEET: b"0" * (20 * MEGABYTE)})
    monkeypatch.setattr("app.services.imports.reader._CHILD", tmp_path / "none.py")
    assert codes(bomb) == ["file.zip-bomb"]
    with pytest.raises(FileRefusedError, match=r"zip-bomb"):
        archive.check_archive(bomb)


def test_a_wrong_file_of_many_rows_stays_in_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.imports.problems.LISTED", 10)
    from app.services.imports.check import check_file
    from app.services.imports.mapping import Columns
    from tests.app.imports.files import visit_round

    path = write_csv(tmp_path / "a.csv", rows(400, seats="?", polite="?"))
    outcome = check_file(path, visit_round(), Columns())
    assert len(outcome.problems) == 800
    assert len(outcome.problems.listed) == 10
    assert [(group.column, group.count) for group in outcome.problems.groups] == [
        ("E", 400),
        ("F", 400),
    ]
    assert outcome.problems.groups[0].values == (("?", 400),)
