"""Which totals the nodes of a method need, and in which order they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.index.item_answers import Answers
from analysis.index.leaves import LEVELS, Counted, Measure, Ratio, Variable, ratios
from analysis.index.tree import Method, Node, Operation
from analysis.reduce import ROWS_AT_ONCE, Units

SMALL_BLOCK = 8
FULL_BIN = 32


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of the totals of one method.

    Attributes
    ----------
    leaves : mapping of node code to its measures
        The ratios each leaf is the mean of.
    variables : mapping of Variable to int
        Column of each variable.
    supports : mapping of node code to int
        Column of who contributes to the node.
    columns : mapping of (node code, Measure) to tuple of int
        For each figure, a set of columns that holds all it depends on.
    """

    leaves: Mapping[str, Mapping[Measure, tuple[Ratio, ...]]]
    variables: Mapping[Variable, int]
    supports: Mapping[str, int]
    columns: Mapping[tuple[str, Measure], tuple[int, ...]]


def measures(node: Node, method: Method) -> tuple[Measure, ...]:
    """Name the measures of a node.

    Shares of satisfied answers, and means of such shares, have the neutral
    and dissatisfied shares beside them; "satisfied on every item" has not,
    because its opposite is neither.
    """
    of_leaf = tuple(ratios(node))
    if of_leaf:
        return of_leaf
    if node.operation in {Operation.MEAN, Operation.WEIGHTED_MEAN}:
        of_children = [measures(method.node(child), method) for child in node.of]
        common = tuple(level for level in LEVELS if all(level in found for found in of_children))
        if common:
            return common
    return (Measure.VALUE,)


def main_measure(node: Node, method: Method) -> Measure:
    """Name the measure a parent reads."""
    return measures(node, method)[0]


def lay_out(method: Method) -> Layout:
    """Plan the totals of a method."""
    leaves = {node.code: ratios(node) for node in method.nodes if not node.of}
    used: dict[tuple[str, Measure], frozenset[Variable]] = {}
    for node in method.estimated:
        for measure in measures(node, method):
            used[node.code, measure] = _variables(node, measure, method, leaves)
    names = dict.fromkeys(
        name
        for of_leaf in leaves.values()
        for pairs in of_leaf.values()
        for pair in pairs
        for name in (pair.top, pair.bottom)
    )
    variables = {name: column for column, name in enumerate(names)}
    needed = {key: frozenset(variables[name] for name in found) for key, found in used.items()}
    blocks = _blocks(set(needed.values()))
    columns = {key: next(block for block in blocks if needed[key] <= set(block)) for key in needed}
    return Layout(leaves, variables, _supports(method), columns)


def _variables(
    node: Node,
    measure: Measure,
    method: Method,
    leaves: Mapping[str, Mapping[Measure, tuple[Ratio, ...]]],
) -> frozenset[Variable]:
    """Collect the variables below a node that one of its measures reads."""
    if not node.of:
        pairs = leaves[node.code].get(measure, ())
        return frozenset(name for pair in pairs for name in (pair.top, pair.bottom))
    found: frozenset[Variable] = frozenset()
    for code in node.of:
        child = method.node(code)
        read = measure if measure in LEVELS else main_measure(child, method)
        found |= _variables(child, read, method, leaves)
    return found


def _blocks(wanted: set[frozenset[int]]) -> tuple[tuple[int, ...], ...]:
    """Keep the sets not inside another; put small ones together."""
    by_size = sorted(wanted, key=lambda columns: (-len(columns), sorted(columns)))
    largest: list[frozenset[int]] = []
    for columns in by_size:
        if not any(columns <= kept for kept in largest):
            largest.append(columns)
    blocks = [columns for columns in largest if len(columns) > SMALL_BLOCK]
    filling: frozenset[int] = frozenset()
    for columns in (columns for columns in largest if len(columns) <= SMALL_BLOCK):
        if len(filling | columns) > FULL_BIN:
            blocks.append(filling)
            filling = frozenset()
        filling |= columns
    if filling:
        blocks.append(filling)
    return tuple(tuple(sorted(columns)) for columns in blocks)


def _supports(method: Method) -> dict[str, int]:
    """Give every node a number; nodes over the same items share it."""
    numbers: dict[tuple[str, ...], int] = {}
    supports = {}
    for node in method.estimated:
        items = tuple(sorted(method.leaf_items(node.code)))
        supports[node.code] = numbers.setdefault(items, len(numbers))
    return supports


def units(method: Method, layout: Layout, columns: Mapping[str, Column]) -> Units:
    """Turn answers into the variables and supports of a layout.

    Raises
    ------
    UnknownItemError, UnequalLengthsError, BadColumnError
    """
    return units_of(method, layout, Answers.read(method, columns))


def units_of(method: Method, layout: Layout, answers: Answers) -> Units:
    """Turn answers that were read into the variables and supports of a layout."""
    variables = [answers.variable(name) for name in layout.variables]
    contributes = np.zeros((answers.n, max(layout.supports.values()) + 1), dtype=np.bool_)
    for code, column in layout.supports.items():
        items = method.leaf_items(code)
        contributes[:, column] = answers.variable(Variable(Counted.RATED, items)) > 0
    return Units(_side_by_side(variables), contributes)


def _side_by_side(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return columns as a table of rows, shape (n, k).

    Some rows at a time: what is read and written then stays in the cache.
    """
    dtype = np.result_type(*{column.dtype for column in columns})
    table = np.empty((len(columns[0]), len(columns)), dtype=dtype)
    for begin in range(0, len(table), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        for number, column in enumerate(columns):
            table[rows, number] = column[rows]
    return table
