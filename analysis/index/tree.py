"""The parts of an index: nodes, scales and the method that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    CAP = "cap"
    FLOOR = "floor"


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
    when_absent: WhenAbsent = WhenAbsent.RESCALE
    points: float = 1.0
    knots: tuple[tuple[float, float], ...] = ()
    minimum: float = 0.0
    maximum: float = 1.0
    to: tuple[float, float] = (0.0, 1.0)
    is_reversed: bool = False
    amount: float = 0.0
    limit: float = 0.0
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

    @property
    def items(self) -> tuple[str, ...]:
        """Items read by any node, in the order of the file, each once."""
        return tuple(dict.fromkeys(item for node in self.nodes for item in node.items))

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
