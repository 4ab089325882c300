"""Gathering and freezing a frame on the command line."""

import openpyxl
import pytest

from tests.app.frames.files import write_csv

HEADINGS = ("Mã hồ sơ", "Ngày trả kết quả", "Nơi tiếp nhận")


def rows(n, start=1, unit="UBND xã Tiên Yên"):
    return [(f"H49-{k:05d}", "5/3/2026", unit) for k in range(start, start + n)]


@pytest.fixture
def frame(desk):
    return desk.begin()


@pytest.fixture
def run(app, frame):
    runner = app.test_cli_runner()

    def invoke(*arguments):
        return runner.invoke(args=[str(each) for each in arguments])

    return invoke


def test_files_with_unknown_headings_wait_unless_guessing_is_asked_for(run, frame, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *rows(5)])
    done = run("import-frame", frame, path)
    assert done.exit_code == 3
    assert "a.csv: chưa biết cột nào chứa gì" in done.output
    other = write_csv(tmp_path / "b.csv", [HEADINGS, *rows(3, 50)])
    done = run("import-frame", frame, other, "--guess")
    assert done.exit_code == 0, done.output
    assert "8 dòng trong các tệp = 8 nhận + 0 không nhận" in done.output


def test_a_mapping_file_says_what_the_columns_hold(run, frame, tmp_path):
    path = write_csv(tmp_path / "a.csv", [("Ký hiệu", "Cột hai"), *(row[:2] for row in rows(4))])
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\nkey = "Ký hiệu"\nreturned_on = "@B"\n[fixed]\ncommune = "Phường Hồng Gai"\n'
    )
    done = run("import-frame", frame, path, "--mapping", mapping, "--lang", "en")
    assert done.exit_code == 0, done.output
    mapping.write_text("[columns]\nother = 1\n")
    done = run("import-frame", frame, path, "--mapping", mapping)
    assert done.exit_code == 1
    assert "columns.other" in done.output


def test_what_is_wrong_is_written_to_a_file(run, frame, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *rows(5), rows(1)[0], ("", "5/3/2026", "x")])
    book, table = tmp_path / "p.xlsx", tmp_path / "p.csv"
    assert run("import-frame", frame, path, "--guess", "--problems", book).exit_code == 0
    page = openpyxl.load_workbook(book).worksheets[0]
    assert page.max_row == 6
    done = run("import-frame", frame, path, "--problems", table)
    assert "Tệp này đã có trong danh sách" in done.output
    assert len(table.read_text(encoding="utf-8-sig").splitlines()) == 3


def test_files_that_cannot_be_read_are_told_and_remembered(run, frame, tmp_path):
    bad = tmp_path / "a.pdf"
    bad.write_bytes(b"%PDF-1.7\n")
    done = run("import-frame", frame, bad)
    assert done.exit_code == 4
    assert "Đây không phải là tệp .xlsx hay .csv" in done.output


def test_an_unknown_frame_is_told(run, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *rows(1)])
    done = run("import-frame", "khong-co", path)
    assert done.exit_code == 1
    assert "Không có danh sách mang mã khong-co" in done.output


def test_a_frame_is_frozen_once_nothing_stands_in_the_way(run, frame, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *rows(5)])
    run("import-frame", frame, path)
    done = run("freeze-frame", frame)
    assert done.exit_code == 1
    assert "a.csv" in done.output
    other = write_csv(tmp_path / "b.csv", [HEADINGS, *rows(2, 80)])
    run("import-frame", frame, other, "--guess")
    done = run("freeze-frame", frame)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("7 rows, SHA-256 ")
    assert run("freeze-frame", frame).exit_code == 1


def test_contacts_are_deleted_on_the_command_line(run, frame):
    assert run("delete-frame-contacts", frame, "--yes").output == "The contact data are deleted.\n"
    assert run("delete-frame-contacts", "khong-co", "--yes").exit_code == 1
