"""Estimates that are functions of totals, with what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np
from scipy.special import expit, logit

from analysis.finish import Algebra, Options, finish
from analysis.intervals import t_quantile
from analysis.plan.domains import Crossed
from analysis.plan.figures import Figure, Label, figure_of
from analysis.plan.schema.estimates import EstimateSection
from analysis.sample import Sample
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.of_totals import joint_of_totals

MORE: Final = 1.0 + 1e-9
"""How much more people than respondents there must be, not to be as many but for rounding."""


class TotalsEstimate:
    """Figures of one estimate in all its domains.

    Figures are numbered domain after domain, within each in the order of the
    labels.

    Parameters
    ----------
    section : EstimateSection
    algebra : callable
        From totals to one ``Estimand`` per label.
    labels : sequence of Label
    crossed : Crossed
        Domains.
    sample : Sample
        Reduced by these domains.
    lonely : LonelyPolicy
    """

    def __init__(
        self,
        section: EstimateSection,
        algebra: Algebra,
        labels: Sequence[Label],
        crossed: Crossed,
        sample: Sample,
        lonely: LonelyPolicy,
    ) -> None:
        self.section, self.algebra, self.labels = section, algebra, tuple(labels)
        self.crossed, self.sample, self.lonely = crossed, sample, lonely
        estimands = algebra(sample.totals.linears())
        self._supports = [estimand.support for estimand in estimands]

    def figures(self) -> tuple[Figure, ...]:
        """Estimate everything, domain after domain."""
        options = Options(self.section.level, self.lonely, self.section.df)
        estimates = finish(self.algebra, self.sample, options)
        labels = self.labels
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
        return tuple(self._with_effects(self._with_replicated_odds(figures)))

    def _with_replicated_odds(self, figures: list[Figure]) -> list[Figure]:
        """Make logit intervals from the replicates' own log-odds.

        As ``svyciprop(method = "logit")`` of R; linearised log-odds are
        ``"xlogit"``, without replicates the two are the same.
        """
        wanted = [k for k, figure in enumerate(figures) if figure.interval == "logit"]
        replicates = self.sample.design.replicates
        if replicates is None or not wanted:
            return figures
        joint = self.gather(wanted)
        if joint.replicated is None:
            return figures
        with np.errstate(divide="ignore", invalid="ignore"):
            odds, again = logit(joint.value), logit(joint.replicated)
            again = np.where(np.isfinite(again), again, np.nan)
            error = np.sqrt(np.sum(replicates.deviations(again, odds) ** 2, axis=0))
        df = np.array([figures[k].df for k in wanted], dtype=np.float64)
        half = t_quantile(df, self.section.level) * error
        made = list(figures)
        for k, low, high in zip(
            wanted, expit(odds - half).tolist(), expit(odds + half).tolist(), strict=True
        ):
            made[k] = replace(figures[k], low=low, high=high)
        return made

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
                    open_share = np.where(weight > n * MORE, 1.0 - n / weight, np.nan)
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

    def gather(self, positions: Sequence[int]) -> Joint:
        """Return some of the figures with how they vary together."""
        k = len(self.labels)
        return joint_of_totals(
            lambda totals: [one.linear for one in self.algebra(totals)],
            self.sample,
            self._supports,
            [divmod(position, k) for position in positions],
            lonely=self.lonely,
        )
