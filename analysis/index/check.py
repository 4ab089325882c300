"""What a single node cannot know: whether the tree fits together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from analysis.errors import MethodFault
from analysis.index.tree import ItemScale, Node, Operation, Ranking

TOP_BOX = frozenset(
    {
        Operation.POOLED_TOP_BOX,
        Operation.MEAN_TOP_BOX,
        Operation.ALL_ITEMS_TOP_BOX,
        Operation.TOP_BOX,
    }
)
SCORES = frozenset({Operation.MEAN_SCORE, Operation.SCALED_MEAN})


def check_tree(
    nodes: tuple[Node, ...],
    names: Collection[str],
    shown: Mapping[str, tuple[str, ...]],
    items: Mapping[str, ItemScale],
) -> list[MethodFault]:
    """Check that nodes refer to nodes and items that exist and suit them.

    Parameters
    ----------
    nodes : tuple of Node
        The nodes that could be read.
    names : collection of str
        The nodes that were written, readable or not.
    shown : mapping of key to node codes
        The index, its components and alternatives.
    items : mapping of item code to ItemScale
        The items of the instrument.

    Returns
    -------
    list of MethodFault
        Empty when all is well.
    """
    faults = []
    for key, codes in shown.items():
        faults += [
            MethodFault("method.unknown-node", key, code)
            for code in codes
            if code and code not in names
        ]
    for node in nodes:
        faults += _node_faults(node, names, items)
    return faults + _cycles(nodes)


def check_rankings(rankings: tuple[Ranking, ...], names: Collection[str]) -> list[MethodFault]:
    """Check that what is ranked exists; domains are known only when there are answers."""
    return [
        MethodFault("method.unknown-node", f"rankings.{place}.node", ranking.node)
        for place, ranking in enumerate(rankings)
        if ranking.node and ranking.node not in names
    ]


def _node_faults(
    node: Node, names: Collection[str], items: Mapping[str, ItemScale]
) -> Iterator[MethodFault]:
    place = f"nodes.{node.code}"
    for child in node.of:
        if child not in names:
            yield MethodFault("method.unknown-node", f"{place}.of", child)
    for item in node.items:
        if item not in items:
            yield MethodFault("method.unknown-item", f"{place}.items", item)
        else:
            yield from _item_faults(node, item, items[item])


def _item_faults(node: Node, item: str, scale: ItemScale) -> Iterator[MethodFault]:
    place = f"nodes.{node.code}.items"
    if node.operation in TOP_BOX and not scale.satisfied:
        yield MethodFault("method.item-without-satisfied", place, item)
    if node.operation in SCORES and not all(isinstance(code, int) for code in scale.codes):
        yield MethodFault("method.item-without-numbers", place, item)
    if node.operation is Operation.SCALED_MEAN and len(scale.codes) < 2:
        yield MethodFault("method.item-without-range", place, item)
    if node.top and node.top >= len(scale.codes):
        yield MethodFault("method.bad-top", f"nodes.{node.code}.top", str(node.top))
    offered = {str(code) for code in (*scale.codes, *scale.not_rated)}
    for option in node.options:
        if option not in offered:
            yield MethodFault("method.unknown-option", f"nodes.{node.code}.options", option)


def _cycles(nodes: tuple[Node, ...]) -> list[MethodFault]:
    """Find nodes that are reached from themselves."""
    children = {node.code: node.of for node in nodes}
    return [
        MethodFault("method.cycle", f"nodes.{node.code}.of", node.code)
        for node in nodes
        if node.code in _below(node.of, children)
    ]


def _below(codes: tuple[str, ...], children: Mapping[str, tuple[str, ...]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in reached:
            reached.add(code)
            waiting += children.get(code, ())
    return reached
