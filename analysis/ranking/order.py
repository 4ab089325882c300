"""Order among units, and the band a value falls into.

An order of estimates is itself uncertain: what is returned here is the order
of the values, to be shown with their intervals, never instead of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

TIE = 1e-9
"""Values closer than this are equal: far below what is ever shown."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A place among the units of a group.

    Attributes
    ----------
    place : int or None
        1 for the highest; equal values share the better place and the next
        places stay empty (1, 2, 2, 4). None without a value.
    of : int
        Units of the group that have a value.
    is_tied : bool
        Whether another unit shares the place.
    """

    place: int | None
    of: int
    is_tied: bool


def rank(values: Sequence[float], groups: Sequence[Hashable] | None = None) -> tuple[Rank, ...]:
    """Rank units, highest first, within their groups.

    Parameters
    ----------
    values : sequence of float
        One per unit; NaN has no place and takes none.
    groups : sequence of hashable, optional
        The group of each unit, e.g. its kind; without it all compete.

    Returns
    -------
    tuple of Rank
        In the order given.

    Raises
    ------
    ValueError
        Values and groups differ in length.
    """
    together = [None] * len(values) if groups is None else list(groups)
    members: dict[Hashable, list[int]] = defaultdict(list)
    for unit, (value, group) in enumerate(zip(values, together, strict=True)):
        if not math.isnan(value):
            members[group].append(unit)
    ranks: dict[int, Rank] = {}
    for units in members.values():
        ascending = sorted(values[unit] for unit in units)
        for unit in units:
            above = bisect_right(ascending, values[unit] + TIE)
            below = bisect_left(ascending, values[unit] - TIE)
            place = len(units) - above + 1
            ranks[unit] = Rank(place, len(units), above - below > 1)
    return tuple(
        ranks.get(unit, Rank(None, len(members[group]), False))
        for unit, group in enumerate(together)
    )


def band(value: float, bands: Sequence[tuple[str, float]]) -> str | None:
    """Name the band of a value.

    Parameters
    ----------
    value : float
        In the units of the bands.
    bands : sequence of (str, float)
        Names and lower ends, as in ``Node.bands``; a lower end belongs to its
        own band.

    Returns
    -------
    str or None
        None below the lowest end and without a value. The value is not
        rounded first: 89.996 is not 90, although it is shown as 90.00.
    """
    reached = [(low, name) for name, low in bands if value >= low - TIE]
    return max(reached)[1] if reached else None
