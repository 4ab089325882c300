"""Estimates that look at the rows: quantiles, spread, likeness within clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.estimate.domains import Domains
from analysis.estimate.means import Missing
from analysis.estimate.quantile import (
    QuantileFigures,
    Quantiles,
    replicated_quantiles,
    woodruff,
)
from analysis.estimate.quantile_rules import QuantileRule
from analysis.estimate.spread import Spread, SpreadKind, spread_estimates
from analysis.finish import Options
from analysis.plan.domains import Crossed
from analysis.plan.figures import Figure, Label, figure_of
from analysis.plan.schema.estimates import (
    CorrelationEstimate,
    EstimateSection,
    PairEstimate,
    QuantileEstimate,
    SpreadEstimate,
)
from analysis.plan.table import Table
from analysis.results import Estimate, IntervalMethod
from analysis.variance.joint import Joint, infer, join

Estimates: TypeAlias = Sequence[Sequence[Estimate]]
"""One row per label, one column per domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One variable, or the pairs of several, in some domains.

    Attributes
    ----------
    labels : tuple of Label
        k in number.
    estimates : callable
        From domains to a row per label with a column per domain.
    joint : callable
        From domains to all of them together, domain after domain.
    contributes : ndarray of bool, shape (n,)
        Who has the values that are needed.
    """

    labels: tuple[Label, ...]
    estimates: Callable[[Domains], Estimates]
    joint: Callable[[Domains], Joint]
    contributes: NDArray[np.bool_]


class RowwiseEstimate:
    """Figures of one estimate in all its domains, numbered domain after domain.

    Parameters
    ----------
    section : EstimateSection
    parts : sequence of Part
    crossed : Crossed
    design : Design
    """

    def __init__(
        self,
        section: EstimateSection,
        parts: Sequence[Part],
        crossed: Crossed,
        design: Design,
    ) -> None:
        self.section, self.parts, self.crossed, self.design = section, parts, crossed, design

    def figures(self) -> tuple[Figure, ...]:
        """Estimate everything, domain after domain."""
        domains = Domains(self.crossed.codes, self.crossed.n_domains)
        rows: list[tuple[Label, Sequence[Estimate]]] = []
        for part in self.parts:
            rows += zip(part.labels, part.estimates(domains), strict=True)
        return tuple(
            figure_of(
                of_label[domain],
                self.section.name,
                self.section.kind,
                label,
                self.crossed.label(domain),
            )
            for domain, (label, of_label) in product(range(self.crossed.n_domains), rows)
        )

    def gather(self, positions: Sequence[int]) -> Joint:
        """Return some of the figures with how they vary together."""
        sizes = [len(part.labels) for part in self.parts]
        place = [(number, k) for number, size in enumerate(sizes) for k in range(size)]
        chosen = [(position // len(place), *place[position % len(place)]) for position in positions]
        columns: dict[int, tuple[Joint, int]] = {}
        for number, part in enumerate(self.parts):
            wanted = sorted({domain for domain, own, _ in chosen if own == number})
            if not wanted:
                continue
            joint = part.joint(self._only(wanted))
            for c, (domain, own, k) in enumerate(chosen):
                if own == number:
                    columns[c] = (joint, wanted.index(domain) * sizes[number] + k)
        in_order = [columns[c] for c in range(len(chosen))]
        counted = np.column_stack(
            [self._counted(domain, self.parts[number]) for domain, number, _ in chosen]
        )
        return replace(_side_by_side(in_order), counted=counted)

    def _only(self, wanted: Sequence[int]) -> Domains:
        """Give new numbers to some of the domains."""
        number = np.full(self.crossed.n_domains + 1, -1, dtype=np.int32)
        number[list(wanted)] = np.arange(len(wanted))
        return Domains(number[self.crossed.codes], len(wanted))

    def _counted(self, domain: int, part: Part) -> NDArray[np.bool_]:
        counted = np.zeros(self.design.clusters.n_clusters, dtype=np.bool_)
        inside = self.crossed.mask(domain) & part.contributes & (self.design.weight != 0)
        counted[self.design.cluster[inside]] = True
        return counted


def _side_by_side(columns: Sequence[tuple[Joint, int]]) -> Joint:
    """Put columns of several joint distributions next to each other."""
    return join([joint.part([column]) for joint, column in columns])


def parts_of(
    section: EstimateSection, table: Table, design: Design, options: Options
) -> list[Part]:
    """Return the parts of quantiles and spread; none for other kinds."""
    match section:
        case QuantileEstimate():
            return [_quantiles(section, name, table, design, options) for name in section.of]
        case SpreadEstimate():
            kind = SpreadKind(section.kind)
            return [_spread(kind, (name,), table, design, options) for name in section.of]
        case PairEstimate():
            return [_pairs(section, table, design, options)]
        case _:
            return []


def _quantiles(
    section: QuantileEstimate, name: str, table: Table, design: Design, options: Options
) -> Part:
    values = table.numbers(name)

    def worked_out(domains: Domains) -> QuantileFigures:
        quantiles = Quantiles(
            values,
            np.array(section.quantiles),
            rule=QuantileRule(section.definition),
            domains=domains,
        )
        if section.interval == "replicates":
            return replicated_quantiles(quantiles, design, options=options)
        method = IntervalMethod(section.interval)
        return woodruff(quantiles, design, interval=method, options=options)

    return Part(
        labels=tuple(Label(name, quantile=share) for share in section.quantiles),
        estimates=lambda domains: worked_out(domains).estimates(),
        joint=lambda domains: worked_out(domains).joint(design),
        contributes=~np.isnan(values),
    )


def _spread(
    kind: SpreadKind,
    names: tuple[str, ...],
    table: Table,
    design: Design,
    options: Options,
    missing: Missing = Missing.PAIRWISE,
    method: IntervalMethod = IntervalMethod.MEAN,
) -> Part:
    values = np.column_stack([table.numbers(name) for name in names])
    known = ~np.isnan(values)

    def weighted(domains: Domains) -> Domains:
        return domains.of(design.weight != 0)

    return Part(
        labels=tuple(Label(name) for name in names),
        estimates=lambda domains: spread_estimates(
            values,
            kind,
            design,
            domains=weighted(domains),
            missing=missing,
            interval=method,
            options=options,
        ),
        joint=lambda domains: infer(
            Spread(values, kind, domains=weighted(domains), missing=missing),
            design,
            lonely=options.lonely,
        ),
        contributes=np.asarray(
            known.any(axis=1) if missing is Missing.PAIRWISE else known.all(axis=1)
        ),
    )


def _pairs(section: PairEstimate, table: Table, design: Design, options: Options) -> Part:
    """Keep the pairs of different columns: a covariance with itself is a variance."""
    kind = SpreadKind(section.kind)
    method = IntervalMethod.MEAN
    if isinstance(section, CorrelationEstimate):
        method = IntervalMethod(section.interval)
    part = _spread(kind, section.of, table, design, options, Missing(section.missing), method)
    k = len(section.of)
    own = 0 if kind is SpreadKind.CORRELATION else 1
    every = [(i, j) for i in range(k) for j in range(i + 1 - own, k)]
    kept = [number for number, (i, j) in enumerate(every) if i != j]

    def joint(domains: Domains) -> Joint:
        found = part.joint(domains)
        columns = [
            domain * len(every) + number
            for domain, number in product(range(domains.n_domains), kept)
        ]
        return _side_by_side([(found, column) for column in columns])

    def estimates(domains: Domains) -> Estimates:
        found = part.estimates(domains)
        return [found[number] for number in kept]

    labels = [Label(f"{section.of[i]}:{section.of[j]}") for i, j in every if i != j]
    return Part(tuple(labels), estimates, joint, part.contributes)
