"""A workbook as data: typed cells, so that a number stays a number and a text stays a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What a column of numbers holds, and so how a spreadsheet shows it."""

    TEXT = "text"
    SHARE = "share"
    FINE_SHARE = "fine_share"
    COUNT = "count"
    DECIMAL = "decimal"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its own format; shares are 0 to 1 and shown as percentages."""

    value: float
    kind: Kind


Cell: TypeAlias = str | Number | None
"""A text, a number, or nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """Heading and width, in characters, of a column.

    ``group`` is a heading over neighbouring columns that have the same one; a column of texts may
    wrap them.
    """

    title: str
    width: float
    wraps: bool = False
    group: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table below a few lines that say what it is.

    Attributes
    ----------
    name : str
        At most 31 characters, as spreadsheets allow.
    opening : tuple of str
        Title first; they stay in sight together with the headings.
    warning : str
        What must not be overlooked, e.g. that the answers are simulated; may be empty.
    can_filter : bool
        Whether rows can be chosen by value.
    n_fixed : int
        Columns that stay in sight when the sheet is moved sideways.
    n_bold : int
        Rows at the top that matter most.
    """

    name: str
    opening: tuple[str, ...]
    warning: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    can_filter: bool = False
    n_fixed: int = 1
    n_bold: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: a share with the distances to the ends of its interval."""

    label: str
    value: float
    below: float
    above: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart on a sheet of its own, drawn by the spreadsheet itself."""

    sheet: str
    title: str
    warning: str
    axis: str
    headings: tuple[str, str, str, str]
    bars: tuple[Bar, ...]
    has_intervals: bool
    start: float


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook.

    Attributes
    ----------
    created : datetime
        Written into the file instead of the present moment: the same figures make the same file.
    page_header : str
        At the top of every printed page.
    page_number : str
        E.g. ``"Trang &P / &N"``.
    """

    title: str
    subject: str
    created: datetime
    page_header: str
    page_number: str
    sheets: tuple[Sheet | BarChart, ...]
