"""Whether totals that weights were fitted to are still met after the steps that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analysis.plan.words import SEVERAL
from analysis.results import Note
from analysis.weights import Adjusted

MET: Final = 1e-6
"""Largest relative distance of totals that count as met."""

ON_PURPOSE: Final = frozenset({"scale", "combine"})
"""Steps that move every total by intention."""


def with_moved_totals(steps: Sequence[Adjusted]) -> list[Adjusted]:
    """Add a note to every step that leaves totals of an earlier one unmet.

    Parameters
    ----------
    steps : sequence of Adjusted
        Each begins where the one before ended.

    Returns
    -------
    list of Adjusted
        The note ``"totals-moved"`` has the number and name of the earlier step,
        the total that is farthest off, and its distance as a share of it.
    """
    found = list(steps)
    for number, fitted in enumerate(steps):
        totals, calibration = fitted.totals, fitted.calibration
        if totals is None or calibration is None:
            continue
        size = np.where(totals.target == 0, 1.0, np.abs(totals.target))
        reached = float((np.abs(totals.after - totals.target) / size).max(initial=0.0))
        for later in range(number + 1, len(steps)):
            if steps[later].step.name in ON_PURPOSE:
                break
            now = calibration.auxiliary.T @ steps[later].after
            distance = np.abs(now - totals.target) / size
            largest = float(distance.max(initial=0.0))
            if largest > max(MET, 1.001 * reached):
                farthest = totals.names[int(np.argmax(distance))]
                parts = (str(number + 1), fitted.step.name, farthest, f"{largest:.6g}")
                note = Note("totals-moved", SEVERAL.join(parts))
                found[later] = replace(found[later], notes=(*found[later].notes, note))
            reached = max(reached, largest)
    return found
