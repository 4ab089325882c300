"""What is known of the strata before the draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveys.sampling.errors import (
    BoundsReversedError,
    DuplicateStratumError,
    NoStrataError,
    OutOfRangeError,
    UnequalLengthsError,
    UnknownLabelError,
)
from surveys.sampling.precision import NEARLY, share_variance

Values = NDArray[np.float64]
Whole = NDArray[np.int64]

SHARE = "share"
"""Name of the component where none is given: a share of which nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Strata, the units they belong to, and what is expected of them.

    Attributes
    ----------
    labels : tuple of str
        One per stratum.
    units : tuple of str
        Reported units, in order of first appearance.
    unit_of : ndarray of int64, shape (n_strata,)
        Place in ``units`` of each stratum's unit.
    components : tuple of str
        What is estimated, e.g. the components of an index.
    is_share : tuple of bool
        Whether a component is a share, per component.
    mean, variance : ndarray of float64, shape (n_components, n_strata)
        Expected among eligible people; the variance has divisor N - 1.
    population : ndarray of int64, shape (n_strata,)
        Cases in the frame.
    eligibility, response, effect : ndarray of float64, shape (n_strata,)
        See ``precision.Conditions``; the effect is that of clusters within
        strata: unequal weights between strata are worked out.
    cost : ndarray of float64, shape (n_strata,)
        Of one more interview, with what drawing cases in vain costs.
    lower, upper : ndarray of int64, shape (n_strata,)
        Least and most interviews; equal in strata that are taken whole.
    whole : ndarray of bool, shape (n_strata,)
        Whether every case is drawn for certain.
    """

    labels: tuple[str, ...]
    units: tuple[str, ...]
    unit_of: Whole
    components: tuple[str, ...]
    is_share: tuple[bool, ...]
    mean: Values
    variance: Values
    population: Whole
    eligibility: Values
    response: Values
    effect: Values
    cost: Values
    lower: Whole
    upper: Whole
    whole: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        labels: Sequence[str],
        population: ArrayLike,
        *,
        units: Sequence[str] | None = None,
        rates: Mapping[str, ArrayLike] | None = None,
        means: Mapping[str, ArrayLike] | None = None,
        sds: Mapping[str, ArrayLike] | None = None,
        effect: ArrayLike = 1.0,
        response: ArrayLike = 1.0,
        eligibility: ArrayLike = 1.0,
        interview_cost: ArrayLike = 1.0,
        case_cost: ArrayLike = 0.0,
        minimum: ArrayLike = 2,
        maximum: ArrayLike | None = None,
        whole: ArrayLike = False,
    ) -> Self:
        """Describe strata; numbers are given per stratum or once for all.

        Parameters
        ----------
        labels : sequence of str, length n_strata
        population : array-like of int
            Cases in the frame, at least 1.
        units : sequence of str, length n_strata, optional
            Reported unit of each stratum; each is its own without it.
        rates : mapping of str to array-like, optional
            Expected shares, by component. Without any component there is one,
            ``"share"``, of 0.5.
        means, sds : mapping of str to array-like, optional
            Expected means and standard deviations (divisor N - 1), by component.
        effect, response, eligibility : array-like of float
        interview_cost, case_cost : array-like of float
            Of an interview, and of every case that is drawn, answered or not.
        minimum, maximum : array-like of int
            Interviews; a stratum that cannot give its minimum gives what it can.
        whole : array-like of bool
            Strata in which every case is drawn.

        Raises
        ------
        NoStrataError, UnequalLengthsError, DuplicateStratumError
            The strata are not described one by one.
        OutOfRangeError
            A number is not one it may be.
        BoundsReversedError
            A minimum is above its maximum.
        UnknownLabelError
            A component has a mean without a standard deviation, or the reverse.
        """
        n = len(labels)
        if n == 0:
            raise NoStrataError
        repeated = [label for label, count in Counter(labels).items() if count > 1]
        if repeated:
            raise DuplicateStratumError(label=repeated[0])
        named = tuple(labels if units is None else units)
        if len(named) != n:
            raise UnequalLengthsError(name="units")
        order = tuple(dict.fromkeys(named))
        place = {unit: index for index, unit in enumerate(order)}
        cases = _per_stratum("population", population, n, at_least=1).astype(np.int64)
        eligible = _per_stratum("eligibility", eligibility, n, above=0, at_most=1)
        answering = _per_stratum("response", response, n, above=0, at_most=1)
        per_interview = _per_stratum("interview_cost", interview_cost, n, at_least=0)
        per_case = _per_stratum("case_cost", case_cost, n, at_least=0)
        cost = per_interview + per_case / (eligible * answering)
        if not np.all(cost > 0):
            raise OutOfRangeError(name="interview_cost", value=float(per_interview.min()))
        taken = np.broadcast_to(np.asarray(whole, dtype=bool), n).copy()
        lower, upper = _bounds(labels, cases * eligible * answering, minimum, maximum, taken)
        components, is_share, mean, variance = _components(rates, means, sds, cases * eligible)
        return cls(
            tuple(labels), order, np.array([place[unit] for unit in named], dtype=np.int64),
            components, is_share, mean, variance, cases, eligible, answering,
            _per_stratum("effect", effect, n, above=0), cost, lower, upper, taken,
        )  # fmt: skip

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.labels)

    @property
    def eligible(self) -> Values:
        """Eligible people per stratum, as expected."""
        return self.population * self.eligibility

    def component(self, name: str) -> int:
        """Return the place of a component.

        Raises
        ------
        UnknownLabelError
            There is none of this name.
        """
        if name not in self.components:
            raise UnknownLabelError(label=name)
        return self.components.index(name)

    def unit(self, name: str) -> int:
        """Return the place of a unit.

        Raises
        ------
        UnknownLabelError
            There is none of this name.
        """
        if name not in self.units:
            raise UnknownLabelError(label=name)
        return self.units.index(name)


def _per_stratum(
    name: str,
    given: ArrayLike,
    n: int,
    *,
    above: float = -np.inf,
    at_least: float = -np.inf,
    at_most: float = np.inf,
) -> Values:
    values = np.asarray(given, dtype=np.float64)
    if values.ndim > 1 or (values.ndim == 1 and len(values) != n):
        raise UnequalLengthsError(name=name)
    wrong = ~(np.isfinite(values) & (values > above) & (values >= at_least) & (values <= at_most))
    if wrong.any():
        raise OutOfRangeError(name=name, value=float(values[wrong].flat[0]))
    return np.broadcast_to(values, n).copy()


def _bounds(
    labels: Sequence[str],
    possible: Values,
    minimum: ArrayLike,
    maximum: ArrayLike | None,
    taken: NDArray[np.bool_],
) -> tuple[Whole, Whole]:
    """Return the least and most interviews, given how many are possible."""
    n = len(labels)
    # Somebody may answer everywhere: less than one expected interview is rounded up.
    most = np.ceil(possible * (1.0 - NEARLY)).astype(np.int64)
    least = np.floor(_per_stratum("minimum", minimum, n, at_least=0)).astype(np.int64)
    if maximum is not None:
        wanted = np.floor(_per_stratum("maximum", maximum, n, at_least=0)).astype(np.int64)
        reversed_ = (least > wanted) & ~taken
        if reversed_.any():
            at_fault = [label for label, wrong in zip(labels, reversed_, strict=True) if wrong]
            raise BoundsReversedError(labels="; ".join(at_fault))
        most = np.where(taken, most, np.minimum(most, wanted))
    return np.where(taken, most, np.minimum(least, most)), most


def _components(
    rates: Mapping[str, ArrayLike] | None,
    means: Mapping[str, ArrayLike] | None,
    sds: Mapping[str, ArrayLike] | None,
    eligible: Values,
) -> tuple[tuple[str, ...], tuple[bool, ...], Values, Values]:
    shares = dict(rates or {})
    centres, spreads = dict(means or {}), dict(sds or {})
    for name in centres.keys() ^ spreads.keys():
        raise UnknownLabelError(label=name)
    for name in shares.keys() & spreads.keys():
        raise UnknownLabelError(label=name)
    if not shares and not spreads:
        shares = {SHARE: 0.5}
    n = len(eligible)
    rows: list[Values] = []
    squares: list[Values] = []
    for name, given in shares.items():
        p = _per_stratum(name, given, n, at_least=0, at_most=1)
        rows.append(p)
        pairs = zip(p.tolist(), eligible.tolist(), strict=True)
        squares.append(np.array([share_variance(*pair) for pair in pairs]))
    for name, given in spreads.items():
        rows.append(_per_stratum(name, centres[name], n))
        squares.append(np.square(_per_stratum(name, given, n, at_least=0)))
    is_share = (True,) * len(shares) + (False,) * len(spreads)
    return (*shares, *spreads), is_share, np.array(rows), np.array(squares)
