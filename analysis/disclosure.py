"""What a reader can work out by adding and subtracting everything that is told.

``analysis.suppression`` looks at one sum at a time: a whole and its parts.
Groups that overlap (a field across centres), and earlier publications of the
same answers, can be put together in more ways. Here all that is told about
one subject is one linear system; what it determines about fewer than so many
people must not be told.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.coding import Coded, encode
from analysis.elimination import NOTHING, Values, left_null_space, reduced_with, subtract
from analysis.few_people import UndecidedError, about_few

Place: TypeAlias = tuple[str, str]
"""Kind and code of a group; both empty for everybody."""

ROUGHLY_NOTHING: Final = 1e-7
"""The same for the solution of a system of such numbers."""

MOST_KEYS: Final = 2**22
"""Crossed values of all kinds up to which people are counted by key."""

ORDERS: Final = 3
"""Orders in which combinations are sought; each finds combinations about few people."""


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """Who is behind a publication, and what it tells.

    Attributes
    ----------
    person : ndarray of int64, shape (n,)
        Number of each respondent; the same person has the same number in
        every release.
    kinds : mapping of str to column
        Kind of group → code of each respondent, missing ones belong to none.
    rated : mapping of subject to ndarray of bool, shape (n,)
        Whom each subject is about.
    told : mapping of subject to set of (kind, code)
        The groups of which a count or a value is told.
    """

    person: NDArray[np.int64]
    kinds: Mapping[str, Column]
    rated: Mapping[Hashable, NDArray[np.bool_]]
    told: Mapping[Hashable, frozenset[Place]]
    known: dict[str, Coded] = field(default_factory=dict)
    """Columns that were coded already; releases of the same columns may share it."""

    def coded(self, kind: str) -> Coded:
        """Return the codes of a kind as numbers, worked out once."""
        if kind not in self.known:
            self.known[kind] = encode(self.kinds[kind])
        return self.known[kind]


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Everything told about one subject, as sums over classes of people.

    People who are in the same groups throughout cannot be told from one
    another: they are one class.

    Attributes
    ----------
    sums : ndarray of float64, shape (n_told, n_classes)
        Which classes each told sum is made of.
    places : tuple of (kind, code) or None, shape (n_told,)
        The group of the present release a sum is about; None for sums told
        before, which cannot be taken back.
    kept, added, removed : ndarray of float64, shape (n_classes,)
        People of a class who are in the present release and an earlier one or
        the only one, in the present one alone, in earlier ones alone. An
        answer that was corrected is one removed and one added.
    """

    sums: Values
    places: tuple[Place | None, ...]
    kept: Values
    added: Values
    removed: Values

    def people(self, coefficients: Values) -> float:
        """Count the people a combination of classes is about."""
        about = np.abs(coefficients) > NOTHING
        changed = max(self.added[about].sum(), self.removed[about].sum())
        return float(self.kept[about].sum() + changed)


def worked_out(
    system: System, min_people: int, *, is_exhaustive: bool = False
) -> Iterator[list[Values]]:
    """Find combinations of told sums that are about too few people.

    Parameters
    ----------
    system : System
    min_people : int
        Fewest people whom a combination may be about.
    is_exhaustive : bool
        Whether the search goes on, after some orders of elimination, until a
        combination is found that can be prevented or none is left.

    Yields
    ------
    list of ndarray of float64, shape (n_told,)
        Coefficients of the told sums; one list for each order of elimination
        in which any were found. Nothing is yielded if every combination that
        leaves only small classes is nought, which is proved by rank, and with
        `is_exhaustive` only if there is none that can be prevented or the
        search for it would take too long.
    """
    sizes = system.kept + np.maximum(system.added, system.removed)
    is_small = sizes < min_people
    if not is_small.any() or not len(system.sums):
        return
    needed = _independent(system)
    sums = system.sums[needed]
    ways = left_null_space(sums[:, ~is_small])
    if not len(ways):
        return
    small = ways @ sums[:, is_small]
    sizes = sizes[is_small]
    orders = [np.argsort(sizes, kind="stable"), np.argsort(-sizes, kind="stable")]
    shuffled = np.random.Generator(np.random.PCG64(0))
    orders += [shuffled.permutation(len(sizes)) for _ in range(ORDERS - len(orders))]
    classes = np.flatnonzero(is_small)
    for order in orders:
        reduced, made = reduced_with(small[:, order], ways)
        found = []
        for row, way in zip(reduced, made, strict=True):
            coefficients = np.zeros(len(is_small))
            coefficients[classes[order]] = row
            if 0 < system.people(coefficients) < min_people:
                told = np.zeros(len(system.sums))
                told[needed] = way
                found.append(told)
        if found:
            yield found
    if is_exhaustive:
        missed = _missed(system, small, ways, needed, is_small, min_people)
        if missed is not None:
            yield [missed]


def _missed(
    system: System,
    small: Values,
    ways: Values,
    needed: NDArray[np.int64],
    is_small: NDArray[np.bool_],
    min_people: int,
) -> Values | None:
    """Find what no order of elimination has found, as coefficients of the told sums."""
    now = np.array([place is not None for place in system.places], dtype=np.bool_)[needed]

    def told(of_small: Values) -> Values:
        """Say which sums a combination of small classes is made of; there is one way only."""
        made = np.linalg.lstsq(small.T, of_small, rcond=None)[0] @ ways
        made[np.abs(made) <= ROUGHLY_NOTHING * np.abs(made).max(initial=0.0)] = 0.0
        return np.asarray(made)

    def can_be_prevented(of_small: Values) -> bool:
        return bool(told(of_small)[now].any())

    sizes = np.array([system.kept + system.added, system.kept + system.removed])[:, is_small]
    try:
        found = about_few(small, sizes, min_people, can_be_prevented)
    except UndecidedError:
        # Nothing was found in the steps there are. To hide groups until the question can be
        # decided would cost far more figures than it protects people.
        return None
    if found is None:
        return None
    made = np.zeros(len(system.sums))
    made[needed] = told(found)
    return made


def _independent(system: System) -> NDArray[np.int64]:
    """Choose sums that all others follow from: those told before, everybody, then large ones.

    A combination of these names no sum that it does not need.
    """
    people = system.sums @ (system.kept + system.added + system.removed)
    order = sorted(
        range(len(people)),
        key=lambda row: (
            system.places[row] is not None,
            system.places[row] != ("", ""),
            -people[row],
            row,
        ),
    )
    in_order = system.sums[order]
    products = in_order @ in_order.T
    scale = 1.0 / np.sqrt(np.maximum(np.diag(products), 1.0))
    left = products * np.outer(scale, scale)
    chosen = []
    free = np.ones(len(left), dtype=np.bool_)
    for column in range(len(left)):
        size = np.where(free, np.abs(left[:, column]), 0.0)
        pivot = int(np.argmax(size))
        if size[pivot] <= NOTHING:
            continue
        factor = left[:, column] / left[pivot, column]
        factor[pivot] = 0.0
        rows = np.flatnonzero(np.abs(factor) > NOTHING)
        subtract(left, rows, factor[rows], pivot)
        free[pivot] = False
        chosen.append(order[column])
    return np.array(chosen, dtype=np.int64)


def system_of(subject: Hashable, present: Release, earlier: Sequence[Release]) -> System:
    """Write down all that is told about a subject.

    Parameters
    ----------
    subject : hashable
        Releases that tell nothing of it count for nothing.
    present : Release
        With what is to be told now.
    earlier : sequence of Release
        What has been told already.
    """
    releases = [one for one in (present, *earlier) if subject in one.told and subject in one.rated]
    n_people = 1 + max((int(one.person.max(initial=-1)) for one in releases), default=-1)
    labels: list[NDArray[np.int64]] = []
    rows: list[tuple[int, int, Place | None]] = []
    inside = np.zeros((n_people, 2), dtype=np.bool_)
    for release in releases:
        is_present = release is present
        people = release.person[release.rated[subject]]
        inside[people, 0 if is_present else 1] = True
        for kind in ("", *release.kinds):
            codes, names = _labels(release, subject, kind, n_people)
            for code, name in enumerate(names):
                if (kind, name) in release.told[subject]:
                    rows.append((len(labels), code, (kind, name) if is_present else None))
            told = {code for column, code, _ in rows if column == len(labels)}
            # The last place is that of people without a code, -1.
            is_told = np.zeros(len(names) + 1, dtype=np.bool_)
            is_told[list(told)] = True
            labels.append(np.where(is_told[codes], codes, -1))
    has_earlier = len(releases) > (1 if present in releases else 0)
    state = np.where(inside[:, 0], np.where(inside[:, 1] | ~np.bool_(has_earlier), 0, 1), 2)
    somebody = inside.any(axis=1)
    classes, counts = _distinct([label[somebody] for label in (*labels, state)])
    sums = np.array([classes[column] == code for column, code, _ in rows], dtype=np.float64)
    of_state = [np.where(classes[-1] == s, counts, 0).astype(np.float64) for s in range(3)]
    return System(
        sums.reshape(len(rows), len(counts)), tuple(place for _, _, place in rows), *of_state
    )


def _distinct(
    labels: Sequence[NDArray[np.int64]],
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Return the distinct rows of several columns, sorted, and how often each occurs."""
    lows = [int(label.min(initial=0)) for label in labels]
    widths = [int(label.max(initial=0)) - low + 1 for label, low in zip(labels, lows, strict=True)]
    if math.prod(widths) > MOST_KEYS:
        return _distinct_rows(labels)
    key = np.zeros(len(labels[0]) if labels else 0, dtype=np.int64)
    for label, low, width in zip(labels, lows, widths, strict=True):
        key *= width
        key += label - low
    counts = np.bincount(key, minlength=1)
    found = np.flatnonzero(counts)
    classes: list[NDArray[np.int64]] = []
    left = found
    for low, width in zip(reversed(lows), reversed(widths), strict=True):
        classes.append(left % width + low)
        left = left // width
    return classes[::-1], counts[found].astype(np.int64)


def _distinct_rows(
    labels: Sequence[NDArray[np.int64]],
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Do the same where there are too many keys to count one by one."""
    names = [str(number) for number in range(len(labels))]
    table = pl.DataFrame(dict(zip(names, labels, strict=True)))
    found = table.group_by(names).len(name="n").sort(names)
    return [found[name].to_numpy() for name in names], found["n"].to_numpy().astype(np.int64)


def _labels(
    release: Release, subject: Hashable, kind: str, n_people: int
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the code of every person by one kind, -1 for none, and the names of codes."""
    rated = release.rated[subject]
    found = np.full(n_people, -1, dtype=np.int64)
    if not kind:
        found[release.person[rated]] = 0
        return found, ("",)
    coded = release.coded(kind)
    found[release.person[rated]] = coded.codes[rated]
    return found, coded.levels


def to_be_hidden(
    ways: Sequence[Values],
    places: Sequence[Place | None],
    sizes: Mapping[Place, tuple[bool, int]],
) -> frozenset[Place]:
    """Choose groups that must not be told so that combinations come to nothing.

    Parameters
    ----------
    ways : sequence of ndarray of float64, shape (n_told,)
        Combinations to be prevented.
    places : sequence of (kind, code) or None, shape (n_told,)
        As in ``System``.
    sizes : mapping of (kind, code) to (bool, int)
        Whether the figure of a group is shown, and its respondents: groups
        that are not shown anyway go first, then the smallest; everybody goes
        last.

    Returns
    -------
    frozenset of (str, str)
        One group at least of every combination; none of those that were known
        before and cannot be prevented any more.
    """
    chosen: set[Place] = set()
    for way in ways:
        involved = {
            place
            for place, coefficient in zip(places, way, strict=True)
            if place is not None and abs(coefficient) > NOTHING
        }
        if involved and involved.isdisjoint(chosen):
            chosen.add(min(involved, key=lambda place: (not place[0], *sizes[place], place)))
    return frozenset(chosen)
