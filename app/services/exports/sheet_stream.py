"""Writes long tables as XLSX piece by piece: a million rows need no more memory than one.

Only text and whole numbers; text is stored as text, so nothing in it is taken for a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Final, cast
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

Cell = str | int | None
# A sheet can hold 1,048,576 rows.
MOST_ROWS: Final = 1_000_000
_PIECE: Final = 2_000
_LONGEST: Final = 32_000
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PLAIN, _TITLE, _STRONG, _HEAD, _CENTRED, _NUMBER = range(6)

_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.styles+xml"/>{}</Types>'
)
_TYPE: Final = (
    '<Override PartName="/xl/worksheets/sheet{}.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
_LINKS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
_LINK: Final = (
    '<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{}" Target="{}"/>'
)
_BOOK: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    "<sheets>{}</sheets></workbook>"
)
_STYLES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="4"><font><sz val="10"/><color rgb="FF1C2529"/><name val="Arial"/></font>'
    '<font><b/><sz val="14"/><color rgb="FF0B5563"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><color rgb="FF8A2B00"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><color rgb="FF1C2529"/><name val="Arial"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE6F0F2"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="hair"><color rgb="FFB8C4C8"/></bottom>'
    "<diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6">'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="3" fillId="2" borderId="1" xfId="0" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyAlignment="1">'
    '<alignment horizontal="center" vertical="top"/></xf>'
    '<xf numFmtId="3" fontId="0" fillId="0" borderId="1" xfId="0" applyAlignment="1">'
    '<alignment vertical="top"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class LongSheet:
    """A sheet: lines of text, then headings, then rows.

    Attributes
    ----------
    title : str
        The first line.
    lines : tuple of str
        Further lines above the table.
    widths : tuple of int
        Widths of the columns, in characters.
    centred : tuple of int
        Columns whose text stands in the middle.
    rows : iterable
        Read once; at most `MOST_ROWS`.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Iterable[Sequence[Cell]] = field(repr=False)
    centred: tuple[int, ...] = ()


class _Pipe:
    """What the archive writes, until it is handed on. It cannot be sought in."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: everything is here."""

    def take(self) -> bytes:
        """Hand on what was written since."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def stream(sheets: Iterable[LongSheet]) -> Iterator[bytes]:
    """Write a workbook in pieces; the rows of a sheet are asked for as they are written."""
    pipe = _Pipe()
    names: list[str] = []
    target = cast(IO[bytes], pipe)  # it is only written to
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for sheet in sheets:
            names.append(sheet.name)
            with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
                for piece in _sheet(sheet):
                    part.write(piece.encode())
                    if taken := pipe.take():
                        yield taken
        for path, content in _parts(names):
            archive.writestr(path, content)
    yield pipe.take()


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(names) + 1)
    yield "[Content_Types].xml", _TYPES.format("".join(map(_TYPE.format, numbers)))
    yield "_rels/.rels", _LINKS.format(_LINK.format(1, "officeDocument", "xl/workbook.xml"))
    links = [_LINK.format(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    links.append(_LINK.format(len(names) + 1, "styles", "styles.xml"))
    yield "xl/_rels/workbook.xml.rels", _LINKS.format("".join(links))
    listed = "".join(
        f'<sheet name="{escape(name[:31], {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield "xl/workbook.xml", _BOOK.format(listed)
    yield "xl/styles.xml", _STYLES


def _sheet(sheet: LongSheet) -> Iterator[str]:
    above = (sheet.title, *sheet.lines)
    head = len(above) + 2
    last = xl_col_to_name(len(sheet.headings) - 1)
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, start=1)
    )
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{head}" '
        f'topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )
    for number, text in enumerate(above, start=1):
        yield _row(number, [_cell("A", number, text, _TITLE if number == 1 else _STRONG)])
    letters = [xl_col_to_name(n) for n in range(len(sheet.headings))]
    yield _row(
        head,
        [_cell(at, head, text, _HEAD) for at, text in zip(letters, sheet.headings, strict=True)],
    )
    styles = [_CENTRED if n in sheet.centred else _PLAIN for n in range(len(letters))]
    number = head
    piece: list[str] = []
    for number, row in enumerate(sheet.rows, start=head + 1):
        cells = zip(letters, row, styles, strict=True)
        piece.append(_row(number, [_cell(at, number, value, style) for at, value, style in cells]))
        if len(piece) >= _PIECE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)
    yield (
        f'</sheetData><autoFilter ref="A{head}:{last}{max(number, head + 1)}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def _row(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(letters: str, number: int, value: Cell, style: int) -> str:
    if value is None or value == "":
        return f'<c r="{letters}{number}" s="{style}"/>'
    if isinstance(value, int):
        kind = _CENTRED if style == _CENTRED else _NUMBER
        return f'<c r="{letters}{number}" s="{kind}"><v>{value}</v></c>'
    text = escape(_NOT_XML.sub("\ufffd", value[:_LONGEST]))
    return (
        f'<c r="{letters}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{text}</t></is></c>'
    )
