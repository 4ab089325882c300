"""The table of answers as a workbook: written in pieces of text, so that a million rows are quick.

One sheet of data, or several where one cannot hold all rows, and a sheet that explains the
variables. Texts are stored as texts: nothing in them is taken for a formula.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from app.services.manifests import package
from app.services.manifests.statement import About, Manifest, sign
from app.services.microdata.table import Table

Progress = Callable[[int], None]
MOST_ROWS: Final = 1_000_000
_ROWS: Final = 1 << 14
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="3"><font><sz val="10"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><name val="Arial"/></font>'
    '<font><b/><sz val="10"/><color rgb="FF8A2B00"/><name val="Arial"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE6F0F2"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_STRONG, _TEXT, _WARNING = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Explained:
    """A sheet of words beside the data.

    Attributes
    ----------
    lines : sequence of str
        Above the table; the first is the warning, which may be empty.
    """

    name: str
    lines: Sequence[str]
    headings: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]


@dataclass(slots=True)
class _Package:
    """A package that is written part by part, each hashed on its way."""

    archive: zipfile.ZipFile
    digests: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        digest = hashlib.sha256()
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(entry, "w", force_zip64=True) as target:

            def write(content: bytes) -> None:
                digest.update(content)
                target.write(content)

            yield write
        self.digests[name] = digest.hexdigest()

    def add(self, name: str, content: str) -> None:
        with self.part(name) as write:
            write(content.encode())


def write(
    path: Path,
    table: Table,
    data_name: str,
    explained: Explained,
    about: About,
    secret_key: str,
    progress: Progress,
) -> Manifest:
    """Write a table as a signed XLSX file.

    Parameters
    ----------
    data_name : str
        Name of the sheet of data; a number follows it from the second on.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        made = _Package(archive)
        names: list[str] = []
        done = 0
        for part in _shared_out(table.rows):
            names.append(data_name if not names else f"{data_name} {len(names) + 1}")
            with made.part(f"xl/worksheets/sheet{len(names)}.xml") as put:
                for piece, n_rows in _data(part, table):
                    put(piece)
                    done += n_rows
                    progress(done)
        names.append(explained.name)
        made.add(f"xl/worksheets/sheet{len(names)}.xml", "".join(_words(explained)))
        for name, content in _frame(names):
            made.add(name, content)
        hashes = {package.SCHEME: package.digest_of_digests(made.digests)}
        manifest = sign(about, hashes, secret_key)
        with made.part(package.PROPERTIES) as put:
            put(package.properties(manifest))
    return manifest


def count(path: Path) -> int:
    """Count the rows below the headings of the sheets of data: all sheets but the last."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return sum(_count(archive, f"xl/worksheets/sheet{n}.xml") for n in range(1, len(sheets)))


def _count(archive: zipfile.ZipFile, name: str) -> int:
    n_rows, held = 0, b""
    with archive.open(name) as part:
        while piece := part.read(1 << 22):
            piece = held + piece
            n_rows += piece.count(b"</row>")
            held = piece[-5:]
    return n_rows - 1


def _shared_out(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for at in range(0, max(len(rows), 1), MOST_ROWS):
        yield rows.slice(at, MOST_ROWS)


def _data(rows: pl.DataFrame, table: Table) -> Iterator[tuple[bytes, int]]:
    """Write a sheet of numbers: the rows of a piece are put together column by column."""
    names = [variable.name for variable in table.variables]
    letters = [xl_col_to_name(number) for number in range(len(names))]
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{max(9, min(len(name) + 2, 24))}" customWidth="1"/>'
        for n, name in enumerate(names, start=1)
    )
    head = "".join(_text(f"{at}1", name, _STRONG) for at, name in zip(letters, names, strict=True))
    yield (
        (
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
            f'</sheetViews><cols>{columns}</cols><sheetData><row r="1">{head}</row>'
        ).encode(),
        0,
    )
    for at in range(0, len(rows), _ROWS):
        block = rows.slice(at, _ROWS)
        number = pl.int_range(at + 2, at + 2 + len(block), eager=True).cast(pl.String)
        block = block.with_columns(number.alias("\0"))
        cells = [
            pl.when(pl.col(name).is_not_null())
            .then(
                pl.concat_str(
                    pl.lit(f'<c r="{letter}'), pl.col("\0"), pl.lit('"><v>'),
                    pl.col(name).cast(pl.String), pl.lit("</v></c>"),
                )
            )
            .otherwise(pl.lit(""))
            for name, letter in zip(names, letters, strict=True)
        ]  # fmt: skip
        lines = block.select(
            pl.concat_str(pl.lit('<row r="'), pl.col("\0"), pl.lit('">'), *cells, pl.lit("</row>"))
        ).to_series()
        yield "".join(lines.to_list()).encode(), len(block)
    yield b"</sheetData></worksheet>", 0


def _words(sheet: Explained) -> Iterator[str]:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, start=1)
    )
    above = [line for line in sheet.lines if line]
    head = len(above) + 1
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{head}" '
        f'topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )
    for number, line in enumerate(above, start=1):
        yield f'<row r="{number}">{_text(f"A{number}", line, _WARNING)}</row>'
    for number, row in enumerate([sheet.headings, *sheet.rows], start=head):
        style = _STRONG if number == head else _TEXT
        cells = "".join(
            _text(f"{xl_col_to_name(place)}{number}", text, style)
            for place, text in enumerate(row)
            if text
        )
        yield f'<row r="{number}">{cells}</row>'
    yield (
        '</sheetData><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" '
        'footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def _text(place: str, text: str, style: int) -> str:
    kept = escape(_NOT_XML.sub("\ufffd", text[:32_000]))
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'
    )


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Write the parts around the sheets."""
    numbers = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for n in numbers
    )
    types = (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/{package.PROPERTIES}" ContentType="{package.TYPE}"/>'
        f"{overrides}</Types>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    )
    yield "[Content_Types].xml", types
    yield (
        "_rels/.rels",
        (
            f'{_HEAD}{relations}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
            f'Target="xl/workbook.xml"/><Relationship Id="rId2" Type="{package.RELATION}" '
            f'Target="{package.PROPERTIES}"/></Relationships>'
        ),
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_HEAD}{relations}{links}<Relationship Id="rId{len(names) + 1}" '
            f'Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    listed = "".join(
        f'<sheet name="{escape(name[:31], {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f"<sheets>{listed}</sheets></workbook>"
        ),
    )
    yield "xl/styles.xml", _STYLES
