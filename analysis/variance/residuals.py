"""What calibration leaves of an influence: residuals on the auxiliary variables.

After calibration to known totals, the estimate of a total varies as the total
of ``y - x' B`` does, with ``B`` the regression of ``y`` on the auxiliary
variables ``x`` under the weights before [DevilleSarndal1992; Sarndal1992,
ch. 6]. The naive formula, without residuals, throws the gain away.

Weights adjusted several times are taken apart from the last step to the
first, as the chain rule says: so a total that was calibrated to last has no
variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration, Design
from analysis.products import multiply

Values = NDArray[np.float64]

SMALLEST: Final = 1e-11
"""Singular values below this share of the largest are taken for zero: margins add up alike."""


@dataclass(frozen=True, slots=True, eq=False)
class _Regression:
    """Regression on the auxiliary variables of one calibration.

    ``coefficients = back @ (basis.T @ influence)`` for influences per unit of
    the weight after the step.
    """

    auxiliary: Values
    basis: Values
    back: Values
    after: Values

    @classmethod
    def of(cls, calibration: Calibration, after: Values) -> _Regression:
        auxiliary = np.asarray(calibration.auxiliary, dtype=np.float64)
        given = calibration.regression_weight
        weight = calibration.base_weight if given is None else given
        root, sign = np.sqrt(np.abs(weight))[:, None], np.sign(weight)[:, None]
        rooted = auxiliary * root
        length = np.sqrt(np.sum(rooted**2, axis=0))
        length = np.where(length > 0, length, 1.0)
        left, size, right = np.linalg.svd(rooted / length, full_matrices=False)
        kept = size > SMALLEST * size[0]
        left = left[:, kept]
        # The identity, but for weights an earlier step has made negative.
        signs = np.linalg.inv(left.T @ (left * sign)) if (weight < 0).any() else np.eye(kept.sum())
        back = (right[kept].T / size[kept] / length[:, None]) @ signs
        return cls(auxiliary, left * (root * sign), back, after)

    def per_unit(self, weighted: Values, rows: NDArray[np.int64] | slice) -> Values:
        """Divide weighted influences by the weight after the step."""
        after = self.after[rows]
        return weighted * np.where(after != 0, 1.0 / np.where(after != 0, after, 1.0), 0.0)[:, None]


class Residuals:
    """Regressions on the auxiliary variables of all calibrations.

    Parameters
    ----------
    calibrations : sequence of Calibration
        In the order the weights were adjusted.
    weight : ndarray of float64, shape (n,)
        Final weights.
    """

    def __init__(self, calibrations: Sequence[Calibration], weight: Values) -> None:
        later = [calibration.base_weight for calibration in calibrations[1:]]
        steps = zip(calibrations, [*later, weight], strict=True)
        self._last_first = [
            _Regression.of(step, before_next if step.weight is None else step.weight)
            for step, before_next in steps
        ][::-1]

    @classmethod
    def of(cls, design: Design) -> Residuals:
        """Return those of the respondents of a design."""
        return cls(design.calibrations, design.weight)

    def of_rows(self, weighted: Values) -> Values:
        """Return residuals of weighted influences.

        Parameters
        ----------
        weighted : ndarray of float64, shape (n, k)
            Influence times final weight; zero outside the domain, where the
            residuals are not.

        Returns
        -------
        ndarray of float64, shape (n, k)
        """
        everybody = slice(None)
        for step in self._last_first:
            per_unit = step.per_unit(weighted, everybody)
            coefficients = step.back @ (step.basis.T @ per_unit)
            weighted = weighted - (step.auxiliary @ coefficients) * step.after[:, None]
        return weighted

    def of_domain(self, rows: NDArray[np.int64], weighted: Values) -> list[Values]:
        """Return what to subtract for a domain, without visiting the other rows.

        Parameters
        ----------
        rows : ndarray of int, shape (m,)
            Respondents of the domain.
        weighted : ndarray of float64, shape (m, k)
            Their influences times final weights.

        Returns
        -------
        list of ndarray of float64, shape (p, k)
            Coefficients of the auxiliary variables, last calibration first.
        """
        found: list[Values] = []
        for number, step in enumerate(self._last_first):
            cross = step.basis[rows].T @ step.per_unit(weighted, rows)
            for later, coefficients in zip(self._last_first[:number], found, strict=True):
                explained = step.per_unit(later.auxiliary * later.after[:, None], slice(None))
                cross = cross - (step.basis.T @ explained) @ coefficients
            found.append(step.back @ cross)
        return found

    @property
    def auxiliary_totals(self) -> list[Values]:
        """Auxiliary variables times the weights after each step, (n, p), last first."""
        return [step.auxiliary * step.after[:, None] for step in self._last_first]


class Explained(Protocol):
    """What calibrations explain of the influences of a sample."""

    @property
    def residuals(self) -> Residuals:
        """Regressions over rows, or over groups of rows that are all alike to them."""
        ...

    @property
    def cluster_totals(self) -> list[Values]:
        """Weighted totals of the auxiliary variables by final cluster, (n_clusters, p).

        Last calibration first, each with the weights after it.
        """
        ...

    def of_domain(
        self, domain: int, columns: Sequence[int] | None
    ) -> tuple[NDArray[np.int64], Values]:
        """Return what a domain adds to totals.

        Parameters
        ----------
        domain : int
        columns : sequence of int, optional
            Which totals; without it, all.

        Returns
        -------
        rows : ndarray of int64, shape (m,)
            Rows of the residuals.
        values : ndarray of float64, shape (m, n_columns)
            Weighted.
        """
        ...


def subtract(influence: Values, totals: Sequence[Values], coefficients: Sequence[Values]) -> Values:
    """Take the explained part from influences of all clusters, shape (n_clusters, k)."""
    for total, coefficient in zip(totals, coefficients, strict=True):
        influence = influence - multiply(total, coefficient)
    return influence
