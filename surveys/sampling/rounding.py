"""Whole numbers that add up to the total."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.errors import SizeAboveMaximumError, SizeBelowMinimumError

Whole = NDArray[np.int64]

ALMOST_WHOLE = 1e-9
"""What rounding in the computer may take from a whole number."""


def round_to_total(sizes: NDArray[np.float64], total: int, lower: Whole, upper: Whole) -> Whole:
    """Round to whole numbers within bounds that add up to a total.

    Largest remainders: everybody is rounded down, and what is left goes to the
    largest remainders, ties to the larger size and then to the first
    [BalinskiYoung2001]. Of all whole numbers with this total none are nearer
    to the sizes in any sum of powers of the distances [ContHeidari2014].

    Parameters
    ----------
    sizes : ndarray of float64, shape (n_strata,)
        Adding up to the total, but for rounding.
    total : int
    lower, upper : ndarray of int64, shape (n_strata,)
        Bounds of the whole numbers.

    Returns
    -------
    ndarray of int64, shape (n_strata,)
        Within 1 of the sizes, unless bounds or a total of another size force
        them further.

    Raises
    ------
    SizeBelowMinimumError, SizeAboveMaximumError
        The bounds do not allow the total.
    """
    if total < lower.sum():
        raise SizeBelowMinimumError(size=total, least=int(lower.sum()))
    if total > upper.sum():
        raise SizeAboveMaximumError(size=total, most=int(upper.sum()))
    down = np.floor(sizes + ALMOST_WHOLE).astype(np.int64)
    whole = np.clip(down, lower, upper)
    while (left := total - int(whole.sum())) != 0:
        step = 1 if left > 0 else -1
        room = whole < upper if left > 0 else whole > lower
        # The last key counts first: who is furthest from their size, in the direction of the step.
        order = np.lexsort((-step * sizes, -step * (sizes - whole)))
        chosen = order[room[order]][: abs(left)]
        whole[chosen] += step
    return whole
