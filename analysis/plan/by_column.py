"""Plans that need no rows: totals straight from Parquet files.

A plan over large Parquet files that reads weights from a column and asks for
counts, totals, means and proportions is worked out from totals of columns, in
memory that does not grow with the number of rows. Whatever is beyond that, or
wrong, is left to the way by rows, which also says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analysis.columnar import ColumnarTotals, Request, StageNames, TotalsSample, Trait
from analysis.columnar.files import Files
from analysis.columnar.reduce import reduce_parquet
from analysis.errors import AnalysisError
from analysis.finish import FLAT
from analysis.intervals import EDGE
from analysis.plan.columns import ColumnsOfFiles, NeedsRowsError, Wanted, check_text, wanted_by
from analysis.plan.domains import Crossed
from analysis.plan.facts import DesignFacts
from analysis.plan.figures import Estimated, Figure
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import AverageEstimate, CountEstimate, EstimateSection
from analysis.plan.schema.plan import Plan
from analysis.plan.source import ENDINGS
from analysis.plan.table import sorted_levels
from analysis.plan.totals import TotalsEstimate
from analysis.reduce import Totals
from analysis.variance.lonely import LonelyPolicy

ROWS_WORTH_IT: Final = 200_000
"""Fewer rows take no time either way."""

MOST_DOMAINS: Final = 100_000


def run_by_column(
    plan: Plan, progress: Callable[[str, str], None]
) -> tuple[DesignFacts, tuple[Estimated, ...]] | None:
    """Work out the estimates of a plan from totals of columns.

    Returns
    -------
    DesignFacts and tuple of Estimated, or None
        None where rows are needed, or to tell what is wrong.
    """
    if not _is_simple(plan):
        return None
    paths = [plan.folder / name for name in (plan.data.file, *plan.data.files) if name]
    try:
        run = _Run(plan, [str(path) for path in paths])
        if run.files.n_rows < ROWS_WORTH_IT:
            return None
        progress("reading", "")
        facts = run.facts()
        return facts, run.estimates(progress)
    except (NeedsRowsError, AnalysisError, pa.ArrowException, OSError):
        return None


def _is_simple(plan: Plan) -> bool:
    """Say whether nothing in the plan needs rows, as far as it can be told without files."""
    data, design = plan.data, plan.design
    names = [name for name in (data.file, *data.files) if name]
    kinds = {data.format or ENDINGS.get(name[name.rfind(".") :].lower()) for name in names}
    return (
        kinds == {"parquet"}
        and not (data.rounds or data.round or data.types or plan.derive or plan.weights)
        and not (plan.models or plan.hypotheses)
        and bool(plan.estimates)
        and all(_is_simple_estimate(section) for section in plan.estimates)
        and _is_simple_design(design)
    )


def _is_simple_estimate(section: EstimateSection) -> bool:
    is_known = isinstance(section, AverageEstimate | CountEstimate)
    return is_known and section.where is None


def _is_simple_design(design: DesignSection) -> bool:
    return (
        design.selection == "simple"
        and design.replicates is None
        and isinstance(design.weight, str)
        and bool(design.clusters)
        and len(design.strata) <= len(design.clusters)
        and all(isinstance(one, str) for one in design.fpc)
        and len(design.fpc) <= len(design.clusters)
    )


class _Run:
    """One plan over its files."""

    def __init__(self, plan: Plan, paths: Sequence[str]) -> None:
        self._plan, self._paths = plan, paths
        self._weight = str(plan.design.weight)
        self._lonely = LonelyPolicy(plan.design.lonely)
        asked = [name for one in plan.estimates for name in (*one.by, *getattr(one, "of", ()))]
        in_design = (*plan.design.clusters, *plan.design.strata, *map(str, plan.design.fpc))
        names = dict.fromkeys(name for name in (*in_design, self._weight, *asked) if name)
        numbers = [name for name in names if name in (self._weight, *asked, *plan.design.fpc)]
        self.files = Files.open(paths, list(names), numbers)
        self._columns = ColumnsOfFiles(self.files)
        self._stages = tuple(self._stage(number) for number in range(len(plan.design.clusters)))

    def _stage(self, number: int) -> StageNames:
        design = self._plan.design
        fpc = str(design.fpc[number]) if number < len(design.fpc) else ""
        kind = design.fpc_kind
        if fpc and kind is None:
            low, high = self._columns.ends(fpc)
            if low < 1 < high:
                raise NeedsRowsError(fpc)
            kind = "size" if high > 1 else "fraction"
        return StageNames(
            cluster=design.clusters[number],
            stratum=(design.strata[number] or None) if number < len(design.strata) else None,
            size=fpc if fpc and kind == "size" else None,
            fraction=fpc if fpc and kind == "fraction" else None,
            is_nested=design.nested,
        )

    def facts(self) -> DesignFacts:
        """Tell of the design as a whole."""
        found = reduce_parquet(self._paths, Request(self._stages, self._weight, (Trait(),)))
        for column in found.clusters:
            check_text(column.tolist() if column.dtype == object else ())
        totals, clusters = found.totals()
        if not totals.n.any():
            raise NeedsRowsError(self._weight)
        first = clusters.first
        seen = np.unique(first.unit[totals.cluster[totals.n[:, 0] > 0]])
        return DesignFacts(
            rows=self.files.n_rows,
            n=self.files.n_rows,
            n_psu=clusters.n_psu,
            n_strata=clusters.n_strata,
            df=len(seen) - len(np.unique(first.unit_stratum[seen])),
            sum_of_weights=float(totals.values[:, 0].sum()),
        )

    def estimates(self, progress: Callable[[str, str], None]) -> tuple[Estimated, ...]:
        """Work out all estimates, those with the same domains in one pass."""
        found: dict[str, Estimated] = {}
        for by in dict.fromkeys(section.by for section in self._plan.estimates):
            sections = [section for section in self._plan.estimates if section.by == by]
            progress("estimate", sections[0].name)
            wanted = [wanted_by(section, self._columns) for section in sections]
            request = Request(
                self._stages,
                self._weight,
                tuple(feature for one in wanted for feature in one.totals),
                tuple(trait for one in wanted for trait in one.supports),
                (by,),
            )
            self._columns.check_domains(by)
            reduced = reduce_parquet(self._paths, request)
            domains = _ordered(by, reduced)
            for section, one, begin in zip(sections, wanted, _begins(wanted), strict=True):
                found[section.name] = self._estimated(section, one, begin, reduced, domains)
        return tuple(found[section.name] for section in self._plan.estimates)

    def _estimated(
        self,
        section: EstimateSection,
        wanted: Wanted,
        begin: tuple[int, int],
        reduced: ColumnarTotals,
        domains: tuple[Crossed, Totals],
    ) -> Estimated:
        """Make the figures of one estimate, whose totals begin somewhere among all."""
        crossed, totals = domains
        whole = TotalsSample.of(reduced, products=wanted.products(begin[0]))
        sample = TotalsSample(whole.design, totals, whole.products)
        place = [reduced.layout.of_totals[begin[0] + k] for k in range(len(wanted.totals))]
        support = [reduced.layout.of_supports[begin[1] + k] for k in range(len(wanted.supports))]
        figures = [
            replace(
                figure,
                top=place[figure.top],
                bottom=None if figure.bottom is None else place[figure.bottom],
                support=support[figure.support],
            )
            for figure in wanted.figures
        ]
        engine = TotalsEstimate(
            section,
            lambda linears: [figure.estimand(linears) for figure in figures],
            [figure.label for figure in figures],
            crossed,
            sample,
            self._lonely,
        )
        made = engine.figures()
        if any(_may_be_fixed(figure) for figure in made):
            raise NeedsRowsError(section.name)
        return Estimated(section.name, section.kind, made, engine.gather, section.covariance)


def _may_be_fixed(figure: Figure) -> bool:
    """Say whether only rows tell if a figure without error is fixed by the design."""
    at_end = figure.kind == "proportion" and not EDGE < figure.value < 1.0 - EDGE
    return not at_end and figure.standard_error <= FLAT * abs(figure.value)


def _begins(wanted: Sequence[Wanted]) -> list[tuple[int, int]]:
    """Return where the totals and the supports of each estimate begin."""
    begins, totals, supports = [], 0, 0
    for one in wanted:
        begins.append((totals, supports))
        totals, supports = totals + len(one.totals), supports + len(one.supports)
    return begins


def _ordered(by: Sequence[str], reduced: ColumnarTotals) -> tuple[Crossed, Totals]:
    """Put domains in the order of their categories as text."""
    totals, _ = reduced.totals()
    if not by:
        return Crossed((), ((),), np.empty(0, dtype=np.int32)), totals
    if not 0 < totals.n_domains <= MOST_DOMAINS:
        raise NeedsRowsError(totals.n_domains)
    texts = [[str(value) for value in column.tolist()] for column in reduced.parts[0].domains]
    ranks = []
    for column, values in zip(texts, reduced.parts[0].domains, strict=True):
        if values.dtype == object:
            check_text(column)
            levels = {level: rank for rank, level in enumerate(sorted_levels(list(set(column))))}
            ranks.append(np.array([levels[text] for text in column]))
        else:
            ranks.append(values)
    order = np.lexsort(ranks[::-1])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = tuple(tuple(column[domain] for column in texts) for domain in order.tolist())
    crossed = Crossed(tuple(by), names, np.empty(0, dtype=np.int32))
    return crossed, _renumbered(totals, rank)


def _renumbered(totals: Totals, rank: NDArray[np.int64]) -> Totals:
    """Give domains other numbers and put the cells in their order."""
    domain = rank[totals.domain]
    order = np.argsort(domain, kind="stable")
    return Totals(
        n_domains=totals.n_domains,
        domain=domain[order],
        cluster=totals.cluster[order],
        values=totals.values[order],
        n=totals.n[order],
        weight=totals.weight[order],
        squared_weight=totals.squared_weight[order],
    )
