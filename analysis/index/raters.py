"""Whom figures are about: who rated any item of a node, and who rated an item."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.index.item_answers import Answers
from analysis.index.leaves import Counted, Variable
from analysis.index.tree import Method


def raters(method: Method, columns: Mapping[str, Column]) -> dict[Hashable, NDArray[np.bool_]]:
    """Say who rated any of the items of each node, and each item by itself.

    Parameters
    ----------
    method : Method
    columns : mapping of item code to column

    Returns
    -------
    dict of frozenset of str to ndarray of bool, shape (n,)
        Nodes about the same items share an entry.

    Raises
    ------
    UnknownItemError, UnequalLengthsError, BadColumnError
    """
    answers = Answers.read(method, columns)
    rated = {item: answers.variable(Variable(Counted.RATED, (item,))) > 0 for item in method.items}
    found: dict[Hashable, NDArray[np.bool_]] = {
        frozenset((item,)): mask for item, mask in rated.items()
    }
    for node in method.nodes:
        items = method.leaf_items(node.code)
        if items and frozenset(items) not in found:
            found[frozenset(items)] = np.logical_or.reduce([rated[item] for item in items])
    return found
