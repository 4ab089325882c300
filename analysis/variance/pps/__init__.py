"""Variances of samples drawn without replacement with unequal probabilities.

Each function returns a ``PairMatrix`` ``D`` for ``V = z' D z``, where ``z`` are
influences of PSUs with their weights. Selection with replacement needs none of
this: its variance is the one between PSUs without finite population correction
[HansenHurwitz1943].
"""

from __future__ import annotations

from analysis.variance.pps.approximate import (
    LowRankPairs,
    brewer_fraction,
    hartley_rao,
    overton,
)
from analysis.variance.pps.joint import DensePairs, PairVariance, pair_matrix
from analysis.variance.pps.validity import check_joint, check_probability

__all__ = [
    "DensePairs",
    "LowRankPairs",
    "PairVariance",
    "brewer_fraction",
    "check_joint",
    "check_probability",
    "hartley_rao",
    "overton",
    "pair_matrix",
]
