"""Sections that say what answers mean, for indices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from analysis.plan.faults import Place
from analysis.plan.reader import Reader, Section, key, kind_of
from analysis.plan.shapes import Several, Text

Answer: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class AnswerCode:
    """A code as it was offered: a whole number or a text, which are not the same."""

    name: str = "code"

    def read(self, value: Any, place: Place, reader: Reader) -> Answer | None:
        """Return the code."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if not isinstance(value, str):
            reader.fault(place, "wrong-type", expected=self.name, found=kind_of(value))
            return None
        return Text(self.name).read(value, place, reader)


_ANSWER = AnswerCode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleSection(Section):
    """``[[scales]]``: the codes of some items and what they count as."""

    items: tuple[str, ...] = key(Several(Text("item"), "items"))
    codes: tuple[Answer, ...] = key(Several(_ANSWER, "codes"))
    satisfied: tuple[Answer, ...] = key(Several(_ANSWER, "codes"), default=(), shown="none")
    neutral: tuple[Answer, ...] = key(Several(_ANSWER, "codes"), default=(), shown="none")
    dissatisfied: tuple[Answer, ...] = key(Several(_ANSWER, "codes"), default=(), shown="none")
    not_rated: tuple[Answer, ...] = key(Several(_ANSWER, "codes"), default=(), shown="none")
