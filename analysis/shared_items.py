"""Company among the figures of one group: no component is the index minus the others.

The counts of a node are the sum of those of its items, and an index is made of
its components, so figures about the same items tell of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol


class About(Protocol):
    """What has to be known of a figure: of whom it is, and about which items."""

    @property
    def kind(self) -> str:
        """Kind of group."""

    @property
    def code(self) -> str:
        """Code of the group."""

    @property
    def n(self) -> int:
        """Respondents in it."""

    @property
    def items(self) -> frozenset[str]:
        """Items it is about; none if it shares nothing with other figures."""

    @property
    def is_node(self) -> bool:
        """Whether it is a node, not an item by itself."""


def by_group(cells: Sequence[About]) -> tuple[tuple[int, ...], ...]:
    """Put together the places of the figures of each group."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.items:
            groups[cell.kind, cell.code].append(place)
    return tuple(tuple(places) for places in groups.values())


def company(group: Sequence[int], cells: Sequence[About], masked: set[int]) -> Iterator[int]:
    """Yield what must be masked too, so that no masked figure of a group follows from the rest.

    Parameters
    ----------
    group : sequence of int
        Places of all figures of one group.
    cells : sequence of About
        All figures.
    masked : set of int
        Places masked so far; the caller adds what is yielded before it asks
        for more.

    Yields
    ------
    int
        For a masked node: everything about one of its items, so that nothing
        shown depends on that item. For a masked item: another item, and the
        nodes that are about only one of the two, so that what is shown tells
        at most their sum.
    """
    if masked.isdisjoint(group):
        return
    singles = {next(iter(cells[p].items)): p for p in group if not cells[p].is_node}
    for place in group:
        if place not in masked:
            continue
        if cells[place].is_node:
            yield from _unseen_item(place, group, cells, masked)
        else:
            yield from _inseparable(place, group, cells, masked, singles)


def _unseen_item(
    place: int, group: Sequence[int], cells: Sequence[About], masked: set[int]
) -> tuple[int, ...]:
    """Return the figures about the item of a node that costs least to hide altogether."""
    choices = []
    for item in sorted(cells[place].items):
        about = [p for p in group if item in cells[p].items]
        new = tuple(p for p in about if p not in masked)
        # An item of a component that is masked anyway, then of the smallest one.
        n = min(cells[p].n for p in about)
        # Hiding what nobody answered hides nothing.
        if n > 0:
            choices.append((len(new), n, item, new))
    return min(choices)[-1] if choices else ()


def _inseparable(
    place: int,
    group: Sequence[int],
    cells: Sequence[About],
    masked: set[int],
    singles: Mapping[str, int],
) -> tuple[int, ...]:
    """Return an item, unless masked, and the nodes that are about only one of the two."""
    (item,) = cells[place].items
    nodes = [p for p in group if cells[p].is_node and p not in masked]
    holding = tuple(p for p in nodes if item in cells[p].items)
    if not holding:
        return ()
    choices = []
    for other in sorted({code for p in holding for code in cells[p].items} - {item}):
        if other not in singles or cells[singles[other]].n == 0:
            continue
        parting = tuple(p for p in nodes if (item in cells[p].items) != (other in cells[p].items))
        single = singles[other]
        new = () if single in masked else (single,)
        choices.append((len(parting), len(new), cells[single].n, other, (*new, *parting)))
    return min(choices)[-1] if choices else holding
