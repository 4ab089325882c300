"""Groups of units that cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_GROUPS: Final = 200
"""More groups than this say nothing to anybody; they are then left out."""


def indistinguishable(
    apart: NDArray[np.bool_], order: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    """Find the largest groups in which no two units can be told apart.

    Parameters
    ----------
    apart : ndarray of bool, shape (p, p)
        Symmetric: which units are apart.
    order : sequence of int
        Units from highest to lowest.

    Returns
    -------
    tuple of tuple of int
        Places in ``order`` of the members of each group, the highest group
        first. A unit is in one group at least and may be in several; two
        units share a group if and only if they cannot be told apart
        [Piepho2004]. Empty if there would be more than ``MOST_GROUPS``.
    """
    groups = [(1 << len(order)) - 1] if len(order) else []
    for j, lower in enumerate(order):
        for i in range(j):
            if not apart[order[i], lower]:
                continue
            groups = _parted(groups, 1 << i, 1 << j)
            if len(groups) > MOST_GROUPS:
                return ()
    found = [tuple(k for k in range(len(order)) if group >> k & 1) for group in groups]
    return tuple(sorted(found))


def _parted(groups: list[int], one: int, other: int) -> list[int]:
    """Split the groups that hold both, and drop those inside another."""
    kept = [group for group in groups if not (group & one and group & other)]
    for group in groups:
        if group & one and group & other:
            for part in (group & ~one, group & ~other):
                if not any(part & whole == part for whole in kept):
                    kept.append(part)
    return kept
