"""Every word a respondent reads, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from surveys.instrument.tables import Table

if TYPE_CHECKING:
    from surveys.instrument.model import Item, Page
    from surveys.instrument.structure import Structure

YES_NO_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {"yes": "Có", "no": "Không"},
    "en": {"yes": "Yes", "no": "No"},
}
"""Words for yes and no of a language file that has no ``[yes_no]``."""


@dataclass(frozen=True, slots=True)
class PageWording:
    """Heading of a page and the sentence under it (empty if none)."""

    title: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class ItemWording:
    """Question, and a hint under it (empty if none)."""

    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Every word of an instrument in one language, complete and normalised to NFC.

    Pages and items may be given as objects or by code; an unknown one is a ``KeyError``.
    ``options`` holds the wording of each item's options by item code, then option code;
    ``yes_no`` the two words of every yes/no item, empty if the instrument has none;
    ``language_name`` what the language calls itself, empty if the file does not say.
    """

    language: str
    name: str
    purpose: str
    retention: str
    consent: str
    thanks: str
    pages: Mapping[str, PageWording]
    groups: Mapping[str, str]
    items: Mapping[str, ItemWording]
    options: Mapping[str, Mapping[str, str]]
    yes_no: Mapping[str, str]
    language_name: str = ""

    def title(self, page: Page | str | None = None) -> str:
        """Title of a page, or without one, of the questionnaire."""
        return self.name if page is None else self.pages[_code(page)].title

    def intro(self, page: Page | str) -> str:
        """Sentence under the page's title; empty if there is none."""
        return self.pages[_code(page)].intro

    def group(self, group: str) -> str:
        """Heading over the items of a group."""
        return self.groups[group]

    def label(self, item: Item | str) -> str:
        """Text of the question or note."""
        return self.items[_code(item)].label

    def hint(self, item: Item | str) -> str:
        """Hint under the question; empty if there is none."""
        return self.items[_code(item)].hint

    def option(self, item: Item | str, code: str | int) -> str:
        """Text of one option of an item; a scale's code may be given as a number."""
        return self.options[_code(item)][str(code)]


def _code(subject: Page | Item | str) -> str:
    return subject if isinstance(subject, str) else subject.code


def read_wording(language: str, table: Table, structure: Structure) -> Wording:
    """Read one language file; what is missing or belongs to nothing goes to the table's list."""
    scales = {
        name: _texts(each, [str(code) for code in scale.offered] if scale else None)
        for name, scale, each in _sections(table, "scales", structure.scales)
    }
    choices = {
        name: _texts(each, listed.codes if listed else None)
        for name, listed, each in _sections(table, "choices", structure.choices)
    }
    yes_no = _yes_no(language, table, structure)
    pages = {page.code: page for page in structure.pages if page.code}
    wording = Wording(
        language=language,
        name=table.text("title"),
        purpose=table.text("purpose"),
        retention=table.text("retention"),
        consent=table.text("consent"),
        thanks=table.text("thanks"),
        pages={
            name: PageWording(each.text("title"), each.text("intro", optional=True))
            for name, _, each in _sections(table, "pages", pages)
        },
        groups={
            name: each.text("title")
            for name, _, each in _sections(table, "groups", dict.fromkeys(structure.groups))
        },
        items={
            name: ItemWording(each.text("label"), each.text("hint", optional=True))
            for name, _, each in _sections(table, "items", structure.items)
        },
        options=_options(structure, scales, choices, yes_no),
        yes_no=yes_no,
        language_name=table.text("language_name", optional=True),
    )
    table.close()
    return wording


_Declared = TypeVar("_Declared")


def _sections(
    table: Table, key: str, declared: Mapping[str, _Declared]
) -> Iterator[tuple[str, _Declared, Table]]:
    """Go through what the structure declares, with its table here, empty if there is none.

    A table is closed when the caller asks for the next one; tables of nothing are reported.
    """
    outer = table.table(key)
    for name, each in declared.items():
        inner = outer.table(name)
        yield name, each, inner
        inner.close()
    outer.close()


def _texts(table: Table, codes: Iterable[str] | None) -> dict[str, str]:
    """Words of a list of options; a list that could not be read is not judged."""
    if codes is None:
        for key in table.values:
            table.take(key)
        return {}
    texts = {code: table.text(code) for code in codes}
    seen: set[str] = set()
    for code, text in texts.items():
        if text and text in seen:
            table.fault("wording.duplicate", code, text)
        seen.add(text)
    return texts


def _yes_no(language: str, table: Table, structure: Structure) -> Mapping[str, str]:
    if not any(item and item.kind == "yes_no" for item in structure.items.values()):
        return {}
    supplied = YES_NO_WORDS.get(language, {})
    words = table.table("yes_no")
    texts = {
        code: words.text(code, optional=code in supplied) or supplied.get(code, "")
        for code in ("yes", "no")
    }
    words.close()
    return texts


def _options(
    structure: Structure,
    scales: Mapping[str, Mapping[str, str]],
    choices: Mapping[str, Mapping[str, str]],
    yes_no: Mapping[str, str],
) -> dict[str, Mapping[str, str]]:
    options: dict[str, Mapping[str, str]] = {}
    for item in structure.items.values():
        if item is None:
            continue
        if item.scale is not None:
            options[item.code] = scales[item.scale.code]
        elif item.choices is not None:
            options[item.code] = choices[item.choices.code]
        elif item.options:
            options[item.code] = yes_no
    return options
