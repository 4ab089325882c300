"""Which units can be told apart: differences of all pairs, judged together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.ranking.scale import Compared

Values = NDArray[np.float64]
Signs = NDArray[np.int8]

AT_ONCE: Final = 2**21
"""Numbers held at a time."""

MOST: Final = 37.0
"""Normal scores are cut off here, where tails are below the smallest number."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Differences of pairs of units on the scale of a standard normal.

    Attributes
    ----------
    first, second : ndarray of int64, shape (m,)
        The units of each pair.
    scale : ndarray of float64, shape (m,)
        One over the standard error of the difference; 0 where there is none.
    score : ndarray of float64, shape (m,)
        The normal score as unlikely as the difference over its standard error
        is under Student's t with the degrees of freedom of the pair.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    scale: Values
    score: Values

    def of(self, chosen: NDArray[np.bool_]) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            self.first[chosen], self.second[chosen], self.scale[chosen], self.score[chosen]
        )


def normal_score(statistic: Values, df: Values) -> Values:
    """Return normal scores as unlikely as values of Student's t.

    Pairs with different degrees of freedom become comparable, as smallest p
    values are [WestfallYoung1993].
    """
    from scipy.special import ndtri, stdtr

    tail = stdtr(df, -np.abs(statistic))
    with np.errstate(divide="ignore"):
        score = np.minimum(-ndtri(tail), MOST)
    return np.asarray(np.sign(statistic) * np.where(np.isnan(score), 0.0, score))


def all_pairs(units: Compared) -> Pairs:
    """Compare every unit with every later one.

    The degrees of freedom of a difference are Satterthwaite's from those of
    its two units [Satterthwaite1946], which are never more than the PSUs of
    both minus their strata.
    """
    first, second = np.triu_indices(len(units.value), 1)
    variance = np.diag(units.covariance)
    a, b = variance[first], variance[second]
    of_difference = a + b - 2.0 * units.covariance[first, second]
    is_known = of_difference > 1e-12 * (a + b)
    scale = np.zeros(len(first))
    scale[is_known] = 1.0 / np.sqrt(of_difference[is_known])
    with np.errstate(divide="ignore", invalid="ignore"):
        df = (a + b) ** 2 / (a**2 / units.df[first] + b**2 / units.df[second])
    score = normal_score((units.value[first] - units.value[second]) * scale, df)
    return Pairs(first.astype(np.int64), second.astype(np.int64), scale, score)


def told_apart(pairs: Pairs, errors: Values, level: float) -> tuple[Signs, float]:
    """Say which units of some pairs are apart, with one chance of any mistake for all.

    Parameters
    ----------
    pairs : Pairs
        The family: all mistakes about any of these pairs count together.
    errors : ndarray of float64, shape (n_draws, p)
        Errors of the units from their joint distribution.
    level : float
        Confidence: with this probability no pair is put in the wrong order.

    Returns
    -------
    signs : ndarray of int8, shape (m,)
        1 where the first is higher, -1 where it is lower, 0 where it cannot
        be told.
    first_limit : float
        The score a difference had to exceed in the first step.

    Notes
    -----
    Steps down: what was told apart leaves the family, and the next limit is
    the quantile of the greatest of the rest [RomanoWolf2005]. Differences are
    directed, so a pair put in one order stays in the family for the other
    [Mogstad2024, section 3].
    """
    up = np.ones(len(pairs.first), dtype=np.bool_)
    down = up.copy()
    first_limit = np.nan
    while (up | down).any():
        limit = _quantile(_greatest(pairs, errors, up, down), level)
        first_limit = limit if np.isnan(first_limit) else first_limit
        new_up, new_down = up & (pairs.score > limit), down & (-pairs.score > limit)
        if not (new_up | new_down).any():
            break
        up, down = up & ~new_up, down & ~new_down
    return (down.astype(np.int8) - up.astype(np.int8)), float(first_limit)


def _greatest(
    pairs: Pairs, errors: Values, up: NDArray[np.bool_], down: NDArray[np.bool_]
) -> Values:
    """Return the greatest directed difference of every draw, shape (n_draws,)."""
    kept = up | down
    used = pairs.of(kept)
    upward, downward = up[kept], down[kept]
    found = np.full(len(errors), -np.inf)
    step = max(AT_ONCE // max(len(used.first), 1), 1)
    for begin in range(0, len(errors), step):
        part = errors[begin : begin + step]
        difference = (part[:, used.first] - part[:, used.second]) * used.scale
        above = difference[:, upward].max(axis=1, initial=-np.inf)
        below = difference[:, downward].min(axis=1, initial=np.inf)
        found[begin : begin + step] = np.maximum(above, -below)
    return found


def _quantile(values: Values, level: float) -> float:
    """Return the smallest drawn value that at least a share of the draws do not exceed."""
    place = min(int(np.ceil(level * (len(values) + 1))), len(values)) - 1
    return float(np.partition(values, place)[place])
