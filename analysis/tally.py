"""Counts of open answers: what was said, never what people think.

People who answered because they wished to are not a sample of anybody, so
nothing here has a standard error, and no type here can be given one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column, OpenAnswers
from analysis.coding import encode
from analysis.errors import UnequalLengthsError
from analysis.index.algebra import node_values
from analysis.index.given import Places
from analysis.index.item_answers import Answers, ItemAnswers
from analysis.index.layout import Layout, lay_out, main_measure, units
from analysis.index.leaves import Counted, Variable
from analysis.index.tree import ItemScale, Method
from analysis.linear import identity_linears
from analysis.sums import sum_rows


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted; there is no standard error because there is no sample.

    Attributes
    ----------
    code : str
        Code of a node of the method, or of an item.
    is_node : bool
        Whether ``code`` is a node.
    domain_kind, domain_code : str
        Group, e.g. ``"counter"`` and ``"05"``; both empty for all answers.
    n : int
        Respondents who gave at least one of these answers.
    n_answers : int
        Answers given, over all items of the node, without the unrated.
    counts : tuple of (str, int)
        Answers per code, in the order of the scale.
    satisfied, neutral, dissatisfied, not_rated : int
        Answers of each kind.
    value : float
        The node's value by the method's own rule with every answer counted
        once; for an item, the share of satisfied answers. NaN if nobody
        answered, or if the item measures no satisfaction.
    """

    code: str
    is_node: bool
    domain_kind: str
    domain_code: str
    n: int
    n_answers: int
    counts: tuple[tuple[str, int], ...]
    satisfied: int
    neutral: int
    dissatisfied: int
    not_rated: int
    value: float

    @property
    def satisfied_share(self) -> float:
        """Share of satisfied answers, 0 to 1; NaN without answers."""
        return self._share(self.satisfied)

    @property
    def neutral_share(self) -> float:
        """Share of neutral answers, 0 to 1; NaN without answers."""
        return self._share(self.neutral)

    @property
    def dissatisfied_share(self) -> float:
        """Share of dissatisfied answers, 0 to 1; NaN without answers."""
        return self._share(self.dissatisfied)

    def _share(self, count: int) -> float:
        return count / self.n_answers if self.n_answers else float("nan")


def tally_open(method: Method, answers: OpenAnswers) -> tuple[Tally, ...]:
    """Count open answers; the same as ``tally`` of their columns and groups."""
    return tally(method, answers.columns, answers.groups)


def tally(
    method: Method, columns: Mapping[str, Column], groups: Mapping[str, Column]
) -> tuple[Tally, ...]:
    """Count answers per node and per item, in all and in every group.

    Parameters
    ----------
    method : Method
        The tree of components; its items are counted too.
    columns : mapping of item code to column
        Answers as described in ``analysis.answers``, shape (n,) each.
    groups : mapping of group kind to column
        Codes; a missing code belongs to no group.

    Returns
    -------
    tuple of Tally
        Kinds in the order given (all answers first), then group codes sorted,
        then nodes and items in the method's order. A multiple-choice answer
        counts once for every code chosen.

    Raises
    ------
    UnknownItemError, UnequalLengthsError, BadColumnError
    """
    answers = Answers.read(method, columns)
    subjects = _subjects(method)
    rated = {s: answers.variable(Variable(Counted.RATED_ANY, s.items)) > 0 for s in subjects}
    layout = lay_out(method)
    variables = units(method, layout, columns).values.astype(np.float64)
    tallies: list[Tally] = []
    for kind, levels, codes in _partitions(groups, answers.n):
        counts = {item: _counts(answers.items[item], codes, len(levels)) for item in method.items}
        n = {s: _count(rows, codes, len(levels)) for s, rows in rated.items()}
        values = _values(method, layout, variables, codes, Places(kind, levels))
        for group, level in enumerate(levels):
            here = {item: table[group] for item, table in counts.items()}
            for subject in subjects:
                value = values[subject.code][group] if subject.is_node else None
                tallies.append(
                    _tally(method, subject, (kind, level), here, int(n[subject][group]), value)
                )
    return tuple(tallies)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A node or an item, and the items it is about."""

    code: str
    is_node: bool
    items: tuple[str, ...]


def _subjects(method: Method) -> tuple[_Subject, ...]:
    nodes = (_Subject(node.code, True, method.leaf_items(node.code)) for node in method.estimated)
    items = (_Subject(item, False, (item,)) for item in method.items)
    return (*nodes, *items)


def _partitions(
    groups: Mapping[str, Column], n: int
) -> Iterator[tuple[str, tuple[str, ...], NDArray[np.int32]]]:
    """Yield all answers as one group, then every kind of group."""
    yield "", ("",), np.zeros(n, dtype=np.int32)
    for kind, column in groups.items():
        if len(column) != n:
            raise UnequalLengthsError(group=kind, length=len(column), columns=n)
        coded = encode(column)
        yield kind, coded.levels, coded.codes


def _counts(answers: ItemAnswers, codes: NDArray[np.int32], n_groups: int) -> list[Counter[str]]:
    """Count every code of an item in every group."""
    inside = codes >= 0
    n_distinct = len(answers.distinct)
    key = codes[inside].astype(np.int64) * n_distinct + answers.position[inside]
    table = np.bincount(key, minlength=n_groups * n_distinct).reshape(n_groups, n_distinct)
    counted: list[Counter[str]] = []
    for row in table.tolist():
        here: Counter[str] = Counter()
        for given, count in zip(answers.distinct, row, strict=True):
            for code in given:
                here[str(code)] += count
        counted.append(here)
    return counted


def _count(rows: NDArray[np.bool_], codes: NDArray[np.int32], n_groups: int) -> NDArray[np.int64]:
    """Count the chosen respondents of every group."""
    return np.bincount(codes[rows & (codes >= 0)], minlength=n_groups)


def _values(
    method: Method,
    layout: Layout,
    variables: NDArray[np.float64],
    codes: NDArray[np.int32],
    places: Places,
) -> dict[str, list[float]]:
    """Work out every node in every group with every answer counted once."""
    inside = codes >= 0
    n_groups = len(places.codes)
    totals = sum_rows(variables[inside], codes[inside].astype(np.int64), n_groups)
    values = node_values(method, layout, identity_linears(totals), places)
    return {
        node.code: values[node.code, main_measure(node, method)].linear.value.tolist()
        for node in method.estimated
    }


def _tally(
    method: Method,
    subject: _Subject,
    group: tuple[str, str],
    counts: Mapping[str, Counter[str]],
    n: int,
    value: float | None,
) -> Tally:
    """Put together the counts of the items of one node, or of one item."""

    def answered(codes_of: Callable[[ItemScale], Sequence[int | str]]) -> int:
        return sum(
            counts[item][str(code)]
            for item in subject.items
            for code in codes_of(method.scales[item])
        )

    per_code: Counter[str] = Counter()
    for item in subject.items:
        scale = method.scales[item]
        for code in (*scale.codes, *scale.not_rated):
            per_code[str(code)] += counts[item][str(code)]
    n_answers = answered(lambda scale: scale.codes)
    satisfied = answered(lambda scale: scale.satisfied)
    if value is None:
        measures = all(method.scales[item].satisfied for item in subject.items)
        value = satisfied / n_answers if measures and n_answers else float("nan")
    return Tally(
        code=subject.code,
        is_node=subject.is_node,
        domain_kind=group[0],
        domain_code=group[1],
        n=n,
        n_answers=n_answers,
        counts=tuple(per_code.items()),
        satisfied=satisfied,
        neutral=answered(lambda scale: scale.neutral),
        dissatisfied=answered(lambda scale: scale.dissatisfied),
        not_rated=answered(lambda scale: scale.not_rated),
        value=value,
    )
