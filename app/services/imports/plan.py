"""Which column of this very file holds what: the mapping laid over its headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.names import clean, search_key, spelling_key
from app.services.imports import mapping
from app.services.imports.mapping import Columns
from app.services.imports.problems import ProblemList
from app.services.imports.reader import Cell, Row
from app.services.imports.targets import (
    FIELDS,
    REQUIRED_FIELDS,
    Target,
    index_of,
    item_of,
    letter,
    names,
    targets,
)
from surveys.instrument.model import Instrument, Item, Kind


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything stands in a file; columns are counted from 0.

    Attributes
    ----------
    header_row : int
        Row of the headings; the answers follow it.
    headers : tuple of str
        One per column, empty where a column has none.
    fields, items : mapping of str to int
        Column of a field, and of an item or of the text of its "other".
    options : mapping
        By item, the column of each option that has one of its own.
    columns : Columns
        The mapping the plan was made from.
    """

    header_row: int
    headers: tuple[str, ...]
    fields: Mapping[str, int]
    items: Mapping[str, int]
    options: Mapping[str, Mapping[str, int]]
    columns: Columns

    @property
    def used(self) -> frozenset[int]:
        """Every column that is read."""
        own = {index for those in self.options.values() for index in those.values()}
        return frozenset({*self.fields.values(), *self.items.values(), *own})

    @property
    def ignored(self) -> tuple[int, ...]:
        """Columns with a heading that are not read."""
        return tuple(
            index for index, header in enumerate(self.headers) if header and index not in self.used
        )


@dataclass(slots=True)
class Match:
    """Columns found for targets, and what stood in the way."""

    header_row: int
    headers: tuple[str, ...]
    columns: dict[Target, int] = field(default_factory=dict)
    # Targets that several columns could hold.
    contested: dict[Target, list[int]] = field(default_factory=dict)
    # Targets whose stated column is not there, with the heading that was stated.
    not_found: dict[Target, str] = field(default_factory=dict)
    # Targets whose stated heading stands above several columns.
    repeated: dict[Target, list[int]] = field(default_factory=dict)


def text_of(cell: Cell) -> str:
    """Text of a cell, as a person would type it."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell)


def match(rows: Sequence[Row], columns: Columns, instrument: Instrument) -> Match:
    """Find the row of the headings and the column of every target.

    A stated column goes first; then, if ``columns.by_name``, columns that bear a target's name.
    """
    at = _header_row(rows, columns, instrument)
    header = next((row for row in rows if row.number == at), None)
    headers = tuple(clean(text_of(cell)) for cell in header.cells) if header else ()
    found = Match(at, headers)
    known = targets(instrument)
    for written, reference in columns.columns.items():
        if reference:
            _place(found, known[written], reference)
    if columns.by_name:
        stated = {known[written] for written in columns.columns}
        _guess(found, stated, instrument)
    return found


def _header_row(rows: Sequence[Row], columns: Columns, instrument: Instrument) -> int:
    """Row whose cells are recognised most often: titles may stand above the headings."""
    if columns.header_row is not None:
        return columns.header_row
    known = names(instrument)
    stated = {search_key(reference) for reference in columns.columns.values()}

    def recognised(row: Row) -> int:
        keys = {search_key(cell) for cell in row.cells if isinstance(cell, str)}
        return sum(1 for key in keys if key and (key in known or key in stated))

    def filled(row: Row) -> int:
        return len({cell for cell in row.cells if isinstance(cell, str)})

    best = max(rows, key=recognised)
    if recognised(best) >= 2:
        return best.number
    # No heading is known: the first row that is as full of text as any, for a person to confirm.
    return max(rows[:20], key=filled).number


def _place(found: Match, target: Target, reference: str) -> None:
    """Find a stated column: by its exact heading, in another spelling, or by its letter."""
    exact = [index for index, header in enumerate(found.headers) if header == reference]
    key = search_key(reference)
    alike = exact or [
        index for index, header in enumerate(found.headers) if key and search_key(header) == key
    ]
    if not alike and mapping.is_letter(reference):
        alike = [index_of(reference[1:])]
    if not alike:
        found.not_found[target] = reference
    elif len(alike) > 1:
        found.repeated[target] = alike
    else:
        found.columns[target] = alike[0]


def _guess(found: Match, stated: set[Target], instrument: Instrument) -> None:
    known = names(instrument)
    taken = set(found.columns.values())
    free = {
        index: known.get(search_key(header), ())
        for index, header in enumerate(found.headers)
        if header and index not in taken
    }
    # With a column for one option of an item, "<item>_other" is an option too, and not its text.
    apart = {
        those[0].code for those in free.values() if len(those) == 1 and those[0].kind == "option"
    }
    claims: dict[Target, list[int]] = {}
    for index, named in free.items():
        several = len(named) > 1
        those = _rightly_named(found.headers[index], named, apart, instrument) if several else named
        if len(those) == 1 and those[0] not in stated:
            claims.setdefault(those[0], []).append(index)
    for target, columns in claims.items():
        if len(columns) == 1:
            found.columns[target] = columns[0]
        else:
            found.contested[target] = columns


def _rightly_named(
    header: str, those: tuple[Target, ...], apart: set[str], instrument: Instrument
) -> tuple[Target, ...]:
    """Of targets that share a name, the one that is meant; none or several if that is not clear."""
    fields = tuple(target for target in those if target.kind == "field")
    options = tuple(target for target in those if target.kind == "option")
    if fields or (options and {each.code for each in options} <= apart):
        return fields or options
    items = tuple(target for target in those if target.kind == "item")
    if len(items) == 1:
        return items
    # Names that differ in their accents only.
    key = spelling_key(header)
    return tuple(
        target
        for target in items
        if any(
            spelling_key(wording.label(item_of(target, instrument))) == key
            for wording in instrument.wording.values()
        )
    )


def make_plan(
    found: Match, columns: Columns, instrument: Instrument, problems: ProblemList
) -> Plan | None:
    """Make sure that everything needed has exactly one column; None and problems if not."""
    if not found.columns:
        problems.general("header.not-found", row=str(found.header_row))
        return None
    before = len(problems)
    for target, reference in found.not_found.items():
        problems.general("column.not-found", header=reference, target=str(target))
    for target, indexes in found.repeated.items():
        places = ", ".join(letter(index) for index in indexes)
        problems.general(
            "column.heading-repeated", header=found.headers[indexes[0]],
            target=str(target), columns=places,
        )  # fmt: skip
    for target, indexes in found.contested.items():
        places = ", ".join(letter(index) for index in indexes)
        problems.general("column.contested", target=str(target), columns=places)
    _require(found, columns, instrument, problems)
    if len(problems) > before:
        return None
    options: dict[str, dict[str, int]] = {}
    for target, index in found.columns.items():
        if target.option is not None:
            options.setdefault(target.code, {})[target.option] = index
    return Plan(
        header_row=found.header_row,
        headers=found.headers,
        fields={each.code: at for each, at in found.columns.items() if each.kind == "field"},
        items={each.code: at for each, at in found.columns.items() if each.kind == "item"},
        options=options,
        columns=columns,
    )


def _require(found: Match, columns: Columns, instrument: Instrument, problems: ProblemList) -> None:
    present = {(target.kind, target.code) for target in found.columns}
    troubled = {*found.not_found, *found.repeated, *found.contested}
    spared = {(target.kind, target.code) for target in troubled}
    for name in REQUIRED_FIELDS:
        key = ("field", name)
        if key not in present and key not in spared and name not in columns.fixed:
            problems.general("column.missing", target=name)
    known = targets(instrument)
    for written in columns.fixed:
        key = (known[written].kind, known[written].code)
        if key in present:
            problems.general("column.also-fixed", target=written)
        spared.add(key)
    for item in instrument.items:
        single, several = ("item", item.code) in present, ("option", item.code) in present
        if single and several:
            problems.general("column.both-forms", target=f"item:{item.code}")
        spare = {("item", item.code), ("option", item.code)} & spared
        if _always_asked(item, instrument) and not (single or several or spare):
            problems.general("column.missing", target=f"item:{item.code}")


def _always_asked(item: Item, instrument: Instrument) -> bool:
    """Whether every respondent must have answered the item, so that its column must be there."""
    page = next(page for page in instrument.pages if item in page.items)
    return item.required and item.kind is not Kind.NOTE and item.when is None and page.when is None


def needed(instrument: Instrument) -> frozenset[str]:
    """Written form of the targets a file cannot do without."""
    items = {f"item:{each.code}" for each in instrument.items if _always_asked(each, instrument)}
    return frozenset(items | {name for name in FIELDS if name in REQUIRED_FIELDS})
