"""Estimates on the scale on which units are compared.

Ranks do not change under an increasing function, so shares are compared as
log-odds, where errors are closer to normal [KornGraubard1998].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Estimates of p units on the scale of comparison.

    Attributes
    ----------
    value : ndarray of float64, shape (p,)
    covariance : ndarray of float64, shape (p, p)
    df : ndarray of float64, shape (p,)
        Degrees of freedom of each unit's own standard error.
    """

    value: Values
    covariance: Values
    df: Values

    @property
    def error(self) -> Values:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def as_log_odds(share: Values, covariance: Values, df: Values, flat_n: Values) -> Compared:
    """Turn shares into log-odds.

    Parameters
    ----------
    share : ndarray of float64, shape (p,)
        0 to 1.
    covariance : ndarray of float64, shape (p, p)
        Of the shares.
    df : ndarray of float64, shape (p,)
    flat_n : ndarray of float64, shape (p,)
        Kish's effective size, which stands in where everybody or nobody is
        satisfied.

    Returns
    -------
    Compared
        Where a share does not vary, the empirical log-odds of Haldane and
        Anscombe, half a person added to both sides, variance
        ``1 / (x + 1/2) + 1 / (n - x + 1/2)`` [Haldane1956; Anscombe1956]: such
        a unit is near the end, not certain to be there.
    """
    is_flat = ~((share > 0) & (share < 1) & (np.diag(covariance) > 0))
    inside = np.where(is_flat, 0.5, share)
    slope = np.where(is_flat, 0.0, 1.0 / (inside * (1.0 - inside)))
    above = flat_n * share + 0.5
    below = flat_n * (1.0 - share) + 0.5
    value = np.where(is_flat, np.log(above / below), np.log(inside / (1.0 - inside)))
    scaled = covariance * np.outer(slope, slope)
    scaled[is_flat, is_flat] = (1.0 / above + 1.0 / below)[is_flat]
    return Compared(value, scaled, df)
