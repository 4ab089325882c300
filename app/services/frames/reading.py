"""Read a list from a file: find its table, and keep its columns as cleaned text, by row.

What is about a person goes into the vault, and into the permanent random number; the rest goes
into a Parquet file that the rules are applied to, again with every decision.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from app.services.frames import targets, values
from app.services.frames.looking import Layout
from app.services.frames.persons import Persons, identity_of
from app.services.frames.vault import PartWriter
from app.services.imports import legacy
from app.services.imports.reader import Block, Blocks
from app.services.imports.refusals import FileRefusedError
from surveys.instrument.tables import UNWANTED

_LOOKED_AT_FOR_FONTS: Final = 40
_FEWEST_IN_A_FONT: Final = 3
# Anything but single blanks between words, or a sign that is no letter of a text.
_UNTIDY: Final = (
    r"\s\s|[\x00-\x1f\x7f-\xa0\u{1680}\u{2000}-\u{200b}\u{2028}-\u{202f}\u{205f}\u{3000}"
    r"\u{fffe}\u{ffff}]"
)
_CONTROLS: Final = UNWANTED.pattern.replace("\ud800-\udfff", "").replace("\x00", r"\x00")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a file as they were read."""

    n_rows: int
    n_contacts: int


def read_part(
    table: Blocks,
    blocks: Iterator[Block],
    layout: Layout,
    target: Path,
    contacts: PartWriter,
    persons: Persons,
    progress: Progress,
) -> Part:
    """Write the rows below the headings to a Parquet file, and what is about persons to the vault.

    Parameters
    ----------
    target : Path
        The Parquet file: ``row``, ``prn``, ``applicant_hint`` and the targets that have a column.
    progress : callable
        Called with the rows done and their total, about; what it raises goes through.
    """
    reader = _PartReader(layout, table.errors, persons)
    unfinished = target.with_suffix(".part")
    writer: pq.ParquetWriter | None = None
    n_rows = n_contacts = 0
    try:
        for block in blocks:
            rows, people = reader.read(block)
            if len(rows):
                arrow = rows.to_arrow()
                writer = writer or pq.ParquetWriter(unfinished, arrow.schema, compression="zstd")
                writer.write_table(arrow)
            if len(people):
                contacts.add(people)
            n_rows += len(rows)
            n_contacts += len(people)
            progress(block.numbers[-1], max(table.n_rows, block.numbers[-1]))
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise FileRefusedError("file.no-rows", row=layout.head.last)
    unfinished.replace(target)
    return Part(n_rows, n_contacts)


class _PartReader:
    """Turns blocks into rows for the rules, and contacts for the vault."""

    def __init__(self, layout: Layout, errors: Mapping[str, str], persons: Persons) -> None:
        self._layout = layout
        self._persons = persons
        contact = {target.name for target in targets.TARGETS[layout.kind] if target.contact}
        self._own = [name for name in layout.at if name not in contact]
        self._people = [name for name in layout.at if name in contact]
        self._fixed = {
            name: text for name, text in layout.columns.fixed.items() if name not in layout.at
        }
        if layout.place:
            self._fixed.setdefault("commune", layout.place)
        self._errors = _errors_by_target(errors, layout)

    def read(self, block: Block) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Read a block."""
        numbers = pl.Series("row", block.numbers, dtype=pl.Int32)
        table = pl.DataFrame(
            [numbers, *(self._column(block, name) for name in (*self._own, *self._people))]
        )
        table = table.filter(pl.col("row") >= self._layout.head.data_from)
        table = table.with_columns(cleaned(table[name]) for name in (*self._own, *self._people))
        self._refuse_old_fonts(table)
        people = table.select("row", *self._people)
        rows = table.select("row", *self._own).with_columns(
            *(pl.lit(text).alias(name) for name, text in self._fixed.items()),
            self._persons.numbers(identity_of(people)),
            _hint(people),
        )
        kept = [name for name in targets.CONTACTS if name in self._people]
        known = people.select(
            "row",
            *(
                pl.col(name) if name in kept else pl.lit(None, dtype=pl.String).alias(name)
                for name in targets.CONTACTS
            ),
        ).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in targets.CONTACTS))
        return rows, known

    def _column(self, block: Block, name: str) -> pl.Series:
        at = self._layout.at[name]
        cells = block.columns[at] if at < len(block.columns) else [None] * len(block.numbers)
        errors = self._errors.get(name)
        if errors:
            cells = [
                errors.get(number, cell) for number, cell in zip(block.numbers, cells, strict=True)
            ]
        return pl.Series(name, cells, dtype=pl.String)

    def _refuse_old_fonts(self, table: pl.DataFrame) -> None:
        """Look at some entries of each block: the head may have held nothing but numbers."""
        for name in self._own:
            accented = table[name].filter(table[name].str.contains(r"[^\x00-\x7f]"))
            different = accented.unique(maintain_order=True)
            some = different.gather_every(1 + len(different) // _LOOKED_AT_FOR_FONTS).to_list()
            font = legacy.encoding_of(some)
            if font is None:
                continue
            so_written = [cell for cell in some if legacy.encoding_of([cell], enough=1) == font]
            # A cell or two may have been written elsewhere.
            if accented.is_in(so_written).sum() >= _FEWEST_IN_A_FONT:
                raise FileRefusedError("file.legacy-encoding", encoding=font)


def cleaned(cells: pl.Series) -> pl.Series:
    """Write text in one way: NFC, single blanks; controls become visible signs; empty is null."""
    # Most columns say the same few things over and over.
    different = cells.unique()
    if 2 * len(different) < len(cells):
        return cells.replace_strict(different, _cleaned(different), return_dtype=pl.String)
    return _cleaned(cells)


def _cleaned(cells: pl.Series) -> pl.Series:
    # Composing letters takes most of the time, and plain ones are composed already.
    if cells.str.contains(r"[^\x00-\x7f]").any():
        cells = cells.str.normalize("NFC")
    if cells.str.contains(_UNTIDY).any():
        cells = cells.str.replace_all(_CONTROLS, "\ufffd").str.replace_all(r"\s+", " ")
    return cells.str.strip_chars().replace({"": None})


def _hint(people: pl.DataFrame) -> pl.Expr:
    """Tell organisations from persons by their names, for lists that do not say."""
    if "name" not in people.columns:
        return pl.lit(None, dtype=pl.String).alias("applicant_hint")
    name = people["name"]
    kinds = (
        pl.DataFrame({"name": name})
        .select(
            pl.when(pl.col("name").str.contains(values.ORGANISATION))
            .then(pl.lit("organisation"))
            .when(pl.col("name").is_not_null())
            .then(pl.lit("person"))
        )
        .to_series()
    )
    return pl.lit(kinds).alias("applicant_hint")


def _errors_by_target(errors: Mapping[str, str], layout: Layout) -> dict[str, dict[int, str]]:
    """Sort cells that show an error, such as #N/A, to the columns that are read."""
    names = {letters: name for name, letters in layout.letters().items()}
    found: dict[str, dict[int, str]] = {}
    for place, error in errors.items():
        letters = place.rstrip("0123456789")
        if letters in names:
            found.setdefault(names[letters], {})[int(place[len(letters) :])] = error
    return found
