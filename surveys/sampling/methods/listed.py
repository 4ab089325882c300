"""Drawing at intervals along a list: systematic, circular, proportional to size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.methods.ordered import then_by

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int32]


def list_order(
    group: Codes, columns: Sequence[Whole], ties: Whole | None, *, is_serpentine: bool
) -> Whole:
    """Return the order of a list within groups.

    Parameters
    ----------
    group : ndarray of int32, shape (m,)
    columns : sequence of ndarray of int64, shape (m,)
        Ordered by the first, then within equal values by the second, and so on.
    ties : ndarray of int64, shape (m,), optional
        What orders units with equal values; without it they stay as they are.
    is_serpentine : bool
        Whether every second block of equal values of a column, counted within the
        block it lies in, is turned round, so that neighbours in the list are
        alike across blocks.

    Returns
    -------
    ndarray of int64, shape (m,)
        Units, group after group.
    """
    order = np.arange(len(group)) if ties is None else np.argsort(ties, kind="stable")
    for column in reversed(columns):
        order = then_by(order, column)
    order = then_by(order, group)
    if not is_serpentine or not columns:
        return order
    ranks = _ranks_in_blocks(group, columns, order)
    is_turned = np.zeros(len(group), dtype=np.int64)
    turned: list[Whole] = []
    for rank in ranks:
        turned.append(np.where(is_turned % 2 == 1, -rank, rank))
        is_turned += rank
    within = np.empty(len(order), dtype=np.int64)
    within[order] = np.arange(len(order))
    turned.append(np.where(is_turned % 2 == 1, -within, within))
    turned.reverse()
    return np.lexsort((*turned, group.astype(np.int64)))


def _ranks_in_blocks(group: Codes, columns: Sequence[Whole], order: Whole) -> list[Whole]:
    """Give numbers to the values of each column within the block of equal values before it."""
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = group[order][1:] != group[order][:-1]
    found: list[Whole] = []
    for column in columns:
        sorted_column = column[order]
        is_new = starts.copy()
        is_new[1:] |= sorted_column[1:] != sorted_column[:-1]
        number = np.cumsum(is_new)
        first_of_block = np.maximum.accumulate(np.where(starts, number, 0))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = number - first_of_block
        found.append(rank)
        starts = is_new
    return found


def at_intervals(order: Whole, group: Codes, size: Whole, n: Whole, start: Real) -> Flags:
    """Draw n units of each group at equal intervals of the running sum of sizes.

    The interval is ``total / n``, a fraction; the first point is ``start`` of it from the
    beginning [Madow1949]. All in whole numbers: a unit is drawn if a point
    ``a + k * total`` lies in its part of ``n`` times the running sum, where ``a`` is
    ``start * total`` rounded down.

    Parameters
    ----------
    order : ndarray of int64, shape (m,)
        The list, group after group.
    group : ndarray of int32, shape (m,)
    size : ndarray of int64, shape (m,)
        ``n * size`` is at most the total of the group.
    n : ndarray of int64, shape (n_groups,)
    start : ndarray of float64, shape (n_groups,)
        From 0 below 1.

    Returns
    -------
    ndarray of bool, shape (m,)
        Whether each unit is drawn, in the order of ``group``.
    """
    in_list = group[order]
    x = size[order]
    running = np.cumsum(x)
    total = np.bincount(group, weights=size, minlength=len(n)).astype(np.int64)
    before = (np.cumsum(total) - total)[in_list]
    first = np.minimum(np.floor(start * total).astype(np.int64), np.maximum(total - 1, 0))
    divisor = np.maximum(total, 1)[in_list]
    times, a = n[in_list], first[in_list]
    end = (times * (running - before) - 1 - a) // divisor
    begin = (times * (running - before - x) - 1 - a) // divisor
    found = np.empty(len(order), dtype=np.bool_)
    found[order] = end > begin
    return found


def round_the_circle(order: Whole, group: Codes, n: Whole, start: Real) -> Flags:
    """Draw n of the N units of each group at intervals round a circle.

    The first is any unit with the same chance, the j-th the one ``j * N / n``, rounded
    down, further on, the first following the last; each unit is met by n of the N
    starts, so that all have the probability ``n / N``.

    Parameters
    ----------
    order : ndarray of int64, shape (m,)
        The list, group after group.
    group : ndarray of int32, shape (m,)
    n : ndarray of int64, shape (n_groups,)
        At most the units of the group.
    start : ndarray of float64, shape (n_groups,)
        From 0 below 1.

    Returns
    -------
    ndarray of bool, shape (m,)
        Whether each unit is drawn, in the order of ``group``.
    """
    in_list = group[order]
    count = np.bincount(group, minlength=len(n))
    first = np.minimum(np.floor(start * count).astype(np.int64), np.maximum(count - 1, 0))
    place = np.arange(len(order)) - (np.cumsum(count) - count)[in_list]
    there, times = count[in_list], n[in_list]
    further = (place - first[in_list]) % np.maximum(there, 1)
    found = np.empty(len(order), dtype=np.bool_)
    found[order] = -(-further * times // there) * there < (further + 1) * times
    return found
