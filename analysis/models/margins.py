"""Predicted margins: what a model says if everybody had the same value of a term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from analysis.models.cumulative import CumulativeEstimator
from analysis.models.errors import BadTermError
from analysis.models.fit import ModelFit
from analysis.models.glm import GlmEstimator
from analysis.models.rows import cross
from analysis.models.terms import parse_term
from analysis.products import multiply
from analysis.results import Note
from analysis.testing.tested import HypothesisTest, ValueTest, t_tests
from analysis.testing.wald import wald_test
from analysis.variables import Mask, Values
from analysis.variance.joint import Joint, infer

Setting = Mapping[str, str | float]


class Averaging(StrEnum):
    """Whether the people averaged over are a sample too.

    ``ESTIMATED``: they are, so the error of their composition counts.
    ``FIXED``: the margin is about just these people and weights.
    """

    ESTIMATED = "estimated"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """Average predictions, one for each value everybody is given.

    Attributes
    ----------
    settings : tuple of mapping of str to str or float
        What everybody was given.
    names : tuple of str
        Names of the estimates, e.g. ``"stype[H]"``; of an ordinal model
        ``"stype[H]=2"`` for the share of category ``2``.
    joint : Joint
        Margins and how they vary together; in the units of the response,
        shares for logistic and ordinal models.
    """

    settings: tuple[Setting, ...]
    names: tuple[str, ...]
    joint: Joint

    @property
    def notes(self) -> tuple[Note, ...]:
        """Reservations that go with every margin."""
        return self.joint.notes

    @property
    def per_setting(self) -> int:
        """Estimates for each setting: 1, or the categories of an ordinal response."""
        return len(self.names) // len(self.settings)

    def values(self, level: float = 0.95) -> tuple[ValueTest, ...]:
        """Return the margins with intervals, df those of the design."""
        return t_tests(self.joint, self.names, level=level)

    def differences(self, against: int = 0, level: float = 0.95) -> tuple[ValueTest, ...]:
        """Return every other margin minus one of them, tested.

        Parameters
        ----------
        against : int
            Position of the setting the others are compared with.
        level : float
            Confidence level.
        """
        matrix, names = self._against(against)
        return t_tests(self.joint.contrast(matrix), names, level=level)

    def equality(self) -> HypothesisTest:
        """Test by Wald's F whether all settings have the same margin."""
        matrix, _ = self._against(0)
        k = self.per_setting
        # Shares of all categories add up to 1: the last one follows from the others.
        kept = [row for row in range(len(matrix)) if k == 1 or row % k != k - 1]
        return wald_test(self.joint.contrast(matrix[kept]))

    def _against(self, against: int) -> tuple[Values, tuple[str, ...]]:
        k, rows, names = self.per_setting, [], []
        for position, name in enumerate(self.names):
            base = against * k + position % k
            if position // k != against:
                row = np.zeros(len(self.names))
                row[position], row[base] = 1.0, -1.0
                rows.append(row)
                names.append(f"{name} - {self.names[base]}")
        return np.array(rows), tuple(names)


@dataclass(frozen=True, slots=True, eq=False)
class MarginEstimator:
    """Weighted averages of predictions under several settings.

    Attributes
    ----------
    model : GlmEstimator or CumulativeEstimator
    matrices : tuple of ndarray of float64, shape (n_rows, p)
        Explanatory variables under each setting.
    averaging : Averaging
    fixed_weight : ndarray of float64, shape (n,)
        Weights of the people if they are fixed.
    """

    model: GlmEstimator | CumulativeEstimator
    matrices: tuple[Values, ...]
    averaging: Averaging
    fixed_weight: Values

    @property
    def contributes(self) -> Mask:
        """Respondents averaged over, shape (n,)."""
        return self.model.contributes

    def value(self, weight: Values) -> Values:
        """Return the margins, setting by setting."""
        beta = self.model.value(weight)
        shares = self._shares(weight)
        if np.isnan(beta).any():
            return np.full(len(self.matrices) * self.model.n_predicted, np.nan)
        means = [cross(self.model.predict(beta, x), shares[:, None]) for x in self.matrices]
        return np.concatenate(means)[:, 0]

    def influence(self, weight: Values, value: Values) -> Values:
        """Return how each respondent moves them, by the coefficients and as one of the people.

        Both together, with their covariance [GraubardKorn1999]. R ``survey``
        4.1 adds the variances of the two as if they were independent.
        """
        beta = self.model.value(weight)
        shares = self._shares(weight)
        slopes = [self.model.mean_slope(beta, x, shares) for x in self.matrices]
        found = multiply(self.model.influence(weight, beta), np.concatenate(slopes).T)
        if self.averaging is Averaging.ESTIMATED:
            rows = self.model.rows
            each = np.column_stack([self.model.predict(beta, x) for x in self.matrices])
            found[rows] += (each - value) / weight[rows].sum()
        return found

    def _shares(self, weight: Values) -> Values:
        """Return the share of each of the people, shape (n_rows,)."""
        chosen = self.fixed_weight if self.averaging is Averaging.FIXED else weight
        of_rows = chosen[self.model.rows]
        return np.asarray(of_rows / of_rows.sum())


def predicted_margins(
    fit: ModelFit,
    term: str,
    *,
    at: Mapping[str, Sequence[float]] | None = None,
    averaging: Averaging = Averaging.ESTIMATED,
) -> Margins:
    """Predict averages for the levels of a term.

    Everybody the model is about is given the same level and keeps all else;
    the predictions are averaged with the weights, wherever the column appears
    in the model.

    Parameters
    ----------
    fit : ModelFit
    term : str
        A column of the model, or several joined by colons: every combination.
    at : mapping of str to sequence of float, optional
        Numbers to give everybody, for each column of numbers in ``term``.
    averaging : Averaging
        Whether the standard error counts that the people are a sample.

    Returns
    -------
    Margins

    Raises
    ------
    UnknownColumnError
    BadTermError
        A column of numbers without numbers in ``at``.

    Notes
    -----
    [GraubardKorn1999; BielerBrown2010], linearised jointly.
    """
    columns = parse_term(term, fit.matrix.inputs).columns
    settings = _settings(fit, columns, at or {})
    first = 1 if isinstance(fit.estimator, CumulativeEstimator) else 0
    matrices = tuple(fit.matrix.with_values(setting)[:, first:] for setting in settings)
    estimator = MarginEstimator(fit.estimator, matrices, averaging, fit.design.weight)
    categories = fit.response_levels if isinstance(fit.estimator, CumulativeEstimator) else ()
    names = [_name(setting) for setting in settings]
    if categories:
        names = [f"{name}={category}" for name in names for category in categories]
    joint = infer(estimator, fit.design, lonely=fit.lonely)
    return Margins(tuple(settings), tuple(names), joint)


def _settings(
    fit: ModelFit, columns: Sequence[str], at: Mapping[str, Sequence[float]]
) -> list[dict[str, str | float]]:
    choices: list[list[str | float]] = []
    for column in columns:
        if column in fit.matrix.levels:
            by_code = sorted(fit.matrix.levels[column], key=lambda pair: pair[1])
            choices.append([level for level, _ in by_code])
        elif column in at:
            choices.append([float(number) for number in at[column]])
        else:
            raise BadTermError(term=column, reason="numbers need values to be set to")
    return [dict(zip(columns, chosen, strict=True)) for chosen in product(*choices)]


def _name(setting: Setting) -> str:
    return ":".join(
        f"{column}[{value:g}]" if isinstance(value, float) else f"{column}[{value}]"
        for column, value in setting.items()
    )
