"""Products and sums over many rows that stay on one core; see ``analysis.products``."""

from __future__ import annotations

import numpy as np

from analysis.products import ON_ONE_CORE, multiply
from analysis.variables import Values


def predictor(matrix: Values, coefficients: Values) -> Values:
    """Return ``matrix @ coefficients``, shape (n_rows,)."""
    return multiply(matrix, coefficients[:, None])[:, 0]


def cross(left: Values, right: Values) -> Values:
    """Return ``left.T @ right`` of tall, narrow matrices.

    Parameters
    ----------
    left : ndarray of float64, shape (n_rows, k)
    right : ndarray of float64, shape (n_rows, m)

    Returns
    -------
    ndarray of float64, shape (k, m)
    """
    found = np.zeros((left.shape[1], right.shape[1]))
    step = max(ON_ONE_CORE // max(found.size, 1), 1)
    for first in range(0, len(left), step):
        found += left[first : first + step].T @ right[first : first + step]
    return found


def weighted_mean(column: Values, weight: Values) -> float:
    """Return ``sum(w * x) / sum(w)``."""
    return float(np.sum(weight * column) / np.sum(weight))
