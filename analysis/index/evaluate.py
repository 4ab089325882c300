"""Every node of a method, in every domain, with its uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.answers import Column
from analysis.coding import Coded, encode
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.finish import Estimand, Options, finish
from analysis.index.algebra import node_values
from analysis.index.layout import Layout, lay_out, measures, units
from analysis.index.leaves import Measure
from analysis.index.tree import Method
from analysis.linear import Linear
from analysis.reduce import Reduced, Units, reduce
from analysis.results import Estimate, IntervalMethod
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
    Wolter2007, ch. 6]. A branch that is absent in a domain is absent there by
    fact, not by chance: its absence adds no variance.
    """
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


def index_estimands(method: Method, layout: Layout, totals: Sequence[Linear]) -> list[Estimand]:
    """Return every measure of every node, in the method's order.

    Parameters
    ----------
    method : Method
        The tree.
    layout : Layout
        Which total is which.
    totals : sequence of Linear
        One per variable of the layout.
    """
    values = node_values(method, layout, totals)
    return [
        Estimand(
            linear=values[key].linear,
            support=layout.supports[key[0]],
            ends=values[key].ends if values[key].ends[0] < values[key].ends[1] else None,
            interval=IntervalMethod.LOGIT if values[key].is_share else IntervalMethod.MEAN,
            columns=layout.columns[key],
            notes=values[key].notes,
        )
        for node in method.nodes
        for key in [(node.code, measure) for measure in measures(node, method)]
    ]


def _figures(
    method: Method,
    layout: Layout,
    sample: Reduced,
    options: Options,
    kind: str,
    coded: Coded | None,
) -> list[NodeEstimate]:
    """Estimate all nodes in the domains of one kind."""
    keys = [(node.code, measure) for node in method.nodes for measure in measures(node, method)]

    def algebra(totals: Sequence[Linear]) -> list[Estimand]:
        return index_estimands(method, layout, totals)

    estimates = finish(algebra, sample, options)
    codes = ("",) if coded is None else coded.levels
    return [
        NodeEstimate(node, kind, code, measure, of_node[domain])
        for domain, code in enumerate(codes)
        for (node, measure), of_node in zip(keys, estimates, strict=True)
    ]
