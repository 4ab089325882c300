"""A workbook in which control totals only have to be filled in: a sheet for every column."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xlsxwriter.workbook import Workbook

from app.names import search_key
from app.services.weighting.vocabulary import Word

_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
# The same bytes every time.
_MOMENT: Final = datetime(2000, 1, 1, tzinfo=None)  # noqa: DTZ001 - a workbook knows no zone
_LONGEST: Final = 31
_WIDTH, _WIDTH_OF_NUMBERS = 48, 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A column of the answers, as people call it."""

    title: str
    word: Word


def workbook(sheets: Sequence[Sheet], number: str) -> bytes:
    """Write the categories of each column, and an empty cell for the total of each.

    Parameters
    ----------
    number : str
        What stands above the totals.
    """
    packed = io.BytesIO()
    book = Workbook(packed, _OPTIONS)
    book.set_properties({"created": _MOMENT})
    bold = book.add_format({"bold": True, "bottom": 1})
    empty = book.add_format({"num_format": "#,##0", "bg_color": "#fff7d6", "border": 1})
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.title, taken))
        page.write_string(0, 0, sheet.title, bold)
        page.write_string(0, 1, number, bold)
        for row, written in enumerate(_written(sheet.word), start=1):
            page.write_string(row, 0, written)
            page.write_blank(row, 1, None, empty)
        page.set_column(0, 0, _WIDTH)
        page.set_column(1, 1, _WIDTH_OF_NUMBERS)
        page.freeze_panes(1, 0)
    book.close()
    return packed.getvalue()


def _written(word: Word) -> list[str]:
    """Name the categories so that each is found again: by code where a name is not its own."""
    names = Counter(search_key(name) for name in word.categories.values())
    return [
        name if name and names[search_key(name)] == 1 else code
        for code, name in word.categories.items()
    ]


def _sheet_name(title: str, taken: set[str]) -> str:
    """Make a name that Excel takes, once."""
    plain = "".join(sign for sign in title if sign not in "[]:*?/\\'")[:_LONGEST].strip() or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        name = f"{plain[: _LONGEST - 4]} ({number})"
        number += 1
    taken.add(name.casefold())
    return name
