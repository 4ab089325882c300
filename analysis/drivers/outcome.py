"""What satisfaction as a whole is explained by which criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.index.item_answers import read_item
from analysis.index.tree import Method, Operation

Values = NDArray[np.float64]


class Outcome(StrEnum):
    """What stands for satisfaction as a whole.

    ``OVERALL_QUESTION``: satisfied by the questionnaire's own question.
    ``ALL_ELSE``: satisfied with every criterion rated outside the component
    that is explained; a criterion is then never part of what it explains.
    """

    OVERALL_QUESTION = "overall-question"
    ALL_ELSE = "all-else"


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One model: an outcome and the criteria that explain it.

    Attributes
    ----------
    component : str
        The component whose criteria these are; empty for all at once.
    outcome : Outcome
    satisfied : ndarray of float64, shape (n,)
        1 or 0 by the outcome; NaN where not known.
    items : tuple of str
        The criteria.
    """

    component: str
    outcome: Outcome
    satisfied: Values
    items: tuple[str, ...]


def criteria(method: Method) -> dict[str, tuple[str, ...]]:
    """List the criteria of each component that have a satisfied side, each criterion once."""
    seen: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for component in method.components:
        own = tuple(
            item
            for item in method.leaf_items(component)
            if method.scales[item].satisfied and item not in seen
        )
        seen.update(own)
        if own:
            found[component] = own
    return found


def overall_question(method: Method) -> str | None:
    """Find the question about satisfaction as a whole: an index made of one item."""
    inside = {item for items in criteria(method).values() for item in items}
    for code in (method.index, *method.alternatives):
        node = method.node(code)
        if node.operation is Operation.TOP_BOX and node.items[0] not in inside:
            return node.items[0]
    return None


def satisfied_with(method: Method, columns: Mapping[str, Column], item: str) -> Values:
    """Return 1 where satisfied, 0 where rated otherwise, NaN where not rated, shape (n,)."""
    scale = method.scales[item]
    answers = read_item(item, columns[item], scale)
    rated = answers.has_any((*scale.satisfied, *scale.neutral, *scale.dissatisfied))
    return np.where(rated > 0, answers.has_any(scale.satisfied).astype(np.float64), np.nan)


def blocks(method: Method, columns: Mapping[str, Column]) -> tuple[Block, ...]:
    """Decide what is explained by what.

    With a question about satisfaction as a whole, one model of it on all
    criteria. Without, one model for each component: whether a person is
    satisfied with everything else that was rated. Nobody's own answer is on
    both sides, which would make every criterion look important.

    Raises
    ------
    BadColumnError
        An answer is not on its scale.
    """
    of_component = criteria(method)
    question = overall_question(method)
    if question is not None:
        items = tuple(item for own in of_component.values() for item in own)
        outcome = satisfied_with(method, columns, question)
        return (Block("", Outcome.OVERALL_QUESTION, outcome, items),)
    if len(of_component) < 2:
        return ()
    answers = {
        item: satisfied_with(method, columns, item) for own in of_component.values() for item in own
    }
    return tuple(
        Block(component, Outcome.ALL_ELSE, _all_else(answers, own), own)
        for component, own in of_component.items()
    )


def _all_else(answers: Mapping[str, Values], own: tuple[str, ...]) -> Values:
    """Return 1 where every other item that was rated satisfied, NaN where none was rated."""
    others = np.column_stack([values for item, values in answers.items() if item not in own])
    rated = ~np.isnan(others)
    satisfied = np.where(rated, others, 1.0).min(axis=1)
    return np.where(rated.any(axis=1), satisfied, np.nan)
