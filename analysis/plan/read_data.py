"""From the files a plan names to the columns it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from analysis.plan.faults import Place, nearest
from analysis.plan.reader import Reader, Section
from analysis.plan.references import Reference, references
from analysis.plan.row_places import RowPlaces
from analysis.plan.schema.columns import DataSection, Derive
from analysis.plan.schema.plan import Plan
from analysis.plan.shapes import Holds
from analysis.plan.source import FileFault, Opened, Options, open_file
from analysis.plan.source.types import as_text, is_named, settled
from analysis.plan.sql import parse_sql, roots
from analysis.plan.table import Table

SHOWN_COLUMNS = 60
"""How many names of columns a sentence lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file of the plan.

    Attributes
    ----------
    opened : Opened
    place : Place
        Where the plan names it.
    round : str
        Name of its round; empty without rounds.
    """

    opened: Opened
    place: Place
    round: str = ""


def round_column(data: DataSection) -> str:
    """Return the column that tells rounds apart; empty without rounds."""
    return data.round or ("round" if data.rounds else "")


def open_sources(plan: Plan, reader: Reader) -> list[Source]:
    """Find the columns of every file of a plan."""
    data = plan.data
    options = Options(data.separator, data.decimal, data.encoding, data.missing)
    sources = []
    for path, place, name in _named_files(data):
        try:
            opened = open_file(plan.folder / path, options, data.format)
        except FileFault as fault:
            reader.fault(place, fault.code, **fault.context)
        else:
            sources.append(Source(opened, place, name))
    return sources


def _named_files(data: DataSection) -> Iterator[tuple[Path, Place, str]]:
    if data.file is not None:
        yield Path(data.file), (*data.place, "file"), ""
    for number, name in enumerate(data.files):
        yield Path(name), (*data.place, "files", number), ""
    for one in data.rounds:
        yield Path(one.file), (*one.place, "file"), one.round


def read_table(plan: Plan, also: Sequence[Reference], reader: Reader) -> Table | None:
    """Read the columns a plan needs, with the derived ones.

    Parameters
    ----------
    plan : Plan
    also : sequence of Reference
        Columns that files named by the plan need besides.
    reader : Reader
        Takes the faults.

    Returns
    -------
    Table or None
        None after noting faults.
    """
    sources = open_sources(plan, reader)
    if reader.faults or not sources:
        return None
    available = _available(plan, sources)
    _check_no_answer(plan.data, available, reader)
    needed = needed_columns(plan, available, also, reader)
    if reader.faults:
        return None
    frame = _read(plan, sources, needed, reader)
    if frame is None:
        return None
    if frame.height == 0:
        reader.fault(plan.data.place, "no-rows")
        return None
    table = Table(frame, reader.rows, plan.data.decimal, _labels(sources, plan))
    for derive in plan.derive:
        _derive(table, derive, reader)
    if not reader.faults:
        _check_numbers(plan, table, reader)
    return None if reader.faults else table


def _available(plan: Plan, sources: Sequence[Source]) -> list[str]:
    """Return the names of all columns of any file."""
    names = dict.fromkeys(name for source in sources for name in source.opened.columns)
    if plan.data.rounds:
        names[round_column(plan.data)] = None
    return list(names)


def sections(plan: Plan) -> Iterator[Section]:
    """Yield every section that may name columns, data and derive aside."""
    yield plan.design
    yield from plan.weights
    yield from plan.estimates
    yield from plan.models
    yield from plan.hypotheses


def needed_columns(
    plan: Plan, available: Sequence[str], also: Sequence[Reference], reader: Reader
) -> list[str]:
    """Return the columns to read from the files, noting those that do not exist.

    Parameters
    ----------
    plan : Plan
    available : sequence of str
        Columns of any file.
    also : sequence of Reference
        Columns that files named by the plan need besides.
    reader : Reader
        Takes the faults.
    """
    known = dict.fromkeys(available)
    read: dict[str, None] = {}
    derived: dict[str, None] = {}

    def meet(reference: Reference) -> None:
        for name in reference.names([*known, *derived]):
            if name in known and name not in derived:
                read[name] = None
            elif name not in derived:
                _unknown(name, reference, [*known, *derived], reader)

    for name in plan.data.types:
        meet(Reference(name, (*plan.data.place, "types", name)))
    if plan.data.round is not None:
        meet(Reference(plan.data.round, (*plan.data.place, "round")))
    for derive in plan.derive:
        for reference in references(derive, reader):
            meet(reference)
        derived[derive.name] = None
    for section in sections(plan):
        for reference in references(section, reader):
            meet(reference)
    for reference in also:
        meet(reference)
    return [name for name in available if name in read]


def _check_no_answer(data: DataSection, available: Sequence[str], reader: Reader) -> None:
    """Note names and patterns that no column has; columns that are not read do not matter."""
    for name in data.no_answer:
        reference = Reference(name, (*data.place, "no_answer", name), is_pattern=True)
        if not set(reference.names(available)) <= set(available):
            _unknown(name, reference, available, reader)


def _unknown(name: str, reference: Reference, known: Sequence[str], reader: Reader) -> None:
    dotted = [column for column in known if column.split(".")[0] == name]
    if reference.is_in_sql and dotted:
        reader.fault(reference.place, "quote-column", column=name, meant=dotted[0])
        return
    shown = ", ".join(known[:SHOWN_COLUMNS]) + (", …" if len(known) > SHOWN_COLUMNS else "")
    code = "unknown-column-sql" if reference.is_in_sql else "unknown-column"
    reader.fault(reference.place, code, column=name, meant=nearest(name, known), known=shown)


def _read(
    plan: Plan, sources: Sequence[Source], needed: Sequence[str], reader: Reader
) -> pl.DataFrame | None:
    """Read all files and put them below each other."""
    rounds = round_column(plan.data) if plan.data.rounds else ""
    names = [name for name in needed if name != rounds]
    frames = []
    for source in sources:
        absent = [name for name in names if name not in source.opened.columns]
        for name in absent:
            file = source.opened.path.name
            reader.fault(source.place, "column-not-in-file", column=name, file=file)
        if rounds and rounds in source.opened.columns:
            reader.fault(source.place, "round-column-exists", column=rounds)
        if not absent:
            frame = _read_one(source, names or source.opened.columns[:1], reader)
            if frame is not None:
                label = pl.lit(source.round, dtype=pl.String).alias(rounds or "\0")
                frames.append(frame.with_columns(label) if rounds else frame)
    if reader.faults:
        return None
    opened = [source.opened for source in sources]
    reader.rows = RowPlaces.of(opened, [frame.height for frame in frames])
    return _joined(frames, plan.data, sources, reader)


def _read_one(source: Source, names: Sequence[str], reader: Reader) -> pl.DataFrame | None:
    try:
        return source.opened.read(names)
    except FileFault as fault:
        reader.fault(source.place, fault.code, **fault.context)
        return None


def _joined(
    frames: Sequence[pl.DataFrame], data: DataSection, sources: Sequence[Source], reader: Reader
) -> pl.DataFrame | None:
    """Settle the types of columns over all files."""
    is_text = sources[0].opened.is_text
    columns = []
    for name in frames[0].columns:
        parts = [_part(frame[name]) for frame in frames]
        if len({part.dtype == pl.String for part in parts if part.dtype != pl.Null}) > 1:
            reader.fault(sources[0].place, "types-differ", column=name)
            continue
        whole = pl.concat([part.to_frame() for part in parts], how="vertical_relaxed")[name]
        whole = _answers_only(whole, data)
        kind = data.types.get(name)
        if data.rounds and name == round_column(data):
            kind = "category"
        try:
            column = settled(whole, kind, is_text=is_text, decimal=data.decimal)
        except FileFault as fault:
            place = (*data.place, "types", name)
            reader.fault(place, fault.code, **fault.context)
            continue
        if _is_finite(column, sources[0].place, reader):
            columns.append(column)
    return None if reader.faults else pl.DataFrame(columns)


def _answers_only(column: pl.Series, data: DataSection) -> pl.Series:
    """Leave cells empty whose codes mean that there is no answer."""
    codes = [
        code
        for pattern, listed in data.no_answer.items()
        if pattern == column.name or fnmatchcase(column.name, pattern)
        for code in listed
    ]
    if not codes or not (column.dtype == pl.String or column.dtype.is_numeric()):
        return column
    if column.dtype == pl.String:
        is_empty = column.str.strip_chars().is_in(codes)
    else:
        is_empty = as_text(column).is_in(codes)
    return pl.select(pl.when(is_empty).then(None).otherwise(column).alias(column.name)).to_series()


def _part(column: pl.Series) -> pl.Series:
    """Prepare a column of one file to be put below that of another."""
    if is_named(column.dtype) or column.dtype.is_temporal():
        return column.cast(pl.String)
    return column


def _labels(sources: Sequence[Source], plan: Plan) -> dict[str, Mapping[str, str]]:
    """Return what codes mean, of columns that stay as the files have them."""
    derived = {derive.name for derive in plan.derive}
    found: dict[str, Mapping[str, str]] = {}
    for source in reversed(sources):
        found |= source.opened.value_labels
    return {name: labels for name, labels in found.items() if name not in derived}


def _derive(table: Table, derive: Derive, reader: Reader) -> None:
    place = (*derive.place, "expression")
    expression = parse_sql(derive.expression, place, reader)
    if expression is None or any(name not in table.frame.columns for name in roots(expression)):
        return
    column = table.evaluate(derive.expression, place, reader)
    if column is None:
        return
    try:
        column = settled(column.alias(derive.name), derive.type, is_text=False, decimal=".")
    except FileFault as fault:
        reader.fault((*derive.place, "type"), fault.code, **fault.context)
        return
    if _is_finite(column, place, reader):
        table.frame = table.frame.with_columns(column)


def _is_finite(column: pl.Series, place: Place, reader: Reader) -> bool:
    """Say whether no number is infinite, as division by zero makes it; one is a fault."""
    if column.dtype != pl.Float64 or not column.is_infinite().any():
        return True
    rows = (column.is_infinite().fill_null(value=False).arg_true() + 1).to_list()
    reader.fault(place, "infinite-number", column=column.name, row=rows[0], n=len(rows))
    return False


def _check_numbers(plan: Plan, table: Table, reader: Reader) -> None:
    """Note columns that should hold numbers and do not."""
    for section in sections(plan):
        for reference in references(section, reader):
            if reference.holds is not Holds.NUMBERS:
                continue
            for name in reference.names(table.frame.columns):
                if not table.is_number(name):
                    row, cell = table.stray(name) or (-1, "")
                    code = "not-numbers" if row >= 0 else "text-of-numbers"
                    reader.fault(reference.place, code, column=name, row=row + 1, cell=cell)
