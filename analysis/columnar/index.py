"""The variables of an index, as sums over answers that files hold as codes.

Every variable of a method is a sum, or a difference, of traits of single
items. So only these are totalled; the algebra puts the variables together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.columnar.errors import NotColumnarError
from analysis.columnar.request import Trait
from analysis.columnar.totals import ColumnarTotals
from analysis.finish import Algebra, Estimand
from analysis.index.evaluate import index_estimands
from analysis.index.given import Places
from analysis.index.layout import Layout, lay_out, measures
from analysis.index.leaves import Counted, Measure, Variable, best_codes
from analysis.index.tree import ItemScale, Method
from analysis.linear import Linear

Terms = dict[Trait, float]
"""A variable: how often each trait counts."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnarIndex:
    """Which sums a method needs, and its figures made of them.

    Attributes
    ----------
    method : Method
    layout : Layout
        Which variable is which.
    keys : tuple of (str, Measure)
        The figures: nodes in the method's order, with the wanted measures.
    traits : tuple of Trait
        What is totalled: ``Request.totals``.
    supports : tuple of Trait
        Who contributes to each figure: ``Request.supports``, as ``keys``.
    terms : tuple of mapping of int to float
        For each variable, how often each trait counts; empty for variables
        that no wanted figure needs.
    """

    method: Method
    layout: Layout
    keys: tuple[tuple[str, Measure], ...]
    traits: tuple[Trait, ...]
    supports: tuple[Trait, ...]
    terms: tuple[dict[int, float], ...]

    @classmethod
    def of(cls, method: Method, *, is_main_only: bool = False) -> ColumnarIndex:
        """Plan the sums of a method.

        Parameters
        ----------
        method : Method
        is_main_only : bool
            Leave the neutral and the dissatisfied out.

        Raises
        ------
        NotColumnarError
            Items with several choices per answer, or nodes over items with
            different scales.
        """
        layout = lay_out(method)
        keys = tuple(
            (node.code, measure)
            for node in method.estimated
            for measure in measures(node, method)[: 1 if is_main_only else None]
        )
        read = {column for key in keys for column in _needed(method, layout, *key)}
        terms = [
            _terms(variable, method) if column in read else {}
            for variable, column in layout.variables.items()
        ]
        traits = tuple(dict.fromkeys(trait for each in terms for trait in each))
        places = {trait: place for place, trait in enumerate(traits)}
        supports = tuple(_rated(method.leaf_items(code), method) for code, _ in keys)
        numbered = tuple({places[trait]: by for trait, by in each.items()} for each in terms)
        return cls(method, layout, keys, traits, supports, numbered)

    def algebra(self, found: ColumnarTotals, places: Places | None = None) -> Algebra:
        """Return the function from totals to the figures.

        Parameters
        ----------
        found : ColumnarTotals
            Its request begins with ``traits`` among the totals and has
            ``supports``.
        places : Places, optional
            Which domains the totals are of, for what the method gives by domain.
        """
        place = found.layout.of_totals
        support = found.layout.of_supports
        chosen = [
            (position, key)
            for position, key in enumerate(_all_keys(self.method))
            if key in self.keys
        ]

        def figures(totals: Sequence[Linear]) -> list[Estimand]:
            variables = [self._variable(each, totals, place) for each in self.terms]
            estimands = index_estimands(self.method, self.layout, variables, places)
            return [
                replace(estimands[position], support=support[number], columns=None)
                for number, (position, _) in enumerate(chosen)
            ]

        return figures

    def _variable(
        self, terms: dict[int, float], totals: Sequence[Linear], place: Sequence[int]
    ) -> Linear:
        """Put a variable together; NaN where it was not asked for."""
        if not terms:
            return Linear(np.full_like(totals[0].value, np.nan), totals[0].gradient)
        gradient = np.zeros_like(totals[0].gradient)
        value: NDArray[np.float64] = np.zeros_like(totals[0].value)
        for trait, by in terms.items():
            value = value + by * totals[place[trait]].value
            gradient = gradient + by * totals[place[trait]].gradient
        return Linear(value, gradient)


def _all_keys(method: Method) -> list[tuple[str, Measure]]:
    return [(node.code, measure) for node in method.estimated for measure in measures(node, method)]


def _needed(method: Method, layout: Layout, code: str, measure: Measure) -> set[int]:
    """Return the variables below a node."""
    node = method.node(code)
    if not node.of:
        pairs = layout.leaves[code].get(measure, ())
        return {layout.variables[name] for pair in pairs for name in (pair.top, pair.bottom)}
    found: set[int] = set()
    for child in node.of:
        of_child = measures(method.node(child), method)
        found |= _needed(method, layout, child, measure if measure in of_child else of_child[0])
    return found


def _terms(variable: Variable, method: Method) -> Terms:
    """Write a variable as a sum of traits."""
    match variable.counted:
        case Counted.RATED_ANY:
            return {_rated(variable.items, method): 1.0}
        case Counted.SATISFIED_ON_ALL:
            return _satisfied_on_all(variable, method)
    terms: Terms = {}
    for item in variable.items:
        for trait, by in _terms_of_item(variable, item, method.scales[item]).items():
            terms[trait] = terms.get(trait, 0.0) + by
    return terms


def _terms_of_item(variable: Variable, item: str, scale: ItemScale) -> Terms:
    codes = scale.codes
    match variable.counted:
        case Counted.SCORE:
            return {Trait((item,), (code,)): float(code) for code in codes if float(code)}
        case Counted.SCALED:
            first, last = float(codes[0]), float(codes[-1])
            scaled = {code: (float(code) - first) / (last - first) for code in codes}
            return {Trait((item,), (code,)): by for code, by in scaled.items() if by}
        case Counted.CHOSEN:
            # Answers with several choices are not codes but lists of codes.
            raise NotColumnarError(item=item)
    chosen = {
        Counted.SATISFIED: best_codes(scale, variable.top),
        Counted.NEUTRAL: scale.neutral,
        Counted.DISSATISFIED: scale.dissatisfied,
        Counted.RATED: codes,
    }
    return {Trait((item,), tuple(chosen[variable.counted])): 1.0}


def _satisfied_on_all(variable: Variable, method: Method) -> Terms:
    """Whoever rated anything, but for those not satisfied with something."""
    items = variable.items
    scale = _common_scale(items, method)
    best = best_codes(scale, variable.top)
    others = tuple(code for code in scale.codes if code not in best)
    return {_rated(items, method): 1.0, Trait(items, others): -1.0}


def _rated(items: tuple[str, ...], method: Method) -> Trait:
    return Trait(items, tuple(_common_scale(items, method).codes))


def _common_scale(items: tuple[str, ...], method: Method) -> ItemScale:
    scales = {method.scales[item] for item in items}
    if len(scales) > 1:
        raise NotColumnarError(items=", ".join(items))
    return scales.pop()
