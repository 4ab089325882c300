"""What stands around the text of a report in Word: letterhead, page numbers, warning, signature."""

from xml.sax.saxutils import escape

from docx.document import Document as DocumentObject
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from app.services.reports.blocks import Report
from app.services.reports.docx_styles import PLAIN

_WARNING = RGBColor(0x7A, 0x2B, 0x00)
_QUIET = RGBColor(0x44, 0x44, 0x44)
_WIDTHS = (Mm(63), Mm(99))


def frame(document: DocumentObject, report: Report) -> None:
    """Put page numbers from the second page on, and on every page what must be seen."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    for header, is_first in ((section.first_page_header, True), (section.header, False)):
        paragraph = header.paragraphs[0]
        if report.warning:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(report.warning)
            run.bold = True
            run.font.color.rgb = _WARNING
            number = header.add_paragraph()
        else:
            number = paragraph
        if not is_first:
            number.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _field(number, "PAGE")
        if report.watermark:
            number._p.append(_watermark(report.watermark, is_first=is_first))  # noqa: SLF001
    for footer in (section.first_page_footer, section.footer):
        run = footer.paragraphs[0].add_run(report.foot)
        run.font.color.rgb = _QUIET
        run.font.size = Pt(8.5)


def letterhead(document: DocumentObject, report: Report) -> None:
    """Write agency and national title, number and day, the title, and to whom it goes."""
    head, fixed = report.letterhead, report.fixed
    table = _unruled(document, 2)
    left, right = table.rows[0].cells
    _line(left, head.authority_above, 12, first=True)
    _ruled(_line(left, head.authority.upper(), 12, bold=True), Mm(22))
    _line(right, fixed.country, 12, bold=True, first=True)
    _ruled(_line(right, fixed.motto, 13, bold=True), Mm(20))
    left, right = table.rows[1].cells
    _line(left, fixed.number, 13, first=True)
    _line(right, fixed.place_and_day, 13, italic=True, first=True)
    title = document.add_paragraph(style=PLAIN)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(12)
    title.paragraph_format.space_after = Pt(0)
    _run(title, fixed.kind, 14, bold=True)
    subject = document.add_paragraph(style=PLAIN)
    subject.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(subject, report.subject, 13, bold=True)
    _ruled(subject, Mm(58))
    if head.addressee:
        to = document.add_paragraph(style=PLAIN)
        to.alignment = WD_ALIGN_PARAGRAPH.CENTER
        to.paragraph_format.space_before = Pt(6)
        to.paragraph_format.space_after = Pt(6)
        to.add_run(f"{fixed.addressed} {head.addressee}")


def signature(document: DocumentObject, report: Report) -> None:
    """Write the recipients, and who signs."""
    head = report.letterhead
    gap = document.add_paragraph(style=PLAIN)
    gap.paragraph_format.keep_with_next = True
    table = _unruled(document, 1)
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
    left, right = row.cells
    to = _line(left, report.fixed.recipients, 12, bold=True, italic=True, first=True)
    to.alignment = WD_ALIGN_PARAGRAPH.LEFT
    for at, each in enumerate(head.recipients):
        end = "." if at + 1 == len(head.recipients) else ";"
        _line(left, f"- {each}{end}", 11).alignment = WD_ALIGN_PARAGRAPH.LEFT
    lines = [each.upper() for each in (head.authority_line, head.position) if each]
    for at, line in enumerate(lines):
        _line(right, line, 13, bold=True, first=at == 0)
    signed = _line(right, report.fixed.sign_here, 11, italic=True)
    signed.paragraph_format.space_after = Mm(24)
    _line(right, head.signatory, 13, bold=True)


def _unruled(document: DocumentObject, n_rows: int):  # type: ignore[no-untyped-def]
    table = document.add_table(rows=n_rows, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    # Without the usual room beside the words the country's name stands on one line.
    table._tbl.tblPr.append(  # noqa: SLF001 - the library has no margins of cells
        parse_xml(
            f"<w:tblCellMar {nsdecls('w')}>"
            '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        )
    )
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = width
    return table


def _line(
    cell: _Cell,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    first: bool = False,
) -> WordParagraph:
    paragraph: WordParagraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.style = PLAIN
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    _run(paragraph, text, size, bold=bold, italic=italic)
    return paragraph


def _run(
    paragraph: WordParagraph, text: str, size: float, *, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.bold = bold or None
    run.italic = italic or None
    run.font.size = Pt(size)


def _ruled(paragraph: WordParagraph, inset: int) -> None:
    """Draw the thin line below a title: a border, so that nobody edits a drawing."""
    # A paragraph of its own, indented from both sides, so that the line is shorter than the words.
    rule = parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" '
        'w:color="000000"/></w:pBdr><w:spacing w:before="0" w:after="60" w:line="60" '
        f'w:lineRule="exact"/><w:ind w:left="{inset // 635}" w:right="{inset // 635}"/>'
        "</w:pPr></w:p>"
    )
    paragraph._p.addnext(rule)  # noqa: SLF001 - paragraphs have no borders in the library


def _field(paragraph: WordParagraph, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = parse_xml(f'<w:r {nsdecls("w")}><w:rPr><w:sz w:val="26"/></w:rPr><w:t>2</w:t></w:r>')
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - fields have no public way in


def _watermark(words: str, *, is_first: bool):  # type: ignore[no-untyped-def]
    """Make the text that Word itself calls a watermark."""
    number = 1 if is_first else 2
    style = (
        "position:absolute;margin-left:0;margin-top:0;width:500pt;height:62pt;rotation:315;"
        "z-index:-251658752;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        "mso-position-vertical-relative:margin"
    )
    return parse_xml(
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office"><w:rPr><w:noProof/></w:rPr><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
        '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
        '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>'
        '<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="Watermark{number}" o:spid="_x0000_s{2048 + number}" '
        f'type="#_x0000_t136" style="{style}" fillcolor="#c8a06a" stroked="f">'
        '<v:fill opacity=".25"/><v:textpath style="font-family:&quot;Times New Roman&quot;;'
        f'font-size:1pt;font-weight:bold" string="{escape(words, {chr(34): "&quot;"})}"/>'
        "</v:shape></w:pict></w:r>"
    )
