"""Ranks with what is not known about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.ranking.draws import joint_errors
from analysis.ranking.groups import indistinguishable
from analysis.ranking.pairs import Pairs, all_pairs, normal_score, told_apart
from analysis.ranking.scale import Compared

Values = NDArray[np.float64]

DRAWS: Final = 10_000
TOP: Final = 5
METHOD: Final = "mogstad-romano-shaikh-wilhelm-2024"
REGION_METHOD: Final = "klein-wright-wieczorek-2020"


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """What can be said of one unit's rank, 1 being the highest.

    Attributes
    ----------
    low, high : int
        Marginal interval: holds this unit's rank with the level of confidence.
    joint_low, joint_high : int
        Simultaneous interval: those of all units hold theirs together.
    region_low, region_high : int
        The same from simultaneous intervals of the values themselves.
    p_top : float
        Share of draws from the joint distribution of the estimates in which
        the unit is among the top.
    groups : tuple of int
        Groups it belongs to, numbered from 0 for the highest; units that
        share one cannot be told apart.
    """

    low: int
    high: int
    joint_low: int
    joint_high: int
    region_low: int
    region_high: int
    p_top: float
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units ranked with uncertainty.

    Attributes
    ----------
    units : tuple of RankedUnit
        In the order given.
    level : float
        Confidence level of the intervals, between 0 and 1.
    top : int
        How many are the top.
    n_draws, seed : int
        Of the simulation.
    n_groups : int
        Groups that cannot be told apart; 0 if they are too many to list.
    limit : float
        Normal score that the difference of two units had to exceed first to
        be told apart, e.g. 3.1 for twenty units.
    """

    units: tuple[RankedUnit, ...]
    level: float
    top: int
    n_draws: int
    seed: int
    n_groups: int
    limit: float


def rank_uncertainly(
    units: Compared, *, level: float = 0.95, top: int = TOP, seed: int = 0, n_draws: int = DRAWS
) -> Ranking:
    """Rank units by estimates that vary, and may vary together.

    Parameters
    ----------
    units : Compared
        At least one unit, higher is better.
    level : float
        Confidence level.
    top : int
        The top of which probabilities are given.
    seed, n_draws : int
        Of the simulation.

    Returns
    -------
    Ranking

    Notes
    -----
    Rank sets from differences: rank j is at least 1 plus the number of units
    that are certainly higher, at most p minus the number certainly lower. The
    marginal set takes the differences of one unit with all others as the
    family, the simultaneous one all pairs [Mogstad2024]. The joint region
    counts whose simultaneous interval lies wholly above or below
    [KleinWright2020]. Critical values come from the joint distribution of the
    estimates; few degrees of freedom are counted by Student's t.
    """
    p = len(units.value)
    errors = joint_errors(units.covariance, n_draws, seed)
    pairs = all_pairs(units)
    signs, limit = told_apart(pairs, errors, level)
    joint = _ranges(_matrix(pairs, signs, p))
    marginal = [_marginal(pairs, errors, unit, p, level) for unit in range(p)]
    region = _region(units, errors, level)
    p_top = _in_top(units, errors, top)
    order = np.argsort(-units.value, kind="stable").tolist()
    groups = indistinguishable(_matrix(pairs, signs, p) != 0, order)
    of_unit: list[list[int]] = [[] for _ in range(p)]
    for number, group in enumerate(groups):
        for place in group:
            of_unit[order[place]].append(number)
    found = tuple(
        RankedUnit(
            low=marginal[unit][0],
            high=marginal[unit][1],
            joint_low=int(joint[unit, 0]),
            joint_high=int(joint[unit, 1]),
            region_low=int(region[unit, 0]),
            region_high=int(region[unit, 1]),
            p_top=float(p_top[unit]),
            groups=tuple(of_unit[unit]),
        )
        for unit in range(p)
    )
    return Ranking(found, level, top, n_draws, seed, len(groups), limit)


def _matrix(pairs: Pairs, signs: NDArray[np.int8], p: int) -> NDArray[np.int8]:
    """Return signs of all pairs in both directions, shape (p, p): 1 where row is higher."""
    found = np.zeros((p, p), dtype=np.int8)
    found[pairs.first, pairs.second] = signs
    found[pairs.second, pairs.first] = -signs
    return found


def _ranges(signs: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return the least and greatest rank of every row, shape (p, 2)."""
    higher, lower = (signs < 0).sum(axis=1), (signs > 0).sum(axis=1)
    return np.column_stack([1 + higher, signs.shape[1] - lower]).astype(np.int64)


def _marginal(pairs: Pairs, errors: Values, unit: int, p: int, level: float) -> tuple[int, int]:
    """Return the marginal interval of one unit's rank."""
    is_first, is_second = pairs.first == unit, pairs.second == unit
    chosen = is_first | is_second
    signs, _ = told_apart(pairs.of(chosen), errors, level)
    of_unit = np.where(is_first[chosen], signs, -signs)
    return 1 + int((of_unit < 0).sum()), p - int((of_unit > 0).sum())


def _region(units: Compared, errors: Values, level: float) -> NDArray[np.int64]:
    """Return ranks from simultaneous intervals of the values, shape (p, 2)."""
    from scipy.special import ndtr, stdtrit

    error = units.error
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = np.nan_to_num(np.abs(errors) / error, nan=0.0, posinf=0.0)
    greatest = np.sort(standard.max(axis=1, initial=0.0))
    limit = float(greatest[min(math.ceil(level * (len(greatest) + 1)), len(greatest)) - 1])
    half = -stdtrit(units.df, ndtr(-limit)) * error
    low, high = units.value - half, units.value + half
    signs = (low[:, None] > high[None, :]).astype(np.int8)
    return _ranges(signs - signs.T)


def _in_top(units: Compared, errors: Values, top: int) -> Values:
    """Return the share of draws in which each unit is among the top, shape (p,)."""
    p = len(units.value)
    if p <= top:
        return np.ones(p)
    drawn = units.value + _with_tails(errors, units)
    entry = np.partition(drawn, p - top, axis=1)[:, p - top]
    return np.asarray((drawn >= entry[:, None]).mean(axis=0))


def _with_tails(errors: Values, units: Compared) -> Values:
    """Give normal errors the tails of Student's t with each unit's own degrees of freedom."""
    from scipy.special import ndtr, stdtrit

    found = np.zeros_like(errors)
    for unit, (error, df) in enumerate(zip(units.error, units.df, strict=True)):
        if error > 0:
            standard = errors[:, unit] / error
            tail = stdtrit(df, np.maximum(ndtr(-np.abs(standard)), 1e-300))
            found[:, unit] = np.sign(standard) * -tail * error
    return found


__all__ = ["DRAWS", "METHOD", "TOP", "RankedUnit", "Ranking", "normal_score", "rank_uncertainly"]
