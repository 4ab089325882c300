"""A questionnaire of several pages: where someone goes from here, given what was entered.

Nothing is remembered about the way taken. The path is worked out from the entries every time, so
Back, a second tab or an old page cannot lead anywhere the answers do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from surveys.instrument.answers import Checked, Problem, check_all
from surveys.instrument.model import Answers, Instrument
from surveys.instrument.route import Path, path
from surveys.instrument.rules import decide

Entered = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go: a page, with its problems if it must be mended, or None for the review."""

    page: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Which page of how many, as far as the path can be known yet; both count from 1."""

    number: int
    of: int


def is_short(instrument: Instrument) -> bool:
    """Whether the questionnaire is one page, handed in without a review."""
    return len(instrument.pages) == 1


def forward(instrument: Instrument, entered: Entered, page: str, *, editing: bool = False) -> Step:
    """Go on from a page.

    Parameters
    ----------
    instrument : Instrument
        The questionnaire.
    entered : mapping
        Everything entered so far, this page included.
    page : str
        Code of the page that is left.
    editing : bool
        The page was opened from the review: go back there unless a change has put a page on the
        path that is not answered yet.
    """
    checked = check_all(instrument, entered)
    pages = _codes(path(instrument, checked.answers))
    wrong = _problems_by_page(instrument, checked)
    order = [each.code for each in instrument.pages]
    upto = order.index(page)
    for code in pages:
        if code in wrong and order.index(code) <= upto:
            return Step(code, wrong[code])
    if editing:
        return Step(next((code for code in pages if code in wrong), None))
    return Step(next((code for code in pages if order.index(code) > upto), None))


def back(instrument: Instrument, entered: Entered, page: str) -> str | None:
    """Code of the page on the path before a page; None before the first."""
    pages = _codes(path(instrument, answers_in(instrument, entered)))
    order = [each.code for each in instrument.pages]
    return next((code for code in reversed(pages) if order.index(code) < order.index(page)), None)


def reachable(instrument: Instrument, entered: Entered, page: str) -> bool:
    """Whether a page is on the path and every page before it is answered."""
    checked = check_all(instrument, entered)
    pages = _codes(path(instrument, checked.answers))
    wrong = _problems_by_page(instrument, checked)
    return page in pages and not any(code in wrong for code in pages[: pages.index(page)])


@lru_cache(maxsize=256)
def first_page(instrument: Instrument) -> str:
    """Code of the first page."""
    first = path(instrument, {}).pages
    return first[0].page.code if first else instrument.pages[0].code


def progress(instrument: Instrument, entered: Entered, page: str) -> Progress:
    """Tell how far a page is along the path.

    Pages ahead that may still come onto it are counted: better that the way gets shorter than that
    it gets longer.
    """
    answers = answers_in(instrument, entered)
    passed = _codes(path(instrument, answers))
    order = [each.code for each in instrument.pages]
    here = order.index(page)
    number = sum(order.index(code) < here for code in passed) + 1
    ahead = instrument.pages[here + 1 :]
    open_ = {item.code for each in instrument.pages[here:] for item in each.items} - set(answers)
    coming = sum(
        each.when is None or decide(each.when, answers, open_) is not False for each in ahead
    )
    return Progress(number, number + coming)


def fields_of(instrument: Instrument, page: str) -> frozenset[str]:
    """Names of everything that can be entered on a page, texts of "other" included."""
    items = instrument.page(page).items
    return frozenset(name for item in items for name in (item.code, item.other) if name is not None)


def answers_in(instrument: Instrument, entered: Entered) -> Answers:
    """Return what of the entries is in order, in stored form."""
    return check_all(instrument, entered).answers


def _codes(route: Path) -> list[str]:
    return [visible.page.code for visible in route.pages]


def _problems_by_page(instrument: Instrument, checked: Checked) -> dict[str, tuple[Problem, ...]]:
    page_of = {
        name: page.code for page in instrument.pages for name in fields_of(instrument, page.code)
    }
    found: dict[str, tuple[Problem, ...]] = {}
    for problem in checked.problems:
        code = page_of[problem.item]
        found[code] = (*found.get(code, ()), problem)
    return found
