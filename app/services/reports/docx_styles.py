"""Styles of reports in Word: Times New Roman 13, spacing and margins of decree 30/2020/NĐ-CP."""

from typing import Final

from docx.document import Document as DocumentObject
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

FONT: Final = "Times New Roman"
BODY: Final = "Body Text"
BULLET: Final = "List Bullet"
NOTE: Final = "Note"
PLAIN: Final = "Plain"
PICTURE: Final = "Picture"
CELL: Final = "Cell"
CAPTION_ABOVE: Final = "Caption"
CAPTION_BELOW: Final = "Caption Below"

_BLACK = RGBColor(0, 0, 0)


def define(document: DocumentObject, language: str) -> None:
    """Give a document the page and the styles of a report."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    section.header_distance, section.footer_distance = Mm(9), Mm(9)
    normal = _style(document, "Normal", 13)
    _language(normal, language)
    _spacing(normal, 0, 6)
    body = _style(document, BODY, 13)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    body.paragraph_format.first_line_indent = Mm(10)
    _spacing(body, 0, 6)
    bullet = _style(document, BULLET, 13)
    bullet.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    bullet.paragraph_format.left_indent = Mm(0)
    bullet.paragraph_format.first_line_indent = Mm(10)
    _unlist(bullet)
    _spacing(bullet, 0, 6)
    for level, before in ((1, 12), (2, 10), (3, 6)):
        heading = _style(document, f"Heading {level}", 13, bold=True)
        heading.paragraph_format.keep_with_next = True
        _spacing(heading, before, 6)
    _captions(document)
    _spacing(_made(document, NOTE, 11), 3, 6)
    _spacing(_made(document, PLAIN, 13), 0, 4)
    picture = _made(document, PICTURE, 13)
    picture.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.paragraph_format.keep_with_next = True
    _spacing(picture, 6, 0)
    _spacing(_made(document, CELL, 11), 1, 1)
    for name in ("Header", "Footer"):
        _spacing(_style(document, name, 9), 0, 0)


def _captions(document: DocumentObject) -> None:
    above = _style(document, CAPTION_ABOVE, 12, bold=False)
    above.font.italic = True
    above.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    above.paragraph_format.keep_with_next = True
    _spacing(above, 8, 4)
    below = _made(document, CAPTION_BELOW, 12)
    below.base_style = above
    below.font.italic = True
    below.paragraph_format.keep_with_next = False
    _spacing(below, 2, 8)


def _made(document: DocumentObject, name: str, size: float) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    return _style(document, name, size)


def _style(
    document: DocumentObject, name: str, size: float, *, bold: bool | None = None
) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    style.font.name = FONT
    style.font.size = Pt(size)
    style.font.color.rgb = _BLACK
    style.font.italic = False
    if bold is not None:
        style.font.bold = bold
    # The template names fonts of its theme, which prevail over the name.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if attribute.endswith("Theme"):
            del fonts.attrib[attribute]
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    return style


def _spacing(style: ParagraphStyle, before: float, after: float) -> None:
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _unlist(style: ParagraphStyle) -> None:
    """Take the round bullets away: official documents have dashes."""
    properties = style.element.get_or_add_pPr()
    for numbering in properties.findall(qn("w:numPr")):
        properties.remove(numbering)


def _language(style: ParagraphStyle, language: str) -> None:
    """Tell Word which language to check the spelling of."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), "vi-VN" if language == "vi" else "en-GB")
    properties.append(tag)
