"""Which page is next: the path through an instrument, recomputed from the answers every time.

Nothing about the path is ever stored. A rule sees an item that is off the path as unanswered,
so changing one early answer takes everything that hung on it off the path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from surveys.instrument.model import Answers, AnswerValue, Instrument, Item, Page
from surveys.instrument.rules import Test, compile_test, decide, items_of


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
    return follow(instrument, lambda item: answers.get(item.code))


def follow(instrument: Instrument, answer_of: Callable[[Item], AnswerValue | None]) -> Path:
    """Walk the path, asking for the answer to each item on it, in order.

    Routing happens here and nowhere else: reading answers off a form and recomputing the path
    of a draft differ only in where an answer comes from. ``answer_of`` gives the stored answer,
    or ``None`` if there is none (or none that may be used).
    """
    answers: dict[str, AnswerValue] = {}
    pages = []
    for step in _steps(instrument):
        if step.test is not None and not step.test(answers):
            continue
        asked = []
        for item, test in step.items:
            if test is None or test(answers):
                asked.append(item)
                value = answer_of(item)
                if value is not None:
                    answers[item.code] = value
        if asked:
            pages.append(VisiblePage(step.page, tuple(asked)))
    return Path(tuple(pages))


def next_page(instrument: Instrument, answers: Answers, after: str | None) -> str | None:
    """Code of the page on the path after page ``after``; the first for ``None``.

    ``after`` need not be on the path itself. ``None``: there is no further page.
    ``KeyError`` if the instrument has no page ``after``.
    """
    start = -1 if after is None else _position(instrument, after)
    for visible in path(instrument, answers).pages:
        if _position(instrument, visible.page.code) > start:
            return visible.page.code
    return None


def previous_page(instrument: Instrument, answers: Answers, before: str | None) -> str | None:
    """Code of the page on the path before page ``before``; the last for ``None``.

    ``before`` need not be on the path itself. ``None``: there is no earlier page.
    ``KeyError`` if the instrument has no page ``before``.
    """
    end = len(instrument.pages) if before is None else _position(instrument, before)
    for visible in reversed(path(instrument, answers).pages):
        if _position(instrument, visible.page.code) < end:
            return visible.page.code
    return None


def offered_items(instrument: Instrument, page: str, answers: Answers) -> tuple[Item, ...]:
    """Items a page must be able to show while it is being filled in.

    Those whose rule holds whatever is entered on this page, and those whose rule may come to
    hold through another item of the same page. A page without JavaScript shows them all; answers
    that fall off the path are dropped when checked. Empty if the page is off the path.
    ``KeyError`` if the instrument has no such page.
    """
    shown = instrument.page(page)
    here = frozenset(item.code for item in shown.items)
    on_path = path(instrument, answers).items
    earlier = {item.code: answers[item.code] for item in on_path if item.code in answers}
    if shown.when is not None and not compile_test(shown.when)(earlier):
        return ()
    return tuple(
        item
        for item in shown.items
        if item.when is None or decide(item.when, earlier, here) is not False
    )


def depends_on_page(page: Page, item: Item) -> bool:
    """Whether an item of a page is asked or not depending on other items of that page."""
    here = {each.code for each in page.items}
    return item.when is not None and not here.isdisjoint(items_of(item.when))


@dataclass(frozen=True, slots=True)
class _Step:
    page: Page
    test: Test | None
    items: tuple[tuple[Item, Test | None], ...]


@lru_cache(maxsize=64)
def _steps(instrument: Instrument) -> tuple[_Step, ...]:
    """Compile the pages with their rules, kept because every request walks them."""
    return tuple(
        _Step(
            page,
            None if page.when is None else compile_test(page.when),
            tuple(
                (item, None if item.when is None else compile_test(item.when))
                for item in page.items
            ),
        )
        for page in instrument.pages
    )


def _position(instrument: Instrument, code: str) -> int:
    return [page.code for page in instrument.pages].index(instrument.page(code).code)
