"""The estimates of a plan, each by the engine that knows its kind."""

from __future__ import annotations

from analysis.design import Design
from analysis.plan.domains import Crossed, cross
from analysis.plan.engine import attempt
from analysis.plan.figures import Estimated
from analysis.plan.measured import measure
from analysis.plan.reader import Reader
from analysis.plan.schema.estimates import EstimateSection
from analysis.plan.table import Table
from analysis.plan.totals import TotalsEstimate
from analysis.variance.lonely import LonelyPolicy

MOST_FIGURES = 200_000
"""Figures of one estimate; more are taken for a mistake in ``by``."""


def run_estimate(
    section: EstimateSection,
    table: Table,
    design: Design,
    lonely: LonelyPolicy,
    reader: Reader,
) -> Estimated | None:
    """Work out one estimate of the plan.

    Returns
    -------
    Estimated or None
        None after noting faults.
    """
    n_faults = len(reader.faults)
    inside = table.mask(section.where, (*section.place, "where"), reader)
    if len(reader.faults) > n_faults:
        return None
    crossed = cross(table, section.by, inside)
    if crossed.n_domains > MOST_FIGURES:
        place = (*section.place, "by")
        reader.fault(place, "too-many-domains", found=crossed.n_domains, most=MOST_FIGURES)
        return None
    return attempt(
        lambda: _estimated(section, table, crossed, design, lonely, reader), section.place, reader
    )


def _estimated(
    section: EstimateSection,
    table: Table,
    crossed: Crossed,
    design: Design,
    lonely: LonelyPolicy,
    reader: Reader,
) -> Estimated | None:
    """Choose the engine."""
    measured = measure(section, table, reader)
    if measured is None:
        return None
    estimate = TotalsEstimate(section, measured, crossed, design, lonely)
    return Estimated(
        section.name, section.kind, estimate.figures(), estimate.gather, section.covariance
    )
