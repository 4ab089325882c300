"""How much it matters which rule an index is made by.

All rules are applied to the same answers, so most of what chance does to one
it does to the others too: their difference is far better known than either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.answers import Column
from analysis.design import Design
from analysis.index.algebra import node_values
from analysis.index.evaluate import Measure, evaluate
from analysis.index.layout import lay_out, main_measure
from analysis.index.tree import Method, Node, Operation, WhenAbsent
from analysis.linear import Linear
from analysis.results import Estimate

LESS: Final = " less "
"""Stands in the codes of differences; no node of a method file can have it twice over."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The index by one rule, against the index as it is.

    Attributes
    ----------
    node : str
        Code of the rule's node.
    estimate : Estimate
        By this rule.
    difference : Estimate or None
        This rule less the index, from the same answers; None for the index
        itself and for what is counted in other units.
    """

    node: str
    estimate: Estimate
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class Parts:
    """An index of two parts, and what a tenth of weight moved from one to the other does.

    Attributes
    ----------
    first, second : str
        Nodes of the parts.
    weight : float
        Share of the second, between 0 and 1.
    per_tenth : float
        What the index changes by when the second weighs 0.1 more.
    """

    first: str
    second: str
    weight: float
    per_tenth: float


def with_differences(method: Method) -> Method:
    """Add to a method, for each alternative in the units of the index, what it differs by."""
    index = method.node(method.index)
    units = _units(method)
    added = tuple(
        Node(
            code=_code(alternative, index.code),
            title=method.node(alternative).title,
            operation=Operation.DEDUCT,
            of=(alternative, index.code),
            weights=(1.0, 1.0),
            when_absent=WhenAbsent.FAIL,
        )
        for alternative in method.alternatives
        if alternative != index.code and units[alternative] == units[index.code]
    )
    return replace(method, nodes=(*method.nodes, *added))


def _code(alternative: str, index: str) -> str:
    return f"{alternative}{LESS}{index}"


def _units(method: Method) -> Mapping[str, tuple[object, ...]]:
    """Tell in what each node is counted, by what its value can be."""
    layout = lay_out(method)
    n = len(layout.variables)
    nothing = [Linear(np.ones(1), np.zeros((1, n))) for _ in range(n)]
    values = node_values(method, layout, nothing)
    found = {node.code: values[node.code, main_measure(node, method)] for node in method.nodes}
    return {code: (value.is_share, value.ends) for code, value in found.items()}


def alternatives(
    method: Method, columns: Mapping[str, Column], design: Design, level: float = 0.95
) -> tuple[Alternative, ...]:
    """Estimate the index of a method by each of its rules, in the whole.

    Parameters
    ----------
    method : Method
    columns : mapping of item code to column
        Answers, shape (n,) each.
    design : Design
        How the same n respondents were drawn.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    tuple of Alternative
        The index itself first, then the alternatives in the method's order.
    """
    both = with_differences(method)
    found: dict[str, Estimate] = {}
    for figure in evaluate(both, columns, design, {}, level):
        if figure.measure in {Measure.SATISFIED, Measure.VALUE}:
            found[figure.node] = figure.estimate
    return tuple(
        Alternative(code, found[code], found.get(_code(code, method.index)))
        for code in dict.fromkeys((method.index, *method.alternatives))
        if code in found
    )


def parts(method: Method, found: Mapping[str, float]) -> Parts | None:
    """Say how much the weights of an index of two parts matter; None if it has not two.

    Parameters
    ----------
    method : Method
    found : mapping of str to float
        Values of the parts.
    """
    index = method.node(method.index)
    if index.operation is not Operation.WEIGHTED_MEAN or len(index.of) != 2:
        return None
    first, second = index.of
    if first not in found or second not in found:
        return None
    weight = index.weights[1] / sum(index.weights)
    return Parts(first, second, weight, 0.1 * (found[second] - found[first]))


def asks_another_thing(method: Method, code: str) -> bool:
    """Whether a rule is about whole people: satisfied with everything they rated."""
    return method.node(code).operation is Operation.ALL_ITEMS_TOP_BOX


def spread(method: Method, found: Sequence[Alternative]) -> float:
    """Return the distance between the highest and the lowest of the rules that compare.

    Rules about whole people ask another thing and are left out. NaN if there is only one.
    """
    compared = [found[0].estimate.value] + [
        one.estimate.value
        for one in found
        if one.difference is not None and not asks_another_thing(method, one.node)
    ]
    known = [value for value in compared if not math.isnan(value)]
    return max(known) - min(known) if len(known) > 1 else math.nan
