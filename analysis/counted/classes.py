"""What the variables of a method count, put together from classes of answers to each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.blocks import at_once
from analysis.counted.runs import Runs
from analysis.index.item_answers import ItemAnswers, number_of
from analysis.index.layout import Layout
from analysis.index.leaves import Counted, Variable
from analysis.index.tree import Method
from analysis.products import multiply

Values = NDArray[np.float64]

OF_ALL_ITEMS: Final = {Counted.RATED_ANY, Counted.SATISFIED_ON_ALL}
"""Traits that no sum over items tells."""
LARGEST_BYTE: Final = 255


@dataclass(frozen=True, slots=True, eq=False)
class ItemClasses:
    """Answers of one item that count alike for every variable.

    Attributes
    ----------
    item : str
    flags : tuple of ndarray of bool, shape (n_distinct,)
        The distinct answers of each class; answers that count nothing are in none.
    numbers : ndarray of float64, shape (n_classes, n_variables)
        What an answer of each class counts towards each variable of the layout.
    """

    item: str
    flags: tuple[NDArray[np.bool_], ...]
    numbers: Values


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """The answers of all respondents, and what a layout asks of them.

    Attributes
    ----------
    method : Method
    layout : Layout
    answers : mapping of item to ItemAnswers
        Positions of shape (n,).
    classes : tuple of ItemClasses
        Items in the order of the method.
    """

    method: Method
    layout: Layout
    answers: Mapping[str, ItemAnswers]
    classes: tuple[ItemClasses, ...]

    @classmethod
    def of(cls, method: Method, layout: Layout, answers: Mapping[str, ItemAnswers]) -> Respondents:
        """Put the distinct answers of each item into classes."""
        classes = tuple(_classes(item, answers[item], layout) for item in method.items)
        return cls(method, layout, answers, classes)

    def taken(self, rows: NDArray[np.int64]) -> Respondents:
        """Return some of the respondents."""
        answers = {
            item: replace(found, position=found.position[rows])
            for item, found in self.answers.items()
        }
        return replace(self, answers=answers)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in the order of their columns."""
        return tuple(self.layout.variables)

    def item_of(self, column: int) -> str | None:
        """Name the item that alone decides a variable; None if there are several."""
        variable = self.variables[column]
        is_one = len(variable.items) == 1 and variable.counted not in OF_ALL_ITEMS
        return variable.items[0] if is_one else None

    def has(self, item: str, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say who gave one of some distinct answers, shape (n,)."""
        position = self.answers[item].position
        places = np.flatnonzero(wanted)
        if len(places) == 0:
            return np.zeros(len(position), dtype=np.bool_)
        low, high = int(places[0]), int(places[-1])
        if high - low + 1 > len(places):
            return np.asarray(wanted[position])
        if low == high:
            return np.asarray(position == low)
        if high == len(wanted) - 1:
            return np.asarray(position >= low)
        return np.asarray((position >= low) & (position <= high))

    def rated_any(self, items: Sequence[str]) -> NDArray[np.bool_]:
        """Say who rated any of some items, shape (n,)."""
        found = self._counts(items[0], Variable(Counted.RATED, (items[0],)))
        for item in items[1:]:
            found = found | self._counts(item, Variable(Counted.RATED, (item,)))
        return found

    def satisfied_on_all(self, variable: Variable) -> NDArray[np.bool_]:
        """Say who rated something and is satisfied with all of it, shape (n,)."""
        found = self.rated_any(variable.items)
        for item in variable.items:
            rated = self._counts(item, Variable(Counted.RATED, (item,)))
            found &= self._counts(item, variable) | ~rated
        return found

    def number(self, column: int) -> NDArray[Any]:
        """Return a variable for each respondent, shape (n,), in as few bytes as hold it."""
        variable = self.variables[column]
        if variable.counted is Counted.RATED_ANY:
            return self.rated_any(variable.items)
        if variable.counted is Counted.SATISFIED_ON_ALL:
            return self.satisfied_on_all(variable)
        of_items = [one for one in self.classes if one.item in variable.items]
        numbers = np.concatenate([one.numbers[:, column] for one in of_items])
        is_short = (numbers == np.round(numbers)).all() and (numbers >= 0).all()
        largest = sum(one.numbers[:, column].max(initial=0.0) for one in of_items)
        n = len(next(iter(self.answers.values())).position)
        if not (is_short and largest <= LARGEST_BYTE):
            wide = np.zeros(n)
            for one in of_items:
                table = self.answers[one.item].numbers(
                    number_of(variable, self.method.scales[one.item])
                )
                wide += table[self.answers[one.item].position]
            return wide
        short = np.zeros(n, dtype=np.uint8)
        for one in of_items:
            for by in np.unique(one.numbers[:, column]):
                if by:
                    alike = [one.flags[k] for k in np.flatnonzero(one.numbers[:, column] == by)]
                    flags = self.has(one.item, np.logical_or.reduce(alike)).view(np.uint8)
                    short += flags if by == 1 else flags * np.uint8(by)
        return short

    def _counts(self, item: str, variable: Variable) -> NDArray[np.bool_]:
        table = self.answers[item].numbers(number_of(variable, self.method.scales[item]))
        return self.has(item, table > 0)


@dataclass(frozen=True, slots=True, eq=False)
class RunCounts:
    """What the respondents of each run add up to.

    Attributes
    ----------
    contribute : ndarray of float64, shape (n_runs, n_supports)
        Respondents who contribute.
    classes : ndarray of float64, shape (n_runs, n_classes)
        Weight of the answers of each class, items one after the other.
    values : ndarray of float64, shape (n_runs, n_variables)
        Weighted sums of the variables of the layout.
    n, weight, squared_weight : ndarray of float64, shape (n_runs, n_supports)
        Those who contribute and have weight, their weights and squares of these.
    """

    contribute: Values
    classes: Values
    values: Values
    n: Values
    weight: Values
    squared_weight: Values

    @classmethod
    def of(cls, people: Respondents, runs: Runs, weight: Values) -> RunCounts:
        """Count the answers of every run; `weight` is that of each respondent, (n_runs,)."""
        parts = [(one.item, flags) for one in people.classes for flags in one.flags]
        counted = at_once(lambda part: runs.count(people.has(*part)), parts)
        counts = np.stack(counted, axis=1).astype(np.float64)
        values = multiply(counts, np.concatenate([one.numbers for one in people.classes]))
        for column, variable in enumerate(people.variables):
            if variable.counted in OF_ALL_ITEMS:
                values[:, column] = runs.count(people.number(column) > 0)
        supports = people.layout.supports
        contribute = np.empty((len(counts), max(supports.values()) + 1))

        def contributing(of_support: tuple[tuple[str, ...], int]) -> None:
            items, support = of_support
            rated = people.layout.variables.get(Variable(Counted.RATED, items))
            if len(items) == 1 and rated is not None:
                contribute[:, support] = values[:, rated]
            else:
                contribute[:, support] = runs.count(people.rated_any(items))

        at_once(contributing, list(_supports(people).items()))
        by = weight[:, None]
        n = contribute * (by != 0)
        return cls(contribute, counts * by, values * by, n, n * by, n * by**2)


def _supports(people: Respondents) -> dict[tuple[str, ...], int]:
    method = people.method
    return {method.leaf_items(code): support for code, support in people.layout.supports.items()}


def _classes(item: str, answers: ItemAnswers, layout: Layout) -> ItemClasses:
    """Put together the distinct answers that count alike for every variable."""
    numbers = np.zeros((len(answers.distinct), len(layout.variables)))
    for variable, column in layout.variables.items():
        if item in variable.items and variable.counted not in OF_ALL_ITEMS:
            numbers[:, column] = answers.numbers(number_of(variable, answers.scale))
    distinct, place = np.unique(numbers, axis=0, return_inverse=True)
    kept = [k for k in range(len(distinct)) if distinct[k].any()]
    flags = tuple(np.asarray(place.ravel() == k) for k in kept)
    return ItemClasses(item, flags, distinct[kept])
