"""Intraclass correlations of a plan, at every stage of its clusters."""

from __future__ import annotations

import numpy as np

from analysis.design import Design
from analysis.estimate.domains import Domains
from analysis.estimate.icc import IntraclassCorrelation
from analysis.finish import Options
from analysis.plan.figures import Label
from analysis.plan.rowwise import Estimates, Part
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import IntraclassEstimate
from analysis.plan.table import Table
from analysis.results import Estimate, Note
from analysis.testing.tested import ValueTest, t_tests
from analysis.variance.joint import Joint, infer


class Intraclass:
    """Likeness within clusters of one variable.

    Parameters
    ----------
    section : IntraclassEstimate
    name : str
        The variable.
    table : Table
    design : Design
    clusters : DesignSection
        Whose clusters are meant.
    options : Options
    """

    def __init__(
        self,
        section: IntraclassEstimate,
        name: str,
        table: Table,
        design: Design,
        clusters: DesignSection,
        options: Options,
    ) -> None:
        self.design, self.options = design, options
        self.values = table.numbers(name)
        self.stages = clusters.clusters
        later = [table.coded(column).codes for column in self.stages[1:]]
        # PSUs of different strata are different, whatever they are called.
        self.clusters = [design.psu, *later] if self.stages else []
        self.within = design.stratum if section.within_strata else None
        self.labels = tuple(Label(name, column) for column in self.stages)

    def part(self) -> Part:
        """Return what the figures are made of."""
        return Part(self.labels, self.estimates, self.joint, ~np.isnan(self.values))

    def joint(self, domains: Domains) -> Joint:
        """Return all stages of all domains together, domain after domain."""
        estimator = IntraclassCorrelation(
            self.values,
            self.clusters,
            within=self.within,
            domains=domains.of(self.design.weight != 0),
        )
        return infer(estimator, self.design, lonely=self.options.lonely)

    def estimates(self, domains: Domains) -> Estimates:
        """Return one row per stage, one column per domain, with t intervals."""
        rows: list[list[Estimate]] = [[] for _ in self.stages]
        for domain in range(domains.n_domains):
            alone = Domains.of_mask(domains.code == domain)
            counted = ~np.isnan(self.values) & (self.design.weight != 0) & (alone.code == 0)
            found = self.joint(alone)
            names = list(self.stages)
            tests = t_tests(found, names, df=self.options.df, level=self.options.level)
            for row, tested in zip(rows, tests, strict=True):
                row.append(_estimate(tested, found, int(counted.sum())))
        return rows


def _estimate(tested: ValueTest, found: Joint, n: int) -> Estimate:
    notes = found.notes
    if tested.df <= 0:
        notes = (*notes, Note("no-degrees-of-freedom" if n else "empty-domain"))
    return Estimate(
        value=tested.value,
        standard_error=tested.standard_error,
        interval=tested.interval,
        n=n,
        effective_n=np.nan,
        df=int(tested.df),
        design_effect=np.nan,
        notes=notes,
    )
