"""Adjusting for nonresponse by an estimated propensity to respond."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from analysis.errors import UnequalLengthsError
from analysis.results import Note
from analysis.weights.cells import Cells
from analysis.weights.diagnostics import FEW_RESPONDENTS, CellReport, Fit
from analysis.weights.errors import PropensityError
from analysis.weights.nonresponse import carry, cell_notes
from analysis.weights.step import Adjusted, Plain, checked

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

SMALLEST: Final = 1e-8
"""No respondent may have been less likely to respond than this."""

MAX_ITERATIONS: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Propensity(Plain):
    """Let respondents carry the weight of nonrespondents as likely to respond.

    A logistic regression of responding on ``auxiliary`` gives every eligible
    case a propensity. With classes, cases are sorted into that many groups at
    quantiles of the propensities (each case counts once) and every class has
    the inverse of its weighted response rate as factor, so the eligible total is
    kept [Little1986]. Without classes the factor is the
    inverse of the propensity itself.

    Attributes
    ----------
    auxiliary : ndarray of float64, shape (n, p)
        Known of respondents and nonrespondents, with a column of ones.
    responded : ndarray of bool, shape (n,)
    eligible : ndarray of bool, shape (n,), optional
        Ineligible cases keep their weight; without it everybody is eligible.
    classes : int
        Number of classes; 0 for the inverse propensity.
    weighted : bool
        Whether cases count in the regression by their weights.
    minimum : int
        Classes with fewer respondents are pointed out.

    Notes
    -----
    Weighted, the coefficients estimate those that the whole population would
    give (pseudo-likelihood, [Binder1983]), which is right whatever the
    design variables have to do with responding, at some cost in variance.
    Where the design variables are among the auxiliary variables, weights are
    not needed [LittleVartivarian2003]. Weights enter as repeat counts scaled to
    a mean of one; coefficients do not depend on that, and nothing else of the
    fit is used. In every replicate the model is fitted anew.
    """

    name: ClassVar[str] = "propensity"

    auxiliary: Values
    responded: Mask
    eligible: Mask | None = None
    classes: int = 5
    weighted: bool = True
    minimum: int = FEW_RESPONDENTS

    def __post_init__(self) -> None:
        if len(self.auxiliary) != len(self.responded):
            raise UnequalLengthsError(auxiliary=len(self.auxiliary), rows=len(self.responded))

    def apply(self, weight: Values) -> Adjusted:
        """Adjust weights of shape (n,).

        Raises
        ------
        PropensityError
            The regression has no finite solution, or nobody responded.
        EmptyCellsError
            Classes with eligible weight, but without any respondent.
        """
        before = checked(weight, len(self.responded))
        eligible = np.ones(len(before), dtype=np.bool_) if self.eligible is None else self.eligible
        chosen = eligible & (before > 0)
        propensity, fit = self._fitted(before, chosen)
        takes, gives = chosen & self.responded, chosen & ~self.responded
        if self.classes:
            report, after = self._by_class(before, chosen, propensity)
            return Adjusted(self, before, after, report, fit=fit, notes=cell_notes(report))
        inverse = np.where(takes, 1.0 / propensity, 1.0)
        after = np.where(gives, 0.0, before * inverse)
        kept = after[takes].sum() / before[chosen].sum() - 1.0
        return Adjusted(
            self, before, after, fit=fit, notes=(Note("eligible-total-moved", f"{kept:.6g}"),)
        )

    def propensities(self, weight: Values) -> Values:
        """Return the estimated propensity of each case, NaN where not eligible, shape (n,)."""
        before = checked(weight, len(self.responded))
        eligible = np.ones(len(before), dtype=np.bool_) if self.eligible is None else self.eligible
        return self._fitted(before, eligible & (before > 0))[0]

    def _by_class(
        self, weight: Values, chosen: Mask, propensity: Values
    ) -> tuple[CellReport, Values]:
        edges = np.quantile(propensity[chosen], np.arange(1, self.classes) / self.classes)
        code = np.full(len(weight), -1)
        code[chosen] = np.searchsorted(edges, propensity[chosen], side="left")
        cells = Cells.from_codes(code, [(str(number + 1),) for number in range(self.classes)])
        takes, gives = chosen & self.responded, chosen & ~self.responded
        after, report = carry(cells, weight, takes, gives, self.minimum)
        return report, after

    def _fitted(self, weight: Values, chosen: Mask) -> tuple[Values, Fit]:
        """Return propensities of shape (n,), and how they were found."""
        import statsmodels.api as sm
        from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

        answered = self.responded[chosen].astype(np.float64)
        if not answered.any():
            raise PropensityError(reason="nobody-responded")
        counted = weight[chosen] / weight[chosen].mean() if self.weighted else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PerfectSeparationWarning)
            model = sm.GLM(
                answered, self.auxiliary[chosen], sm.families.Binomial(), freq_weights=counted
            )
            found = model.fit(tol=1e-10, tol_criterion="params", maxiter=MAX_ITERATIONS)
        propensity = np.full(len(weight), np.nan)
        propensity[chosen] = found.fittedvalues
        least = float(propensity[chosen & self.responded].min())
        if not found.converged or not least > SMALLEST:
            raise PropensityError(reason="not-converged", smallest=least)
        residuals = answered - found.fittedvalues
        score = self.auxiliary[chosen].T @ (residuals if counted is None else residuals * counted)
        size = np.abs(self.auxiliary[chosen]).sum(axis=0)
        distance = float(np.max(np.abs(score) / np.where(size > 0, size, 1.0)))
        iterations = int(found.fit_history["iteration"])
        return propensity, Fit(iterations, distance, np.asarray(found.params))
