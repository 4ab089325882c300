"""``flask import-responses`` and what it says."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.import_sentences import REASONS
from app.models import ImportBatch, Response
from app.problem_lists import plain_csv
from surveys.instrument.answers import PROBLEM_CODES
from tests.app.imports.conftest import ROUND
from tests.app.imports.files import ROW, rows, without, write_csv, write_xlsx

GIVEN = rows(3, mode="tablet")


@pytest.fixture
def run(app, target):
    def command(*arguments):
        return app.test_cli_runner().invoke(
            args=["import-responses", *map(str, arguments), "--round", ROUND]
        )

    return command


def counts(database) -> tuple[int, int]:
    with database.read() as db:
        return tuple(
            db.scalar(select(func.count()).select_from(table)) for table in (Response, ImportBatch)
        )


def test_a_good_file(database, run, tmp_path):
    done = run(write_csv(tmp_path / "a.csv", GIVEN))
    assert done.exit_code == 0, done.output
    assert "3 dòng: 3 dòng mới được nhập, 0 dòng đã có từ trước." in done.stdout
    again = run(tmp_path / "a.csv")
    assert again.exit_code == 0
    assert "0 dòng mới được nhập, 3 dòng đã có" in again.stdout
    assert counts(database)[0] == 3


def test_a_dry_run_counts_and_keeps_nothing(database, run, tmp_path):
    done = run(write_csv(tmp_path / "a.csv", GIVEN), "--dry-run")
    assert done.exit_code == 0
    assert "3 dòng mới" in done.stdout
    assert counts(database) == (0, 0)


def test_a_bad_file(database, run, tmp_path):
    errors = tmp_path / "errors.xlsx"
    path = write_csv(tmp_path / "a.csv", rows(3, mode="tablet", seats="Tốt"))
    done = run(path, "--errors", errors)
    assert done.exit_code == 1
    assert "Chưa nhập dòng nào: có 3 lỗi trong 3 dòng." in done.stderr
    assert "3 × E seats – Nơi ngồi chờ có đủ chỗ: Không phải là một phương án" in done.stderr
    assert "“Tốt” (3)" in done.stderr
    assert counts(database)[0] == 0
    book = load_workbook(errors)
    assert book.sheetnames == ["Danh sách lỗi", "Tổng hợp"]
    assert [cell.value for cell in book.worksheets[1][2]][::3] == ["E", 3]
    assert run(path, "--errors", tmp_path / "errors.csv").exit_code == 1
    assert (tmp_path / "errors.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_that_cannot_be_read(run, tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    done = run(path)
    assert done.exit_code == 1
    assert ".xls kiểu cũ" in done.stderr


def test_a_mapping_file(database, run, tmp_path):
    given = [{**without("seats", [ROW])[0], "Câu 1": "Tốt"}]
    path = write_xlsx(tmp_path / "a.xlsx", given)
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[columns]\nseats = "Câu 1"\n[values.seats]\n"Tốt" = 5\n[fixed]\nmode = "tablet"\n',
        encoding="utf-8",
    )
    assert run(path, "--mapping", mapping).exit_code == 0
    with database.read() as db:
        assert db.scalars(select(Response)).one().answers["seats"] == 5
    mapping.write_text("[columns]\nnope = 'x'\n")
    refused = run(path, "--mapping", mapping)
    assert refused.exit_code == 3
    assert "columns.nope: không phải là mã câu hỏi" in refused.stderr


def test_a_round_that_takes_no_file(app, target, tmp_path):
    path = write_csv(tmp_path / "a.csv", GIVEN)
    done = app.test_cli_runner().invoke(args=["import-responses", str(path), "--round", "nope"])
    assert done.exit_code == 3
    assert "Không có đợt khảo sát mang mã nope." in done.stderr


def test_a_file_that_is_not_there(run, tmp_path):
    assert run(tmp_path / "none.csv").exit_code == 2


def test_every_reason_the_questionnaire_gives_has_a_sentence():
    assert set(REASONS) >= PROBLEM_CODES


def test_every_code_raised_in_the_import_has_a_sentence():
    import ast
    from pathlib import Path

    from app.config import ROOT as PROJECT

    places = [*(PROJECT / "app/services/imports").glob("*.py"), PROJECT / "app/jobs.py"]
    beginnings = {code.partition(".")[0] for code in REASONS}
    used = {
        node.value
        for path in map(Path, places)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.partition(".")[0] in beginnings
        and "." in node.value
        and " " not in node.value
        and not node.value.endswith(".")
    }
    assert len(used) > 50
    never_shown = {"import.crossed", "import.not-uploaded", "import.unknown"}
    assert used - set(REASONS) <= never_shown


@pytest.mark.parametrize("entry", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_entries_that_would_be_formulas_are_kept_as_text(entry):
    assert plain_csv(entry) == f"'{entry}"


@pytest.mark.parametrize("entry", ["1", "Hài lòng", "", "a=1"])
def test_other_entries_stay_as_they_are(entry):
    assert plain_csv(entry) == entry


def test_no_text_of_a_file_becomes_a_formula_or_a_link(run, tmp_path):
    wild = ["=1+1", '=HYPERLINK("http://x")', "http://x.vn", "mailto:a@b", "{=1}", "@SUM(1)"]
    given = [{**row, "sex": text} for row, text in zip(rows(6, mode="tablet"), wild, strict=True)]
    errors = tmp_path / "e.xlsx"
    run(write_csv(tmp_path / "=cmd|.csv", given), "--errors", errors)
    content = io.BytesIO(errors.read_bytes())
    for sheet in load_workbook(content):
        for line in sheet.iter_rows():
            assert all(cell.data_type in ("s", "n") for cell in line)
            assert all(cell.hyperlink is None for cell in line)
