"""The working likelihood ratio test of terms, corrected for the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.models.basis import orthogonal_basis
from analysis.models.cumulative import CumulativeEstimator
from analysis.models.fit import ModelFit
from analysis.models.glm import GlmEstimator
from analysis.results import Note
from analysis.testing.mixture import mixture_above
from analysis.variables import Values


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodRatio:
    """A working likelihood ratio test.

    Attributes
    ----------
    chi_square : float
        Difference of deviances with weights scaled to a mean of 1.
    scales : ndarray of float64, shape (q,)
        Generalised design effects, the largest first: under the hypothesis the
        statistic is distributed as the sum of chi-squares times these.
    df_denominator : float
        Residual degrees of freedom of the larger model.
    p_value : float
    notes : tuple of Note
    """

    chi_square: float
    scales: Values
    df_denominator: float
    p_value: float
    notes: tuple[Note, ...] = ()


def likelihood_ratio_test(fit: ModelFit, terms: Sequence[str] | str) -> LikelihoodRatio:
    """Test whether a model needs some terms.

    Parameters
    ----------
    fit : ModelFit
        The larger model.
    terms : str or sequence of str
        Terms to test.

    Returns
    -------
    LikelihoodRatio
        Without degrees of freedom the p value is NaN.

    Raises
    ------
    BadTermError, UnknownColumnError, NotConvergedError

    Notes
    -----
    [LumleyScott2014]. The smaller model leaves out the columns of the terms
    and is fitted to the same rows.
    """
    positions = fit.positions(terms)
    weight, value = fit.design.weight, fit.joint.value
    smaller = _without(fit, positions)
    statistic = smaller.deviance(weight, smaller.value(weight)) - fit.estimator.deviance(
        weight, value
    )
    block = np.ix_(positions, positions)
    naive = fit.estimator.naive_covariance(weight, value)[block]
    ratio = np.linalg.solve(naive, fit.joint.covariance()[block])
    scales = np.sort(np.linalg.eigvals(ratio).real)[::-1]
    p_value = mixture_above(statistic, scales, fit.df) if fit.df > 0 else np.nan
    return LikelihoodRatio(statistic, scales, fit.df, p_value, fit.notes)


def _without(fit: ModelFit, positions: Sequence[int]) -> GlmEstimator | CumulativeEstimator:
    """Return the fitted model without some coefficients."""
    weight = fit.design.weight[fit.matrix.rows]
    if isinstance(fit.estimator, CumulativeEstimator):
        matrix = np.delete(fit.matrix.values[:, 1:], positions, axis=1)
        names = np.delete(np.array(fit.names), positions).tolist()
        centre = np.average(matrix, axis=0, weights=weight)
        basis = orthogonal_basis(matrix - centre, weight, names[: matrix.shape[1]])
        cold = replace(fit.estimator, basis=basis, centre=centre, start=None)
        return cold.warmed(fit.design.weight, names)
    matrix = np.delete(fit.matrix.values, positions, axis=1)
    names = np.delete(np.array(fit.names), positions).tolist()
    basis = orthogonal_basis(matrix, weight, names)
    return replace(fit.estimator, basis=basis, start=None).warmed(fit.design.weight, names)
