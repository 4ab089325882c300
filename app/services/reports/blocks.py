"""What a report consists of, whatever file it is written to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.services.reports.letterhead import Letterhead

MOST_ROWS_IN_ONE_PIECE: Final = 12
"""Tables of more rows may go on over pages."""


class Align(StrEnum):
    """Where the words of a column stand."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    kind : str
        ``body``, ``bullet``, ``note`` (small, below a table), or ``closing``, which stays with
        the signature: no signature stands on a page alone.
    """

    runs: tuple[Run, ...]
    kind: str = "body"

    @property
    def text(self) -> str:
        """Words of the paragraph."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part of the report, 2 a section, 3 a page of a unit."""

    level: int
    text: str
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """The beginning of an annex, on a page of its own."""

    label: str
    title: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; widths are relative to one another."""

    title: str
    width: float
    align: Align = Align.RIGHT


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a row of headings that is repeated on every page.

    Attributes
    ----------
    strong : frozenset of int
        Rows in bold type.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[int] = frozenset()

    @property
    def in_one_piece(self) -> bool:
        """Whether it is short enough to go to the next page rather than be broken."""
        return len(self.rows) <= MOST_ROWS_IN_ONE_PIECE


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (SVG) with what it is called and what it shows in words."""

    svg: str
    caption: str
    alt: str
    width_mm: float = 160.0


@dataclass(frozen=True, slots=True)
class Signature:
    """Recipients on the left and the signatory on the right."""


Block = Paragraph | Heading | Annex | Table | Picture | Signature


@dataclass(frozen=True, slots=True)
class Fixed:
    """Words that stand in every report of a language."""

    country: str
    motto: str
    number: str
    place_and_day: str
    kind: str
    addressed: str
    recipients: str
    table: str
    picture: str
    sign_here: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes
    ----------
    subject : str
        What it is about, below its title.
    warning : str
        What must be seen on every page, e.g. that the data are simulated; empty without.
    watermark : str
        Short form of it, across every page.
    foot : str
        From what it was made, at the foot of every page.
    about : str
        The publication it is made from, for the properties of the file.
    """

    language: str
    letterhead: Letterhead
    fixed: Fixed
    subject: str
    warning: str
    watermark: str
    foot: str
    about: str
    created: datetime
    blocks: tuple[Block, ...]


def said(*texts: str, kind: str = "body") -> Paragraph:
    """Make a paragraph of sentences."""
    return Paragraph((Run(" ".join(text for text in texts if text)),), kind)


def led(lead: str, *texts: str, kind: str = "body") -> Paragraph:
    """Make a paragraph that begins in bold type."""
    rest = " ".join(text for text in texts if text)
    return Paragraph((Run(f"{lead} ", bold=True), Run(rest)), kind)
