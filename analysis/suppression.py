"""Company for the confidential: nobody may be the whole minus the rest.

Wherever a whole is shown beside its parts, one part kept back alone could be
worked out by subtraction. So others are kept back with it [Hundepool2012,
ch. 4].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole, before anybody is protected.

    Attributes
    ----------
    n : int
        Respondents in it.
    is_masked : bool
        Whether even its n is kept back because people could be recognised.
    is_shown : bool
        Whether its figure is shown.
    """

    n: int
    is_masked: bool
    is_shown: bool


def cover(parts: Sequence[Part], min_people: int) -> tuple[int, ...]:
    """Choose the parts that must be masked for the sake of masked ones.

    Parameters
    ----------
    parts : sequence of Part
        All parts of one whole that is shown.
    min_people : int
        Fewest people who may stand behind what can be had by subtraction.

    Returns
    -------
    tuple of int
        Positions, so that at least two parts and ``min_people`` people are
        masked: first parts whose figure is not shown anyway, then the
        smallest. Empty if nobody is masked; all there are if even they are
        not enough.
    """
    masked = [part for part in parts if part.is_masked]
    if not masked:
        return ()
    others = [place for place, part in enumerate(parts) if part.n > 0 and not part.is_masked]
    others.sort(key=lambda place: (parts[place].is_shown, parts[place].n, place))
    n_parts, people = len(masked), sum(part.n for part in masked)
    chosen: list[int] = []
    for place in others:
        if n_parts >= 2 and people >= min_people:
            break
        chosen.append(place)
        n_parts, people = n_parts + 1, people + parts[place].n
    return tuple(chosen)
