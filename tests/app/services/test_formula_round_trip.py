"""A thousand different payloads through every writer of tables, opened by a real spreadsheet.

The CSV file is opened as RFC 4180 says, and as programs of other countries open it: with semicolons
and tabs as separators too, so that a text is cut where whoever wrote it wished.
"""

import itertools
import random
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from defusedxml import ElementTree

from app.services.exports import csv_file, xlsx
from app.services.exports.book import Book, Column, Kind, Number, Sheet
from app.services.exports.sheet_stream import LongSheet, stream

N = 1_000
FORMULAS = (
    "1+1", "SUM(A1:A9)", 'HYPERLINK("http://x.example","y")', "cmd|' /C calc'!A0", "DDE(1;2;3)",
    'WEBSERVICE("http://x.example")', 'IMPORTXML(A1,"//a")', "A1&A2", "NOW()", "-2+3",
    'CONCATENATE("a","b")', "RAND()", "INDIRECT(A1)", "1/0", "'file:///etc/passwd'#$x.A1",
)  # fmt: skip
BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "==", "=+", "=-", "+=", "-=", "@=", "'=")
# What programs drop or skip before they look at a field.
BEFORE = (
    "", " ", "  ", "\u00a0", "\u200b", "\ufeff", "\u2060", "\u00ad", "\u202e", "\u200f", "\t",
    "\n", "\u3000", "\u2003", "0", "a", "'", '"', "x;", "x\t", "x,", "x|", "x\n", 'x";', "x; ",
    "x;\u00a0", 'x,"', '";', ";", ";;", "\u2028",
)  # fmt: skip
AFTER = ("", ";", ";y", "\t", "\ny", '"', ",y", " ")
STANDARD = "44"
OTHERS = ("59", "9", "124", "44/59/9")


def payloads() -> list[str]:
    """A thousand different texts, the same ones always."""
    every = [
        before + beginning + formula + after
        for before, beginning, formula, after in itertools.product(
            BEFORE, BEGINNINGS, FORMULAS, AFTER
        )
    ]
    chosen = random.Random(20_261_121).sample(sorted(set(every)), N - len(BEFORE))
    # Each way of beginning is there at least once with the plainest formula.
    return [*chosen, *(f"{before}=1+1{';' if ';' in before else ''}" for before in BEFORE)]


def workbook(texts: list[str]) -> bytes:
    columns = (Column("Chữ", 40, wraps=True, is_text=True), Column("Số", 10))
    rows = [(text, Number(-0.125, Kind.DECIMAL)) for text in texts]
    return xlsx.write(
        Book(
            title=texts[0], subject=texts[1], created=datetime(2026, 1, 1, tzinfo=UTC),
            page_header="&L" + texts[2], page_number="&P / &N",
            sheets=(Sheet("Trang", (texts[3], texts[4]), texts[5], columns, rows, True),),
        )
    )  # fmt: skip


def long_workbook(texts: list[str]) -> bytes:
    rows = ((text, number, text) for number, text in enumerate(texts))
    sheet = LongSheet("Trang", texts[0], (texts[1],), ("Chữ", "Số", "Chữ"), (40, 8, 40), rows)
    return b"".join(stream([sheet]))


def opened(folder, *names: str, separators: str = STANDARD) -> dict[str, list]:
    """Open files by LibreOffice, formulas evaluated and spaces trimmed; return their cells."""
    out = folder / separators.replace("/", "-")
    out.mkdir()
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
            f"--infilter=CSV:{separators},34,76,1,,0,false,true,false,false,true",
            "--convert-to", "fods", "--outdir", str(out), *(str(folder / name) for name in names),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-cell"
    return {
        name: list(ElementTree.parse(out / f"{name.partition('.')[0]}.fods").iter(table))
        for name in names
    }


def formulas(cells: list) -> list[tuple[str, str]]:
    name = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"
    return [(cell.attrib[name], "".join(cell.itertext())) for cell in cells if name in cell.attrib]


def test_there_are_a_thousand_of_them():
    made = payloads()
    assert len(made) == N
    assert len(set(made)) > N - len(BEFORE)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("payloads")
    texts = payloads()
    (folder / "book.xlsx").write_bytes(workbook(texts))
    (folder / "long.xlsx").write_bytes(long_workbook(texts))
    rows = [(text, -0.125, text) for text in texts]
    csv_file.write_to(folder / "table.csv", ("text", "number", "text again"), rows)
    return folder


def test_no_cell_of_any_file_is_a_formula(written):
    found = opened(written, "book.xlsx", "long.xlsx", "table.csv")
    assert {name: formulas(cells) for name, cells in found.items()} == {
        "book.xlsx": [], "long.xlsx": [], "table.csv": [],
    }  # fmt: skip
    # All of them have come: the numbers beside them count the rows.
    value = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value"
    for name in ("book.xlsx", "table.csv"):
        n = sum(
            int(
                cell.get("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-rows-repeated", 1)
            )
            for cell in found[name]
            if cell.get(value) == "-0.125"
        )
        assert n >= N, name


@pytest.mark.parametrize("separators", OTHERS)
def test_no_cell_is_a_formula_whatever_separates(written, separators):
    found = opened(written, "table.csv", separators=separators)
    assert formulas(found["table.csv"]) == []
