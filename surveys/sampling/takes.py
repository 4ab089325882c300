"""How many units are taken of each group: numbers, shares, overall shares, and rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.chance import Chance
from surveys.sampling.layout import Groups, Layout, StageLayout
from surveys.sampling.plan_values import DIGITS
from surveys.sampling.schema import ALL, POSITION, RANDOM_SIZE, Number
from surveys.sampling.units import texts_of

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

PARTS: Final = 10**DIGITS
"""Shares are whole numbers of these parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """What each group gives.

    Attributes
    ----------
    n : ndarray of int64, shape (n_groups,)
        Units to draw; what is expected, rounded, where the number is left to chance.
    expected : ndarray of float64, shape (n_groups,)
        Units expected; equal to ``n`` unless chance decides.
    wanted : ndarray of float64, shape (n_groups,)
        Units before the population, a minimum or a maximum bounded them.
    is_random : bool
        Whether chance decides how many are drawn.
    """

    n: Whole
    expected: Real
    wanted: Real
    is_random: bool


def labels_of(layout: Layout, here: StageLayout, groups: Groups) -> list[str]:
    """Return the label of each group, by which the plan gives amounts."""
    stage = here.stage
    if stage.labels_by == stage.strata:
        return [groups.strata[number] for number in groups.stratum.tolist()]
    first = np.zeros(groups.n, dtype=np.int64)
    first[groups.group[::-1]] = groups.unit[::-1]
    columns = [layout.frame.categories[name] for name in stage.labels_by]
    texts = texts_of(columns, here.units.row[first], groups.n)
    return [texts.texts[code] for code in texts.codes.tolist()]


def takes_of(
    layout: Layout, number: int, groups: Groups, above: Real | None, chance: Chance | None = None
) -> Takes:
    """Return what each group of a stage gives.

    Parameters
    ----------
    layout : Layout
    number : int
        Of the stage, from 0.
    groups : Groups
    above : ndarray of float64, shape (n_units_above,), optional
        Probability of each unit above up to its stage.
    chance : Chance, optional
        For rounding at random; without it nothing is rounded at random.
    """
    here = layout.stages[number]
    stage, population = here.stage, groups.population
    if stage.method == ALL:
        return _whole(population, population.astype(np.float64))
    wanted = stage.wanted
    if wanted is None:
        raise ValueError(stage)
    amount = _amounts(layout, here, groups)
    if wanted.kind == "take":
        return _whole(np.minimum(amount, population), amount.astype(np.float64))
    if wanted.kind == "share" and stage.rounding != "random" and stage.method not in RANDOM_SIZE:
        real = amount * population / PARTS
        return _whole(_bounded(here, _rounded(amount * population, stage.rounding), groups), real)
    real = _real(layout, here, groups, amount, above)
    if stage.method in RANDOM_SIZE:
        expected = np.minimum(real, population)
        return Takes(np.rint(expected).astype(np.int64), expected, real, is_random=True)
    if stage.rounding == "random":
        return _random(here, groups, real, chance)
    rounding = {"nearest": np.floor(real + 0.5), "up": np.ceil(real), "down": np.floor(real)}
    return _whole(_bounded(here, rounding[stage.rounding].astype(np.int64), groups), real)


def _whole(n: Whole, wanted: Real) -> Takes:
    return Takes(n, n.astype(np.float64), wanted, is_random=False)


def _parts(amount: Number, *, is_share: bool) -> int:
    return int(amount * PARTS) if is_share else int(amount)


def _amounts(layout: Layout, here: StageLayout, groups: Groups) -> Whole:
    """Return the plan's number for each group; shares in millionths."""
    wanted = here.stage.wanted
    if wanted is None:
        raise ValueError(here.stage)
    is_share = wanted.kind.endswith("share")
    if wanted.everywhere is not None:
        return np.full(groups.n, _parts(wanted.everywhere, is_share=is_share), dtype=np.int64)
    found = [wanted.of(label) for label in labels_of(layout, here, groups)]
    return np.array(
        [0 if one is None else _parts(one, is_share=is_share) for one in found], dtype=np.int64
    )


def _rounded(parts: Whole, rounding: str) -> Whole:
    """Round shares of populations, in millionths, to whole units."""
    if rounding == "up":
        return -(-parts // PARTS)
    return parts // PARTS if rounding == "down" else (2 * parts + PARTS) // (2 * PARTS)


def _bounded(here: StageLayout, n: Whole, groups: Groups) -> Whole:
    """Apply minimum (1 unless the plan says otherwise), maximum and the population."""
    stage = here.stage
    low = 1 if stage.minimum is None else stage.minimum
    bounded = np.maximum(n, low)
    if stage.maximum is not None:
        bounded = np.minimum(bounded, stage.maximum)
    return np.minimum(bounded, groups.population)


def _real(
    layout: Layout, here: StageLayout, groups: Groups, amount: Whole, above: Real | None
) -> Real:
    """Return amounts that are not whole numbers, shape (n_groups,)."""
    stage = here.stage
    kind = stage.wanted.kind if stage.wanted else ""
    carried = np.ones(groups.n) if above is None else above[groups.parent]
    product = (amount * groups.population).astype(np.float64)
    if kind == "share":
        return product / PARTS
    if kind == "overall_share":
        return product / PARTS / carried
    return product / (_domains(layout, here, groups) * carried)


def _domains(layout: Layout, here: StageLayout, groups: Groups) -> Real:
    """Return how many units of the last stage the frame has for each group's label."""
    totals = domain_totals(layout, here)
    wanted = here.stage.wanted
    if wanted is not None and wanted.everywhere is not None:
        return np.full(groups.n, float(sum(totals.values())))
    labels = labels_of(layout, here, groups)
    return np.array([totals[label] for label in labels], dtype=np.float64)


def domain_totals(layout: Layout, here: StageLayout) -> Mapping[str, int]:
    """Return the number of units of the last stage in the frame, by label."""
    frame, stage = layout.frame, here.stage
    wanted = stage.wanted
    by = stage.labels_by if wanted is not None and wanted.everywhere is None else ()
    if stage.unit == POSITION and here.size is not None:
        rows, counts = here.units.row, here.size
    else:
        kept = layout.is_kept
        rows = np.arange(frame.n) if kept is None else np.flatnonzero(kept)
        counts = np.ones(len(rows), dtype=np.int64)
    texts = texts_of([frame.categories[name] for name in by], rows, len(rows))
    sums = np.bincount(texts.codes, weights=counts, minlength=len(texts.texts))
    return dict(zip(texts.texts, sums.astype(np.int64).tolist(), strict=True))


def _random(here: StageLayout, groups: Groups, real: Real, chance: Chance | None) -> Takes:
    """Round so that each group is expected to give exactly its share.

    One random number for all: the running sum moves past whole numbers, and the group in
    which it does gets one more; the sample as a whole varies by less than one unit.
    """
    stage = here.stage
    x = np.maximum(real, stage.minimum or 0)
    if stage.maximum is not None:
        x = np.minimum(x, stage.maximum)
    x = np.minimum(x, groups.population)
    if chance is None:
        return Takes(np.rint(x).astype(np.int64), x, real, is_random=True)
    start = chance.uniform(f"rounding/{here.number}", 1)[0]
    ends = np.floor(np.cumsum(x) + start).astype(np.int64)
    n = np.minimum(np.diff(ends, prepend=0), groups.population)
    return Takes(n, x, real, is_random=True)
