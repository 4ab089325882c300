"""Ranking the units of a publication by a node of its method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analysis.index.together import Together
from analysis.ranking.scale import Compared, as_log_odds
from analysis.ranking.uncertain import DRAWS, TOP, Ranking, rank_uncertainly


class Precision(NamedTuple):
    """What has to be known of a unit's figure to compare it.

    Attributes
    ----------
    df : float
        Degrees of freedom of its standard error.
    effective_n : float
        Its effective size; Kish's where its value does not vary.
    """

    df: float
    effective_n: float


def compared_units(
    sample: Together, node: str, precision: Mapping[str, Precision]
) -> tuple[tuple[str, ...], Compared]:
    """Gather the units that can be compared, on the scale of comparison.

    Parameters
    ----------
    sample : Together
        Reduced by the kind of unit.
    node : str
    precision : mapping of str to Precision
        By the code of the unit; only units that are to be compared.

    Returns
    -------
    codes : tuple of str
        Units with degrees of freedom, sorted. Where not a share
        is compared, those whose value does not vary are left out: they have
        no standard error.
    Compared
    """
    codes = tuple(code for code in sample.codes if code in precision and precision[code].df > 0)
    joint = sample.joint(node, codes)
    covariance = joint.covariance()
    df = np.array([float(precision[code].df) for code in codes])
    if sample.is_share[node]:
        effective = np.array([float(precision[code].effective_n) for code in codes])
        return codes, as_log_odds(joint.value, covariance, df, effective)
    varies = np.flatnonzero(np.diag(covariance) > 0)
    kept = tuple(codes[place] for place in varies)
    return kept, Compared(joint.value[varies], covariance[np.ix_(varies, varies)], df[varies])


def rank_units(
    sample: Together,
    node: str,
    precision: Mapping[str, Precision],
    *,
    level: float = 0.95,
    top: int = TOP,
    seed: int = 0,
    n_draws: int = DRAWS,
) -> tuple[tuple[str, ...], Ranking | None]:
    """Rank units by a node; see ``rank_uncertainly``.

    Returns
    -------
    codes : tuple of str
        The units that are ranked.
    Ranking or None
        In that order; None if fewer than two units can be compared.
    """
    codes, units = compared_units(sample, node, precision)
    if len(codes) < 2:
        return (), None
    return codes, rank_uncertainly(units, level=level, top=top, seed=seed, n_draws=n_draws)
