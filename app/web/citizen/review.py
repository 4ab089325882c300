"""Answers as they are read before they are handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.services import paging
from app.services.paging import Entered
from surveys.instrument.model import Answers, AnswerValue, Instrument, Item, Kind
from surveys.instrument.route import path
from surveys.instrument.wording import Wording


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer; empty when it was left out."""

    label: str
    answer: str


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one page."""

    page: str
    title: str
    rows: Sequence[Row]


def sections(instrument: Instrument, language: str, entered: Entered) -> list[Section]:
    """List the answers along the path, page by page."""
    answers = paging.answers_in(instrument, entered)
    wording = instrument.wording[language]
    return [
        Section(
            visible.page.code,
            wording.title(visible.page),
            [
                Row(wording.label(item), _answer(item, answers, wording))
                for item in visible.items
                if item.kind is not Kind.NOTE
            ],
        )
        for visible in path(instrument, answers).pages
        if any(item.kind is not Kind.NOTE for item in visible.items)
    ]


def _answer(item: Item, answers: Answers, wording: Wording) -> str:
    value = answers.get(item.code)
    if value is None:
        return ""
    said = _said(item, value, wording)
    if item.other is not None and item.other in answers:
        said += f": {answers[item.other]}"
    return said


def _said(item: Item, value: AnswerValue, wording: Wording) -> str:
    if item.options:
        chosen = value if isinstance(value, list) else [value]
        return "; ".join(wording.option(item, code) for code in chosen)
    if item.kind is Kind.DATE:
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    if item.kind is Kind.DECIMAL and wording.language == "vi":
        return str(value).replace(".", ",")
    return str(value)
