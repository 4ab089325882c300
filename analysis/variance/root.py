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

    What does not exist has no standard error either: nobody in a domain is not
    a domain without variation.

    Parameters
    ----------
    variance, value : ndarray of float64
        Squared units, and units, of the estimates; NaN where there is no value.
    """
    rounding = 1e-14 * np.where(np.isnan(value), 0.0, value) ** 2
    is_none = np.isnan(value) | (variance < -rounding)
    return np.sqrt(np.where(is_none, np.nan, np.maximum(variance, 0.0)))
