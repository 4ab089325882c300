"""Making replicates: what the weights of each PSU are multiplied by.

Every maker takes the stratum of each PSU and returns ``ReplicateFactors``.
"""

from __future__ import annotations

from analysis.variance.replicate.balanced import brr, fay
from analysis.variance.replicate.bootstrap import canty_davison, rao_wu_yue
from analysis.variance.replicate.degrees import replicate_df
from analysis.variance.replicate.factors import (
    ReplicateFactors,
    ReplicateMethod,
    default_scales,
    jkn_rscales,
)
from analysis.variance.replicate.hadamard import hadamard, hadamard_order
from analysis.variance.replicate.jackknife import jk1, jk2, jkn
from analysis.variance.replicate.successive import successive_difference

__all__ = [
    "ReplicateFactors",
    "ReplicateMethod",
    "brr",
    "canty_davison",
    "default_scales",
    "fay",
    "hadamard",
    "hadamard_order",
    "jk1",
    "jk2",
    "jkn",
    "jkn_rscales",
    "rao_wu_yue",
    "replicate_df",
    "successive_difference",
]
