"""Joint inclusion probabilities of the units of the first stage that were drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.drawing import list_of
from surveys.sampling.errors import SamplingError
from surveys.sampling.evaluate import Stand, evaluate
from surveys.sampling.methods import sampford
from surveys.sampling.schema import (
    ALL,
    CIRCULAR,
    LISTED,
    PARETO,
    PPS_SYSTEMATIC,
    RANDOM_SIZE,
    SAMPFORD,
    SRS,
    joined,
)
from surveys.sampling.selection import Selection

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

UNITS_AT_MOST: Final = 5000
"""No matrix is made for more units."""


class NoJointProbabilitiesError(SamplingError):
    """Joint probabilities are not known for the ``method``, or there are too many ``units``."""

    code = "joint.unknown"


@dataclass(frozen=True, slots=True, eq=False)
class JointProbabilities:
    """Joint inclusion probabilities.

    Attributes
    ----------
    units : tuple of str
        The k units in their order, as ``Selection.paths`` calls them.
    matrix : ndarray of float64, shape (k, k)
        Symmetric; inclusion probabilities on the diagonal.
    """

    units: tuple[str, ...]
    matrix: Real


def joint_probabilities(selection: Selection) -> JointProbabilities:
    """Return joint inclusion probabilities of the main units of the first stage.

    Exact for all methods but ``pareto``: simple random sampling
    ``n (n - 1) / (N (N - 1))``; Bernoulli and Poisson, products; Sampford by the sums of
    the method; systematic and circular by the starts that draw both. For a list in
    random order, those of the order at hand.

    Raises
    ------
    NoJointProbabilitiesError
    """
    stage = selection.stages[0]
    method = stage.method
    if method == PARETO:
        raise NoJointProbabilitiesError(method=method)
    stand = evaluate(selection.layout, 1)[0]
    unit = np.unique(stage.unit[selection.reserve == 0])
    if len(unit) > UNITS_AT_MOST:
        raise NoJointProbabilitiesError(units=len(unit))
    place = np.searchsorted(stand.groups.unit, unit)
    p, is_certain = _probabilities(stand)
    matrix = np.outer(p[place], p[place])
    for group in np.unique(stand.groups.group[place]):
        here = np.flatnonzero(stand.groups.group[place] == group)
        here = here[~is_certain[place[here]]]
        if len(here) and method not in (ALL, *RANDOM_SIZE):
            of_group = _Group(selection, stand, int(group), p, is_certain)
            matrix[np.ix_(here, here)] = of_group.joint(place[here])
    np.fill_diagonal(matrix, p[place])
    names = selection.layout.stages[0].units.codes(selection.frame, unit)
    return JointProbabilities(tuple(joined([name]) for name in names), matrix)


def _probabilities(stand: Stand) -> tuple[Real, NDArray[np.bool_]]:
    groups = stand.groups
    everything = np.arange(len(groups.unit))
    if stand.chances is None:
        raise ValueError(stand)
    p = stand.chances.at(everything, groups.group)
    certain = stand.chances.is_certain
    return p, np.zeros(len(p), dtype=np.bool_) if certain is None else certain


class _Group:
    """One group of the first stage, its certain units left out."""

    def __init__(
        self,
        selection: Selection,
        stand: Stand,
        number: int,
        p: Real,
        is_certain: NDArray[np.bool_],
    ) -> None:
        self.selection, self.stand = selection, stand
        self.rest = np.flatnonzero((stand.groups.group == number) & ~is_certain & (p > 0))
        self.p = p[self.rest]
        in_group = is_certain & (stand.groups.group == number)
        self.n = int(stand.takes.n[number]) - int(in_group.sum())
        self.method = stand.here.stage.method

    def joint(self, place: Whole) -> Real:
        """Return the joint probabilities of some units, shape (k, k)."""
        where = np.searchsorted(self.rest, place)
        count = len(self.rest)
        if self.method == SRS:
            pair = self.n * (self.n - 1) / (count * max(count - 1, 1))
            return np.full((len(place), len(place)), pair)
        if self.method == SAMPFORD:
            return sampford_joint(self.p, self.n, where)
        if self.method in LISTED:
            return self._listed(where)
        raise NoJointProbabilitiesError(method=self.method)

    def _listed(self, where: Whole) -> Real:
        here, groups = self.stand.here, self.stand.groups
        unit = groups.unit[self.rest]
        zeros = np.zeros(len(unit), dtype=np.int32)
        order = list_of(here, self.selection.layout.frame, unit, zeros, self.selection.chance)
        line = np.empty(len(unit), dtype=np.int64)
        line[order] = np.arange(len(unit))
        if self.method == CIRCULAR:
            return circular_joint(len(unit), self.n, line[where])
        size = np.ones(len(unit), dtype=np.int64)
        if self.method == PPS_SYSTEMATIC and here.size is not None:
            size = here.size[unit]
        return systematic_joint(size[order], self.n, line[where])


def systematic_joint(size: Whole, n: int, line: Whole) -> Real:
    """Return joint probabilities of a systematic sample of a list as it is.

    A unit is drawn by the starts in its part of ``n`` times the running sum, counted
    modulo the total; two units together by what their parts have in common.

    Parameters
    ----------
    size : ndarray of int64, shape (m,)
        In the order of the list; ``n * size`` is at most the total.
    n : int
    line : ndarray of int64, shape (k,)
        Places of some units in the list.

    Returns
    -------
    ndarray of float64, shape (k, k)
    """
    total = int(size.sum())
    length = (n * size)[line]
    begin = ((n * np.cumsum(size))[line] - length) % total
    ahead = (begin[None, :] - begin[:, None]) % total
    first = np.maximum(np.minimum(length[:, None] - ahead, length[None, :]), 0)
    # The same seen from the other unit; both count where two parts meet at both ends.
    common = np.where(ahead == 0, np.minimum(length[:, None], length[None, :]), first + first.T)
    return np.asarray(common / total, dtype=np.float64)


def circular_joint(count: int, n: int, line: Whole) -> Real:
    """Return joint probabilities of a circular systematic sample of a list as it is.

    Parameters
    ----------
    count, n : int
        Units of the list, and units drawn.
    line : ndarray of int64, shape (k,)
        Places of some units in the list.

    Returns
    -------
    ndarray of float64, shape (k, k)
    """
    steps = np.arange(n) * count // n
    is_step = np.zeros(count, dtype=np.bool_)
    is_step[steps] = True
    together = np.array([is_step[(steps + apart) % count].sum() for apart in range(count)])
    found = together[(line[None, :] - line[:, None]) % count] / count
    return np.asarray(found, dtype=np.float64)


def sampford_joint(p: Real, n: int, where: Whole) -> Real:
    """Return joint probabilities of Sampford's method.

    Sums over all samples that hold two given units, from the sums over the others:
    only additions of positive numbers, so nothing is lost by cancelling.

    Parameters
    ----------
    p : ndarray of float64, shape (m,)
        Inclusion probabilities between 0 and 1, adding up to n.
    n : int
    where : ndarray of int64, shape (k,)
        Some of the units.

    Returns
    -------
    ndarray of float64, shape (k, k)
    """
    k = len(where)
    joint = np.zeros((k, k))
    if n < 2:
        np.fill_diagonal(joint, p[where])
        return joint
    others = np.delete(np.arange(len(p)), where)
    before = sampford.sums(p[others], n)
    behind = [_start(n)]
    for unit in where[::-1].tolist():
        behind.append(_more(behind[-1], p[unit]))
    behind.reverse()
    for i in range(k):
        between = before
        for j in range(i + 1, k):
            joint[i, j] = joint[j, i] = _both(between, behind[j + 1], p[where[i]], p[where[j]], n)
            between = _more(between, p[where[j]])
        before = _more(before, p[where[i]])
    joint /= before[1][n]
    np.fill_diagonal(joint, p[where])
    return joint


Sums = tuple[Real, Real]


def _start(n: int) -> Sums:
    plain, marked = np.zeros(n + 1), np.zeros(n + 1)
    plain[0] = 1.0
    return plain, marked


def _more(sums: Sums, p: float) -> Sums:
    plain, marked = np.empty_like(sums[0]), np.empty_like(sums[1])
    sampford.add(sums[0], sums[1], p, plain, marked)
    return plain, marked


def _both(first: Sums, second: Sums, p: float, q: float, n: int) -> float:
    """Return the sum over samples of two sets of others, with two units in each of them."""
    a, b = first[0][: n - 1], first[1][: n - 1]
    c, d = second[0][n - 2 :: -1], second[1][n - 2 :: -1]
    plain = float(a @ c)
    marked = float(a @ d + b @ c)
    return p * q * (marked + (2.0 - p - q) * plain)
