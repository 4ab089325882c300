"""Fitting survey-weighted regressions, and what a fit knows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.design import Design
from analysis.errors import BadWeightError
from analysis.models.basis import orthogonal_basis
from analysis.models.cumulative import CumulativeEstimator
from analysis.models.errors import BadTermError, UnknownColumnError
from analysis.models.families import Family
from analysis.models.glm import GlmEstimator
from analysis.models.links import LINKS, Link
from analysis.models.matrix import ModelMatrix, model_matrix
from analysis.models.response import FAMILIES, ModelKind, Outcome, read_response
from analysis.models.terms import Term, parse_term
from analysis.results import Note
from analysis.testing.tested import HypothesisTest, ValueTest, t_tests
from analysis.testing.wald import wald_test
from analysis.variables import Columns, Mask, Values, read_domain
from analysis.variance.joint import Joint, infer
from analysis.variance.lonely import LonelyPolicy


@dataclass(frozen=True, slots=True, eq=False)
class ModelFit:
    """A survey-weighted regression.

    Attributes
    ----------
    kind : ModelKind
    names : tuple of str
        Names of the coefficients, e.g. ``"(intercept)"``, ``"stype[H]"``,
        ``"ell:meals"``; of an ordinal model the thresholds follow, e.g.
        ``"1|2"``.
    joint : Joint
        Coefficients and how they vary together.
    df : float
        Residual degrees of freedom: those of the design among the rows used,
        plus 1, minus the number of coefficients; for an ordinal model minus
        the number without thresholds, as R ``survey`` counts both.
    dispersion : float
        Variance of the Pearson residuals; NaN for ordinal models. Standard
        errors do not depend on it.
    n : int
        Respondents used.
    response_levels : tuple of str
        Categories of an ordinal response in order; for a logistic one named
        by categories, the other one and the one that is predicted.
    matrix : ModelMatrix
    estimator : GlmEstimator or CumulativeEstimator
    design : Design
    lonely : LonelyPolicy
    """

    kind: ModelKind
    names: tuple[str, ...]
    joint: Joint
    df: float
    dispersion: float
    n: int
    response_levels: tuple[str, ...]
    matrix: ModelMatrix
    estimator: GlmEstimator | CumulativeEstimator
    design: Design
    lonely: LonelyPolicy

    @property
    def df_lost(self) -> float:
        """Degrees of freedom that fitting takes from those of the design."""
        return self.joint.df - self.df

    @property
    def terms(self) -> tuple[str, ...]:
        """Labels of the terms that can be tested, without the intercept."""
        return tuple(term.label for term in self.matrix.terms if term.columns)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Reservations that go with every figure of the model."""
        return self.joint.notes

    def coefficients(self, level: float = 0.95) -> tuple[ValueTest, ...]:
        """Return the coefficients with their t tests and intervals."""
        return t_tests(self.joint, self.names, df=self.df, level=level)

    def positions(self, terms: Sequence[str] | str) -> list[int]:
        """Return which coefficients belong to some terms.

        Raises
        ------
        BadTermError, UnknownColumnError
        """
        wanted = [terms] if isinstance(terms, str) else list(terms)
        skipped = 1 if self.kind is ModelKind.ORDINAL else 0
        found = []
        for text in wanted:
            term = Term(()) if text == "1" else parse_term(text, self.matrix.inputs)
            found += [position - skipped for position in self.matrix.positions(term)]
        if any(position < 0 for position in found):
            raise BadTermError(term="1", reason="an ordinal model has thresholds")
        return sorted(set(found))

    def wald(self, terms: Sequence[str] | str, *, df: float | None = None) -> HypothesisTest:
        """Test whether all coefficients of some terms are zero.

        Parameters
        ----------
        terms : str or sequence of str
            E.g. ``"stype"``, ``["meals", "ell:meals"]``.
        df : float, optional
            Denominator degrees of freedom; without it the residual ones of
            the model, as ``regTermTest`` of R has it; infinite for the
            chi-square.
        """
        return wald_test(self.joint, self.positions(terms), df=self.df if df is None else df)


def fit_model(
    kind: ModelKind,
    response: str,
    terms: Sequence[str],
    columns: Columns,
    design: Design,
    *,
    where: Mask | None = None,
    reference: Mapping[str, str] | None = None,
    levels: Sequence[str] | None = None,
    link: Link = Link.LOGIT,
    lonely: LonelyPolicy = LonelyPolicy.FAIL,
) -> ModelFit:
    """Fit a regression to a survey.

    Rows outside the domain and rows with any missing value count zero, but
    keep their place in the design.

    Parameters
    ----------
    kind : ModelKind
    response : str
        Column of numbers; 0 and 1 or two categories for a logistic model,
        counts for a Poisson model, at least three categories or numbers in
        order for an ordinal model.
    terms : sequence of str
        Columns and products of columns, e.g. ``["ell", "stype", "ell:stype"]``;
        ``"0"`` for no intercept.
    columns : mapping of str to column
        Shape (n,) each; numbers, names, or ``Coded``.
    design : Design
    where : ndarray of bool, shape (n,), optional
        The domain.
    reference : mapping of str to str, optional
        Reference level of category columns; without it the first sorted.
    levels : sequence of str, optional
        Order of the categories of the response; without it sorted. The last
        of two is the one a logistic model predicts.
    link : Link
        Of ordinal models.
    lonely : LonelyPolicy
        What strata with one unit contribute to the variance.

    Returns
    -------
    ModelFit

    Raises
    ------
    UnknownColumnError, BadTermError, UnknownLevelError, OneLevelError,
    AliasedTermsError, BadResponseError, NotConvergedError, EmptyDomainError,
    UnequalLengthsError, BadColumnError
    BadWeightError
        A weight in the domain is negative, as calibration without bounds can
        make it.

    Notes
    -----
    Quasi-likelihood and sandwich variance [Binder1983; LumleyScott2017].
    """
    if response not in columns:
        raise UnknownColumnError(column=response)
    domain = read_domain(where, design.weight)
    is_negative = domain & (design.weight < 0)
    if is_negative.any():
        row = int(np.argmax(is_negative))
        raise BadWeightError(row=row, value=design.weight[row])
    outcome = read_response(kind, response, columns[response], domain, levels)
    matrix = model_matrix(columns, terms, domain & outcome.is_known, reference=reference)
    outcome = outcome.among(matrix.rows)
    estimator: GlmEstimator | CumulativeEstimator
    if kind is ModelKind.ORDINAL:
        cold, names = _cumulative(outcome, matrix, design, link)
        estimator, dispersion = cold.warmed(design.weight, names), math.nan
        joint = infer(estimator, design, lonely=lonely)
    else:
        names = matrix.names
        warm = _glm(FAMILIES[kind], outcome.values, matrix, design).warmed(design.weight, names)
        joint = infer(warm, design, lonely=lonely)
        estimator, dispersion = warm, warm.dispersion(design.weight, joint.value)
    return ModelFit(
        kind=kind,
        names=names,
        joint=joint,
        df=joint.df + 1 - matrix.values.shape[1],
        dispersion=dispersion,
        n=len(matrix.rows),
        response_levels=outcome.levels,
        matrix=matrix,
        estimator=estimator,
        design=design,
        lonely=lonely,
    )


def _glm(family: Family, y: Values, matrix: ModelMatrix, design: Design) -> GlmEstimator:
    weight = design.weight[matrix.rows]
    basis = orthogonal_basis(matrix.values, weight, matrix.names)
    return GlmEstimator(family, y, basis, matrix.rows, design.n)


def _cumulative(
    outcome: Outcome, matrix: ModelMatrix, design: Design, link: Link
) -> tuple[CumulativeEstimator, tuple[str, ...]]:
    if matrix.terms[0].columns:
        raise BadTermError(term="0", reason="an ordinal model has thresholds")
    weight = design.weight[matrix.rows]
    orthogonal_basis(matrix.values, weight, matrix.names)  # is anything aliased with a threshold?
    centre = np.average(matrix.values[:, 1:], axis=0, weights=weight)
    basis = orthogonal_basis(matrix.values[:, 1:] - centre, weight, matrix.names[1:])
    thresholds = tuple(f"{low}|{high}" for low, high in pairwise(outcome.levels))
    estimator = CumulativeEstimator(
        link=LINKS[link],
        level=outcome.values.astype(np.int64),
        n_levels=len(outcome.levels),
        basis=basis,
        centre=centre,
        rows=matrix.rows,
        n=design.n,
    )
    return estimator, (*matrix.names[1:], *thresholds)
