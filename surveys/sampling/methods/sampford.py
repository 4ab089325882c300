"""Sampford's method: unequal probabilities exactly, with joint ones that are known.

A sample s of n units has a probability proportional to the sum of ``1 - p`` over s
times the product of ``p / (1 - p)`` over s [Sampford1967]. Instead of drawing again until no
unit comes twice, the sum over all samples is taken apart unit by unit: one pass backwards
adds up what the later units can still give, one pass forwards decides on each unit
[TraatBondesson2004].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]

CELLS_AT_MOST = 5_000_000
"""Units times units drawn, of one group, are at most this many."""


def draw(p: Real, n: int, uniform: Real) -> NDArray[np.bool_]:
    """Draw n units.

    Parameters
    ----------
    p : ndarray of float64, shape (m,)
        Inclusion probabilities between 0 and 1, adding up to n.
    n : int
    uniform : ndarray of float64, shape (m,)
        One random number per unit, from 0 below 1.

    Returns
    -------
    ndarray of bool, shape (m,)
    """
    plain, marked = _backwards(p, n)
    drawn = np.zeros(len(p), dtype=np.bool_)
    left, is_marked = n, False
    for i, (chance, u) in enumerate(zip(p.tolist(), uniform.tolist(), strict=True)):
        if left == 0:
            break
        rest = plain if is_marked else marked
        take = chance * rest[i + 1, left - 1]
        mark = 0.0 if is_marked else chance * (1.0 - chance) * plain[i + 1, left - 1]
        skip = (1.0 - chance) * rest[i + 1, left]
        point = u * rest[i, left]
        if point >= take + mark and skip > 0.0:
            continue
        drawn[i] = True
        is_marked = is_marked or point >= take
        left -= 1
    return drawn


def _backwards(p: Real, n: int) -> tuple[Real, Real]:
    """Add up the products over samples of the last units.

    Returns
    -------
    plain, marked : ndarray of float64, shape (m + 1, n + 1)
        Over samples of k of the units from i on: products of ``p`` drawn and ``1 - p``
        left out; the same with one unit of the sample marked, times its ``1 - p``.
    """
    plain = np.zeros((len(p) + 1, n + 1))
    marked = np.zeros((len(p) + 1, n + 1))
    plain[len(p), 0] = 1.0
    for i in range(len(p) - 1, -1, -1):
        add(plain[i + 1], marked[i + 1], p[i], plain[i], marked[i])
    return plain, marked


def sums(p: Real, n: int) -> tuple[Real, Real]:
    """Return the sums over samples of 0 to n of all units; see ``draw``.

    Returns
    -------
    plain, marked : ndarray of float64, shape (n + 1,)
    """
    plain, marked = _backwards(p, n)
    return plain[0], marked[0]


def add(plain: Real, marked: Real, p: float, new_plain: Real, new_marked: Real) -> None:
    """Add a unit to the sums over samples of 0, 1, … units, into new arrays."""
    new_plain[:] = (1.0 - p) * plain
    new_plain[1:] += p * plain[:-1]
    new_marked[:] = (1.0 - p) * marked
    new_marked[1:] += p * marked[:-1]
    new_marked[1:] += p * (1.0 - p) * plain[:-1]
