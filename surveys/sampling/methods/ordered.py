"""Drawing by the order of random numbers: the first of each group, then reserves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Codes = NDArray[np.int32]

CERTAIN, MAIN, REST = 0, 1, 2
"""What comes first within a group."""

_WORTH_THINNING = 20_000
"""Below this number of units, sorting all of them is as quick as choosing some."""


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """Units drawn, group after group, in the order they were drawn within each.

    Attributes
    ----------
    place : ndarray of int64, shape (k,)
        Where each stands among the units that could be drawn.
    group : ndarray of int32, shape (k,)
    order : ndarray of int64, shape (k,)
        From 1 within the group; main units first, then reserves.
    reserve : ndarray of int64, shape (k,)
        0 for main units, else the order among the reserves.
    """

    place: Whole
    group: Codes
    order: Whole
    reserve: Whole


def first_of(
    group: Codes, keys: Real, rank: NDArray[np.int8] | None, n: Whole, reserves: Whole
) -> Picked:
    """Return the first units of each group by rank and then by key.

    Equal keys stay in the order of the units.

    Parameters
    ----------
    group : ndarray of int32, shape (m,)
    keys : ndarray of float64, shape (m,)
    rank : ndarray of int8, shape (m,), optional
        ``CERTAIN``, ``MAIN`` or ``REST``; None if all are alike.
    n, reserves : ndarray of int64, shape (n_groups,)
        How many main units and reserves to take, as far as there are units.
    """
    wanted = n + reserves
    among = _likely(group, keys, rank, wanted if rank is None else reserves)
    group_of = group if among is None else group[among]
    order = _sorted(keys if among is None else keys[among])
    if rank is not None:
        rank_of = rank if among is None else rank[among]
        order = order[np.argsort(rank_of[order], kind="stable")]
    order = then_by(order, group_of)
    sorted_group = group_of[order]
    count = np.bincount(sorted_group, minlength=len(n))
    number = np.arange(len(order)) - (np.cumsum(count) - count)[sorted_group]
    is_first = number < wanted[sorted_group]
    number, picked = number[is_first], sorted_group[is_first]
    place = order[is_first] if among is None else among[order[is_first]]
    return Picked(place, picked, number + 1, np.maximum(number + 1 - n[picked], 0))


def _sorted(keys: Real) -> Whole:
    """Return the order of keys, equal ones as they stand; quick where there are none."""
    order = np.argsort(keys)
    in_order = keys[order]
    if (in_order[1:] == in_order[:-1]).any():
        return np.argsort(keys, kind="stable")
    return order


def then_by(order: Whole, codes: NDArray[np.integer]) -> Whole:
    """Order by codes, not negative, what is in order already among equal codes."""
    if len(codes) and codes.max() < 2**16:  # these are sorted in one pass without comparing
        return order[np.argsort(codes.astype(np.uint16)[order], kind="stable")]
    return order[np.argsort(codes[order], kind="stable")]


def _likely(group: Codes, keys: Real, rank: NDArray[np.int8] | None, wanted: Whole) -> Whole | None:
    """Return units among which those wanted of each group surely are; None for all.

    Of numbers spread evenly over 0 to 1, the first are below a bound; whether enough
    are is counted, so that the outcome is that of sorting all. With ranks, all units
    before ``REST`` stay, and the rest is thinned out.
    """
    if len(group) < _WORTH_THINNING:
        return None
    is_rest = None if rank is None else rank == REST
    count = np.bincount(group if is_rest is None else group[is_rest], minlength=len(wanted))
    bound = (wanted + 5.0 * np.sqrt(wanted) + 10.0) / np.maximum(count, 1)
    if math.fsum((np.minimum(bound, 1.0) * count).tolist()) > 0.7 * len(group):
        return None
    is_likely = keys < bound[group]
    found = np.bincount(
        group[is_likely if is_rest is None else is_likely & is_rest], minlength=len(wanted)
    )
    if (found < np.minimum(wanted, count)).any():
        return None
    return np.flatnonzero(is_likely if is_rest is None else is_likely | ~is_rest)


def pareto_key(uniform: Real, p: Real) -> Real:
    """Return the ranking variable of Pareto sampling, smaller drawn first [Rosen1997].

    ``u (1 - p) / (p (1 - u))``; p is above 0 and below 1. What comes out is close to
    Sampford's method; probabilities are nearly, not exactly, p [BondessonTraat2006].
    """
    return uniform * (1.0 - p) / (p * (1.0 - uniform))
