"""What single estimates need of totals and make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from analysis.columnar import ColumnarTotals, Feature, Trait
from analysis.columnar.index import ColumnarIndex
from analysis.finish import Algebra
from analysis.index.tree import Method
from analysis.plan.figures import Label
from analysis.plan.schema.estimates import IndexEstimate
from analysis.plan.totalling.columns import Columns
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.wanted import Pairs, Wanted


class Part(Protocol):
    """What one estimate needs of the totals and makes of them."""

    @property
    def totals(self) -> Sequence[Feature]:
        """What is totalled."""
        ...

    @property
    def supports(self) -> Sequence[Trait]:
        """Who is counted."""
        ...

    @property
    def products(self) -> Pairs:
        """Places of the totals of products of two features."""
        ...

    @property
    def has_products(self) -> bool:
        """Whether these are all that design effects need."""
        ...

    @property
    def labels(self) -> Sequence[Label]:
        """What the figures are called."""
        ...

    def algebra(self, own: ColumnarTotals) -> Algebra:
        """Return the function from totals to figures.

        Parameters
        ----------
        own : ColumnarTotals
            Its layout begins with what this part needs.
        """
        ...


class AveragePart:
    """Totals and ratios of totals."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.totals, self.supports = wanted.totals, wanted.supports
        self.products = wanted.products
        self.labels = [figure.label for figure in wanted.figures]
        self.has_products = True

    def algebra(self, own: ColumnarTotals) -> Algebra:
        """Return the function from totals to figures."""
        place, support = own.layout.of_totals, own.layout.of_supports
        figures = [
            replace(
                figure,
                top=place[figure.top],
                bottom=None if figure.bottom is None else place[figure.bottom],
                support=support[figure.support],
            )
            for figure in self.wanted.figures
        ]
        return lambda linears: [figure.estimand(linears) for figure in figures]


class IndexPart:
    """All nodes of a method."""

    def __init__(self, index: ColumnarIndex) -> None:
        self.index = index
        self.totals, self.supports = index.traits, index.supports
        self.products: Pairs = {}
        self.labels = [Label(code, measure.value) for code, measure in index.keys]
        self.has_products = False

    @classmethod
    def of(cls, section: IndexEstimate, method: Method, columns: Columns) -> IndexPart:
        """Plan a method over columns that hold what its scales offer.

        Raises
        ------
        NeedsRowsError, NotColumnarError
        """
        for item in method.items:
            scale = method.scales[item]
            offered = (*scale.codes, *scale.not_rated)
            kind = int if columns.is_number(item) else str
            is_alike = all(isinstance(code, kind) for code in offered)
            if not is_alike or not columns.holds_only(item, offered):
                raise NeedsRowsError(item, (*section.place, "method"))
        return cls(ColumnarIndex.of(method))

    def algebra(self, own: ColumnarTotals) -> Algebra:
        """Return the function from totals to figures."""
        return self.index.algebra(own)
