"""What people wrote is text in every file, however much it looks like a formula."""

import csv
import io
import shutil
import subprocess
from datetime import UTC, datetime

import openpyxl
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from app.services.exports import csv_file, xlsx
from app.services.exports.book import Bar, BarChart, Book, Column, Kind, Number, Sheet
from app.services.exports.safety import harmless

FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)",
    "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "-5", "+84 912 345 678",
    "{=1+1}", "https://example.vn", "mailto:a@b.vn", "1e5", "00123", "1/2", "TRUE", "'=1+1",
    "&L&\"x\"", "<b>", "a,b", 'a"b', "a\r\nb", "=" * 40,
    " =1+1", "\u00a0=1+1", "  -1+1", "\ufeff@SUM(1)",
)  # fmt: skip
NUMBERS = (-0.125, -1.0, 0.0, 1e-9, 0.7968750000000001, -3, 160)


def workbook(texts, numbers=NUMBERS) -> bytes:
    columns = (Column("Chữ", 40, wraps=True, is_text=True), Column("Số", 10, group="Nhóm"))
    texts = list(texts)
    values = [Number(number, Kind.DECIMAL) for number in numbers]
    values += [None] * (len(texts) - len(values))
    rows = [(text, value) for text, value in zip(texts, values, strict=True)]
    return xlsx.write(
        Book(
            title=texts[0],
            subject=texts[0],
            created=datetime(2026, 1, 1, tzinfo=UTC),
            page_header="&L" + texts[0],
            page_number="&P / &N",
            sheets=(
                Sheet("Trang", (texts[0], texts[1]), texts[2], columns, rows, True),
                BarChart(
                    "Biểu đồ", texts[0], texts[1], "trục", ("=a", "=b", "=c", "=d"),
                    (Bar(texts[0], 0.5, 0.1, 0.1),), has_intervals=True, start=0.0,
                ),
            ),
        )
    )  # fmt: skip


def test_texts_are_texts_and_numbers_numbers_in_a_workbook():
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(FORMULAS)))["Trang"]
    cells = list(sheet.iter_rows(min_row=6))
    assert [line[0].value.replace("_x000D_", "\r") for line in cells] == list(FORMULAS)
    assert {line[0].data_type for line in cells} == {"s"}
    assert {line[0].hyperlink for line in cells} == {None}
    # Fifteen digits, as spreadsheet programs keep them: saved again, the numbers stay the same.
    kept = [float(f"{number:.15g}") for number in NUMBERS]
    assert [line[1].value for line in cells[: len(NUMBERS)]] == kept
    assert {line[1].data_type for line in cells} == {"n"}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_text_survives_a_workbook(text):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(["a", "b", "c", *[text] * 4])))["Trang"]
    found = sheet.cell(9, 1)
    assert (found.value or "") == text
    assert found.data_type == "s" or not text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Tỉnh · Cách tính sipas_2017, phiên bản 1", "Tỉnh · Cách tính sipas_2017, phiên bản 1"),
        ("A & B · C", "A && B · C"),
        (" · ".join(["x" * 100] * 4), " · ".join(["x" * 100] * 2)),
        ("&" * 300, "&&" * 120),
    ],
)
def test_a_header_leaves_parts_out_rather_than_cut_one_in_two(written, shown):
    assert xlsx._plain(written) == shown


def test_formulas_are_neutralised_in_csv_and_numbers_are_not():
    content = csv_file.write(("text", "number"), zip(FORMULAS, [*NUMBERS] * 5, strict=False))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    for text, line, number in zip(FORMULAS, lines, [*NUMBERS] * 5, strict=False):
        dangerous = text.lstrip(" \u00a0\ufeff")[0] in "=+-@\t\r\n＝＋－＠"
        assert line[0].startswith("'") == (dangerous or text.startswith("'"))
        assert line[0].replace("'", "") == text.replace("'", "")
        assert float(line[1]) == number
        assert not line[1].startswith("'")


def test_lines_end_as_the_standard_says():
    content = csv_file.write(("a",), [("x\ny",), ('q"r',), (None,), (True,), (0.1 + 0.2,)])
    assert content.decode("utf-8-sig") == (
        'a\r\n"x\ny"\r\n"q""r"\r\n""\r\ntrue\r\n0.30000000000000004\r\n'
    )


@given(st.text(max_size=20))
def test_harmless_text_never_begins_like_a_formula(text):
    assert not harmless(text).strip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    assert harmless(text).replace("'", "") == text.replace("'", "")
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=1+1", "a;'=1+1"),
        ('a;"=1+1";b', 'a;"\'=1+1";b'),
        ("a\t -1", "a\t '-1"),
        ("a\n@SUM(1)", "a\n'@SUM(1)"),
        ("a;'=1+1", "a;'=1+1"),
        ("x = 1; y - 2", "x = 1; y - 2"),
    ],
)
def test_where_another_program_cuts_a_text_no_formula_begins(text, written):
    assert harmless(text) == written
    assert harmless(written) == written


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_finds_no_formula_in_either_file(tmp_path):
    """A thousand payloads, opened and written again by a real spreadsheet."""
    payloads = [
        beginning + formula
        for beginning in ("", " ", "'", "a", "0")
        for formula in FORMULAS
        for _ in range(7)
        if "\r" not in formula
    ]
    assert len(payloads) > 900
    numbers = [-0.125] * len(payloads)
    (tmp_path / "a.xlsx").write_bytes(workbook(payloads, numbers))
    (tmp_path / "b.csv").write_bytes(
        csv_file.write(("text", "number"), zip(payloads, numbers, strict=True))
    )
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
            # Comma, double quote, UTF-8; spaces trimmed and formulas evaluated, which is worst.
            "--infilter=CSV:44,34,76,1,,0,false,true,false,false,true",
            "--convert-to", "fods", "--outdir", str(tmp_path),
            str(tmp_path / "a.xlsx"), str(tmp_path / "b.csv"),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    for name in ("a", "b"):
        cells = list(ElementTree.parse(tmp_path / f"{name}.fods").iter(f"{table}table-cell"))
        found = {"".join(cell.itertext()) for cell in cells if f"{table}formula" in cell.attrib}
        assert found == set(), name
        kept = [cell for cell in cells if cell.get(f"{office}value") == "-0.125"]
        assert sum(int(cell.get(f"{table}number-rows-repeated", 1)) for cell in kept) == len(
            payloads
        )
