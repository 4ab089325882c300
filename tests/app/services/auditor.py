"""An auditor who knows nothing of how figures are kept back, and tries to undo it.

It reads what is published and knows in which groups people are: more than any reader. From
that it asks what can be worked out about fewer than ``K`` people:

* by adding and subtracting: every vector in the row space of the published sums whose support
  holds fewer people. Where the space of combinations that avoid all larger classes has few
  dimensions, all vectors of least support are tried (each is fixed by the classes in which it
  is nought); where it has many, integer programs look for the one about fewest people;
* by bounds: whether the least and the greatest number that a small group can have, given every
  published sum and that nobody counts less than nought, are the same (a linear program).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_diag, csr_array

K = 10
NOUGHT = 1e-7
MOST_TRIED = 400
LARGEST = 30.0
"""Coefficients up to which integer programs look, where the one sought is one."""

Place = tuple[int, str, str]
"""Release, kind of group, code of the group."""


@dataclass(frozen=True, eq=False)
class Told:
    """Published sums over classes of people who are in the same groups.

    Attributes
    ----------
    sums : ndarray of bool, shape (n_told, n_classes)
        Which classes each published sum is over.
    sizes : ndarray of int, shape (n_classes,)
        People of each class.
    groups : mapping of group to ndarray of bool, shape (n_classes,)
        Every group there is, published or not.
    """

    sums: np.ndarray
    sizes: np.ndarray
    groups: Mapping[Place, np.ndarray]


def told_of(groups: Mapping[Place, np.ndarray], told: Iterable[Place]) -> Told:
    """Write published sums as a system over the smallest classes of people there are.

    Parameters
    ----------
    groups : mapping of group to ndarray of bool, shape (n,)
        Who of the people that figures are about is in each group, of one release or of several.
    told : iterable of groups
        Of which a number is published.
    """
    masks = np.array(list(groups.values()))
    classes, sizes = np.unique(masks, axis=1, return_counts=True)
    by_class = dict(zip(groups, classes.astype(bool), strict=True))
    sums = np.array([by_class[one] for one in told if one in by_class], dtype=float)
    return Told(sums.reshape(-1, len(sizes)), sizes, by_class)


def groups_of(
    kinds: Mapping[str, np.ndarray], rated: np.ndarray, release: int = 0
) -> dict[Place, np.ndarray]:
    """Say who is in each group of a release, everybody who rated first."""
    found: dict[Place, np.ndarray] = {(release, "", ""): rated}
    for kind, column in kinds.items():
        for code in sorted(set(column[rated].tolist()) - {"", None}):
            found[release, kind, code] = rated & (column == code)
    return found


def combined(one: Told) -> list[np.ndarray]:
    """Find combinations of published sums that are about fewer than ``K`` people.

    Returns
    -------
    list of ndarray of float, shape (n_classes,)
        Coefficients of classes.
    """
    if not len(one.sums):
        return []
    is_large = one.sizes >= K
    ways = _null_space(one.sums[:, is_large].T)
    if not ways.shape[1]:
        return []
    space = ways.T @ one.sums[:, ~is_large]
    space = space[np.linalg.norm(space, axis=1) > NOUGHT]
    basis = _row_space(space)
    sizes = one.sizes[~is_large]
    found = []
    for vector in _of_least_support(basis, sizes):
        about = np.abs(vector) > NOUGHT
        if about.any() and sizes[about].sum() < K:
            whole = np.zeros(len(one.sizes))
            whole[~is_large] = vector
            found.append(whole)
    return found


def _of_least_support(basis: np.ndarray, sizes: np.ndarray) -> Iterable[np.ndarray]:
    """Yield vectors of a space that are nought in as many places as can be."""
    d, m = basis.shape
    if d == 0:
        return
    if d == 1:
        yield basis[0]
    elif _few(m, d - 1):
        for chosen in combinations(range(m), d - 1):
            free = _null_space(basis[:, list(chosen)].T)
            if free.shape[1] == 1:
                yield free[:, 0] @ basis
    else:
        yield from _about_fewest(basis, sizes)


def _about_fewest(basis: np.ndarray, sizes: np.ndarray) -> Iterable[np.ndarray]:
    """Yield, for each class in turn, the vector that is about it and the fewest people."""
    d, m = basis.shape
    cost = np.concatenate([np.zeros(d), sizes])
    room = LARGEST * np.eye(m)
    switched = [
        LinearConstraint(np.hstack([basis.T, -room]), ub=0.0),
        LinearConstraint(np.hstack([-basis.T, -room]), ub=0.0),
        LinearConstraint(cost[None], ub=K - 1),
    ]
    free = Bounds(np.r_[np.full(d, -np.inf), np.zeros(m)], np.r_[np.full(d, np.inf), np.ones(m)])
    for place in range(m):
        is_one = LinearConstraint(np.r_[basis[:, place], np.zeros(m)][None], 1.0, 1.0)
        whole = np.r_[np.zeros(d), np.ones(m)]
        solved = milp(cost, constraints=[*switched, is_one], bounds=free, integrality=whole)
        if solved.x is not None:
            yield solved.x[:d] @ basis


def _few(m: int, k: int) -> bool:
    n = 1
    for j in range(k):
        n = n * (m - j) // (j + 1)
        if n > MOST_TRIED:
            return False
    return True


def _null_space(matrix: np.ndarray) -> np.ndarray:
    """Return columns that the matrix makes nought."""
    if not matrix.shape[0]:
        return np.eye(matrix.shape[1])
    _, values, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int((values > 1e-9 * max(values.max(initial=0.0), 1.0)).sum())
    return right[rank:].T


def _row_space(matrix: np.ndarray) -> np.ndarray:
    if not matrix.size:
        return np.empty((0, matrix.shape[1]))
    _, values, right = np.linalg.svd(matrix, full_matrices=False)
    rank = int((values > 1e-9 * max(values.max(initial=0.0), 1.0)).sum())
    return right[:rank]


def small_regions(one: Told) -> list[np.ndarray]:
    """Name regions with few people: groups, what two groups share, what one has beyond another."""
    groups = list(one.groups.values())
    regions = {group.tobytes(): group for group in groups}
    for first, second in combinations(groups, 2):
        for region in (first & second, first & ~second, second & ~first):
            regions[region.tobytes()] = region
    return [region for region in regions.values() if 0 < one.sizes[region].sum() < K]


def in_row_space(one: Told, regions: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the regions whose number is a combination of published sums."""
    if not len(one.sums):
        return []
    basis = _row_space(one.sums)
    return [
        region for region in regions if np.abs(region - (region @ basis.T) @ basis).max() < 1e-7
    ]


def pinned(one: Told, regions: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the regions whose number has no room left between its bounds.

    The least and the greatest number of every region are one linear program of blocks that have
    nothing to do with one another, so each block is solved as if it were alone.
    """
    if not len(one.sums):
        return []
    # Whoever is in no published sum may be any number.
    in_a_sum = one.sums.any(axis=0)
    bounded = [region for region in regions if not (region & ~in_a_sum).any()]
    if not bounded:
        return []
    n = len(bounded)
    cost = np.array([[region, -region.astype(float)] for region in bounded], dtype=float)
    solved = linprog(
        cost.ravel(),
        A_eq=block_diag([csr_array(one.sums)] * (2 * n), format="csr"),
        b_eq=np.tile(one.sums @ one.sizes, 2 * n),
        bounds=(0, None),
    )
    assert solved.status == 0, solved.message
    width = -(cost * solved.x.reshape(cost.shape)).sum(axis=(1, 2))
    return [region for region, wide in zip(bounded, width, strict=True) if wide < 1e-6]
