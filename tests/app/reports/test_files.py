"""Both files of a report, opened again: the same words, real structure, the warning everywhere."""

import io
import itertools
import re
import zipfile
from dataclasses import replace

import pypdfium2
import pytest
from defusedxml.ElementTree import fromstring
from docx import Document
from docx.oxml.ns import qn

from app.reports.report import report
from app.services.reports import docx, pdf
from app.services.reports.blocks import Annex, Heading, Paragraph, Picture, Table
from tests.app.reports.conftest import DAY

WARNING = "DỮ LIỆU MÔ PHỎNG"


@pytest.fixture
def made(rounds, read, context, letterhead):
    rounds(earlier=True)
    return report(read(), letterhead, "vi", DAY)


@pytest.fixture
def word(made):
    return Document(io.BytesIO(docx.write(made)))


@pytest.fixture
def pages(made):
    document = pypdfium2.PdfDocument(pdf.write(made))
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def words(text):
    return re.sub(r"[\s\u200b\u00ad-]+", "", text)


def test_the_letterhead_is_that_of_an_administrative_document(word):
    table = word.tables[0]
    left, right = (cell.text for cell in table.rows[0].cells)
    assert left.split("\n")[0] == "UBND TỈNH QUẢNG NINH"
    assert "SỞ NỘI VỤ" in left
    assert right.split("\n")[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert "Độc lập - Tự do - Hạnh phúc" in right
    number, place = (cell.text for cell in table.rows[1].cells)
    assert re.fullmatch(r"Số:\s+/BC-SNV", number)
    assert place == "Quảng Ninh, ngày 05 tháng 01 năm 2026"
    section = word.sections[0]
    assert section.left_margin.mm == pytest.approx(30, abs=0.1)
    assert 15 <= section.right_margin.mm <= 20
    assert word.styles["Normal"].font.name == "Times New Roman"
    assert word.styles["Body Text"].font.size.pt == 13


def test_headings_are_headings(word, made):
    titles = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert "I. TÓM TẮT" in titles
    wanted = [block.text for block in made.blocks if isinstance(block, Heading)]
    annexes = [f"{b.label}\n{b.title}" for b in made.blocks if isinstance(b, Annex)]
    assert set(titles) == {*wanted, *annexes}


def test_tables_repeat_their_headings_and_never_split_a_row(word, made):
    tables = [block for block in made.blocks if isinstance(block, Table)]
    # The letterhead and the signature stand in tables without lines.
    ruled = [t for t in word.tables if t._tbl.tblPr.find(qn("w:tblBorders")) is not None]
    assert len(ruled) == len(tables)
    for table, block in zip(ruled, tables, strict=True):
        first = table._tbl.tr_lst[0]
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
        assert [cell.text for cell in table.rows[0].cells] == [c.title for c in block.columns]
        assert len(table.rows) == len(block.rows) + 1


def test_short_tables_keep_in_one_piece_and_long_ones_go_on(word, made):
    blocks = [block for block in made.blocks if isinstance(block, Table)]
    assert len({block.in_one_piece for block in blocks}) >= 1
    drawn = {}
    for table in word.element.body.iter(qn("w:tbl")):
        named = table.find(f".//{qn('w:tblCaption')}")
        if named is not None:
            rows = table.findall(qn("w:tr"))
            drawn[named.get(qn("w:val"))] = [
                len(row.findall(f".//{qn('w:keepNext')}")) == len(row.findall(qn("w:tc")))
                for row in rows
            ]
    for block in blocks:
        head, *rows = drawn[block.caption]
        assert head
        assert rows[:-1] == [block.in_one_piece] * (len(rows) - 1)
        assert not rows[-1]
    long = replace(blocks[0], rows=(blocks[0].rows[0],) * 40)
    assert not long.in_one_piece


def test_every_unit_that_was_ranked_is_told_its_interval_of_ranks(made):
    at = [
        k for k, block in enumerate(made.blocks) if isinstance(block, Heading) and block.level == 3
    ]
    told = []
    for first, last in itertools.pairwise([*at, len(made.blocks)]):
        texts = [
            "".join(run.text for run in block.runs)
            for block in made.blocks[first:last]
            if isinstance(block, Paragraph)
        ]
        told.append(sum("Có thể đứng từ hạng" in text for text in texts))
    assert sum(told) >= 2
    assert set(told) <= {0, 1}


def test_pictures_are_described_and_captions_count_themselves(word, made):
    pictures = [block for block in made.blocks if isinstance(block, Picture)]
    shapes = word.inline_shapes
    assert len(shapes) == len(pictures)
    for shape, block in zip(shapes, pictures, strict=True):
        assert shape._inline.docPr.get("descr") == block.alt
        assert block.alt
    fields = [
        field.get(qn("w:instr")).split()[:2] for field in word.element.body.iter(qn("w:fldSimple"))
    ]
    assert fields.count(["SEQ", "Hình"]) == len(pictures)
    assert fields.count(["SEQ", "Bảng"]) == sum(isinstance(b, Table) for b in made.blocks)


def test_simulated_answers_are_labelled_on_every_page(word, pages):
    assert all(WARNING in page for page in pages)
    section = word.sections[0]
    for header in (section.header, section.first_page_header):
        assert any(WARNING in p.text for p in header.paragraphs)
        assert header._element.xpath(".//*[local-name()='textpath']")


def test_real_answers_are_not(rounds, read, context, letterhead):
    rounds(simulated=False)
    made = report(read(), letterhead, "vi", DAY)
    document = pypdfium2.PdfDocument(pdf.write(made))
    assert not any(WARNING in page.get_textpage().get_text_range() for page in document)
    package = zipfile.ZipFile(io.BytesIO(docx.write(made)))
    assert not any(WARNING.encode() in package.read(name) for name in package.namelist())


def test_both_files_say_the_same(word, pages, made):
    whole = words("".join(pages))
    in_word = words("".join(p.text for p in word.paragraphs))
    for block in made.blocks:
        if isinstance(block, Paragraph):
            assert words(block.text) in in_word
    # A paragraph may be broken by the foot of a page: its beginning is enough.
    for block in made.blocks:
        if isinstance(block, Paragraph):
            assert words(block.text)[:60] in whole, block.text


def test_the_summary_fills_the_first_page_alone(pages):
    assert "I. TÓM TẮT" in pages[0]
    assert "II. KẾT QUẢ THEO THÀNH PHẦN" not in pages[0]
    assert pages[1].find("II. KẾT QUẢ THEO THÀNH PHẦN") < 120


def test_no_signature_stands_on_a_page_alone(pages):
    (signed,) = [words(page) for page in pages if words("GIÁM ĐỐC") in words(page)]
    assert words("Trên đây là kết quả") in signed


def test_every_unit_has_its_page_or_a_reason(pages, made):
    titles = [b.text for b in made.blocks if isinstance(b, Heading) and b.level == 3]
    assert "Phường Hồng Gai" in titles
    assert "Xã Cái Chiên" not in titles
    (hidden,) = [
        b for b in made.blocks if isinstance(b, Table) and b.caption.startswith("Đơn vị không")
    ]
    assert "Xã Cái Chiên" in [row[0] for row in hidden.rows]
    assert all(row[2] for row in hidden.rows)


def test_texts_are_printed_letter_by_letter(rounds, read, context, letterhead):
    rounds()
    odd = replace(letterhead, signatory='<b>Lê & #strong[Nguyễn] $x$ \\ "A"</b>')
    made = report(read(), odd, "vi", DAY)
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf.write(made))
    )
    assert words('<b>Lê & #strong[Nguyễn] $x$ \\ "A"</b>') in words(text)
    table = Document(io.BytesIO(docx.write(made))).tables
    assert any(odd.signatory in cell.text for t in table for row in t.rows for cell in row.cells)


def test_the_package_is_well_formed(made):
    package = zipfile.ZipFile(io.BytesIO(docx.write(made)))
    assert package.testzip() is None
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            fromstring(package.read(name))
