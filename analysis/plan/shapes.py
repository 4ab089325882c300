"""What may stand at the keys of a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from analysis.plan.faults import Place
from analysis.plan.reader import Reader, Section, Shape, kind_of


class Holds(StrEnum):
    """What a column that is named must hold."""

    ANYTHING = "anything"
    NUMBERS = "numbers"


def _refuse(value: object, expected: str, place: Place, reader: Reader) -> None:
    reader.fault(place, "wrong-type", expected=expected, found=kind_of(value))


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty."""

    name: str = "text"
    may_be_empty: bool = False
    is_blank_fine: bool = False

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the text."""
        if not isinstance(value, str):
            _refuse(value, self.name, place, reader)
            return None
        if not (value if self.is_blank_fine else value.strip()) and not self.may_be_empty:
            reader.fault(place, "empty-text")
            return None
        return value


@dataclass(frozen=True, slots=True)
class Column:
    """The name of a column."""

    holds: Holds = Holds.ANYTHING
    name: str = "column"
    may_be_empty: bool = False
    is_pattern: bool = False

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the name."""
        return Text(self.name, self.may_be_empty).read(value, place, reader)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or a formula in SQL."""

    name: str = "SQL"

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the text."""
        return Text(self.name).read(value, place, reader)


@dataclass(frozen=True, slots=True)
class Several:
    """A list of one shape; one alone need not stand in brackets.

    Attributes
    ----------
    of : Shape
        What each element is.
    name : str
        Name in the documentation.
    least : int
        How many there must be.
    is_strict : bool
        Whether the brackets are needed.
    may_repeat : bool
        Whether an element may stand there twice.
    """

    of: Shape
    name: str
    least: int = 1
    is_strict: bool = False
    may_repeat: bool = False

    def read(self, value: Any, place: Place, reader: Reader) -> tuple[Any, ...] | None:
        """Return the elements."""
        if not isinstance(value, list):
            if self.is_strict:
                _refuse(value, self.name, place, reader)
                return None
            one = self.of.read(value, place, reader)
            return None if one is None else (one,)
        read = [self.of.read(entry, (*place, number), reader) for number, entry in enumerate(value)]
        if len(value) < self.least:
            reader.fault(place, "list-too-short", least=self.least, found=len(value))
            return None
        if any(one is None for one in read):
            return None
        if not self.may_repeat:
            for number, one in enumerate(read):
                if one in read[:number]:
                    reader.fault((*place, number), "repeated", value=one)
                    return None
        return tuple(read)


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number within limits."""

    low: float = -math.inf
    high: float = math.inf
    is_open: bool = False
    name: str = "number"

    def read(self, value: Any, place: Place, reader: Reader) -> float | None:
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            _refuse(value, self.name, place, reader)
            return None
        if not math.isfinite(value) or abs(value) > 1e300:
            reader.fault(place, "not-finite", value=value)
            return None
        inside = self.low < value < self.high if self.is_open else self.low <= value <= self.high
        if not inside:
            reader.fault(place, "out-of-range", value=value, low=self.low, high=self.high)
            return None
        return float(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within limits."""

    low: int
    high: int
    name: str = "whole number"

    def read(self, value: Any, place: Place, reader: Reader) -> int | None:
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, int):
            _refuse(value, self.name, place, reader)
            return None
        if not self.low <= value <= self.high:
            reader.fault(place, "out-of-range", value=value, low=self.low, high=self.high)
            return None
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    name: str = "true or false"

    def read(self, value: Any, place: Place, reader: Reader) -> bool | None:
        """Return it."""
        if isinstance(value, bool):
            return value
        _refuse(value, "flag", place, reader)
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The words, for the documentation."""
        return ", ".join(f'`"{word}"`' for word in self.words)

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the word."""
        if not isinstance(value, str):
            _refuse(value, "text", place, reader)
            return None
        if value not in self.words:
            reader.unknown_choice(value, list(self.words), place)
            return None
        return value


@dataclass(frozen=True, slots=True)
class Code:
    """A category: a text, or a number that stands for one."""

    name: str = "category"

    def read(self, value: Any, place: Place, reader: Reader) -> str | None:
        """Return the code as a column shows it."""
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, int | float):
            return repr(value)
        return Text(self.name).read(value, place, reader)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose keys are names of the user."""

    of: Shape
    name: str
    least: int = 1

    def read(self, value: Any, place: Place, reader: Reader) -> dict[str, Any] | None:
        """Return the entries."""
        if not isinstance(value, Mapping):
            _refuse(value, "table", place, reader)
            return None
        if len(value) < self.least:
            reader.fault(place, "empty-table")
            return None
        read = {name: self.of.read(entry, (*place, name), reader) for name, entry in value.items()}
        return None if any(entry is None for entry in read.values()) else read


@dataclass(frozen=True, slots=True)
class OneOf:
    """Several shapes, told apart by the kind of value."""

    name: str
    shapes: Mapping[str, Shape] = field(hash=False)

    def read(self, value: Any, place: Place, reader: Reader) -> Any:
        """Return what the shape for this kind of value makes of it."""
        shape = self.shapes.get(kind_of(value))
        if shape is None:
            _refuse(value, self.name, place, reader)
            return None
        return shape.read(value, place, reader)


@dataclass(frozen=True, slots=True)
class Part:
    """A table of known keys within a section."""

    section: type[Section]
    name: str = "table"

    def read(self, value: Any, place: Place, reader: Reader) -> Section | None:
        """Return the section."""
        return reader.section(self.section, value, place)


COLUMN = Column()
NUMBERS = Column(Holds.NUMBERS)
COLUMNS = Several(COLUMN, "columns")
NUMBER_COLUMNS = Several(NUMBERS, "columns")
