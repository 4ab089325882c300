"""Wald tests of several estimates together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.testing.tested import HypothesisTest, chi_square_test, f_test
from analysis.variables import Values
from analysis.variance.joint import Joint

SINGULAR = 1e-12
"""Share of the largest eigenvalue of a correlation below which there is nothing."""


def wald_test(
    joint: Joint,
    positions: Sequence[int] | None = None,
    *,
    df: float | None = None,
    null: float = 0.0,
) -> HypothesisTest:
    """Test whether several estimates all have a value.

    ``d' V^-1 d / q`` is compared with F on ``q`` and ``df`` degrees of freedom,
    or without the division with a chi-square [KochFreeman1975; Lumley2010].

    Parameters
    ----------
    joint : Joint
        m estimates.
    positions : sequence of int, optional
        Which of them, q in number; without it all.
    df : float, optional
        Denominator degrees of freedom; without it those of ``joint``, infinite
        for the chi-square.
    null : float
        The value.

    Returns
    -------
    HypothesisTest
        NaN where the covariance has less than full rank: more hypotheses than
        the clusters can tell apart.
    """
    chosen = list(range(len(joint.value))) if positions is None else list(positions)
    covariance = joint.covariance()[np.ix_(chosen, chosen)]
    statistic = quadratic_form(joint.value[chosen] - null, covariance)
    freedom = joint.df if df is None else df
    if np.isinf(freedom):
        return chi_square_test(statistic, len(chosen), joint.notes)
    return f_test(statistic / len(chosen), len(chosen), freedom, joint.notes)


def quadratic_form(distance: Values, covariance: Values) -> float:
    """Return ``d' V^-1 d``; NaN where V is singular.

    Parameters
    ----------
    distance : ndarray of float64, shape (q,)
    covariance : ndarray of float64, shape (q, q)
    """
    errors = np.sqrt(np.diag(covariance))
    if not (errors > 0).all():
        return float("nan")
    correlation = covariance / np.outer(errors, errors)
    if np.linalg.eigvalsh(correlation)[0] < SINGULAR * len(errors):
        return float("nan")
    scaled = distance / errors
    return float(scaled @ np.linalg.solve(correlation, scaled))
