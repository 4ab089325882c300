"""The operations of an index, as algebra on totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.index.given import Given, Places
from analysis.index.layout import Layout, main_measure, measures
from analysis.index.leaves import LEVELS, Measure
from analysis.index.tree import ItemScale, Method, Node, Operation, WhenAbsent
from analysis.linear import Linear
from analysis.results import Note

Ends = tuple[float, float]
UNBOUNDED: Ends = (-np.inf, np.inf)
DomainNotes = tuple[tuple[NDArray[np.bool_], Note], ...]
NO_NOTES: DomainNotes = ()


@dataclass(frozen=True, slots=True, eq=False)
class NodeValue:
    """One measure of a node in every domain.

    Attributes
    ----------
    linear : Linear
        Value and gradient by the totals, then by the uncertain given values;
        NaN where the node does not exist.
    ends : (float, float)
        Smallest and largest possible value.
    is_share : bool
        Whether it is a share of people or of answers, or a mean of shares.
    notes : tuple of (ndarray of bool, Note)
        Reservations and where they hold.
    """

    linear: Linear
    ends: Ends
    is_share: bool
    notes: DomainNotes = NO_NOTES


NodeValues = Mapping[tuple[str, Measure], NodeValue]


def node_values(
    method: Method,
    layout: Layout,
    totals: Sequence[Linear],
    places: Places | None = None,
) -> NodeValues:
    """Work out every measure of every node from the totals of a layout.

    Parameters
    ----------
    method : Method
        The tree.
    layout : Layout
        Which total is which.
    totals : sequence of Linear
        One per variable of the layout; none if the method asks nobody.
    places : Places, optional
        Which domains, for what the method gives by domain.

    Returns
    -------
    mapping of (node code, Measure) to NodeValue
    """
    n_domains, n_totals = totals[0].gradient.shape if totals else (1, 0)
    given = Given.of(method, places, n_domains)
    widened = given.widened(totals)
    known: dict[tuple[str, Measure], NodeValue] = {}
    for node in _children_first(method):
        for measure in measures(node, method):
            if node.given is not None:
                linear = given.linear(node.code, n_totals)
                known[node.code, measure] = NodeValue(
                    linear, node.given.ends, node.given.unit == "share"
                )
            elif node.of:
                children = [
                    known[code, measure if measure in LEVELS else _read(code, method)]
                    for code in node.of
                ]
                known[node.code, measure] = _inner(node, children)
            else:
                known[node.code, measure] = _leaf(node, measure, method, layout, widened)
    return known


def _read(code: str, method: Method) -> Measure:
    return main_measure(method.node(code), method)


def _children_first(method: Method) -> list[Node]:
    """Order nodes so that each comes after those it reads."""
    placed: dict[str, Node] = {}

    def place(node: Node) -> None:
        for code in node.of:
            place(method.node(code))
        placed.setdefault(node.code, node)

    for node in method.nodes:
        place(node)
    return list(placed.values())


def _leaf(
    node: Node, measure: Measure, method: Method, layout: Layout, totals: Sequence[Linear]
) -> NodeValue:
    """Work out a mean of ratios of totals."""
    rates = [
        totals[layout.variables[pair.top]] / totals[layout.variables[pair.bottom]]
        for pair in layout.leaves[node.code][measure]
    ]
    linear, notes = rates[0], NO_NOTES
    if len(rates) > 1:
        equal = (1.0,) * len(rates)
        linear, notes = _mean(rates, equal, node.items, node.when_absent)
    scales = [method.scales[item] for item in node.items]
    is_share = node.operation not in {Operation.MEAN_SCORE, Operation.SCALED_MEAN}
    return NodeValue(linear, _leaf_ends(node, scales), is_share, notes)


def _leaf_ends(node: Node, scales: Sequence[ItemScale]) -> Ends:
    if node.operation is not Operation.MEAN_SCORE:
        return (0.0, 1.0)
    codes = [float(code) for scale in scales for code in scale.codes]
    return (min(codes), max(codes))


def _mean(
    branches: Sequence[Linear],
    weights: Sequence[float],
    names: Sequence[str],
    when_absent: WhenAbsent,
) -> tuple[Linear, DomainNotes]:
    """Average branches; absent ones give up their weight or spoil the mean."""
    kept = [
        (branch, weight, name)
        for branch, weight, name in zip(branches, weights, names, strict=True)
        if weight > 0
    ]
    exists = np.array([branch.exists for branch, _, _ in kept])
    weight_of = np.array([weight for _, weight, _ in kept])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight_of[:, None] * exists / (weight_of @ exists)
    if when_absent is WhenAbsent.FAIL:
        share = np.where(exists.all(axis=0), share, np.nan)
    value = sum(
        np.where(exists[k], branch.value, 0.0) * share[k] for k, (branch, _, _) in enumerate(kept)
    )
    gradient = sum(
        np.where(exists[k][:, None], branch.gradient, 0.0) * share[k][:, None]
        for k, (branch, _, _) in enumerate(kept)
    )
    notes = tuple(
        (exists.any(axis=0) & ~exists[k], Note("branch-absent", name))
        for k, (_, _, name) in enumerate(kept)
        if (exists.any(axis=0) & ~exists[k]).any()
    )
    return Linear(np.asarray(value), np.asarray(gradient)), notes


def _inner(node: Node, children: Sequence[NodeValue]) -> NodeValue:
    """Work out an operation over other nodes."""
    first = children[0]
    match node.operation:
        case Operation.MEAN | Operation.WEIGHTED_MEAN:
            return _mean_of_nodes(node, children)
        case Operation.SUM if node.when_absent is WhenAbsent.RESCALE:
            return _rescaled_sum(node, children)
        case Operation.SUM:
            linear = first.linear
            for child in children[1:]:
                linear = linear + child.linear
            ends = _sum_of_ends(children)
        case Operation.CHANGE:
            linear, ends = _change(node, first, children[1])
        case Operation.DEDUCT if len(children) == 2:
            other = children[1]
            linear = first.linear - other.linear
            ends = (first.ends[0] - other.ends[1], first.ends[1] - other.ends[0])
        case Operation.DEDUCT:
            linear = first.linear - node.amount
            ends = (first.ends[0] - node.amount, first.ends[1] - node.amount)
        case Operation.LINEAR_POINTS:
            linear, ends = _straight(first, node.points, 0.0)
        case Operation.MIN_MAX:
            linear, ends = _min_max(node, first)
        case Operation.PIECEWISE_POINTS:
            linear, ends = _piecewise(node, first)
        case _:
            linear, ends = _limited(node, first)
    return NodeValue(linear, ends, False, _inherited(children))


def _mean_of_nodes(node: Node, children: Sequence[NodeValue]) -> NodeValue:
    linear, notes = _mean(
        [child.linear for child in children], node.weights, node.of, node.when_absent
    )
    ends = (min(child.ends[0] for child in children), max(child.ends[1] for child in children))
    is_share = all(child.is_share for child in children)
    return NodeValue(linear, ends, is_share, (*notes, *_inherited(children)))


def _sum_of_ends(children: Sequence[NodeValue]) -> Ends:
    return sum(c.ends[0] for c in children), sum(c.ends[1] for c in children)


def _rescaled_sum(node: Node, children: Sequence[NodeValue]) -> NodeValue:
    """Add up what is there and stretch it to what could have been reached.

    Each branch counts from its lowest possible value: the share of the
    reachable that was reached in the branches that are there is taken to hold
    for all of them.
    """
    exists = np.array([child.linear.exists for child in children])
    widths = np.array([child.ends[1] - child.ends[0] for child in children])
    low = sum(child.ends[0] for child in children)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.where(exists.any(axis=0), widths.sum() / (widths @ exists), np.nan)
    value = np.full(exists.shape[1], low, dtype=np.float64)
    gradient = np.zeros(children[0].linear.gradient.shape)
    for here, child in zip(exists, children, strict=True):
        above = np.where(here, child.linear.value - child.ends[0], 0.0)
        value = value + above * stretch
        gradient += np.where(here[:, None], child.linear.gradient, 0.0) * stretch[:, None]
    notes = tuple(
        (exists.any(axis=0) & ~here, Note("branch-absent", name))
        for here, name in zip(exists, node.of, strict=True)
        if (exists.any(axis=0) & ~here).any()
    )
    linear = Linear(value, gradient)
    return NodeValue(linear, _sum_of_ends(children), False, (*notes, *_inherited(children)))


def _change(node: Node, now: NodeValue, before: NodeValue) -> tuple[Linear, Ends]:
    """Return what was added since, or how much that is of what there was."""
    difference = now.linear - before.linear
    ends = (now.ends[0] - before.ends[1], now.ends[1] - before.ends[0])
    if not node.is_relative:
        return difference, ends
    # A share of what there was has no largest value: it may have been next to nothing.
    return difference / before.linear, UNBOUNDED


def _inherited(children: Sequence[NodeValue]) -> DomainNotes:
    """Pass the children's reservations on."""
    return tuple(note for child in children for note in child.notes)


def _straight(child: NodeValue, slope: float, start: float) -> tuple[Linear, Ends]:
    """Return ``start + slope * child``."""
    ends = sorted((start + slope * child.ends[0], start + slope * child.ends[1]))
    return child.linear * slope + start, (ends[0], ends[1])


def _min_max(node: Node, child: NodeValue) -> tuple[Linear, Ends]:
    """Move the base years' range to the wanted ends; values outside go beyond them."""
    low, high = node.to
    slope = (high - low) / (node.maximum - node.minimum)
    if node.is_reversed:
        return _straight(child, -slope, high + slope * node.minimum)
    return _straight(child, slope, low - slope * node.minimum)


def _piecewise(node: Node, child: NodeValue) -> tuple[Linear, Ends]:
    """Interpolate between knots, flat outside; at a corner the steeper side counts."""
    x = np.array([knot[0] for knot in node.knots])
    y = np.array([knot[1] for knot in node.knots])
    slopes = np.concatenate([[0.0], np.diff(y) / np.diff(x), [0.0]])
    at = child.linear.value
    left = slopes[np.searchsorted(x, at, side="left")]
    right = slopes[np.searchsorted(x, at, side="right")]
    slope = np.where(np.abs(left) > np.abs(right), left, right)
    value = np.interp(at, x, y)
    ends = (float(y.min()), float(y.max()))
    return child.linear.transform(np.where(np.isnan(at), np.nan, value), slope), ends


def _limited(node: Node, child: NodeValue) -> tuple[Linear, Ends]:
    """Cap from above or floor from below; at and beyond the limit nothing moves."""
    value, limit = child.linear.value, node.limit
    if node.operation is Operation.CAP:
        limited = np.where(value > limit, limit, value)
        ends = (min(child.ends[0], limit), min(child.ends[1], limit))
    else:
        limited = np.where(value < limit, limit, value)
        ends = (max(child.ends[0], limit), max(child.ends[1], limit))
    slope = (limited == value).astype(np.float64)
    return child.linear.transform(limited, slope), ends
