"""Every node of a method, in every domain, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.answers import Column
from analysis.design import Design
from analysis.index.method import Method
from analysis.results import Estimate
from analysis.variance.lonely import LonelyPolicy


class Measure(StrEnum):
    """What a figure about a node measures."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    VALUE = "value"


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
    """
    raise NotImplementedError
