"""Degrees of freedom that replicate weights have by themselves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.variance.replicate.errors import BadReplicateWeightError

Values = NDArray[np.float64]

TOLERANCE: Final = 1e-5
"""A replicate is new if this share of its length is, as in R's ``qr``."""

NUMBERS_AT_ONCE: Final = 2**22


def replicate_df(weights: Values) -> int:
    """Return the rank of replicate weights, minus one.

    This is ``degf`` of R ``survey`` for replicate designs [Lumley2010]. For
    jackknives by stratum and balanced half-samples it is PSUs minus strata,
    for the bootstrap at most ``R - 1``. For ``jk2`` it is one too few: the
    full sample is not among the combinations of the replicates.

    The rank is found as R finds it, replicate by replicate, but on a triangle
    of the same lengths and angles, which one pass over the rows makes. Their
    cross-products would not do: squares drown the tolerance in rounding.

    Parameters
    ----------
    weights : ndarray of float64, shape (n, n_replicates)
        Replicate weights by respondent, or factors by PSU. Rows of a domain
        give the degrees of freedom of the domain.

    Returns
    -------
    int
        At least 0.

    Raises
    ------
    BadReplicateWeightError
        A weight is not finite.
    """
    return max(_rank(_triangle(weights)) - 1, 0)


def _triangle(weights: Values) -> Values:
    """Rotate the rows into no more than there are replicates."""
    n, n_replicates = weights.shape
    triangle: Values = np.empty((0, n_replicates))
    step = max(NUMBERS_AT_ONCE // max(n_replicates, 1), 1)
    for first in range(0, n, step):
        rows = np.asarray(weights[first : first + step], dtype=np.float64)
        if not np.isfinite(rows).all():
            bad = int(np.argmax(~np.isfinite(rows).all(axis=1)))
            raise BadReplicateWeightError(row=first + bad)
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, rows]), mode="r"))
    return triangle


def _rank(triangle: Values) -> int:
    """Count columns that keep a part of their length beside those before them."""
    largest = min(triangle.shape)
    basis = np.empty((largest, len(triangle)))
    rank = 0
    for column in triangle.T:
        if rank == largest:
            break
        length = np.linalg.norm(column)
        rest = column
        for _ in range(2):  # again, for what rounding left
            rest = rest - basis[:rank].T @ (basis[:rank] @ rest)
        left = np.linalg.norm(rest)
        if length > 0 and left >= TOLERANCE * length:
            basis[rank] = rest / left
            rank += 1
    return rank
