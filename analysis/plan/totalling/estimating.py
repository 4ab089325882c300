"""The estimates of a plan from totals of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.columnar import ColumnarTotals, Request, StageNames, TotalsSample
from analysis.design import Design
from analysis.index.tree import Method
from analysis.plan.figures import Estimated
from analysis.plan.schema.estimates import EstimateSection, IndexEstimate
from analysis.plan.totalling.columns import Columns
from analysis.plan.totalling.errors import NeedsRowsError
from analysis.plan.totalling.explained import ExplainedCells, OfCells
from analysis.plan.totalling.making import where_name
from analysis.plan.totalling.ordered import Domains
from analysis.plan.totalling.parts import AveragePart, IndexPart, Part
from analysis.plan.totalling.reduced import totals_of
from analysis.plan.totalling.sample import SeenSample
from analysis.plan.totalling.second_look import Group, SecondLook
from analysis.plan.totalling.wanted import wanted_by
from analysis.plan.totalling.weighing import CELL, ONE, Weighed
from analysis.plan.totals import TotalsEstimate
from analysis.variance.lonely import LonelyPolicy

Progress = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Estimating:
    """What all estimates have in common.

    Attributes
    ----------
    columns : Columns
        Of the files, and made of them.
    stages : tuple of StageNames
    weight : str
        Column of the final weights.
    lonely : LonelyPolicy
    methods : mapping of str to Method
        Method files by their path.
    design : Design
        Clusters, the same for all estimates; no respondents.
    weighed : Weighed, optional
        How the final weights were made.
    base : str
        Column of the weights before the first step.
    """

    columns: Columns
    stages: tuple[StageNames, ...]
    weight: str
    lonely: LonelyPolicy
    methods: Mapping[str, Method]
    design: Design
    weighed: Weighed | None
    base: str

    def run(self, sections: Sequence[EstimateSection], progress: Progress) -> tuple[Estimated, ...]:
        """Work out all estimates, those with the same domains in one pass.

        Raises
        ------
        NeedsRowsError, NotNormalError
        """
        found: dict[str, Estimated] = {}
        for by, where in dict.fromkeys((one.by, one.where) for one in sections):
            chosen = [one for one in sections if (one.by, one.where) == (by, where)]
            progress("estimate", chosen[0].name)
            for one in self._together(chosen):
                found[one.name] = one
        return tuple(found[section.name] for section in sections)

    def _together(self, sections: Sequence[EstimateSection]) -> Iterator[Estimated]:
        """Yield estimates with the same domains."""
        by, where = sections[0].by, sections[0].where
        parts = [self._part(section) for section in sections]
        for name in by:
            self.columns.is_number(name)
        request = Request(
            self.stages,
            self.weight,
            tuple(feature for one in parts for feature in one.totals),
            tuple(trait for one in parts for trait in one.supports),
            ((*by, *([] if where is None else [where_name(where)])),),
        )
        reduced = totals_of(self.columns.view, request)
        domains = Domains.of(by, reduced)
        for section, part, begin in zip(sections, parts, _begins(parts), strict=True):
            yield self._estimated(section, part, begin, reduced, domains)

    def _part(self, section: EstimateSection) -> Part:
        if isinstance(section, IndexEstimate):
            return IndexPart.of(section, self.methods[section.method], self.columns)
        return AveragePart(wanted_by(section, self.columns))

    def _estimated(
        self,
        section: EstimateSection,
        part: Part,
        begin: tuple[int, int],
        reduced: ColumnarTotals,
        domains: Domains,
    ) -> Estimated:
        """Make the figures of one estimate, whose totals begin somewhere among all."""
        layout = reduced.layout
        of_totals = layout.of_totals[begin[0] : begin[0] + len(part.totals)]
        of_supports = layout.of_supports[begin[1] : begin[1] + len(part.supports)]
        own = replace(reduced, layout=replace(layout, of_totals=of_totals, of_supports=of_supports))
        known = TotalsSample.of(own, products=part.products)
        if known.design.clusters.n_clusters != self.design.clusters.n_clusters:
            raise NeedsRowsError(section.name, section.place)
        known = TotalsSample(self.design, domains.totals, known.products)
        look, explained = self._look(reduced, domains), self._explained(reduced, domains)
        engine = TotalsEstimate(
            section,
            part.algebra(own),
            part.labels,
            domains.crossed,
            SeenSample(known, look, reduced.n_rows, part.has_products, explained),
            self.lonely,
        )
        return Estimated(
            section.name, section.kind, engine.figures(), engine.gather, section.covariance
        )

    def _look(self, reduced: ColumnarTotals, domains: Domains) -> SecondLook:
        layout = reduced.layout
        ordered = tuple(values[domains.order] for values in reduced.parts[0].domains)
        name = self.stages[0].stratum
        strata: tuple[NDArray[np.generic], ...] = ()
        if name is not None:
            strata = (np.unique(reduced.clusters[reduced.request.design_columns.index(name)]),)
        return SecondLook(
            self.columns.view,
            self.weight,
            (*layout.small, *layout.wide),
            Group(reduced.request.by[0], ordered, domains.crossed.n_domains),
            Group(() if name is None else (name,), strata, len(strata[0]) if strata else 1),
            self._cells(),
            self.base,
        )

    def _cells(self) -> Group | None:
        if self.weighed is None:
            return None
        return Group((CELL,), (self.weighed.codes,), len(self.weighed.codes))

    def _explained(self, reduced: ColumnarTotals, domains: Domains) -> ExplainedCells | None:
        """Prepare what known totals explain."""
        weighed = self.weighed
        if weighed is None or weighed.calibrated is None:
            return None
        request = reduced.request
        by = ((*request.by[0], CELL),)
        whole = replace(request, stages=(StageNames(ONE),), by=by)

        def find() -> OfCells:
            part = totals_of(self.columns.view, whole).parts[0]
            *outer, codes = part.domains
            is_new = np.zeros(part.n_domains, dtype=np.bool_)
            for column in outer:
                is_new[1:] |= column[1:] != column[:-1]
            rank = np.empty(len(domains.order), dtype=np.int64)
            rank[domains.order] = np.arange(len(domains.order))
            domain = rank[np.cumsum(is_new)]
            order = np.argsort(domain, kind="stable")
            cell = np.searchsorted(weighed.codes, codes)
            return OfCells(domain[order], cell[order], part.values.high[order])

        return ExplainedCells(weighed.calibrated, find)


def _begins(parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return where the totals and the supports of each estimate begin."""
    begins, totals, supports = [], 0, 0
    for one in parts:
        begins.append((totals, supports))
        totals, supports = totals + len(one.totals), supports + len(one.supports)
    return begins
