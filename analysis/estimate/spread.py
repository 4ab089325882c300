"""Variances, standard deviations, covariances and correlations of variables.

They are smooth functions of totals of the variables and their products, so
everything that holds for means holds for them: domains at once, residuals
after calibration, replicates. The products are those of the distances from
the domain's plain mean: a large mean would drown a small variance in rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.design import Design
from analysis.errors import BadColumnError, UnequalLengthsError
from analysis.estimate.domains import Domains, as_numbers
from analysis.estimate.means import Missing, where_known
from analysis.finish import Estimand, Options, finish
from analysis.linear import Linear, gradients, identity_linears
from analysis.reduce import Units, reduce
from analysis.results import Estimate, IntervalMethod

Values: TypeAlias = NDArray[np.float64]

ROUNDING: Final = 1e-13
"""Variances below this share of the mean square are what rounding leaves of nothing."""


class SpreadKind(StrEnum):
    """What is estimated: of every variable, or of every pair of variables."""

    VARIANCE = "variance"
    STANDARD_DEVIATION = "standard-deviation"
    COVARIANCE = "covariance"
    CORRELATION = "correlation"


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Variables and their products, ready to be totalled.

    Attributes
    ----------
    kind : SpreadKind
    pairs : tuple of (int, int)
        The variables of each estimate: ``(j, j)`` for every ``j``; for
        covariances also ``j < k``; for correlations only these.
    units : Units
        Six columns for each pair: known, x, y, xy, xx, yy; who contributes to
        each pair.
    domains : Domains
        Those who contribute to any pair.
    """

    kind: SpreadKind
    pairs: tuple[tuple[int, int], ...]
    units: Units
    domains: Domains

    @classmethod
    def of(
        cls,
        values: Column,
        kind: SpreadKind,
        *,
        domains: Domains | None = None,
        missing: Missing = Missing.LISTWISE,
    ) -> Moments:
        """Build the products.

        Parameters
        ----------
        values : ndarray of float, shape (n, p) or (n,)
            NaN where not known.
        kind : SpreadKind
        domains : Domains, optional
            Without it everybody is in domain 0.
        missing : Missing
            ``PAIRWISE``: every pair is estimated as if it were alone; then a
            matrix of covariances need not be that of any population.

        Raises
        ------
        BadColumnError
            Numbers are not finite, or too few columns for a pair.
        UnequalLengthsError
        """
        numbers = as_numbers(values)
        numbers = numbers[:, None] if numbers.ndim == 1 else numbers
        if numbers.ndim != 2 or not _pairs(kind, numbers.shape[1]):
            raise BadColumnError(reason="too-few-columns", shape=numbers.shape)
        known = where_known(numbers, missing)
        everybody = Domains.whole(len(numbers)) if domains is None else domains
        inside = everybody.of(np.asarray(known.any(axis=1)))
        known = known & (inside.code >= 0)[:, None]
        centred = _centred(np.where(known, numbers, 0.0), known, inside)
        pairs = _pairs(kind, numbers.shape[1])
        columns, contributes = [], []
        for j, k in pairs:
            both = known[:, j] & known[:, k]
            x, y = np.where(both, centred[:, j], 0.0), np.where(both, centred[:, k], 0.0)
            columns += [both, x, y, x * y, x * x, y * y]
            contributes.append(both)
        units = Units(np.column_stack(columns), np.column_stack(contributes))
        return cls(kind, pairs, units, inside)

    def algebra(self, n: Values) -> Callable[[Sequence[Linear]], list[Linear]]:
        """Return the function from totals to estimates.

        Parameters
        ----------
        n : ndarray of float64, shape (n_domains, n_pairs)
            Respondents with weight who contribute; it stays what it is in
            replicates.

        Notes
        -----
        ``n / (n - 1) * sum(w * (x - mean(x)) * (y - mean(y))) / sum(w)``, as
        ``svyvar`` of R ``survey``. R's ``n`` counts respondents whose value is
        missing (4.1-1); here it counts those who contribute.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(n > 1, n / (n - 1.0), np.nan)

        def estimands(totals: Sequence[Linear]) -> list[Linear]:
            found = []
            for number in range(len(self.pairs)):
                one, x, y, xy, xx, yy = totals[6 * number : 6 * number + 6]
                times = np.repeat(factor[:, number], len(one.value) // len(factor))
                if self.kind is SpreadKind.CORRELATION:
                    root_x = _root(_mean_square(xx / one, x / one))
                    root_y = _root(_mean_square(yy / one, y / one))
                    covariance = xy / one - (x / one) * (y / one)
                    found.append(covariance / (root_x * root_y))
                    continue
                if self.pairs[number][0] == self.pairs[number][1]:
                    spread = _scaled(_mean_square(xx / one, x / one), times)
                else:
                    spread = _scaled(xy / one - (x / one) * (y / one), times)
                is_root = self.kind is SpreadKind.STANDARD_DEVIATION
                found.append(_root(spread) if is_root else spread)
            return found

        return estimands


class Spread:
    """Variances, covariances or correlations in every domain, as an ``Estimator``.

    Parameters
    ----------
    values, kind, domains, missing
        As for ``Moments.of``; leave respondents of weight zero out of the
        domains, as the ``n`` of ``n / (n - 1)`` counts everybody in them.

    Attributes
    ----------
    pairs : tuple of (int, int)
        The variables of each estimate.
    contributes : ndarray of bool, shape (n,)
    """

    def __init__(
        self,
        values: Column,
        kind: SpreadKind,
        *,
        domains: Domains | None = None,
        missing: Missing = Missing.LISTWISE,
    ) -> None:
        self._moments = Moments.of(values, kind, domains=domains, missing=missing)
        self._domains = self._moments.domains
        self.pairs = self._moments.pairs
        self.contributes: NDArray[np.bool_] = self._domains.code >= 0
        n = self._domains.sums(self._moments.units.contributes.astype(np.float64))
        self._algebra = self._moments.algebra(n)

    def value(self, weight: Values) -> Values:
        """Return the estimates, domain after domain, shape (n_domains * n_pairs,)."""
        return np.stack([linear.value for linear in self._linears(weight)], axis=1).ravel()

    def influence(self, weight: Values, value: Values) -> Values:  # noqa: ARG002
        """Return how each respondent moves the estimates, (n, n_domains * n_pairs)."""
        gradient = gradients(self._linears(weight))
        rows = np.zeros((len(weight), len(self.pairs)))
        for domain in range(self._domains.n_domains):
            here = self._domains.code == domain
            rows[here] = self._moments.units.values[here] @ gradient[domain]
        return self._domains.spread(rows)

    def _linears(self, weight: Values) -> list[Linear]:
        totals = self._domains.sums(self._moments.units.values * weight[:, None])
        return self._algebra(identity_linears(totals))


def spread_estimates(
    values: Column,
    kind: SpreadKind,
    design: Design,
    *,
    domains: Domains | None = None,
    missing: Missing = Missing.LISTWISE,
    interval: IntervalMethod = IntervalMethod.MEAN,
    options: Options | None = None,
) -> tuple[tuple[Estimate, ...], ...]:
    """Estimate variances, covariances or correlations in all domains at once.

    Parameters
    ----------
    values, kind, domains, missing
        As for ``Moments.of``.
    design : Design
        How the n respondents were drawn.
    interval : IntervalMethod
        ``MEAN``: t interval. For correlations ``LOGIT`` is Fisher's: the
        log-odds of ``(1 + r) / 2`` are ``2 * atanh(r)``.
    options : Options, optional
        Level and policy.

    Returns
    -------
    tuple of tuple of Estimate
        One row per pair of ``Moments.pairs``, one column per domain. As
        ``svyvar`` of R.

    Raises
    ------
    UnequalLengthsError, LonelyPsuError
    """
    moments = Moments.of(values, kind, domains=domains, missing=missing)
    if moments.domains.n != design.n:
        raise UnequalLengthsError(values=moments.domains.n, design=design.n)
    sample = reduce(moments.units, design, moments.domains.code, moments.domains.n_domains)
    algebra = moments.algebra(sample.totals.of_domains(sample.totals.n))
    ends = (-1.0, 1.0) if kind is SpreadKind.CORRELATION else None

    def estimands(totals: Sequence[Linear]) -> list[Estimand]:
        return [
            Estimand(linear, number, ends, interval)
            for number, linear in enumerate(algebra(totals))
        ]

    return finish(estimands, sample, options or Options())


def _pairs(kind: SpreadKind, n_variables: int) -> tuple[tuple[int, int], ...]:
    every = [(j, k) for j in range(n_variables) for k in range(j, n_variables)]
    if kind is SpreadKind.COVARIANCE:
        return tuple(every)
    is_own = kind is not SpreadKind.CORRELATION
    return tuple((j, k) for j, k in every if (j == k) is is_own)


def _centred(numbers: Values, known: NDArray[np.bool_], domains: Domains) -> Values:
    """Subtract each domain's unweighted mean."""
    n = domains.sums(known.astype(np.float64))
    mean = domains.sums(numbers) / np.maximum(n, 1.0)
    return np.where(known, numbers - mean[domains.code], 0.0)


def _mean_square(of_squares: Linear, mean: Linear) -> Linear:
    """Return the mean squared distance from the mean, exactly zero if all are equal.

    In a replicate that keeps only people with the same value, the difference of
    two equal numbers must not stand for a spread.
    """
    spread = of_squares - mean * mean
    return spread.where(~(spread.value <= ROUNDING * of_squares.value), 0.0)


def _scaled(linear: Linear, factor: Values) -> Linear:
    return linear.transform(linear.value * factor, factor)


def _root(linear: Linear) -> Linear:
    """Return the square root; without a slope at zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(linear.value, 0.0))
        return linear.transform(root, np.where(root > 0, 0.5 / root, np.nan))
