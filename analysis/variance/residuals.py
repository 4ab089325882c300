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
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.design import Calibration, Design
from analysis.products import multiply
from analysis.sums import sum_rows

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
    """Regressions on the auxiliary variables of all calibrations of a design.

    Parameters
    ----------
    design : Design
        Its calibrations, in the order the weights were adjusted.
    """

    def __init__(self, design: Design) -> None:
        later = [calibration.base_weight for calibration in design.calibrations[1:]]
        steps = zip(design.calibrations, [*later, design.weight], strict=True)
        self._last_first = [
            _Regression.of(step, before_next if step.weight is None else step.weight)
            for step, before_next in steps
        ][::-1]

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

    def cluster_totals(self, design: Design) -> list[Values]:
        """Return weighted totals of the auxiliary variables by final cluster.

        Returns
        -------
        list of ndarray of float64, shape (n_clusters, p)
            Last calibration first, each with the weights after it.
        """
        return [
            sum_rows(
                step.auxiliary * step.after[:, None], design.cluster, design.clusters.n_clusters
            )
            for step in self._last_first
        ]


def subtract(influence: Values, totals: Sequence[Values], coefficients: Sequence[Values]) -> Values:
    """Take the explained part from influences of all clusters, shape (n_clusters, k)."""
    for total, coefficient in zip(totals, coefficients, strict=True):
        influence = influence - multiply(total, coefficient)
    return influence
