"""Which columns a plan reads, where it names them, and what they must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from analysis.plan.faults import Place
from analysis.plan.reader import Reader, Section, Shape, keys_of
from analysis.plan.shapes import Column, Expression, Holds, OneOf, Part, Several, Table
from analysis.plan.sql import parse_sql, roots


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that is named somewhere.

    Attributes
    ----------
    column : str
    place : Place
        Where.
    holds : Holds
        What it must hold there.
    is_in_sql : bool
        Whether it stands in an expression, which has its own rules of quoting.
    is_pattern : bool
        Whether it may stand for several, as ``"rw*"``.
    """

    column: str
    place: Place
    holds: Holds = Holds.ANYTHING
    is_in_sql: bool = False
    is_pattern: bool = False

    def matches(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that are meant, in their order."""
        names = list(columns)
        if self.column in names or not self.is_pattern:
            return [self.column]
        return [name for name in names if fnmatchcase(name, self.column)]


def references(section: Section, reader: Reader) -> Iterator[Reference]:
    """Yield the columns that a section names, in the order of its keys."""
    for name, declared in keys_of(type(section)).items():
        value = getattr(section, name)
        yield from _of_value(declared.metadata["shape"], value, (*section.place, name), reader)


def _of_value(shape: Shape, value: Any, place: Place, reader: Reader) -> Iterator[Reference]:
    match shape, value:
        case _, None:
            return
        case Column(), str() if value:
            yield Reference(value, place, shape.holds, is_pattern=shape.is_pattern)
        case Expression(), str():
            expression = parse_sql(value, place, reader)
            for column in () if expression is None else roots(expression):
                yield Reference(column, place, is_in_sql=True)
        case Several(), Sequence():
            for number, entry in enumerate(value):
                yield from _of_value(shape.of, entry, (*place, number), reader)
        case Table(), Mapping():
            for name, entry in value.items():
                yield from _of_value(shape.of, entry, (*place, name), reader)
        case OneOf(), str() if "text" in shape.shapes:
            yield from _of_value(shape.shapes["text"], value, place, reader)
        case OneOf(), Sequence() if "list" in shape.shapes:
            yield from _of_value(shape.shapes["list"], value, place, reader)
        case Part(), Section():
            yield from references(value, reader)
        case _:
            return
