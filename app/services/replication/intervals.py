"""Variances between primary sampling units, and intervals; needs numpy.

Part of the replication bundle: nothing of the program that published is used.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

EDGE = 1e-12
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """A value and the weighted influence of every row on it, within its possible ends."""

    value: float
    influence: Values
    low: float = 0.0
    high: float = 1.0
    is_share: bool = True


class Calibration:
    """Auxiliary variables, weights of the regression and weights after the step."""

    def __init__(self, auxiliary: Values, regression: Values, after: Values) -> None:
        self.auxiliary, self.after, self.root = auxiliary, after, np.sqrt(regression)
        x = auxiliary * self.root[:, None]
        length = np.sqrt((x**2).sum(axis=0))
        length = np.where(length > 0, length, 1.0)
        left, size, right = np.linalg.svd(x / length, full_matrices=False)
        kept = size > 1e-11 * size[0]
        self.left = left[:, kept]
        self.back = right[kept].T / size[kept] / length[:, None]


class Sample(Protocol):
    """What the variance needs of the data."""

    psu: NDArray[np.int64]
    stratum: NDArray[np.int64]
    units: list[tuple[str, str]]
    calibrations: list[Calibration]


def residuals(influence: Values, data: Sample) -> Values:
    """Take from weighted influences what the known totals explain, last step first."""
    for step in reversed(data.calibrations):
        with np.errstate(divide="ignore", invalid="ignore"):
            per_unit = np.where(step.after != 0, influence / step.after, 0.0)
        beta = step.back @ (step.left.T @ (per_unit * step.root))
        influence = influence - (step.auxiliary @ beta) * step.after
    return influence


def variance(influence: Values, data: Sample) -> float:
    """Variance between primary sampling units within strata."""
    totals = np.bincount(data.psu, influence, minlength=len(data.units))
    n_units = np.bincount(data.stratum)
    means = np.bincount(data.stratum, totals) / n_units
    own = (totals - means[data.stratum]) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(n_units > 1, n_units / (n_units - 1), 0.0)
    found = float((scale * np.bincount(data.stratum, own)).sum())
    # One unit alone: its distance from the mean of all units.
    alone = n_units[data.stratum] == 1
    return found + float(((totals[alone] - totals.mean()) ** 2).sum())


def interval(
    part: Linear, error: float, weight: Values, n: int, df: int, level: float, outside: float = 0.0
) -> tuple[float, float, float]:
    """Return the standard error as it is told, and the ends of the interval.

    `outside` is the part of the variance that given values bring.
    """
    width = part.high - part.low
    if not (math.isfinite(width) and width > 0):
        half = t_quantile(df, level) * error
        return error, part.value - half, part.value + half
    share = (part.value - part.low) / width
    spread = error / width
    if outside == 0 and (share <= EDGE or share >= 1 - EDGE or spread <= EDGE):
        ends = flat(share, weight, n, df, level)
        error = 0.0 if df > 0 else math.nan
    elif part.is_share:
        centre = math.log(share / (1 - share))
        half = t_quantile(df, level) * spread / (share * (1 - share))
        ends = (1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))
    else:
        half = t_quantile(df, level) * spread
        ends = (share - half, share + half)
    return error, ends[0] * width + part.low, ends[1] * width + part.low


def flat(share: float, weight: Values, n: int, df: int, level: float) -> tuple[float, float]:
    """Where nothing varies: Korn and Graubard's interval on Kish's size."""
    if df <= 0:
        return math.nan, math.nan
    size = float(weight.sum()) ** 2 / float((weight**2).sum())
    size *= (t_quantile(n - 1, level) / t_quantile(df, level)) ** 2
    share, tail = min(max(share, 0.0), 1.0), (1 - level) / 2
    low = 0.0 if share <= 0 else beta_quantile(size * share, size * (1 - share) + 1, tail)
    high = 1.0 if share >= 1 else beta_quantile(size * share + 1, size * (1 - share), 1 - tail)
    return low, high


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised incomplete beta function by its continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
        + a * math.log(x) + b * math.log1p(-x)
    ) / a  # fmt: skip
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    found = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            found *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return front * found


def beta_quantile(a: float, b: float, p: float) -> float:
    """Invert the incomplete beta function."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if incomplete_beta(a, b, middle) < p else (low, middle)
    return (low + high) / 2


def t_quantile(df: float, level: float) -> float:
    """Upper quantile of Student's t for a two-sided interval."""
    if df <= 0:
        return math.nan
    # P(|t| > q) = I(df / (df + q^2); df / 2, 1 / 2)
    x = beta_quantile(df / 2, 0.5, 1 - level)
    return math.sqrt(df * (1 - x) / x)
