"""A combination of sums that is about too few people: found, or proved not to exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.elimination import NOTHING, Values

Flags: TypeAlias = NDArray[np.bool_]

MOST_STEPS: Final = 1_000
"""Subspaces that are looked into before the search gives up; hard cases seen need a few hundred."""


MANY_DIMENSIONS: Final = 12
"""Spaces of more dimensions are narrowed before they are looked into class by class."""

ORDERS_WITHOUT_GAIN: Final = 4
"""Orders of classes that are tried before a space is taken to be as narrow as it gets."""


DOUBTFUL: Final = 1e-5
"""Coefficients below this are neither rounding of zero nor numbers as small whole ones make."""


class UndecidedError(Exception):
    """The search was given up: there may be such a combination or not."""


def about_few(
    space: Values,
    sizes: Values,
    min_people: int,
    counts: Callable[[Values], bool] = lambda _: True,
    *,
    most_steps: int = MOST_STEPS,
) -> Values | None:
    """Find a combination that is about fewer than so many people.

    Parameters
    ----------
    space : ndarray of float64, shape (d, n_classes)
        Rows span all combinations there are.
    sizes : ndarray of float64, shape (n_counts, n_classes)
        People of each class, counted in one way or several; a combination is
        about those of the classes whose coefficient is not nought.
    min_people : int
        Fewest people whom a combination may be about by one of the counts.
    counts : callable
        Whether a combination found matters; one that does not is passed over.

    Returns
    -------
    ndarray of float64, shape (n_classes,), or None
        A combination, scaled anyhow; None if there is none.

    Raises
    ------
    UndecidedError
        More than `most_steps` subspaces would have to be looked into.

    Notes
    -----
    Exact: every combination either is nought in a class, so that it lies in a
    subspace of one dimension less, or is not, so that the people of that class
    are among those it is about. Branches end where these are too many. This is
    how words of least weight are found in a linear code. Before that a large
    space is narrowed to where such combinations can lie.
    """
    alike, merged, total = _merged(space, sizes, min_people)
    if len(merged) > MANY_DIMENSIONS:
        narrow = _narrowed(merged, total, min_people)
        if len(narrow) < len(merged):
            again, merged, total = _merged(narrow, total, min_people)
            alike = again[alike]
    if not len(merged):
        return None

    def within(classes: Flags) -> Values:
        """Return a combination of the space as given that is about these classes alone."""
        outside = ~classes[alike]
        left, pivots = reduced(space, np.argsort(~outside, kind="stable"))
        return _any_of(left[~outside[pivots]])

    search = _Search(total, min_people, lambda classes: counts(within(classes)), most_steps)
    found = search.below(merged, np.zeros(total.shape[1], dtype=np.bool_))
    return None if found is None else within(found)


def _any_of(space: Values) -> Values:
    """Return a combination that is nought only where all of a space are."""
    return np.asarray((1.0 + np.arange(len(space)) * np.e) @ space)


def reduced(matrix: Values, order: NDArray[np.intp]) -> tuple[Values, NDArray[np.intp]]:
    """Reduce rows fully, taking pivots in an order of columns; return rows and their pivots."""
    left = matrix.copy()
    used = np.zeros(len(left), dtype=np.bool_)
    pivots = np.full(len(left), -1, dtype=np.intp)
    for column in order:
        if used.all():
            break
        size = np.where(used, 0.0, np.abs(left[:, column]))
        row = int(np.argmax(size))
        if size[row] <= NOTHING:
            continue
        left[row] /= left[row, column]
        factor = left[:, column].copy()
        factor[row] = 0.0
        rows = np.flatnonzero(factor)
        block = left[rows] - np.outer(factor[rows], left[row])
        block[np.abs(block) <= NOTHING] = 0.0
        left[rows] = block
        used[row], pivots[row] = True, column
    return left[used], pivots[used]


def _merged(
    space: Values, sizes: Values, min_people: int
) -> tuple[NDArray[np.intp], Values, Values]:
    """Put together classes that are nought in the same combinations, until nothing changes.

    Together they may be too many for any combination to be about them; those
    that are left are nought there, and fewer.

    Returns
    -------
    tuple of arrays
        The class each column was put into, the space over those, their sizes.
    """
    columns = np.arange(sizes.shape[1], dtype=np.intp)
    while True:
        space, _ = reduced(space, np.argsort(-sizes.max(axis=0), kind="stable"))
        if not len(space):
            return columns, space, sizes
        first = np.argmax(space != 0, axis=0)
        lead = space[first, np.arange(space.shape[1])]
        scaled = space / np.where(lead == 0, 1.0, lead)
        _, kept, place = np.unique(
            scaled.round(7) + 0.0, axis=1, return_index=True, return_inverse=True
        )
        into = np.zeros((sizes.shape[1], len(kept)))
        into[np.arange(sizes.shape[1]), place.ravel()] = 1.0
        sizes = sizes @ into
        columns, space = place.ravel()[columns], space[:, kept]
        too_many = (sizes >= min_people).any(axis=0) & (space != 0).any(axis=0)
        if not too_many.any():
            return columns, space, sizes
        # What is nought there: the rows that are left once those classes have their pivots.
        left, pivots = reduced(space, np.argsort(~too_many, kind="stable"))
        space = left[~too_many[pivots]]


def _narrowed(space: Values, sizes: Values, min_people: int) -> Values:
    """Return rows that span a smaller space with all combinations about few people in it.

    From as many sets of classes as there are fewest people, a class being in no more of them
    than it has people: who is about fewer people misses one of the sets altogether. Each set
    is chosen so that whatever misses it misses all classes left, therefore the later sets
    too; so it is nought in all classes left for the last. What is nought there is the
    smaller space, and so on (this is how Brouwer and Zimmermann bound the least weight).
    """
    # By one of the counts, the one that finds somebody in most classes.
    people = sizes[int(np.argmax((sizes > 0).sum(axis=1)))]
    shuffled = np.random.Generator(np.random.PCG64(0))
    preferred: Values = -np.arange(len(people), dtype=np.float64)
    without_gain = 0
    while len(space) and without_gain < ORDERS_WITHOUT_GAIN:
        narrower = _missing_a_set(space, people, min_people, preferred)
        without_gain = without_gain + 1 if len(narrower) == len(space) else 0
        space = narrower
        preferred = shuffled.random(len(people))
    return space


def _missing_a_set(space: Values, people: Values, min_people: int, preferred: Values) -> Values:
    """Return what is nought in all classes left after as many sets as there are fewest people.

    The whole space where rounding leaves a doubt: what lies outside is never looked into again.
    """
    left = people.copy()
    somewhere = (space != 0).any(axis=0)
    narrower = space
    for _ in range(min_people):
        order = np.lexsort((preferred, -left))
        # From the space as it is, so that rounding does not add up from set to set.
        rows, pivots = reduced(space, order[somewhere[order]])
        size = np.abs(rows[rows != 0])
        if len(rows) < len(space) or size.min() < DOUBTFUL or size.max() > 1.0 / DOUBTFUL:
            return space
        is_left = left[pivots] > 0
        left[pivots[is_left]] -= 1
        narrower = rows[~is_left]
    return narrower


@dataclass(slots=True)
class _Search:
    """Look into a space class by class."""

    sizes: Values
    min_people: int
    counts: Callable[[Flags], bool]
    steps_left: int

    @property
    def largest(self) -> Values:
        """People of each class by whichever count finds most."""
        return np.asarray(self.sizes.max(axis=0))

    def below(self, space: Values, is_in: Flags) -> Flags | None:
        """Find which classes a combination of a space is about, few people and some surely."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise UndecidedError
        if not len(space) or not (space != 0).any(axis=0)[is_in].all():
            return None
        # Classes it is surely about come first, then large ones: fewer rows go together.
        order = np.lexsort((-self.largest, ~is_in))
        space, pivots = reduced(space, order)
        return self._of_reduced(space, pivots, is_in)

    def _of_reduced(self, space: Values, pivots: NDArray[np.intp], is_in: Flags) -> Flags | None:
        while True:
            about = space != 0
            of_some = is_in[pivots]
            # A class of one row alone is not nought if that row's pivot is not.
            surely = is_in | (about[of_some].any(axis=0) & (about.sum(axis=0) == 1))
            people = self.sizes[:, surely].sum(axis=1)
            if (people >= self.min_people).any() or not about.any(axis=0)[is_in].all():
                return None
            with_pivot = people[:, None] + self.sizes[:, pivots]
            kept = of_some | (with_pivot < self.min_people).all(axis=0)
            if of_some.any():
                kept &= _joined(about, of_some)
            if not kept.any():
                return None
            if kept.all():
                break
            space, pivots = space[kept], pivots[kept]
        free = np.flatnonzero(~of_some)
        if len(free):
            return self._with_and_without(space, pivots, is_in, free, about, of_some)
        return self._of_these(space, is_in, surely, about)

    def _with_and_without(
        self,
        space: Values,
        pivots: NDArray[np.intp],
        is_in: Flags,
        free: NDArray[np.intp],
        about: Flags,
        of_some: Flags,
    ) -> Flags | None:
        """Try a row's pivot among those it is about; then do without the row."""
        touches = (about[free] & about[of_some].any(axis=0)).any(axis=1)
        row = free[int(np.lexsort((-self.largest[pivots[free]], ~touches))[0])]
        with_it = is_in.copy()
        with_it[pivots[row]] = True
        self.steps_left -= 1
        if self.steps_left < 0:
            raise UndecidedError
        found = self._of_reduced(space, pivots, with_it)
        if found is not None:
            return found
        others = np.arange(len(space)) != row
        return self._of_reduced(space[others], pivots[others], is_in) if len(space) > 1 else None

    def _of_these(self, space: Values, is_in: Flags, surely: Flags, about: Flags) -> Flags | None:
        """Go on with the classes besides pivots, all of which it is about."""
        undecided = np.flatnonzero(about.any(axis=0) & ~surely)
        if not len(undecided):
            return surely if self.counts(surely) else None
        column = int(undecided[np.argmax(self.largest[undecided])])
        row = int(np.argmax(np.abs(space[:, column])))
        nought = space - np.outer(space[:, column] / space[row, column], space[row])
        nought[np.abs(nought) <= NOTHING] = 0.0
        found = self.below(np.delete(nought, row, axis=0), is_in)
        if found is not None:
            return found
        with_it = surely.copy()
        with_it[column] = True
        return self.below(space, with_it)


def _joined(about: Flags, rows: Flags) -> Flags:
    """Return the rows that share classes with some, directly or through others."""
    joined = rows.copy()
    while True:
        more = (about & about[joined].any(axis=0)).any(axis=1) | joined
        if (more == joined).all():
            return joined
        joined = more
