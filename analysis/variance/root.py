"""Standard errors from variances that may come out negative."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.results import Note

NEGATIVE = Note("negative-variance")
"""Estimators of variance from pairs of PSUs can be negative: then they say nothing."""


def standard_errors(
    variance: NDArray[np.float64], value: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return square roots; NaN where a variance is negative beyond rounding.

    Parameters
    ----------
    variance, value : ndarray of float64
        Squared units, and units, of the estimates.
    """
    rounding = 1e-14 * np.where(np.isnan(value), 0.0, value) ** 2
    return np.sqrt(np.where(variance < -rounding, np.nan, np.maximum(variance, 0.0)))
