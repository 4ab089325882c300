"""What a plan means for every group and unit of a frame, drawn or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.layout import Groups, Layout, StageLayout, groups_of, position_groups
from surveys.sampling.methods import probabilities
from surveys.sampling.methods.probabilities import Probabilities
from surveys.sampling.schema import PPS
from surveys.sampling.takes import Takes, takes_of


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """One stage over all units of the frame.

    Attributes
    ----------
    here : StageLayout
    groups : Groups
    takes : Takes
    chances : Probabilities, optional
        Of units given those above; None for positions, which are all alike.
    above : ndarray of float64, shape (n_groups,)
        Probability of the unit above each group, all its stages together.
    """

    here: StageLayout
    groups: Groups
    takes: Takes
    chances: Probabilities | None
    above: NDArray[np.float64]


def chances_of(here: StageLayout, groups: Groups, takes: Takes) -> Probabilities:
    """Return the inclusion probabilities of the units of a stage, given the units above."""
    named = None if here.is_named is None else here.is_named[groups.unit]
    if here.stage.method not in PPS or here.size is None:
        population = groups.population.astype(np.float64)
        return probabilities.equal(groups.group, population, takes.expected, named)
    size = here.size[groups.unit]
    return probabilities.proportional(groups.group, groups.n, size, takes.expected, named)


def evaluate(layout: Layout, n_stages: int | None = None) -> tuple[Stand, ...]:
    """Work out groups, takes and probabilities of the first stages, for all units.

    Parameters
    ----------
    layout : Layout
    n_stages : int, optional
        All stages if not given.
    """
    found: list[Stand] = []
    carried: NDArray[np.float64] | None = None
    for number, here in enumerate(layout.stages[:n_stages]):
        groups = (
            position_groups(layout, None) if here.is_position else groups_of(layout, number, None)
        )
        above = np.ones(groups.n) if carried is None else carried[groups.parent]
        if carried is not None and (above == 0).any():
            groups, above = _possible(layout, number, carried)
        takes = takes_of(layout, number, groups, carried)
        if here.is_position:
            found.append(Stand(here, groups, takes, None, above))
            break
        chances = chances_of(here, groups, takes)
        found.append(Stand(here, groups, takes, chances, above))
        place = np.arange(len(groups.unit))
        new = np.zeros(here.units.n)
        new[groups.unit] = chances.at(place, groups.group) * above[groups.group]
        carried = new
    return tuple(found)


def _possible(
    layout: Layout, number: int, carried: NDArray[np.float64]
) -> tuple[Groups, NDArray[np.float64]]:
    """Return the groups below units that can be drawn at all."""
    can = carried > 0
    is_position = layout.stages[number].is_position
    groups = position_groups(layout, can) if is_position else groups_of(layout, number, can)
    return groups, carried[groups.parent]
