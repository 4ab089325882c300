"""Explanatory variables in coordinates in which they do not disturb each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from analysis.models.errors import AliasedTermsError, NotConvergedError
from analysis.products import multiply
from analysis.variables import Values

ALIASED = 1e-10
"""Share of a column's length below which what others leave of it is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """An orthogonal basis of the columns of a model matrix.

    Under the weights it was made with, its columns have cross-product ``1``
    per unit of weight, so that cross-products under similar weights can be
    solved without loss of digits, however the columns themselves are related.

    Attributes
    ----------
    values : ndarray of float64, shape (n_rows, p)
        ``matrix @ back``.
    back : ndarray of float64, shape (p, p)
        Upper triangular: coefficients of the matrix from those of the basis.
    forth : ndarray of float64, shape (p, p)
        Its inverse.
    """

    values: Values
    back: Values
    forth: Values


def orthogonal_basis(matrix: Values, weight: Values, names: Sequence[str]) -> Basis:
    """Find the basis by a QR decomposition of the weighted rows.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n_rows, p)
    weight : ndarray of float64, shape (n_rows,)
        Positive; their scale does not matter.
    names : sequence of str
        Names of the columns, for the error.

    Returns
    -------
    Basis

    Raises
    ------
    AliasedTermsError
        Columns are combinations of those before them; names them all.
    """
    share = np.sqrt(weight / weight.sum())
    weighted = matrix * share[:, None]
    lengths = np.sqrt(np.sum(weighted**2, axis=0))
    kept = list(range(matrix.shape[1]))
    aliased: list[int] = []
    triangle = np.empty((0, 0))
    while kept:
        triangle = np.asarray(np.linalg.qr(weighted[:, kept], mode="r"))
        diagonal = np.zeros(len(kept))
        diagonal[: len(triangle)] = np.abs(np.diag(triangle))
        is_rest = diagonal <= ALIASED * lengths[kept]
        if not is_rest.any():
            break
        # What follows the first of them is measured against rounding errors.
        aliased.append(kept.pop(int(np.argmax(is_rest))))
    if aliased:
        raise AliasedTermsError(columns=", ".join(names[position] for position in aliased))
    back = solve_triangular(triangle, np.eye(len(kept)))
    return Basis(multiply(matrix, back), back, triangle)


def not_converged(basis: Basis, step: Values, names: Sequence[str]) -> NotConvergedError:
    """Name the coefficients that moved most in the last step of a fit without end.

    Parameters
    ----------
    basis : Basis
        Coordinates of the fit.
    step : ndarray of float64, shape (p,)
        Its last step in them.
    names : sequence of str
        Names of the coefficients, shape (p,).
    """
    moved = np.abs(basis.back @ step) * np.sqrt(np.sum(basis.forth**2, axis=0))
    moved = np.nan_to_num(moved, nan=np.inf)
    growing = moved >= 0.5 * moved.max(initial=0.0)
    shown = (name for name, is_growing in zip(names, growing, strict=True) if is_growing)
    return NotConvergedError(coefficients=", ".join(shown))
