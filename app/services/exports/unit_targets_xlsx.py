"""A workbook to fill in targets of units: one line per unit, one column per node."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.workbook import Workbook

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True, slots=True)
class Words:
    """Headings of the workbook, and what stands above it."""

    sheet: str
    note: str
    kind: str
    code: str
    name: str
    nodes: Mapping[str, str]
    kinds: Mapping[str, str]


def workbook(
    units: Mapping[tuple[str, str], str],
    targets: Mapping[tuple[str, str, str], float],
    words: Words,
) -> bytes:
    """Write the workbook, with the targets there are; codes are texts, so they keep their zeros."""
    file = io.BytesIO()
    book = Workbook(file, _OPTIONS)
    sheet = book.add_worksheet(words.sheet)
    bold = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6F0F2"}
    )
    plain = book.add_format({"num_format": "@"})
    number = book.add_format({"num_format": "0.0", "bg_color": "#FFFBEA"})
    sheet.merge_range(
        0, 0, 0, 2 + len(words.nodes), words.note, book.add_format({"text_wrap": True})
    )
    sheet.set_row(0, 48)
    heads: Sequence[str] = (
        words.kind, words.code, words.name,
        *(f"{title} ({node})" for node, title in words.nodes.items()),
    )  # fmt: skip
    sheet.write_row(1, 0, heads, bold)
    for row, ((kind, code), name) in enumerate(units.items(), start=2):
        sheet.write_string(row, 0, words.kinds.get(kind, kind))
        sheet.write_string(row, 1, code, plain)
        sheet.write_string(row, 2, name)
        for column, node in enumerate(words.nodes, start=3):
            value = targets.get((node, kind, code))
            if value is None:
                sheet.write_blank(row, column, None, number)
            else:
                sheet.write_number(row, column, round(100 * value, 4), number)
    sheet.freeze_panes(2, 3)
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 2, 44)
    sheet.set_column(3, 2 + len(words.nodes), 18)
    book.close()
    return file.getvalue()
