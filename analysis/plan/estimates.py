"""The estimates of a plan, each by the engine that knows its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.design import Design
from analysis.finish import Options
from analysis.index.tree import Method
from analysis.plan.domains import Crossed, cross
from analysis.plan.engine import attempt
from analysis.plan.figures import Estimated, Figure
from analysis.plan.indices import measure_index
from analysis.plan.intraclass import Intraclass
from analysis.plan.measured import Measured, measure
from analysis.plan.reader import Reader
from analysis.plan.rowwise import RowwiseEstimate, parts_of
from analysis.plan.schema.design import DesignSection
from analysis.plan.schema.estimates import EstimateSection, IndexEstimate, IntraclassEstimate
from analysis.plan.table import Table
from analysis.plan.totals import TotalsEstimate
from analysis.reduce import reduce
from analysis.variance.joint import Joint
from analysis.variance.lonely import LonelyPolicy

MOST_DOMAINS = 100_000
"""Domains of one estimate; more are taken for a mistake in ``by``."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """The rows with their design, as every estimate needs them.

    Attributes
    ----------
    table : Table
    design : Design
        With the final weights.
    section : DesignSection
        What the plan says of it.
    methods : mapping of str to Method
        Method files by their path.
    """

    table: Table
    design: Design
    section: DesignSection
    methods: Mapping[str, Method]

    @property
    def lonely(self) -> LonelyPolicy:
        """What strata with one unit contribute."""
        return LonelyPolicy(self.section.lonely)


class Engine(Protocol):
    """What works out one kind of estimate."""

    def figures(self) -> tuple[Figure, ...]:
        """Estimate everything, domain after domain."""
        ...

    def gather(self, positions: Sequence[int]) -> Joint:
        """Return some of the figures with how they vary together."""
        ...


def run_estimate(section: EstimateSection, sampled: Sampled, reader: Reader) -> Estimated | None:
    """Work out one estimate of the plan.

    Returns
    -------
    Estimated or None
        None after noting faults.
    """
    n_faults = len(reader.faults)
    inside = sampled.table.mask(section.where, (*section.place, "where"), reader)
    if len(reader.faults) > n_faults:
        return None
    crossed = cross(sampled.table, section.by, inside)
    if crossed.n_domains == 0:
        reader.fault((*section.place, "by"), "no-domains", columns=", ".join(section.by))
        return None
    if crossed.n_domains > MOST_DOMAINS:
        place = (*section.place, "by")
        reader.fault(place, "too-many-domains", found=crossed.n_domains, most=MOST_DOMAINS)
        return None
    return attempt(lambda: _estimated(section, sampled, crossed, reader), section.place, reader)


def _estimated(
    section: EstimateSection, sampled: Sampled, crossed: Crossed, reader: Reader
) -> Estimated | None:
    engine = _engine(section, sampled, crossed, reader)
    if engine is None:
        return None
    return Estimated(
        section.name, section.kind, engine.figures(), engine.gather, section.covariance
    )


def _engine(
    section: EstimateSection, sampled: Sampled, crossed: Crossed, reader: Reader
) -> Engine | None:
    """Choose what works out an estimate; None after noting faults."""
    table, design = sampled.table, sampled.design
    options = Options(section.level, sampled.lonely, section.df)
    if isinstance(section, IntraclassEstimate):
        likeness = [
            Intraclass(section, name, table, design, sampled.section, options).part()
            for name in section.of
        ]
        return RowwiseEstimate(section, likeness, crossed, design)
    parts = parts_of(section, table, design, options)
    if parts:
        return RowwiseEstimate(section, parts, crossed, design)
    if isinstance(section, IndexEstimate):
        measured: Measured | None = measure_index(sampled.methods[section.method], table)
    else:
        measured = measure(section, table, reader)
    if measured is None:
        return None
    sample = reduce(measured.units, design, crossed.codes, crossed.n_domains)
    return TotalsEstimate(
        section, measured.algebra, measured.labels, crossed, sample, sampled.lonely
    )
