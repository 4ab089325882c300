"""Read ``instrument.toml``: scales, choices, pages, items and their rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveys.instrument.check import RuleReader, check_groups, check_reach
from surveys.instrument.items import read_item
from surveys.instrument.model import ChoiceList, Item, Page, Scale
from surveys.instrument.tables import LANGUAGE, OPTION, VERSION, Table


@dataclass(frozen=True, slots=True)
class Structure:
    """What ``instrument.toml`` says, as far as it could be read.

    ``scales``, ``choices`` and ``items`` hold ``None`` for what is declared but faulty.
    """

    code: str
    version: str
    languages: tuple[str, ...]
    minutes: int
    scales: Mapping[str, Scale | None]
    choices: Mapping[str, ChoiceList | None]
    items: Mapping[str, Item | None]
    groups: tuple[str, ...]
    pages: tuple[Page, ...]


def read_structure(table: Table) -> Structure:
    """Read the whole file; faults go to the table's list."""
    code = table.name("code")
    version = table.name("version", VERSION)
    languages = table.codes("languages", LANGUAGE)
    minutes = table.integer("minutes", 1, 240)
    scales = {name: _scale(name, each) for name, each in table.tables_by_name("scales").items()}
    choices = {
        name: _choice_list(name, each) for name, each in table.tables_by_name("choices").items()
    }
    reader = _PageReader(table, scales, choices)
    pages = reader.pages()
    table.close()
    return Structure(
        code=code,
        version=version,
        languages=languages,
        minutes=minutes,
        scales=scales,
        choices=choices,
        items=reader.declared,
        groups=tuple(reader.groups),
        pages=pages,
    )


def _scale(name: str, table: Table) -> Scale | None:
    before = len(table.faults.found)
    codes = table.levels("codes")
    satisfied = table.levels("satisfied", optional=True)
    neutral = table.levels("neutral", optional=True)
    dissatisfied = table.levels("dissatisfied", optional=True)
    not_rated = table.levels("not_rated", optional=True)
    table.close()
    if list(codes) != sorted(codes):
        table.fault("scale.not-ascending", "codes", ", ".join(map(str, codes)))
    levels: dict[int, str] = {}
    for level, members in (
        ("satisfied", satisfied),
        ("neutral", neutral),
        ("dissatisfied", dissatisfied),
    ):
        for code in members:
            if code not in codes:
                table.fault("scale.unknown-code", level, code)
            elif code in levels:
                table.fault("scale.overlap", level, code)
            levels.setdefault(code, level)
    for code in codes:
        if levels and code not in levels:
            table.fault("scale.unclassified", "codes", code)
    for code in not_rated:
        if code in codes:
            table.fault("scale.overlap", "not_rated", code)
    if len(table.faults.found) > before:
        return None
    return Scale(name, codes, satisfied, neutral, dissatisfied, not_rated)


def _choice_list(name: str, table: Table) -> ChoiceList | None:
    before = len(table.faults.found)
    codes = table.codes("codes")
    exclusive = table.codes("exclusive", optional=True)
    other = table.name("other", OPTION, optional=True) or None
    table.close()
    for key, code in [("exclusive", code) for code in exclusive] + [("other", other)]:
        if code is not None and code not in codes:
            table.fault("choices.unknown-code", key, code)
    if len(table.faults.found) > before:
        return None
    return ChoiceList(name, codes, exclusive, other)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An item as read: its place and group are known even if it is faulty."""

    place: str
    group: str | None
    item: Item | None


class _PageReader:
    """Reads the pages in order, so that rules see what stands before them."""

    def __init__(
        self,
        table: Table,
        scales: Mapping[str, Scale | None],
        choices: Mapping[str, ChoiceList | None],
    ) -> None:
        self.declared: dict[str, Item | None] = {}
        self.groups: dict[str, None] = {}
        self._table = table
        self._scales = scales
        self._choices = choices
        self._faults = table.faults
        self._tables = [(page, page.tables("items")) for page in table.tables("pages")]
        written = [item.values.get("code") for _, items in self._tables for item in items]
        codes = frozenset(code for code in written if isinstance(code, str))
        self._rules = RuleReader(self.declared, codes, self._faults)

    def pages(self) -> tuple[Page, ...]:
        """Read every page and check how they hang together."""
        if not self._tables and self._table.take("pages") in (None, []):
            self._table.fault("key.missing", "pages")
        placed: list[tuple[str, Page]] = []
        asked: list[list[_Asked]] = []
        seen: set[str] = set()
        for table, item_tables in self._tables:
            code = table.name("code")
            if code in seen:
                table.fault("page.duplicate-code", "code", code)
            elif code:
                seen.add(code)
            when = self._rules.read(table.take("when"), table.at("when"))
            asked.append([self._item(each) for each in item_tables])
            if table.values.get("items") in (None, []):
                table.fault("page.empty", "items", code)
            table.close()
            items = tuple(each.item for each in asked[-1] if each.item is not None)
            placed.append((table.at(), Page(code, items, when)))
        self._check_other_texts(asked)
        check_groups([[(each.place, each.group) for each in page] for page in asked], self._faults)
        places = {each.item.code: each.place for page in asked for each in page if each.item}
        check_reach(placed, places, self._faults)
        return tuple(page for _, page in placed)

    def _item(self, table: Table) -> _Asked:
        before = len(self._faults.found)
        item = read_item(table, self._scales, self._choices)
        when = self._rules.read(table.take("when"), table.at("when"))
        table.close()
        code, group = table.values.get("code"), table.values.get("group")
        if isinstance(code, str) and code in self.declared:
            table.fault("item.duplicate-code", "code", code)
            item = None
        elif isinstance(code, str):
            broken = item is None or len(self._faults.found) > before
            self.declared[code] = None if item is None or broken else replace(item, when=when)
            item = self.declared[code]
        if isinstance(group, str):
            self.groups[group] = None
        return _Asked(table.at(), group if isinstance(group, str) else None, item)

    def _check_other_texts(self, asked: Sequence[Sequence[_Asked]]) -> None:
        """Report items whose code is that of the free text of an option "other"."""
        others = {item.other for item in self.declared.values() if item and item.other}
        for each in (each for page in asked for each in page):
            if each.item is not None and each.item.code in others:
                self._faults.add("item.duplicate-code", f"{each.place}.code", each.item.code)
