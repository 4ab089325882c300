"""Company for the confidential where groups overlap, and where something was told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import Coded
from analysis.disclosure import (
    Place,
    Release,
    System,
    system_of,
    to_be_hidden,
    worked_out,
)
from analysis.elimination import Values
from analysis.suppression import Cell, Within, protect


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who is behind the figures that are judged, and what was told of them before.

    Attributes
    ----------
    kinds : mapping of str to column
        Kind of group → code of each respondent.
    rated : mapping of frozenset of items to ndarray of bool, shape (n,)
        Who rated any of some items.
    person : ndarray of int64, shape (n,)
        Number of each respondent, over all releases.
    earlier : sequence of Release
        Earlier publications of the same answers; their subjects are sets of
        items.
    known : dict of str to Coded
        Kinds that were coded already.
    """

    kinds: Mapping[str, Column]
    rated: Mapping[Hashable, NDArray[np.bool_]]
    person: NDArray[np.int64]
    earlier: Sequence[Release] = ()
    known: dict[str, Coded] = field(default_factory=dict)


def protect_overlaps(
    cells: Sequence[Cell],
    within: Within,
    min_people: int,
    people: People | None,
    *,
    is_exhaustive: bool = False,
) -> frozenset[int]:
    """Mask cells until nothing about fewer than some people can be worked out.

    Parameters
    ----------
    cells : sequence of Cell
        Everything that would be shown.
    within : mapping
        Which cells are parts of which.
    min_people : int
        Fewest people who may stand behind what can be worked out.
    people : People, optional
        Without it only sums of parts are looked at, as ``protect`` does.
    is_exhaustive : bool
        Whether combinations are sought until there are proved to be no more.

    Returns
    -------
    frozenset of int
        Positions of all masked cells.
    """
    masked = protect(cells, within, min_people)
    if people is None:
        return masked
    groups = _by_subject(cells, people)
    audits = _Audits(people, min_people, is_exhaustive=is_exhaustive)
    pending = set(groups)
    while pending:
        subject = min(pending, key=sorted)
        hidden = masked
        while more := _more(groups[subject], subject, cells, hidden, audits):
            hidden |= more
        pending.discard(subject)
        if hidden == masked:
            continue
        again = [replace(cell, is_masked=place in hidden) for place, cell in enumerate(cells)]
        found = protect(again, within, min_people)
        changed = found - masked
        masked = found
        pending |= {one for one, places in groups.items() if not changed.isdisjoint(places)}
    return masked


def _by_subject(cells: Sequence[Cell], people: People) -> dict[frozenset[str], tuple[int, ...]]:
    """Put together the cells about the same items, whatever rule they are figures of."""
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if cell.items in people.rated and cell.n > 0:
            groups[cell.items].append(place)
    return {subject: tuple(places) for subject, places in groups.items()}


class _Audits:
    """Systems that were looked at: subjects rated by the same people share theirs."""

    def __init__(self, people: People, min_people: int, *, is_exhaustive: bool) -> None:
        self._people = people
        self._is_exhaustive = is_exhaustive
        self._min_people = min_people
        self._known: dict[Hashable, tuple[System, list[list[Values]]]] = {}

    def look(
        self, subject: frozenset[str], told: frozenset[Place]
    ) -> tuple[System, list[list[Values]]]:
        """Return the system of a subject and what can be worked out in it, order by order."""
        people = self._people
        earlier = tuple(one.told.get(subject) for one in people.earlier)
        key = (told, people.rated[subject].tobytes(), earlier)
        if key not in self._known:
            present = Release(
                people.person, people.kinds, people.rated, {subject: told}, people.known
            )
            system = system_of(subject, present, people.earlier)
            found = []
            sought = worked_out(system, self._min_people, is_exhaustive=self._is_exhaustive)
            for ways in sought:
                found.append(ways)
                if any(self._can_be_prevented(system, way) for way in ways):
                    break
            self._known[key] = system, found
        return self._known[key]

    @staticmethod
    def _can_be_prevented(system: System, way: Values) -> bool:
        return any(
            place is not None and coefficient
            for place, coefficient in zip(system.places, way.tolist(), strict=True)
        )


def _more(
    places: Sequence[int],
    subject: frozenset[str],
    cells: Sequence[Cell],
    masked: frozenset[int],
    audits: _Audits,
) -> frozenset[int]:
    """Return the cells of a group that must be masked as well; empty if none."""
    told: dict[Place, list[int]] = defaultdict(list)
    for place in places:
        if place not in masked:
            told[cells[place].kind, cells[place].code].append(place)
    sizes = {
        group: (any(cells[place].is_shown for place in found), max(cells[p].n for p in found))
        for group, found in told.items()
    }
    system, found = audits.look(subject, frozenset(told))
    for ways in found:
        hidden = to_be_hidden(ways, system.places, sizes)
        if hidden:
            return frozenset(place for group in hidden for place in told[group])
    return frozenset()
