"""A page of a questionnaire as a WTForms form. What may be answered is not decided here."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.form import BaseForm

from surveys.instrument.model import Item, Kind
from surveys.instrument.rules import Is
from surveys.instrument.tables import UNWANTED
from surveys.instrument.wording import Wording

YES = "yes"
# Of an option that stands in a fifth of a phone's width. Vietnamese has none that is longer.
LONGEST_WORD = 8
_LINES = re.compile(r"\r\n?")


class Question:
    """What templates ask of every field, beside what WTForms gives it.

    Attributes
    ----------
    item : Item
        The item of the questionnaire.
    language : str
        Language of its words.
    depends : bool
        It is asked when a yes/no question right before it was answered with yes.
    decides : bool
        Such a question follows.
    """

    item: Item
    language: str
    depends = False
    decides = False


class ScaleField(Question, RadioField):
    """One level of a scale; codes outside the scale are shown apart."""

    @property
    def outside(self) -> frozenset[str]:
        """Codes offered beside the scale."""
        scale = self.item.scale
        return frozenset() if scale is None else frozenset(map(str, scale.not_rated))

    @property
    def has_long_words(self) -> bool:
        """Whether five options side by side would break words on a narrow screen."""
        words = (word for option in self for word in option.label.text.split())
        return max(map(len, words), default=0) > LONGEST_WORD


class ChoiceField(Question, RadioField):
    """One of several options, or yes and no."""


class ChoicesField(Question, SelectMultipleField):
    """Any of several options."""


class TextField(Question, StringField):
    """Some words."""


class LongTextField(Question, TextAreaField):
    """Some sentences."""


class NumberField(Question, StringField):
    """A number, kept as it was typed."""


class DateField(Question, StringField):
    """A day, kept as it was typed."""


class OtherField(Question, StringField):
    """The words behind an option "other"."""


class NoteField(Question, Field):
    """Nothing to answer: a sentence between questions."""


@dataclass(frozen=True, slots=True)
class Block:
    """Questions under one heading; ``title`` is empty for questions that stand alone."""

    title: str
    questions: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PageForm:
    """The form of a page and the order in which to show it."""

    blocks: tuple[Block, ...]

    @property
    def questions(self) -> Iterable[Any]:
        """Every question, in the order shown."""
        return (question for block in self.blocks for question in block.questions)


def page_form(
    items: Sequence[Item],
    wording: Wording,
    entered: Mapping[str, Sequence[str]],
    errors: Mapping[str, str],
) -> PageForm:
    """Make the form of a page.

    Parameters
    ----------
    items : sequence of Item
        What to show, in order.
    wording : Wording
        The words, in the language shown.
    entered : mapping
        Strings entered before, by field; shown again as they are.
    errors : mapping
        A sentence for each field that is not in order.
    """
    form = BaseForm(dict(_fields(items, wording)))
    form.process(
        MultiDict((name, shown(value)) for name, values in entered.items() for value in values)
    )
    item_of = {item.code: item for item in items} | {
        item.other: item for item in items if item.other is not None
    }
    fields: dict[str, Any] = {field.short_name: field for field in form}
    for name, field in fields.items():
        field.item = item_of[name]
        field.language = wording.language
        field.id = f"q-{name}"
        field.errors = (errors[name],) if name in errors else ()
    _mark_branches(items, fields)
    return PageForm(tuple(_blocks(items, wording, fields)))


def _fields(items: Sequence[Item], wording: Wording) -> Iterable[tuple[str, Any]]:
    for item in items:
        words: dict[str, Any] = {"label": wording.label(item), "description": wording.hint(item)}
        if item.options:
            words["choices"] = [
                SelectChoice(code, wording.option(item, code)) for code in item.options
            ]
        yield item.code, _FIELDS[item.kind](**words)
        if item.other is not None and item.choices is not None and item.choices.other is not None:
            yield item.other, OtherField(label=wording.option(item, item.choices.other))


_FIELDS: Mapping[Kind, Callable[..., Any]] = {
    Kind.SCALE: lambda **words: ScaleField(**words, validate_choice=False),
    Kind.SINGLE: lambda **words: ChoiceField(**words, validate_choice=False),
    Kind.YES_NO: lambda **words: ChoiceField(**words, validate_choice=False),
    Kind.MULTIPLE: lambda **words: ChoicesField(**words, validate_choice=False),
    Kind.INTEGER: NumberField,
    Kind.DECIMAL: NumberField,
    Kind.DATE: DateField,
    Kind.SHORT_TEXT: TextField,
    Kind.LONG_TEXT: LongTextField,
    Kind.NOTE: NoteField,
}


def shown(text: str) -> str:
    """Write an entered text as a page can show it: what no text may hold becomes a sign for it."""
    return _LINES.sub("\n", UNWANTED.sub("\ufffd", text))


def _mark_branches(items: Sequence[Item], fields: Mapping[str, Any]) -> None:
    """Mark yes/no questions and those right after them that are asked only after a yes."""
    decider: Item | None = None
    for item in items:
        rule = item.when
        if (
            decider is not None
            and isinstance(rule, Is)
            and (rule.item, rule.code) == (decider.code, YES)
            and item.group == decider.group
        ):
            fields[item.code].depends = True
            fields[decider.code].decides = True
        else:
            decider = item if item.kind is Kind.YES_NO else None


def _blocks(items: Sequence[Item], wording: Wording, fields: Mapping[str, Any]) -> Iterable[Block]:
    group: str | None = None
    gathered: list[Any] = []
    for item in items:
        if gathered and item.group != group:
            yield Block(wording.group(group) if group else "", tuple(gathered))
            gathered = []
        group = item.group
        field = fields[item.code]
        field.other = fields.get(item.other) if item.other else None
        gathered.append(field)
    if gathered:
        yield Block(wording.group(group) if group else "", tuple(gathered))
