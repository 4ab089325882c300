"""Errors of estimates drawn from their joint distribution, the same on every machine."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.products import multiply

Values = NDArray[np.float64]

NOTHING: Final = 1e-14
"""Variances below this share of the largest are rounding of zero."""


def standard_normals(n_draws: int, n: int, seed: int) -> Values:
    """Draw independent standard normals.

    From raw numbers of Philox, whose stream numpy guarantees [Salmon2011], by
    the inverse of the distribution: numpy's own normals may change between
    versions.

    Parameters
    ----------
    n_draws, n : int
        Shape.
    seed : int
        0 to ``2**128 - 1``; the same seed gives the same numbers.

    Returns
    -------
    ndarray of float64, shape (n_draws, n)
    """
    from scipy.special import ndtri

    raw = np.random.Philox(key=seed).random_raw(n_draws * n)
    middle = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return np.asarray(ndtri(middle)).reshape(n_draws, n)


def symmetric_root(covariance: Values) -> Values:
    """Return the symmetric root of a covariance matrix, which may be singular.

    Parameters
    ----------
    covariance : ndarray of float64, shape (p, p)

    Returns
    -------
    ndarray of float64, shape (p, p)
        ``root @ root`` is the matrix, what rounding made negative set to zero;
        unlike a triangular root it does not depend on the order of the rows.
    """
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    least = NOTHING * max(float(values.max(initial=0.0)), 0.0)
    roots = np.sqrt(np.where(values > least, values, 0.0))
    return np.asarray((vectors * roots) @ vectors.T)


def joint_errors(covariance: Values, n_draws: int, seed: int) -> Values:
    """Draw errors with a covariance.

    Parameters
    ----------
    covariance : ndarray of float64, shape (p, p)
    n_draws : int
    seed : int

    Returns
    -------
    ndarray of float64, shape (n_draws, p)
        Normal, mean zero, in the units of the estimates.
    """
    normals = standard_normals(n_draws, len(covariance), seed)
    return multiply(normals, symmetric_root(covariance))
