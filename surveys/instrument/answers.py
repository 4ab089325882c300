"""Is this answer allowed: the one rule for web forms, imports, interviewers and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surveys.instrument.model import Answers, AnswerValue, Instrument

__all__ = [
    "AnswerValue",
    "Answers",
    "Checked",
    "Checker",
    "Problem",
    "check_all",
    "check_page",
    "check_stored",
    "compile_rule",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one answer is not accepted.

    ``item`` is the item's code (``<item>_other`` for its free text). ``code`` is one of
    ``answer.required``, ``answer.not-an-option``, ``answer.not-a-number``,
    ``answer.out-of-range``, ``answer.not-a-date``, ``answer.too-long``, ``answer.too-many``,
    ``answer.exclusive``, ``answer.bad-character``, ``answer.wrong-type``; ``context`` holds what
    a sentence about it needs (``minimum``, ``maximum``, ``max_length``, ``option``).
    """

    item: str
    code: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers on the path that are in order, in stored form, and what is wrong with the rest."""

    answers: dict[str, AnswerValue]
    problems: tuple[Problem, ...] = ()


class Checker:
    """The rule of one instrument, compiled once; made by :func:`compile_rule`."""


def compile_rule(instrument: Instrument) -> Checker:
    """Compile the rule of an instrument; the result is kept for the next call."""
    raise NotImplementedError


def check_page(
    instrument: Instrument,
    page_code: str,
    raw: Mapping[str, Sequence[str]],
    earlier: Answers,
) -> Checked:
    """Check what was entered on one page.

    ``raw`` maps item codes to the strings entered (every string of a repeated field);
    ``earlier`` are stored answers to other pages. The result holds this page's answers only.
    ``KeyError`` if the instrument has no such page.
    """
    raise NotImplementedError


def check_all(instrument: Instrument, raw: Mapping[str, Sequence[str]]) -> Checked:
    """Check everything entered, walking the path; what is off the path is dropped."""
    raise NotImplementedError


def check_stored(instrument: Instrument, answers: Mapping[str, object]) -> Checked:
    """Check answers that are already in stored form, e.g. a draft or an interviewer's device."""
    raise NotImplementedError
