"""Nodes with corners: caps, floors and points by steps, whose variance is replicated.

A straight line through the value says what a node does only while chance does
not carry the value over a corner. Replicates of the sample go over the corner
themselves [Wolter2007, ch. 5].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.counted.sample import CountedSample
from analysis.design import Replicates
from analysis.index.leaves import Measure
from analysis.index.tree import NOT_SMOOTH, Method
from analysis.reduce import Reduced
from analysis.results import Estimate, Note
from analysis.sample import Sample
from analysis.variance.replicate import rao_wu_yue

N_REPLICATES: Final = 500
MOST_NUMBERS: Final = 2**25
"""Factors of PSUs that are made at most, 256 MiB."""
SEED: Final = 20_171_010
"""The same in every installation: the same answers give the same figures."""

LINEARISED: Final = Note("corner-linearised")
NO_VARIATION: Final = Note("no-variation")


def positions(method: Method, keys: Sequence[tuple[str, Measure]]) -> tuple[int, ...]:
    """Say which figures depend on an operation with corners."""
    with_corner: dict[str, bool] = {}

    def has_corner(code: str) -> bool:
        if code not in with_corner:
            node = method.node(code)
            with_corner[code] = node.operation in NOT_SMOOTH or any(map(has_corner, node.of))
        return with_corner[code]

    return tuple(place for place, (code, _) in enumerate(keys) if has_corner(code))


def replicated(sample: Sample) -> Sample | None:
    """Return the sample with replicates of its PSUs.

    Returns
    -------
    Sample, or None
        As it is if it has replicates. None where they would not be those of
        this sample: weights that were calibrated would have to be calibrated
        again, pairs of PSUs have no bootstrap, a stratum with one PSU has
        nothing to be drawn from, and strata drawn in good part need more.
    """
    design = sample.design
    if design.replicates is not None:
        return sample
    first = design.clusters.first
    if (
        design.calibrations
        or design.clusters.pairs is not None
        or not isinstance(sample, (Reduced, CountedSample))
        or (first.units_per_stratum < 2).any()
        or (first.unit_fraction > 0).any()
        or first.n_units * N_REPLICATES > MOST_NUMBERS
    ):
        return None
    made = rao_wu_yue(first.unit_stratum, N_REPLICATES, seed=SEED)
    replicates = Replicates(
        method=made.method, scale=made.scale, rscales=made.rscales, factor=made.factor
    )
    return replace(sample, design=replace(design, replicates=replicates))


def noted(estimates: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """Say of estimates that they were linearised although they have corners."""
    return tuple(replace(one, notes=(*one.notes, LINEARISED)) for one in estimates)


def merged(
    linearised: Sequence[Estimate],
    replicated: Sequence[Estimate],
    ends: tuple[float, float] | None,
) -> tuple[Estimate, ...]:
    """Take the replicated estimates, but where no replicate goes over a corner.

    Their intervals are cut off at the ends of the scale.
    """
    return tuple(
        one if NO_VARIATION in other.notes else _cut_off(other, ends)
        for one, other in zip(linearised, replicated, strict=True)
    )


def _cut_off(estimate: Estimate, ends: tuple[float, float] | None) -> Estimate:
    interval = estimate.interval
    if ends is None or math.isnan(interval.low):
        return estimate
    low, high = max(interval.low, ends[0]), min(interval.high, ends[1])
    return replace(estimate, interval=replace(interval, low=low, high=high))
