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

    The rank is found as R finds it, replicate by replicate, but on their
    cross-products, which one pass over the rows adds up.

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
    return max(_rank(_cross_products(weights)) - 1, 0)


def _cross_products(weights: Values) -> Values:
    n, n_replicates = weights.shape
    total = np.zeros((n_replicates, n_replicates))
    step = max(NUMBERS_AT_ONCE // max(n_replicates, 1), 1)
    for first in range(0, n, step):
        rows = np.asarray(weights[first : first + step], dtype=np.float64)
        if not np.isfinite(rows).all():
            bad = int(np.argmax(~np.isfinite(rows).all(axis=1)))
            raise BadReplicateWeightError(row=first + bad)
        total += rows.T @ rows
    return total


def _rank(gram: Values) -> int:
    """Count columns that keep a part of their length beside those before them."""
    length = np.sqrt(np.diag(gram))
    is_used = length > 0
    scaled = gram[np.ix_(is_used, is_used)] / np.outer(length[is_used], length[is_used])
    n = len(scaled)
    basis = np.empty((n, n))
    rank = 0
    left = np.ones(n)
    for column in range(n):
        if left[column] < TOLERANCE**2:
            continue
        row = scaled[column] - basis[:rank, column] @ basis[:rank]
        row /= np.sqrt(left[column])
        basis[rank] = row
        rank += 1
        left = left - row * row
    return rank
