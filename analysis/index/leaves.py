"""What the leaves of an index are ratios of.

Every leaf is a ratio of two weighted totals, or a mean of such ratios. Leaves
that need the same variable share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analysis.index.tree import Node, Operation


class Measure(StrEnum):
    """What a figure about a node measures."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    VALUE = "value"


LEVELS: Final = (Measure.SATISFIED, Measure.NEUTRAL, Measure.DISSATISFIED)


class Counted(StrEnum):
    """What a variable counts, over all its items."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    RATED = "rated"
    RATED_ANY = "rated_any"
    SATISFIED_ON_ALL = "satisfied_on_all"
    CHOSEN = "chosen"
    SCORE = "score"
    SCALED = "scaled"


@dataclass(frozen=True, slots=True)
class Variable:
    """One number per respondent.

    Attributes
    ----------
    counted : Counted
        What is counted.
    items : tuple of str
        Over which items.
    options : tuple of str
        The options of ``CHOSEN``.
    """

    counted: Counted
    items: tuple[str, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """The weighted total of one variable over that of another."""

    top: Variable
    bottom: Variable


Ratios = dict[Measure, tuple[Ratio, ...]]


def ratios(node: Node) -> Ratios:
    """Name the ratios a leaf is the mean of, for each of its measures.

    Inner nodes have none.
    """
    items = node.items
    match node.operation:
        case Operation.POOLED_TOP_BOX | Operation.TOP_BOX:
            return {level: (_level_share(level, items),) for level in LEVELS}
        case Operation.MEAN_TOP_BOX:
            return {level: tuple(_level_share(level, (i,)) for i in items) for level in LEVELS}
        case Operation.ALL_ITEMS_TOP_BOX:
            top = Variable(Counted.SATISFIED_ON_ALL, items)
            return {Measure.SATISFIED: (Ratio(top, Variable(Counted.RATED_ANY, items)),)}
        case Operation.OPTION_SHARE:
            return _value_of(Variable(Counted.CHOSEN, items, node.options))
        case Operation.MEAN_SCORE | Operation.SCALED_MEAN:
            is_score = node.operation is Operation.MEAN_SCORE
            return _value_of(Variable(Counted.SCORE if is_score else Counted.SCALED, items))
    return {}


def _level_share(level: Measure, items: tuple[str, ...]) -> Ratio:
    """Answers of one level over rated answers."""
    return Ratio(Variable(Counted(level.value), items), Variable(Counted.RATED, items))


def _value_of(top: Variable) -> Ratios:
    """Return the mean of a variable over rated answers."""
    return {Measure.VALUE: (Ratio(top, Variable(Counted.RATED, top.items)),)}
