"""Replicate weights of a plan: read from columns, or made from PSUs and strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.design import Centre, Design, Replicates
from analysis.plan.read_data import round_column
from analysis.plan.reader import Reader
from analysis.plan.references import Reference
from analysis.plan.schema.design import ReplicatesSection
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table
from analysis.plan.unequal import first_rows
from analysis.sums import sum_rows
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicate import (
    ReplicateFactors,
    brr,
    default_scales,
    fay,
    jk1,
    jk2,
    jkn,
    jkn_rscales,
    rao_wu_yue,
    successive_difference,
)

Values = NDArray[np.float64]

USUAL_BOOTSTRAPS = 500


def replicates_of(
    section: ReplicatesSection, plan: Plan, table: Table, design: Design, reader: Reader
) -> Replicates | None:
    """Return the replicates a plan asks for.

    Returns
    -------
    Replicates or None
        None after noting faults.

    Raises
    ------
    AnalysisError
        Of ``analysis.variance.replicate``.
    """
    if section.make is not None:
        made = _made(section, plan, table, design)
        return Replicates(
            method=str(made.method),
            scale=made.scale,
            rscales=made.rscales,
            centre=Centre(section.centre),
            factor=made.factor,
            df=section.df,
        )
    return _given(section, plan, table, design, reader)


def _made(section: ReplicatesSection, plan: Plan, table: Table, design: Design) -> ReplicateFactors:
    stratum = design.psu_stratum
    fraction = _fraction(design)
    lonely = LonelyPolicy(plan.design.lonely)
    makers: Mapping[str, Callable[[], ReplicateFactors]] = {
        "jk1": lambda: jk1(stratum, fraction=fraction),
        "jkn": lambda: jkn(stratum, fraction=fraction, lonely=lonely),
        "jk2": lambda: _pairs_in_order(stratum, _places(section, table, design), fraction),
        "brr": lambda: brr(stratum),
        "fay": lambda: fay(stratum, section.rho or 0.0),
        "bootstrap": lambda: rao_wu_yue(
            stratum, section.n or USUAL_BOOTSTRAPS, seed=section.seed or 0, fraction=fraction
        ),
        "sdr": lambda: successive_difference(
            stratum, _places(section, table, design), n_replicates=section.n, fraction=fraction
        ),
    }
    return makers[section.make or ""]()


def _pairs_in_order(
    stratum: NDArray[np.int32], places: Values, fraction: Values | None
) -> ReplicateFactors:
    """Leave out the PSU of each pair that comes first on the list."""
    order = np.argsort(places, kind="stable")
    found = jk2(stratum[order], fraction=fraction)
    factor = np.empty_like(found.factor)
    factor[order] = found.factor
    return replace(found, factor=factor)


def _fraction(design: Design) -> Values | None:
    """Return the drawn share of each stratum; None if none is known."""
    first = design.clusters.first
    if not first.unit_fraction.any():
        return None
    shares = np.empty(first.n_strata)
    shares[first.unit_stratum] = first.unit_fraction
    return shares


def _places(section: ReplicatesSection, table: Table, design: Design) -> Values:
    """Return the place of each PSU on the list: by a column, else where it first appears."""
    rows = first_rows(design)
    if section.order is None:
        return rows.astype(np.float64)
    if table.is_number(section.order):
        return table.numbers(section.order)[rows]
    return table.coded(section.order).codes[rows].astype(np.float64)


def _given(
    section: ReplicatesSection, plan: Plan, table: Table, design: Design, reader: Reader
) -> Replicates | None:
    names: dict[str, None] = {}
    for number, pattern in enumerate(section.columns):
        place = (*section.place, "columns", number)
        reference = Reference(pattern, place, is_pattern=True)
        for name in reference.names(table.frame.columns):
            row = table.missing(name)
            if row is not None:
                n = table.n_missing(name)
                reader.fault(place, "missing-replicate", column=name, row=row + 1, n=n)
            names[name] = None
    n_replicates = len(names)
    if section.rscales and len(section.rscales) != n_replicates:
        place = (*section.place, "rscales")
        reader.fault(place, "rscales-count", found=len(section.rscales), wanted=n_replicates)
    if reader.faults:
        return None
    columns = np.column_stack([table.numbers(name) for name in names])
    weight = columns if section.combined is not False else columns * design.weight[:, None]
    scale, rscales = _scales(section, columns)
    weight, rscales = _by_round(weight, rscales, plan, table, design)
    return Replicates(
        method=section.method or "other",
        scale=scale,
        rscales=rscales,
        centre=Centre(section.centre),
        weight=weight,
        df=section.df,
        ranked=sum_rows(weight, design.cluster, design.clusters.n_clusters),
    )


def _scales(section: ReplicatesSection, columns: Values) -> tuple[float, Values]:
    """Return scale and rscales: the plan's, else the method's own."""
    n_replicates = columns.shape[1]
    rscales = np.array(section.rscales) if section.rscales else np.ones(n_replicates)
    method = section.method or "other"
    if method == "jkn":
        if not section.rscales:
            rscales = jkn_rscales(columns)
        return section.scale or 1.0, rscales
    if section.scale is not None:
        return section.scale, rscales
    return default_scales(method, n_replicates, rho=section.rho)[0], rscales


def _by_round(
    weight: Values, rscales: Values, plan: Plan, table: Table, design: Design
) -> tuple[Values, Values]:
    """Replicate rounds that were drawn independently one after the other."""
    name = round_column(plan.data)
    if not name or plan.design.rounds == "overlapping":
        return weight, rscales
    rounds = table.coded(name)
    blocks = []
    for code in range(len(rounds.levels)):
        block = np.broadcast_to(design.weight[:, None], weight.shape).copy()
        here = rounds.codes == code
        block[here] = weight[here]
        blocks.append(block)
    return np.hstack(blocks), np.tile(rscales, len(blocks))
