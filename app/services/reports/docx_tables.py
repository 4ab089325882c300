"""Tables of reports in Word. Rows are written as markup: reports have thousands of cells."""

from typing import Final
from xml.sax.saxutils import escape

from docx.document import Document as DocumentObject
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.services.reports.blocks import Align, Table
from app.services.reports.docx_styles import CELL

# Width of the text on a page: 210 mm less the margins, in twentieths of a point.
TEXT_WIDTH: Final = round((210 - 30 - 18) / 25.4 * 72 * 20)
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_HEAD_FILL = "EEF2F3"


def add(document: DocumentObject, table: Table) -> None:
    """Add a table at the end of the document; its first row is repeated on every page.

    Rows of a short table keep with the next one, so that it is not broken.
    """
    style = document.styles[CELL].style_id
    whole = sum(column.width for column in table.columns)
    widths = [round(TEXT_WIDTH * column.width / whole) for column in table.columns]
    titles = [column.title for column in table.columns]
    centred = [Align.CENTER] * len(titles)
    rows = [_row(titles, widths, centred, style, strong=True, head=True)]
    aligns = [column.align for column in table.columns]
    rows += [
        _row(
            row,
            widths,
            aligns,
            style,
            strong=at in table.strong,
            keep=table.in_one_piece and at + 1 < len(table.rows),
        )
        for at, row in enumerate(table.rows)
    ]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    about = f'<w:tblCaption w:val="{_quoted(table.caption)}"/>'
    made = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'{_borders()}<w:tblLayout w:type="fixed"/>{_margins()}'
        f'<w:tblLook w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" '
        f'w:noHBand="1" w:noVBand="1"/>{about}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    body = document.element.body
    body.insert(len(body) - 1, made)


def _row(
    cells: list[str] | tuple[str, ...],
    widths: list[int],
    aligns: list[Align],
    style: str,
    *,
    strong: bool,
    head: bool = False,
    keep: bool = False,
) -> str:
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    written = "".join(
        _cell(text, width, align, style, strong=strong, head=head, keep=keep or head)
        for text, width, align in zip(cells, widths, aligns, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{written}</w:tr>"


def _cell(
    text: str, width: int, align: Align, style: str, *, strong: bool, head: bool, keep: bool
) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{_HEAD_FILL}"/>' if head else ""
    kept = "<w:keepNext/>" if keep else ""
    size = '<w:sz w:val="19"/>' if head else ""
    run = f"<w:rPr><w:b/>{size}</w:rPr>" if strong else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}'
        f'<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}<w:jc w:val="{align.value}"/></w:pPr>'
        f'<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


def _borders() -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES
    )
    return f"<w:tblBorders>{sides}</w:tblBorders>"


def _margins() -> str:
    sides = "".join(f'<w:{side} w:w="70" w:type="dxa"/>' for side in ("left", "right"))
    return f"<w:tblCellMar>{sides}</w:tblCellMar>"


def _quoted(words: str) -> str:
    return escape(words, {'"': "&quot;"})
