"""What a file of rows is to the rest: names of columns, and a way to read some."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import polars as pl

from analysis.errors import AnalysisError

ReadColumns: TypeAlias = Callable[[Sequence[str]], pl.DataFrame]
Lines: TypeAlias = tuple[int, int]
"""Line of a text file, and row in a spreadsheet: cells may hold several lines."""


class FileFault(AnalysisError):  # noqa: N818  reported as a fault of the plan
    """A file cannot be read; ``code`` is that of the fault."""

    def __init__(self, code: str, **context: object) -> None:
        self.code = code
        super().__init__(**context)


@dataclass(frozen=True, slots=True)
class Options:
    """How text files are to be read.

    Attributes
    ----------
    separator, decimal : str
    encoding : str, optional
        Without it, UTF-8 unless a byte order mark says otherwise.
    missing : tuple of str
        Cells that hold nothing.
    """

    separator: str = ","
    decimal: str = "."
    encoding: str | None = None
    missing: tuple[str, ...] = ("", "NA")


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A file of which the columns are known and nothing is read yet.

    Attributes
    ----------
    path : Path
    format : str
        ``"csv"``, ``"parquet"``, ``"sav"`` or ``"dta"``.
    columns : tuple of str
        Names in the order of the file, in Unicode NFC.
    read : callable
        From some of the names to a frame of these columns; raises FileFault.
    is_text : bool
        Whether cells are texts whose type is yet to be found.
    labels : mapping of str to str
        What columns are said to hold.
    value_labels : mapping of str to mapping of str to str
        What codes are said to mean, by column.
    lines : callable, optional
        Of text files: from a row to its line and to its row in a spreadsheet.
    """

    path: Path
    format: str
    columns: tuple[str, ...]
    read: ReadColumns
    is_text: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lines: Callable[[int], Lines] | None = None

    def where(self, row: int) -> dict[str, str]:
        """Return what a sentence needs to say where a row stands.

        Parameters
        ----------
        row : int
            From 1, without the header.

        Returns
        -------
        dict of str to str
            ``file`` and ``row``; of text files also ``line`` of the file and
            ``sheet_row``, the row that a spreadsheet shows.
        """
        found = {"file": self.path.name, "row": str(row)}
        if self.lines is not None:
            line, sheet_row = self.lines(row)
            found |= {"line": str(line), "sheet_row": str(sheet_row)}
        return found


def normal(text: str) -> str:
    """Return a name in Unicode NFC without spaces around it."""
    return unicodedata.normalize("NFC", text).strip()


def own_names(names: Sequence[str], path: Path) -> dict[str, str]:
    """Map normal names to those of the file.

    Raises
    ------
    FileFault
        Two columns have one name.
    """
    found: dict[str, str] = {}
    for name in names:
        if normal(name) in found:
            raise FileFault("column-twice", column=normal(name), file=path.name)
        found[normal(name)] = name
    return found
