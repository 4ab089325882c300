"""Columns of answers, turned into the variables of an index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.answers import MISSING, Column
from analysis.coding import encode
from analysis.errors import BadColumnError, UnequalLengthsError, UnknownItemError
from analysis.index.leaves import Counted, Variable, best_codes
from analysis.index.tree import ItemScale, Method

Numbers = NDArray[Any]
"""Integers where they are exact and small, which saves memory; else floats."""

Distinct = tuple[tuple[int | str, ...], ...]
"""Codes of each distinct answer."""

Number = Callable[[tuple[int | str, ...]], float]
"""From the codes of an answer to what it counts."""

SMALL: Final = 200
"""Whole numbers below this can be added over a hundred items in 16 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemAnswers:
    """Answers of one item, as positions in a short list of distinct answers.

    Attributes
    ----------
    scale : ItemScale
        What the codes mean.
    distinct : tuple of tuple of int or str
        Codes of each distinct answer; the empty tuple, first, for missing.
    position : ndarray of int, shape (n,)
        Which of them each respondent gave.
    """

    scale: ItemScale
    distinct: Distinct
    position: NDArray[np.integer[Any]]

    def numbers(self, number: Number) -> NDArray[np.float64]:
        """Return a number for each distinct answer, 0 for a missing one."""
        return np.array([number(codes) if codes else 0.0 for codes in self.distinct])

    def look_up(self, number: Number) -> Numbers:
        """Return a number for each respondent, 0 where missing."""
        table: Numbers = self.numbers(number)
        if (table == np.round(table)).all() and np.abs(table).max() < SMALL:
            table = table.astype(np.int16)
        return np.asarray(table[self.position])

    def has_any(self, codes: Collection[int | str]) -> Numbers:
        """Return 1 where any of the codes was given."""
        return self.look_up(_any_of(codes))


def read_item(item: str, column: Column, scale: ItemScale) -> ItemAnswers:
    """Read the column of an item by its scale.

    Raises
    ------
    BadColumnError
        An answer is not on the scale.
    """
    offered = (*scale.codes, *scale.not_rated)
    if all(isinstance(code, int) for code in offered):
        return ItemAnswers(
            scale, ((), *((code,) for code in offered)), _numbered(item, column, offered)
        )
    coded = encode(column)
    return ItemAnswers(scale, named(item, coded.levels, scale), coded.codes.astype(np.intp) + 1)


def named(item: str, levels: Sequence[str], scale: ItemScale) -> Distinct:
    """Take distinct answers in words apart; the missing one comes first.

    Raises
    ------
    BadColumnError
        An answer is not on the scale.
    """
    # A code may hold spaces itself, as answers in words do.
    offered = frozenset((*scale.codes, *scale.not_rated))
    distinct: Distinct = (
        (),
        *((level,) if level in offered else tuple(level.split(" ")) for level in levels),
    )
    for given in distinct:
        if not offered.issuperset(given):
            raise BadColumnError(item=item, value=" ".join(str(code) for code in given))
    return distinct


def _numbered(item: str, column: Column, offered: tuple[int | str, ...]) -> NDArray[np.intp]:
    """Return 1 + place among the offered codes, 0 where missing."""
    values = np.asarray(column)
    if values.dtype.kind == "O":
        values = np.array([MISSING if value is None else value for value in values.tolist()])
    if values.dtype.kind not in "iuf":
        raise BadColumnError(item=item, value=str(values.dtype))
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), MISSING, values)
    codes = np.array([int(code) for code in offered])
    low, size = int(codes.min()), int(codes.max() - codes.min()) + 1
    # One place more, for everything that is not offered.
    table = np.zeros(size + 1, dtype=np.intp)
    table[codes - low] = np.arange(1, len(codes) + 1)
    # Below the lowest code is far above the highest, taken as a number without sign.
    place = np.minimum((values.astype(np.int64) - low).view(np.uint64), size).view(np.int64)
    position = table[place]
    if values.dtype.kind == "f":
        position = np.where(place + low == values, position, 0)
    is_bad = (position == 0) & (values != MISSING)
    if is_bad.any():
        raise BadColumnError(item=item, value=values[np.argmax(is_bad)])
    return position


@dataclass(slots=True)
class Answers:
    """All columns of a method, read once and turned into variables on demand."""

    items: dict[str, ItemAnswers]
    n: int

    @classmethod
    def read(cls, method: Method, columns: Mapping[str, Column]) -> Answers:
        """Read the columns of all items of the method.

        Raises
        ------
        UnknownItemError, UnequalLengthsError, BadColumnError
        """
        for item in method.items:
            if item not in columns:
                raise UnknownItemError(item=item)
        lengths = {len(columns[item]) for item in method.items}
        if len(lengths) > 1:
            raise UnequalLengthsError(lengths=sorted(lengths))
        items = {item: read_item(item, columns[item], method.scales[item]) for item in method.items}
        return cls(items, lengths.pop() if lengths else 0)

    def variable(self, variable: Variable) -> Numbers:
        """Return a variable for each respondent, shape (n,)."""
        read = [self.items[item] for item in variable.items]
        columns = [one.look_up(number_of(variable, one.scale)) for one in read]
        added = columns[0]
        for column in columns[1:]:
            added = added + column
        match variable.counted:
            case Counted.RATED_ANY:
                return (added > 0).astype(np.int16)
            case Counted.SATISFIED_ON_ALL:
                rated = self.variable(Variable(Counted.RATED, variable.items))
                return np.asarray((rated > 0) & (added == rated), dtype=np.int16)
            case _:
                return added


def number_of(variable: Variable, scale: ItemScale) -> Number:
    """Say what an answer of one item counts towards a variable."""
    match variable.counted:
        case Counted.SCORE:
            return lambda given: _score(given, scale)
        case Counted.SCALED:
            return lambda given: _scaled(given, scale)
    best = best_codes(scale, variable.top)
    codes = {
        Counted.SATISFIED: best,
        Counted.SATISFIED_ON_ALL: best,
        Counted.NEUTRAL: scale.neutral,
        Counted.DISSATISFIED: scale.dissatisfied,
        Counted.CHOSEN: variable.options,
        Counted.RATED: scale.codes,
        Counted.RATED_ANY: scale.codes,
    }
    return _any_of(codes[variable.counted])


def _any_of(codes: Collection[int | str]) -> Number:
    """Count 1 where any of the codes was given."""
    wanted = frozenset(codes)
    return lambda given: float(not wanted.isdisjoint(given))


def _score(given: tuple[int | str, ...], scale: ItemScale) -> float:
    return float(given[0]) if given[0] in scale.codes else 0.0


def _scaled(given: tuple[int | str, ...], scale: ItemScale) -> float:
    """Place a code between the first (0) and the last (1) of its scale."""
    first, last = float(scale.codes[0]), float(scale.codes[-1])
    return (float(given[0]) - first) / (last - first) if given[0] in scale.codes else 0.0
