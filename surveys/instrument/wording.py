"""Every word a respondent reads, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from surveys.instrument.model import Item, Page


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
    ``options`` holds the wording of each item's options by item code, then option code.
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
