"""The questionnaire as frozen types: what is asked, in which order, under which rule.

An :class:`Instrument` is made by :mod:`surveys.instrument.load` only, complete and
checked; the rest of the program may rely on every reference in it being good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from surveys.instrument.rules import Answers, AnswerValue, Rule
from surveys.instrument.wording import Wording

__all__ = [
    "AnswerValue",
    "Answers",
    "Bound",
    "ChoiceList",
    "Instrument",
    "Item",
    "Kind",
    "Page",
    "Scale",
    "Wording",
]

Bound: TypeAlias = int | Decimal | date
"""A limit of an integer, decimal or date item, in the type of that item."""

YES_NO = ("yes", "no")

MAX_INTEGER = 10**18 - 1
"""Largest whole number an answer, bound or rule may hold, either sign; fits a database bigint."""


class Kind(StrEnum):
    """How an item is asked, and so what its answer is."""

    SCALE = "scale"
    SINGLE = "single"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NOTE = "note"


TEXTS = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT})


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered codes from least to most, and which of them measure (dis)satisfaction.

    ``codes`` ascend. ``satisfied``, ``neutral`` and ``dissatisfied`` are empty for a scale
    that does not measure satisfaction and otherwise share out ``codes`` among them.
    ``not_rated`` are codes offered beside the scale (no opinion), never counted in a rate.
    """

    code: str
    codes: tuple[int, ...]
    satisfied: tuple[int, ...] = ()
    neutral: tuple[int, ...] = ()
    dissatisfied: tuple[int, ...] = ()
    not_rated: tuple[int, ...] = ()

    @property
    def offered(self) -> tuple[int, ...]:
        """Every code a respondent may choose: the scale, then the codes outside it."""
        return self.codes + self.not_rated


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """Options of a single or multiple choice, in the order shown.

    ``exclusive`` codes may not be combined with any other; ``other`` opens a short text.
    """

    code: str
    codes: tuple[str, ...]
    exclusive: tuple[str, ...] = ()
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question, or one note between questions.

    ``scale`` is set for a scale item and ``choices`` for a single or multiple choice, never
    otherwise. ``minimum`` and ``maximum`` belong to integer, decimal and date items (inclusive,
    in that type); ``max_length`` (Unicode characters after NFC) to texts, where it is always set.
    """

    code: str
    kind: Kind
    scale: Scale | None = None
    choices: ChoiceList | None = None
    required: bool = True
    group: str | None = None
    profile: bool = False
    when: Rule | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    max_length: int | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Codes offered, as strings in the order shown; empty if the item has no options."""
        if self.scale is not None:
            return tuple(str(code) for code in self.scale.offered)
        if self.choices is not None:
            return self.choices.codes
        return YES_NO if self.kind is Kind.YES_NO else ()

    @property
    def other(self) -> str | None:
        """Code of the free text opened by the option "other" (``<item>_other``), if any."""
        if self.choices is None or self.choices.other is None:
            return None
        return f"{self.code}_other"

    @property
    def is_free_text(self) -> bool:
        """Whether the answer is in the respondent's own words."""
        return self.kind in TEXTS


@dataclass(frozen=True, slots=True)
class Page:
    """Items shown together; skipped when its rule does not hold."""

    code: str
    items: tuple[Item, ...]
    when: Rule | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """A complete, checked questionnaire version.

    Two instruments are equal when their content hash is: it covers structure and wording.

    Attributes
    ----------
    languages : tuple of str
        Languages of the wording; the first is the default.
    minutes : int
        Time a respondent is told to expect.
    wording : mapping of str to Wording
        By language; one entry for every language.
    content_hash : str
        ``sha256:`` and 64 hexadecimal digits.
    """

    code: str
    version: str
    languages: tuple[str, ...]
    minutes: int
    scales: Mapping[str, Scale]
    choices: Mapping[str, ChoiceList]
    pages: tuple[Page, ...]
    wording: Mapping[str, Wording]
    content_hash: str
    _items: Mapping[str, Item] = field(init=False, repr=False)
    _pages: Mapping[str, Page] = field(init=False, repr=False)
    _free_texts: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        items = {item.code: item for page in self.pages for item in page.items}
        object.__setattr__(self, "_items", MappingProxyType(items))
        object.__setattr__(self, "_pages", MappingProxyType({p.code: p for p in self.pages}))
        texts = {item.code for item in items.values() if item.is_free_text}
        others = {item.other for item in items.values() if item.other}
        object.__setattr__(self, "_free_texts", frozenset(texts | others))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Instrument):
            return NotImplemented
        return self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, notes included, in the order asked."""
        return tuple(self._items.values())

    @property
    def free_texts(self) -> frozenset[str]:
        """Codes of answers in the respondent's own words, "other" texts included.

        They are to be stored apart from the coded answers.
        """
        return self._free_texts

    def item(self, code: str) -> Item:
        """Return the item with this code; ``KeyError`` if there is none."""
        return self._items[code]

    def page(self, code: str) -> Page:
        """Return the page with this code; ``KeyError`` if there is none."""
        return self._pages[code]
