"""Company for the confidential: nobody may be the whole minus the rest.

Wherever a whole is shown beside its parts, one part kept back alone could be
worked out by subtraction. So others are kept back with it [Hundepool2012,
ch. 4].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from analysis.shared_items import by_group, company

Within: TypeAlias = Mapping[str, Mapping[str, str]]
"""Kind of group → code → code of the larger group it is part of, e.g. counter → centre."""


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


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table that may have to be kept back.

    Attributes
    ----------
    subject : hashable
        What is told; only figures of one subject can be subtracted.
    kind, code : str
        Of whom; both empty for the whole.
    n : int
        Respondents in it.
    is_masked, is_shown : bool
        As in ``Part``.
    items : frozenset of str
        Items it is about; none if it shares nothing with other subjects.
    is_node : bool
        Whether it is a node of a method, not an item by itself.
    """

    subject: Hashable
    kind: str
    code: str
    n: int
    is_masked: bool
    is_shown: bool
    items: frozenset[str] = frozenset()
    is_node: bool = True


@dataclass(frozen=True, slots=True)
class _Whole:
    """Cells that add up to a whole, and the cells, if any, that tell it."""

    parts: tuple[int, ...]
    told_by: tuple[int, ...]


def protect(cells: Sequence[Cell], within: Within, min_people: int) -> frozenset[int]:
    """Mask cells until no masked one can be had by subtraction.

    The cells of a kind add up to the whole, and those that ``within`` puts
    together to a larger cell, but for people of whom the kind is not known:
    if they are too few, they are a part that is never shown. The subjects of
    one group tell of each other if they are about the same items. Where a
    whole is shown, its masked parts need company; where it is masked, at
    least one part must be, or it would be the sum of its parts. Company found
    for one whole may stand alone in another, so this goes on until nothing
    changes.

    Parameters
    ----------
    cells : sequence of Cell
        Everything that would be shown.
    within : mapping
        Which cells are parts of which.
    min_people : int
        Fewest people who may stand behind what can be had by subtraction.

    Returns
    -------
    frozenset of int
        Positions of all masked cells.
    """
    wholes = tuple(_wholes(cells, within))
    groups = by_group(cells)
    masked = {place for place, cell in enumerate(cells) if cell.is_masked}
    n_before = -1
    while n_before != len(masked):
        n_before = len(masked)
        for whole in wholes:
            masked.update(_missing(whole, cells, masked, min_people))
        for group in groups:
            # One at a time: each looks at what the last one added.
            for place in company(group, cells, masked):
                masked.add(place)
    return frozenset(masked)


def _wholes(cells: Sequence[Cell], within: Within) -> Iterator[_Whole]:
    """Yield the larger cells, then the whole, for every subject and kind."""
    larger: dict[tuple[Hashable, str, str], list[int]] = defaultdict(list)
    alike: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    by_code: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    everybody: dict[Hashable, int] = {}
    for place, cell in enumerate(cells):
        if not cell.kind:
            everybody[cell.subject] = place
            continue
        by_code[cell.subject, cell.code].append(place)
        alike[cell.subject, cell.kind].append(place)
        around = within.get(cell.kind, {}).get(cell.code)
        if around is not None:
            larger[cell.subject, cell.kind, around].append(place)
    for (subject, kind, code), parts in larger.items():
        told_by = (place for place in by_code[subject, code] if cells[place].kind != kind)
        yield _Whole(tuple(parts), tuple(told_by))
    for (subject, _), parts in alike.items():
        yield _Whole(tuple(parts), (everybody[subject],) if subject in everybody else ())


def _missing(
    whole: _Whole, cells: Sequence[Cell], masked: set[int], min_people: int
) -> tuple[int, ...]:
    """Return the parts of a whole that must be masked as well."""
    if whole.told_by and masked.issuperset(whole.told_by):
        people = [place for place in whole.parts if cells[place].n > 0]
        if not people or not masked.isdisjoint(people):
            return ()
        return (min(people, key=lambda place: (cells[place].is_shown, cells[place].n, place)),)
    parts = [
        Part(cells[place].n, place in masked, cells[place].is_shown and place not in masked)
        for place in whole.parts
    ]
    # Those who belong to no part are never shown, but would be the whole minus all parts. They
    # are no company for a confidential part: another kind of group may tell how many they are.
    unplaced = _unplaced(whole, cells)
    is_secret = 0 < unplaced < min_people
    chosen: set[int] = set()
    if not is_secret or any(cells[place].is_masked for place in whole.parts):
        chosen.update(cover(parts, min_people))
    if is_secret:
        chosen.update(cover([*parts, Part(unplaced, is_masked=True, is_shown=False)], min_people))
    return tuple(whole.parts[k] for k in sorted(chosen))


def _unplaced(whole: _Whole, cells: Sequence[Cell]) -> int:
    """Count the people of a whole who are in none of its parts."""
    n_told = max((cells[place].n for place in whole.told_by), default=0)
    return n_told - sum(cells[place].n for place in whole.parts)
