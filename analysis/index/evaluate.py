"""Every node of a method, in every domain, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.answers import Column
from analysis.coding import Coded, encode
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.finish import Algebra, Estimand, Options, finish
from analysis.index import corners
from analysis.index.algebra import NodeValue, node_values
from analysis.index.given import Given, Places
from analysis.index.layout import Layout, lay_out, measures, units
from analysis.index.leaves import Measure
from analysis.index.tree import Method
from analysis.linear import Linear
from analysis.reduce import Reduced, Units, reduce
from analysis.results import Estimate, IntervalMethod
from analysis.sample import Sample
from analysis.variance.lonely import LonelyPolicy

__all__ = ["Measure", "NodeEstimate", "evaluate"]


@dataclass(frozen=True, slots=True)
class NodeEstimate:
    """One figure of an index.

    Attributes
    ----------
    node : str
        Code of the node in the method.
    domain_kind, domain_code : str
        Where, e.g. ``"unit"`` and ``"06652"``; both empty for the whole.
    measure : Measure
        ``SATISFIED`` with ``NEUTRAL`` and ``DISSATISFIED`` beside it for nodes
        that are shares of satisfied answers, ``VALUE`` for all others.
    estimate : Estimate
        The figure.
    """

    node: str
    domain_kind: str
    domain_code: str
    measure: Measure
    estimate: Estimate


def evaluate(
    method: Method,
    columns: Mapping[str, Column],
    design: Design,
    domains: Mapping[str, Column],
    level: float = 0.95,
    *,
    lonely: LonelyPolicy = LonelyPolicy.ADJUST,
) -> tuple[NodeEstimate, ...]:
    """Estimate every node of a method in the whole and in every domain.

    Parameters
    ----------
    method : Method
        The tree of components.
    columns : mapping of item code to column
        Answers as described in ``analysis.answers``, shape (n,) each.
    design : Design
        How the same n respondents were drawn.
    domains : mapping of domain kind to column
        Codes; a missing code belongs to no domain.
    level : float
        Confidence level of the intervals.
    lonely : LonelyPolicy
        What a stratum with a single PSU contributes to the variance.

    Returns
    -------
    tuple of NodeEstimate
        Kinds in the order given (the whole first), then domain codes sorted,
        then nodes in the method's order, then measures. A node nobody
        answered in a domain has value NaN and n = 0.

    Raises
    ------
    UnknownItemError, UnequalLengthsError, BadColumnError, LonelyPsuError

    Notes
    -----
    Shares are ratios of weighted totals, indices functions of them, variances
    by Taylor linearisation between PSUs within strata [Woodruff1971;
    Wolter2007, ch. 6]; where a node has corners, by a bootstrap of PSUs
    [RaoWuYue1992]. A branch that is absent in a domain is absent there by
    fact, not by chance: its absence adds no variance.
    """
    if not method.estimated:
        return ()
    layout = lay_out(method)
    contributions = units(method, layout, columns)
    options = Options(level, lonely)
    figures: list[NodeEstimate] = []
    for kind, coded in _partitions(domains, design.n):
        sample = _reduced(contributions, design, coded)
        figures += _figures(method, layout, sample, options, kind, coded)
    return tuple(figures)


def _partitions(domains: Mapping[str, Column], n: int) -> Iterator[tuple[str, Coded | None]]:
    """Yield the whole, then every kind of domain."""
    yield "", None
    for kind, column in domains.items():
        if len(column) != n:
            raise UnequalLengthsError(domain=kind, length=len(column), design=n)
        coded = encode(column)
        if coded.levels:
            yield kind, coded


def _reduced(contributions: Units, design: Design, coded: Coded | None) -> Reduced:
    if coded is None:
        return reduce(contributions, design)
    return reduce(contributions, design, coded.codes, len(coded.levels))


def index_estimands(
    method: Method, layout: Layout, totals: Sequence[Linear], places: Places | None = None
) -> list[Estimand]:
    """Return every measure of every node, in the method's order.

    Parameters
    ----------
    method : Method
        The tree.
    layout : Layout
        Which total is which.
    totals : sequence of Linear
        One per variable of the layout.
    places : Places, optional
        Which domains, for what the method gives by domain.
    """
    values = node_values(method, layout, totals, places)
    given = Given.of(method, places, len(totals[0].value) if totals else 1)
    return [
        _estimand(values[key], layout.supports[key[0]], layout.columns[key], given)
        for key in keys_of(method)
    ]


def keys_of(method: Method) -> tuple[tuple[str, Measure], ...]:
    """Name the figures of a method: nodes in its order, each with its measures."""
    return tuple(
        (node.code, measure) for node in method.estimated for measure in measures(node, method)
    )


def _estimand(value: NodeValue, support: int, columns: tuple[int, ...], given: Given) -> Estimand:
    linear, outside = given.split(value.linear)
    low, high = value.ends
    return Estimand(
        linear=linear,
        support=support,
        ends=value.ends if low < high and math.isfinite(high - low) else None,
        interval=IntervalMethod.LOGIT if value.is_share else IntervalMethod.MEAN,
        columns=columns,
        notes=value.notes,
        outside=outside,
    )


def _figures(
    method: Method,
    layout: Layout,
    sample: Reduced,
    options: Options,
    kind: str,
    coded: Coded | None,
) -> list[NodeEstimate]:
    """Estimate all nodes in the domains of one kind."""
    codes = ("",) if coded is None else coded.levels
    places = Places(kind, codes)

    def algebra(totals: Sequence[Linear]) -> list[Estimand]:
        return index_estimands(method, layout, totals, places)

    estimates = finish_index(method, algebra, sample, options)
    keys = keys_of(method)
    return [
        NodeEstimate(node, kind, code, measure, of_node[domain])
        for domain, code in enumerate(codes)
        for (node, measure), of_node in zip(keys, estimates, strict=True)
    ]


def finish_index(
    method: Method, algebra: Algebra, sample: Sample, options: Options
) -> tuple[tuple[Estimate, ...], ...]:
    """Turn the estimands of a method into estimates.

    Where a node is smooth its variance is linearised; where it or a node below
    it has corners, it comes from replicates of the sample.

    Parameters
    ----------
    method : Method
    algebra : callable
        Makes the estimands, in the order of ``keys_of``.
    sample : Sample
    options : Options
    """
    cornered = corners.positions(method, keys_of(method))
    estimates = list(finish(algebra, sample, options))
    if not cornered:
        return tuple(estimates)
    replicated = corners.replicated(sample)
    if replicated is None:
        for position in cornered:
            estimates[position] = corners.noted(estimates[position])
        return tuple(estimates)

    def some(totals: Sequence[Linear]) -> list[Estimand]:
        # A value may stand at the end of its scale and yet vary: a cap that is just reached.
        found = algebra(totals)
        return [replace(found[position], ends=None) for position in cornered]

    ends = [estimand.ends for estimand in algebra(sample.totals.linears())]
    again = finish(some, replicated, options)
    for position, found in zip(cornered, again, strict=True):
        estimates[position] = corners.merged(estimates[position], found, ends[position])
    return tuple(estimates)
