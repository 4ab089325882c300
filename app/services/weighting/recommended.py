"""The recipe that is recommended for what there is."""

from collections.abc import Sequence

import polars as pl

from analysis.snapshot import Layout
from app.services.weighting.controls import Control, check, disagreeing
from app.services.weighting.recipe import Nonresponse, Rake, Recipe, Step, Trim, Unknown

ENOUGH = 20
"""Answers that a class of nonresponse should have."""


def recommended(
    answers: pl.DataFrame,
    layout: Layout,
    controls: Sequence[Control],
    *,
    has_unknown: bool,
    has_cases: bool,
) -> Recipe:
    """Put the usual steps together: unknown eligibility, nonresponse, control totals, trimming.

    Parameters
    ----------
    controls : sequence of Control
        Those that are loaded; only those that fit the answers and each other are used.
    has_unknown, has_cases : bool
        Whether there are cases nobody knows to be eligible, and cases without answers at all.
    """
    steps: list[Step] = []
    if has_unknown:
        steps.append(Unknown())
    if has_cases:
        steps.append(Nonresponse(within=(layout.stratum,), thin="neighbour", minimum=ENOUGH))
    usable = usable_controls(answers, layout, controls)
    if usable:
        steps.append(Rake(controls=tuple(one.content_hash for one in usable)))
    steps.append(Trim())
    return Recipe(tuple(steps))


def usable_controls(
    answers: pl.DataFrame, layout: Layout, controls: Sequence[Control]
) -> tuple[Control, ...]:
    """Choose the control totals that fit the answers, and of these the first that agree."""
    chosen: list[Control] = []
    for control in controls:
        if any(finding.hinders for finding in check(control, answers, layout)):
            continue
        if chosen and control.counted != chosen[0].counted:
            continue
        if disagreeing([*chosen, control]) is None:
            chosen.append(control)
    return tuple(chosen)
