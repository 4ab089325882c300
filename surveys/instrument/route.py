"""Which page is next: the path through an instrument, recomputed from the answers every time."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.instrument.model import Answers, Instrument, Item, Page


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """A page on the path and those of its items that are asked; never without items."""

    page: Page
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """The pages and items asked, in order, given the answers so far."""

    pages: tuple[VisiblePage, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item asked, in order, notes included."""
        return tuple(item for visible in self.pages for item in visible.items)


def path(instrument: Instrument, answers: Answers) -> Path:
    """Work out the path: a rule sees items that are off the path as unanswered."""
    raise NotImplementedError


def next_page(instrument: Instrument, answers: Answers, after: str | None) -> str | None:
    """Code of the page on the path after page ``after``; the first for ``None``.

    ``after`` need not be on the path itself. ``None``: there is no further page.
    ``KeyError`` if the instrument has no page ``after``.
    """
    raise NotImplementedError


def previous_page(instrument: Instrument, answers: Answers, before: str | None) -> str | None:
    """Code of the page on the path before page ``before``; the last for ``None``.

    ``None``: there is no earlier page. ``KeyError`` if the instrument has no page ``before``.
    """
    raise NotImplementedError


def offered_items(instrument: Instrument, page: str, answers: Answers) -> tuple[Item, ...]:
    """Items a page must be able to show before it is answered.

    Those on the path given ``answers`` to earlier pages, and those whose rule looks at an item
    on the same page: they may come onto the path while the page is filled in. A page without
    JavaScript shows them all; answers that fall off the path are dropped when checked.
    """
    raise NotImplementedError
