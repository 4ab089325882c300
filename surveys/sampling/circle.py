"""Where a co-ordinated draw begins on the circle of permanent random numbers.

Every person keeps one number between 0 and 2**53 for good. A draw goes round the circle from
its start and takes those it meets first; the start comes from the public seed, among the
starts that leave out what earlier rounds used [Lindblom2014].
"""

from __future__ import annotations

import math

from surveys.sampling.chance import Chance
from surveys.sampling.frame import CIRCLE
from surveys.sampling.schema import Coordination, Plan


def start_of(plan: Plan, chance: Chance) -> int | None:
    """Return where the draw begins, from 0 below 2**53; None if it is not co-ordinated.

    Without earlier rounds every start has the same chance. Else the widest gap
    between their arcs is taken, and the start is anywhere in it as long as ``room`` is left
    to its end; if the gap is narrower, its begin.
    """
    if plan.coordination is None:
        return None
    number = int(chance.whole("start", 1)[0])
    gap = widest_gap(plan.coordination)
    if gap is None:
        return number
    begin, length = gap
    slack = max(0, length - math.ceil(plan.coordination.room * CIRCLE))
    return (begin + (slack * number >> 53)) % CIRCLE


def widest_gap(coordination: Coordination) -> tuple[int, int] | None:
    """Return begin and length of the widest arc no earlier round used; None if none did.

    Of equally wide ones the first from 0. The length is 0 if nothing is left.
    """
    if not coordination.avoid:
        return None
    gaps = [_gap_after(end, coordination) for _, end in coordination.avoid]
    return min(gaps, key=lambda gap: (-gap[1], gap[0]))


def _gap_after(point: int, coordination: Coordination) -> tuple[int, int]:
    """Return the arc from a point to the next that was used."""
    for begin, end in coordination.avoid:
        if (point - begin) % CIRCLE < (end - begin) % CIRCLE:
            return point, 0
    return point, min((begin - point) % CIRCLE for begin, _ in coordination.avoid)
