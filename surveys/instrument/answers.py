"""Is this answer allowed: the one rule for web forms, imports, interviewers and the API."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from surveys.instrument.model import (
    MAX_INTEGER,
    Answers,
    AnswerValue,
    Instrument,
    Item,
    Kind,
)
from surveys.instrument.route import follow
from surveys.instrument.values import OTHER_LENGTH, Read, Refused, reader, text_reader

__all__ = [
    "PROBLEM_CODES",
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


PROBLEM_CODES = frozenset(
    {
        "answer.required",
        "answer.not-an-option",
        "answer.not-a-number",
        "answer.out-of-range",
        "answer.not-a-date",
        "answer.too-long",
        "answer.too-many",
        "answer.exclusive",
        "answer.bad-character",
        "answer.wrong-type",
    }
)
"""Every code a problem may have, for whoever makes sentences of them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one answer is not accepted.

    ``item`` is the item's code (``<item>_other`` for its free text) and ``code`` one of
    :data:`PROBLEM_CODES`. ``context`` holds what a sentence about it needs: ``minimum`` and
    ``maximum`` (those there are), ``max_length``, or the exclusive ``option``.
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
    """The rule of one instrument, compiled once; made by :func:`compile_rule`.

    It holds no answers, so that one may serve every thread.
    """

    __slots__ = ("_fields", "_instrument")

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._fields = {
            item.code: _field(item) for item in instrument.items if item.kind is not Kind.NOTE
        }

    def page(self, page_code: str, raw: Mapping[str, Sequence[str]], earlier: Answers) -> Checked:
        """Check one page; see :func:`check_page`."""
        here = {item.code for item in self._instrument.page(page_code).items}

        def strings(field: _Field) -> Sequence[str]:
            return _strings(raw.get(field.code))

        return self._check(strings, here, earlier)

    def everything(self, raw: Mapping[str, Sequence[str]]) -> Checked:
        """Check a whole form; see :func:`check_all`."""
        return self._check(lambda field: _strings(raw.get(field.code)))

    def stored(self, answers: Mapping[str, object]) -> Checked:
        """Check stored answers; see :func:`check_stored`."""
        return self._check(lambda field: field.unstore(answers.get(field.code)))

    def _check(
        self,
        strings: Callable[[_Field], Sequence[str]],
        here: Container[str] | None = None,
        earlier: Answers = MappingProxyType({}),
    ) -> Checked:
        """Walk the path, reading items ``here`` and taking the others from ``earlier``."""
        fields = self._fields
        answers: dict[str, AnswerValue] = {}
        problems: list[Problem] = []

        def read(field: _Field) -> AnswerValue | None:
            try:
                values = strings(field)
                value = field.read(values) if values else None
            except Refused as refusal:
                problems.append(Problem(field.code, refusal.code, refusal.context))
                return None
            if value is None:
                if field.missing is not None:
                    problems.append(field.missing)
                return None
            answers[field.code] = value
            if field.other is not None and _is_chosen(field.opens_other, value):
                read(field.other)
            return value

        def answer_of(item: Item) -> AnswerValue | None:
            if here is None or item.code in here:
                field = fields.get(item.code)  # a note has none
                return None if field is None else read(field)
            return earlier.get(item.code)

        follow(self._instrument, answer_of)
        return Checked(answers, tuple(problems))


@lru_cache(maxsize=64)
def compile_rule(instrument: Instrument) -> Checker:
    """Compile the rule of an instrument; the result is kept for the next call."""
    return Checker(instrument)


def check_page(
    instrument: Instrument,
    page_code: str,
    raw: Mapping[str, Sequence[str]],
    earlier: Answers,
) -> Checked:
    """Check what was entered on one page.

    Parameters
    ----------
    instrument : Instrument
        The questionnaire.
    page_code : str
        Code of the page.
    raw : mapping of str to sequence of str
        Every string entered, by item code (``<item>_other`` for the text of "other"). Keys that
        are not items of this page are ignored.
    earlier : mapping
        Stored answers to other pages; those off the path count as unanswered.

    Returns
    -------
    Checked
        Answers and problems of this page only; empty if the page is off the path.

    Raises
    ------
    KeyError
        The instrument has no such page.
    """
    return compile_rule(instrument).page(page_code, raw, earlier)


def check_all(instrument: Instrument, raw: Mapping[str, Sequence[str]]) -> Checked:
    """Check everything entered, walking the path; what is off the path is dropped.

    An answer that is refused counts as unanswered for the rules after it. ``raw`` is as in
    :func:`check_page`. Never raises for what was entered.
    """
    return compile_rule(instrument).everything(raw)


def check_stored(instrument: Instrument, answers: Mapping[str, object]) -> Checked:
    """Check answers already in stored form: a draft, a device, an API.

    A value of another type than the item's is ``answer.wrong-type``; for the rest the rule is
    that of :func:`check_all`, whose result passes unchanged.
    """
    return compile_rule(instrument).stored(answers)


@dataclass(frozen=True, slots=True)
class _Field:
    """Something that can be entered: an item, or the text of its option "other"."""

    code: str
    read: Read
    unstore: Callable[[object], Sequence[str]]
    missing: Problem | None = None
    other: _Field | None = None
    opens_other: str | None = None


def _field(item: Item) -> _Field:
    other = None
    if item.other is not None:
        other = _Field(item.other, text_reader(OTHER_LENGTH, lines=False), _unstore_text)
    return _Field(
        item.code,
        reader(item),
        _UNSTORE.get(item.kind, _unstore_text),
        Problem(item.code, "answer.required") if item.required else None,
        other,
        item.choices.other if item.choices else None,
    )


def _is_chosen(option: str | None, value: AnswerValue) -> bool:
    return option in value if isinstance(value, list) else option == value


def _strings(values: object) -> Sequence[str]:
    if isinstance(values, list | tuple):
        return values
    if values is None:
        return ()
    if isinstance(values, str):
        return (values,)
    raise Refused("answer.wrong-type")


def _unstore_text(value: object) -> Sequence[str]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    raise Refused("answer.wrong-type")


def _unstore_integer(value: object) -> Sequence[str]:
    if value is None:
        return ()
    if type(value) is not int:
        raise Refused("answer.wrong-type")
    # Python refuses to write out very long numbers; one digit too many is refused all the same.
    return (str(max(-MAX_INTEGER - 1, min(value, MAX_INTEGER + 1))),)


def _unstore_options(value: object) -> Sequence[str]:
    if value is None:
        return ()
    if isinstance(value, list):
        return value
    raise Refused("answer.wrong-type")


_UNSTORE: Mapping[Kind, Callable[[object], Sequence[str]]] = {
    Kind.SCALE: _unstore_integer,
    Kind.INTEGER: _unstore_integer,
    Kind.MULTIPLE: _unstore_options,
}
