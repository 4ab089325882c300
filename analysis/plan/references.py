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
from analysis.plan.terms import Term, columns_of


@dataclass(frozen=True, slots=True)
class Reference:
    """A column, or several, named somewhere.

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
    is_term : bool
        Whether it may be several joined by colons, or a number.
    """

    column: str
    place: Place
    holds: Holds = Holds.ANYTHING
    is_in_sql: bool = False
    is_pattern: bool = False
    is_term: bool = False

    def names(self, columns: Iterable[str]) -> list[str]:
        """Return the columns that are meant; a name that is none of them as it is."""
        known = list(columns)
        if self.column in known:
            return [self.column]
        if self.is_pattern:
            return [name for name in known if fnmatchcase(name, self.column)] or [self.column]
        if self.is_term:
            return columns_of(self.column)
        return [self.column]


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
        case Term(), str():
            yield Reference(value, place, is_term=True)
        case Expression(), str():
            expression = parse_sql(value, place, reader)
            for column in () if expression is None else roots(expression):
                yield Reference(column, place, is_in_sql=True)
        case Part(), Section():
            yield from references(value, reader)
        case _:
            for inner, entry, key in _entries(shape, value):
                yield from _of_value(inner, entry, (*place, *key), reader)


def _entries(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any, Place]]:
    """Yield what a list, a table or a choice of shapes holds, each with its key."""
    match shape, value:
        case Several(), Sequence():
            yield from ((shape.of, entry, (number,)) for number, entry in enumerate(value))
        case Table(), Mapping():
            yield from ((shape.of, entry, (name,)) for name, entry in value.items())
        case OneOf(), str() if "text" in shape.shapes:
            yield shape.shapes["text"], value, ()
        case OneOf(), Sequence() if "list" in shape.shapes:
            yield shape.shapes["list"], value, ()
        case _:
            return
