"""Estimates that are functions of totals, with what they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.design import Design
from analysis.finish import Options, finish
from analysis.plan.domains import Crossed
from analysis.plan.figures import Figure, Together, figure_of
from analysis.plan.measured import Measured
from analysis.plan.schema.estimates import EstimateSection
from analysis.reduce import Reduced, reduce
from analysis.variance.calibrated import calibrated_influences
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicated import replicate_values

Values = NDArray[np.float64]


class TotalsEstimate:
    """Figures of one estimate in all its domains.

    Figures are numbered domain after domain, within each in the order of the
    labels.

    Parameters
    ----------
    section : EstimateSection
    measured : Measured
    crossed : Crossed
        Domains.
    design : Design
    lonely : LonelyPolicy
    """

    def __init__(
        self,
        section: EstimateSection,
        measured: Measured,
        crossed: Crossed,
        design: Design,
        lonely: LonelyPolicy,
    ) -> None:
        self.section, self.measured, self.crossed = section, measured, crossed
        self.design, self.lonely = design, lonely
        self.sample: Reduced = reduce(measured.units, design, crossed.codes, crossed.n_domains)
        estimands = measured.algebra(self.sample.totals.linears())
        self._linears = [estimand.linear for estimand in estimands]
        self._supports = [estimand.support for estimand in estimands]
        self._replicated: Values | None = None

    def figures(self) -> tuple[Figure, ...]:
        """Estimate everything, domain after domain."""
        options = Options(self.section.level, self.lonely, self.section.df)
        estimates = finish(self.measured.algebra, self.sample, options)
        labels = self.measured.labels
        figures = [
            figure_of(
                estimates[k][domain],
                self.section.name,
                self.section.kind,
                labels[k],
                self.crossed.label(domain),
            )
            for domain, k in product(range(self.crossed.n_domains), range(len(labels)))
        ]
        return tuple(self._with_effects(figures))

    def _with_effects(self, figures: list[Figure]) -> list[Figure]:
        """Give design effects by the definition that is wanted."""
        match getattr(self.section, "design_effect", "with-replacement"):
            case "none":
                return [
                    replace(figure, design_effect=np.nan, effective_n=np.nan) for figure in figures
                ]
            case "without-replacement":
                totals = self.sample.totals
                n, weight = totals.of_domains(totals.n), totals.of_domains(totals.weight)
                with np.errstate(divide="ignore", invalid="ignore"):
                    open_share = np.where(weight > n, 1.0 - n / weight, np.nan)
                shares = open_share[:, self._supports].ravel().tolist()
                return [
                    replace(
                        figure,
                        design_effect=figure.design_effect / share,
                        effective_n=figure.effective_n * share,
                    )
                    for figure, share in zip(figures, shares, strict=True)
                ]
            case _:
                return figures

    def gather(self, positions: Sequence[int]) -> Together:
        """Return some of the figures with how they vary together."""
        k = len(self.measured.labels)
        chosen = [divmod(position, k) for position in positions]
        n_clusters = self.design.clusters.n_clusters
        counted = self._counted(chosen, n_clusters)
        replicates = self.design.replicates
        joint = Joint(
            value=np.array([self._linears[j].value[domain] for domain, j in chosen]),
            df=np.nan if replicates is None or replicates.df is None else float(replicates.df),
            clusters=self.design.clusters,
            filled=np.asarray(counted.any(axis=1)),
            lonely=self.lonely,
            influence=np.zeros((n_clusters, len(chosen))),
        )
        if replicates is not None:
            again = np.column_stack([self._again()[domain, :, j] for domain, j in chosen])
            return Together(replace(joint, replicates=replicates, replicated=again), counted)
        if self.design.calibrations:
            joint = replace(joint, filled=np.ones(n_clusters, dtype=np.bool_))
        return Together(replace(joint, influence=self._influence(chosen, n_clusters)), counted)

    def _counted(self, chosen: Sequence[tuple[int, int]], n_clusters: int) -> NDArray[np.bool_]:
        totals = self.sample.totals
        counted = np.zeros((n_clusters, len(chosen)), dtype=np.bool_)
        for c, (domain, j) in enumerate(chosen):
            begin, end = np.searchsorted(totals.domain, [domain, domain + 1])
            here = totals.n[begin:end, self._supports[j]] > 0
            counted[totals.cluster[begin:end][here], c] = True
        return counted

    def _again(self) -> Values:
        """Return all values under every replicate, (n_domains, n_replicates, k)."""
        if self._replicated is None:
            self._replicated, _ = replicate_values(
                lambda totals: [one.linear for one in self.measured.algebra(totals)], self.sample
            )
        return self._replicated

    def _influence(self, chosen: Sequence[tuple[int, int]], n_clusters: int) -> Values:
        """Return influences of final clusters on the chosen figures."""
        influence = np.zeros((n_clusters, len(chosen)))
        columns_of: Mapping[int, list[int]] = {
            domain: [c for c, (d, _) in enumerate(chosen) if d == domain]
            for domain in sorted({domain for domain, _ in chosen})
        }
        if self.design.calibrations:
            for domain, full in enumerate(calibrated_influences(self._linears, self.sample)):
                for c in columns_of.get(domain, []):
                    influence[:, c] = full[:, chosen[c][1]]
            return influence
        totals = self.sample.totals
        cells = totals.influence(self._linears)
        for domain, columns in columns_of.items():
            begin, end = np.searchsorted(totals.domain, [domain, domain + 1])
            for c in columns:
                influence[totals.cluster[begin:end], c] = cells[begin:end, chosen[c][1]]
        return influence
