"""The parts of an index: nodes, scales and the method that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """What a node does with its items or with other nodes."""

    POOLED_TOP_BOX = "pooled_top_box"
    MEAN_TOP_BOX = "mean_top_box"
    ALL_ITEMS_TOP_BOX = "all_items_top_box"
    TOP_BOX = "top_box"
    OPTION_SHARE = "option_share"
    MEAN_SCORE = "mean_score"
    SCALED_MEAN = "scaled_mean"
    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    LINEAR_POINTS = "linear_points"
    PIECEWISE_POINTS = "piecewise_points"
    MIN_MAX = "min_max"
    DEDUCT = "deduct"
    CHANGE = "change"
    CAP = "cap"
    FLOOR = "floor"
    GIVEN = "given"


NOT_SMOOTH = frozenset({Operation.PIECEWISE_POINTS, Operation.CAP, Operation.FLOOR})
"""Operations with corners: a straight line says little about them there."""


ONTO_A_SCALE = frozenset({Operation.PIECEWISE_POINTS, Operation.MIN_MAX})
"""Operations that give points on a scale of their own, whatever they read."""


class WhenAbsent(StrEnum):
    """What an inner node does in a domain where a branch has no answers."""

    RESCALE = "rescale"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class ItemScale:
    """The answers an item offers and what they mean.

    Attributes
    ----------
    codes : tuple of int or of str
        Ordered scale codes, or the options of a choice.
    satisfied, neutral, dissatisfied : tuple
        Codes that count as each; empty for items that measure no satisfaction.
    not_rated : tuple
        Extra codes offered outside the scale, left out of every rate.
    """

    codes: tuple[int | str, ...]
    satisfied: tuple[int | str, ...] = ()
    neutral: tuple[int | str, ...] = ()
    dissatisfied: tuple[int | str, ...] = ()
    not_rated: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenValues:
    """What was found elsewhere than in the answers, e.g. points of an appraisal.

    Attributes
    ----------
    value : float, optional
        Of the whole; if ``of_domains`` names nothing, of every domain too.
    of_domains : mapping of domain kind to mapping of code to float
        Values of single domains.
    error : float
        Standard error of ``value``; 0 for what is known exactly.
    errors : mapping of domain kind to mapping of code to float
        Standard errors of the values of domains.
    ends : (float, float)
        Smallest and largest possible value.
    unit : str
        ``"share"``, ``"score"`` or ``"points"``.
    """

    value: float | None = None
    of_domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    error: float = 0.0
    errors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ends: tuple[float, float] = (0.0, 1.0)
    unit: str = "points"

    @property
    def is_uncertain(self) -> bool:
        """Whether any of the values has a standard error."""
        return self.error > 0 or any(any(of.values()) for of in self.errors.values())


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units that are put in order.

    Attributes
    ----------
    node : str
        By which node.
    domains : str
        Kind of domain whose members compete, e.g. ``"commune"``.
    within : str
        Kind of larger domain inside which they compete; ``""`` for all together.
    is_lowest_first : bool
        Whether less is better.
    """

    node: str
    domains: str
    within: str = ""
    is_lowest_first: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One component of an index.

    Attributes
    ----------
    code : str
        Its name in the method.
    title : mapping of language to str
        Its name for people.
    operation : Operation
        What it does.
    items : tuple of str
        Items it reads, for leaves.
    of : tuple of str
        Nodes it reads, for inner nodes.
    weights : tuple of float
        One per node of ``of``; only their proportions matter.
    options : tuple of str
        Options counted by ``option_share``.
    top : int
        How many of the best codes count as satisfied; 0 for those the scale names.
    when_absent : WhenAbsent
        What to do when a branch has no answers.
    points : float
        Points of ``linear_points`` at value 1.
    knots : tuple of (float, float)
        Corners of ``piecewise_points``.
    minimum, maximum : float
        Ends of ``min_max`` in the base years.
    to : (float, float)
        Ends after ``min_max``.
    is_reversed : bool
        Whether less is better in ``min_max``.
    amount : float
        What ``deduct`` takes away when it reads one node.
    limit : float
        Upper end of ``cap``, lower end of ``floor``.
    is_relative : bool
        Whether ``change`` is a share of what it is a change of.
    given : GivenValues, optional
        Of ``given``.
    bands : tuple of (str, float)
        Names and lower ends of bands, highest first; empty without bands.
    """

    code: str
    title: Mapping[str, str]
    operation: Operation
    items: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    options: tuple[str, ...] = ()
    top: int = 0
    when_absent: WhenAbsent = WhenAbsent.RESCALE
    points: float = 1.0
    knots: tuple[tuple[float, float], ...] = ()
    minimum: float = 0.0
    maximum: float = 1.0
    to: tuple[float, float] = (0.0, 1.0)
    is_reversed: bool = False
    amount: float = 0.0
    limit: float = 0.0
    is_relative: bool = False
    given: GivenValues | None = None
    bands: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A versioned rule from answers to an index.

    Attributes
    ----------
    code, version, instrument : str
        Which rule, and for which questionnaire.
    index : str
        The headline node.
    components : tuple of str
        Nodes shown beside it, in order.
    alternatives : tuple of str
        The same index under other rules.
    nodes : tuple of Node
        In the order of the file.
    scales : mapping of item code to ItemScale
        The items the nodes read.
    content_hash : str
        ``"sha256:"`` and the digest of the canonical content.
    rankings : tuple of Ranking
        Which units are put in order, and by what.
    """

    code: str
    version: str
    instrument: str
    index: str
    components: tuple[str, ...]
    alternatives: tuple[str, ...]
    nodes: tuple[Node, ...]
    scales: Mapping[str, ItemScale]
    content_hash: str
    rankings: tuple[Ranking, ...] = ()

    @property
    def estimated(self) -> tuple[Node, ...]:
        """Nodes that answers tell of, in the order of the file: those with items below."""
        return tuple(node for node in self.nodes if self.leaf_items(node.code))

    @property
    def items(self) -> tuple[str, ...]:
        """Items read by any node, in the order of the file, each once."""
        return tuple(dict.fromkeys(item for node in self.nodes for item in node.items))

    @property
    def changes(self) -> frozenset[str]:
        """Nodes that say by how much something changed: about as often below nought as above."""
        return frozenset(node.code for node in self.nodes if self._is_change(node))

    def _is_change(self, node: Node) -> bool:
        if node.operation is Operation.CHANGE:
            return True
        if node.operation in ONTO_A_SCALE or not node.of:
            return False
        return all(self._is_change(self.node(child)) for child in node.of)

    def leaf_items(self, code: str) -> tuple[str, ...]:
        """Items below a node, in the order of the file, each once."""
        node = self.node(code)
        below = [item for child in node.of for item in self.leaf_items(child)]
        return tuple(dict.fromkeys((*node.items, *below)))

    def node(self, code: str) -> Node:
        """Return a node by its code; ``KeyError`` if there is none."""
        for node in self.nodes:
            if node.code == code:
                return node
        raise KeyError(code)
