"""The distribution of a weighted sum of chi-squares, and of its F ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from analysis.variables import Values

TINY = 1e-12
"""Share of the largest coefficient below which a coefficient adds nothing."""


def mixture_above(x: float, coefficients: Values, df_denominator: float = np.inf) -> float:
    """Return the probability that a weighted sum of chi-squares is larger than a number.

    Parameters
    ----------
    x : float
    coefficients : ndarray of float64, shape (k,)
        What chi-squares of one degree of freedom each are multiplied by;
        negative ones, which are rounding errors, count as 0.
    df_denominator : float
        If finite, the sum is divided by an independent chi-square over its
        degrees of freedom: the F ratio of tests with an estimated covariance.

    Returns
    -------
    float

    Notes
    -----
    Its transform is inverted numerically [Imhof1961]; the integral runs through
    the saddle point along a parabola around its singularities, where the
    trapezoidal rule converges exponentially [TrefethenWeideman2014], to about
    1e-12 of its value.
    """
    scales = coefficients[coefficients > TINY * coefficients.max(initial=0.0)]
    if len(scales) == 0 or np.isnan(x):
        return float("nan")
    if x <= 0:
        return 1.0
    # The sum in units of its largest coefficient: singular from -1/2 on downwards.
    scales, x = scales / scales.max(), x / scales.max()
    nodes = np.linspace(-16.0, 16.0, 8001)
    step = nodes[1] - nodes[0]
    centre, width = _saddle(x, scales, df_denominator)
    height, slope = np.sinh(nodes), np.cosh(nodes)
    path = centre + width * (1j * height - height**2 / 2.0)
    along = width * (1j - height) * slope
    integrand = np.exp(_log_transform(path, x, scales, df_denominator)) / path * along
    return float(np.clip(-np.sum(integrand.imag) * step / (2.0 * np.pi), 0.0, 1.0))


def _log_transform(
    p: NDArray[np.complex128], x: float, scales: Values, df: float
) -> NDArray[np.complex128]:
    """Return ``log E exp(-p (sum - x v))``, v the denominator."""
    of_sum = -0.5 * np.sum(np.log1p(2.0 * np.multiply.outer(p, scales)), axis=-1)
    of_x = p * x if np.isinf(df) else -df / 2.0 * np.log1p(-2.0 * x * p / df)
    return np.asarray(of_sum + of_x)


def _saddle(x: float, scales: Values, df: float) -> tuple[float, float]:
    """Return where the integrand is least between its singularities, and how wide it is."""

    def height(p: float) -> float:
        at = np.array([p], dtype=np.complex128)
        return float(_log_transform(at, x, scales, df)[0].real - np.log(-p))

    found = minimize_scalar(height, bounds=(-0.5, 0.0), method="bounded", options={"xatol": 1e-10})
    centre = float(found.x)
    bend = 2.0 * np.sum((scales / (1.0 + 2.0 * scales * centre)) ** 2) + 1.0 / centre**2
    if np.isfinite(df):
        bend += 2.0 * x**2 / df / (1.0 - 2.0 * x * centre / df) ** 2
    return centre, float(1.0 / np.sqrt(bend))
