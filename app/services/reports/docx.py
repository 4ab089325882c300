"""Reports as DOCX, to be edited in Word: real headings, styles, tables and captions."""

from io import BytesIO
from typing import Final

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from app.services.reports import docx_frame, docx_styles, docx_tables
from app.services.reports.blocks import (
    Annex,
    Block,
    Heading,
    Paragraph,
    Picture,
    Report,
    Signature,
    Table,
)
from app.services.reports.images import png

# Properties of a file hold no more letters.
_LONGEST: Final = 255
_STYLES: Final = {
    "body": docx_styles.BODY,
    "bullet": docx_styles.BULLET,
    "note": docx_styles.NOTE,
    "closing": docx_styles.BODY,
}


def write(report: Report) -> bytes:
    """Write a report as DOCX."""
    document = Document()
    docx_styles.define(document, report.language)
    _describe(document, report)
    docx_frame.frame(document, report)
    docx_frame.letterhead(document, report)
    pictures = [block for block in report.blocks if isinstance(block, Picture)]
    images = iter(png([picture.svg for picture in pictures]))
    counted = {"table": 0, "picture": 0}
    for block in report.blocks:
        _add(document, report, block, images, counted)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _describe(document: DocumentObject, report: Report) -> None:
    properties = document.core_properties
    properties.title = f"{report.fixed.kind}: {report.subject}"[:_LONGEST]
    properties.author = report.letterhead.authority[:_LONGEST]
    properties.subject = (report.warning or report.subject)[:_LONGEST]
    properties.comments = report.about[:_LONGEST]
    properties.language = report.language
    # The file format knows no zone.
    moment = report.created.replace(tzinfo=None, microsecond=0)
    properties.created = properties.modified = moment
    properties.last_modified_by = "Lòng Dân"
    properties.revision = 1


def _add(document, report, block: Block, images, counted) -> None:  # type: ignore[no-untyped-def]
    match block:
        case Paragraph():
            _paragraph(document, block)
        case Heading():
            heading = document.add_heading(block.text, level=block.level)
            heading.paragraph_format.page_break_before = block.new_page or None
        case Annex():
            _annex(document, block)
        case Table():
            counted["table"] += 1
            caption = document.add_paragraph(style=docx_styles.CAPTION_ABOVE)
            _numbered(caption, report.fixed.table, counted["table"], block.caption)
            docx_tables.add(document, block)
        case Picture():
            counted["picture"] += 1
            _picture(document, block, next(images))
            caption = document.add_paragraph(style=docx_styles.CAPTION_BELOW)
            _numbered(caption, report.fixed.picture, counted["picture"], block.caption)
        case Signature():
            docx_frame.signature(document, report)


def _paragraph(document: DocumentObject, block: Paragraph) -> None:
    made = document.add_paragraph(style=_STYLES[block.kind])
    made.paragraph_format.keep_with_next = block.kind == "closing" or None
    if block.kind == "bullet":
        made.add_run("- ")
    for run in block.runs:
        added = made.add_run(run.text)
        added.bold = run.bold or None
        added.italic = run.italic or None


def _annex(document: DocumentObject, block: Annex) -> None:
    heading = document.add_heading(block.label, level=1)
    heading.runs[0].add_break()
    heading.add_run(block.title)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.page_break_before = True
    below = document.add_paragraph(style=docx_styles.PLAIN)
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = below.add_run(block.said)
    run.italic = True
    run.font.size = Pt(12)


def _picture(document: DocumentObject, block: Picture, image: bytes) -> None:
    paragraph = document.add_paragraph(style=docx_styles.PICTURE)
    shape = paragraph.add_run().add_picture(BytesIO(image), width=Mm(block.width_mm))
    about = shape._inline.docPr  # noqa: SLF001 - the library has no other way to the words
    about.set("title", block.caption)
    about.set("descr", block.alt)


def _numbered(paragraph: WordParagraph, word: str, number: int, caption: str) -> None:
    """Write "Bảng 1. …" with a number that Word counts itself."""
    paragraph.add_run(f"{word} ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" SEQ {word} \\* ARABIC ")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = str(number)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - fields have no public way in
    paragraph.add_run(f". {caption}")
