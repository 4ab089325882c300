"""What the leaves of an index are ratios of.

Every leaf is a ratio of two weighted totals, or a mean of such ratios. Leaves
that need the same variable share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from analysis.index.tree import ItemScale, Node, Operation


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
    top : int
        How many of the best codes count as satisfied; 0 for those the scale names.
    """

    counted: Counted
    items: tuple[str, ...]
    options: tuple[str, ...] = ()
    top: int = 0


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
        case _ if node.top:
            found = {Measure.SATISFIED: _of_top(node)}
        case Operation.POOLED_TOP_BOX | Operation.TOP_BOX:
            found = {level: (_level_share(level, items),) for level in LEVELS}
        case Operation.MEAN_TOP_BOX:
            found = {level: tuple(_level_share(level, (i,)) for i in items) for level in LEVELS}
        case Operation.ALL_ITEMS_TOP_BOX:
            top = Variable(Counted.SATISFIED_ON_ALL, items)
            found = {Measure.SATISFIED: (Ratio(top, Variable(Counted.RATED_ANY, items)),)}
        case Operation.OPTION_SHARE:
            found = _value_of(Variable(Counted.CHOSEN, items, node.options))
        case Operation.MEAN_SCORE | Operation.SCALED_MEAN:
            is_score = node.operation is Operation.MEAN_SCORE
            found = _value_of(Variable(Counted.SCORE if is_score else Counted.SCALED, items))
        case _:
            found = {}
    return found


def _of_top(node: Node) -> tuple[Ratio, ...]:
    """Return the ratios of a node that chooses by itself how many codes count.

    What is left then is neither neutral nor dissatisfied by the scale, so
    there is nothing beside it.
    """
    if node.operation is Operation.ALL_ITEMS_TOP_BOX:
        top = Variable(Counted.SATISFIED_ON_ALL, node.items, top=node.top)
        return (Ratio(top, Variable(Counted.RATED_ANY, node.items)),)
    is_mean = node.operation is Operation.MEAN_TOP_BOX
    return tuple(
        Ratio(
            Variable(Counted.SATISFIED, items, top=node.top),
            Variable(Counted.RATED, items),
        )
        for items in ([(item,) for item in node.items] if is_mean else [node.items])
    )


def best_codes(scale: ItemScale, top: int) -> tuple[int | str, ...]:
    """Return the codes that count as satisfied.

    Parameters
    ----------
    scale : ItemScale
        Its satisfied codes tell which end is the better one.
    top : int
        How many codes from there; 0 for those the scale names.
    """
    if not top:
        return scale.satisfied
    is_first_best = scale.codes[0] in scale.satisfied and scale.codes[-1] not in scale.satisfied
    return scale.codes[:top] if is_first_best else scale.codes[-top:]


def _level_share(level: Measure, items: tuple[str, ...]) -> Ratio:
    """Answers of one level over rated answers."""
    return Ratio(Variable(Counted(level.value), items), Variable(Counted.RATED, items))


def _value_of(top: Variable) -> Ratios:
    """Return the mean of a variable over rated answers."""
    return {Measure.VALUE: (Ratio(top, Variable(Counted.RATED, top.items)),)}
