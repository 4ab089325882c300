"""Quantiles and their intervals, many shares and domains at a time.

A quantile is not a smooth function of totals. Woodruff's way round: the share
of people at or below it is one, its interval is made like that of any share,
and the ends are read back through the distribution function [Woodruff1952].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column
from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.estimate.domains import Domains, Sorted, as_column
from analysis.estimate.errors import BadShareError, NoReplicatesError, NotLinearError
from analysis.estimate.quantile_rules import QuantileRule, quantiles_of_sorted
from analysis.estimate.score_ends import score_ends
from analysis.estimate.shares_below import SharesBelow, shares_below
from analysis.finish import REPLICATES_LOST, Options
from analysis.intervals import mean_interval, share_interval, t_quantile
from analysis.results import Estimate, Interval, IntervalMethod, Note
from analysis.variance.joint import Joint, infer

Values: TypeAlias = NDArray[np.float64]


class Quantiles:
    """Quantiles of one variable in every domain, as an ``Estimator``.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN where not known.
    shares : ndarray of float, shape (k,)
        Shares of the population that should lie below, between 0 and 1.
    rule : QuantileRule
        What a quantile is.
    domains : Domains, optional
        Without it everybody is in domain 0.
    slope : ndarray of float, shape (n_domains * k,), optional
        How far each quantile moves per unit of the share below it: one over
        the density there. ``woodruff`` finds it.

    Attributes
    ----------
    contributes : ndarray of bool, shape (n,)
        Who is in a domain and has a value.

    Raises
    ------
    UnequalLengthsError, BadShareError, BadColumnError
    """

    def __init__(
        self,
        values: Column,
        shares: Column,
        *,
        rule: QuantileRule = QuantileRule.MATH,
        domains: Domains | None = None,
        slope: Values | None = None,
    ) -> None:
        self._values = as_column(values)
        self.shares = np.atleast_1d(np.asarray(shares, dtype=np.float64))
        if not len(self.shares) or not ((self.shares >= 0) & (self.shares <= 1)).all():
            raise BadShareError(shares=self.shares.tolist())
        self.rule = rule
        everybody = Domains.whole(len(self._values)) if domains is None else domains
        self.domains = everybody.of(~np.isnan(self._values))
        self.contributes: NDArray[np.bool_] = self.domains.code >= 0
        self.sorted = Sorted.of(self._values, self.domains)
        self._slope = slope

    def at(self, weight: Values, shares: Values) -> Values:
        """Return quantiles at shares that differ between domains.

        Parameters
        ----------
        weight : ndarray of float64, shape (n,)
        shares : ndarray of float64, shape (n_domains, k)

        Returns
        -------
        ndarray of float64, shape (n_domains, k)
            NaN in empty domains.
        """
        found = np.empty(shares.shape)
        ordered = weight[self.sorted.order]
        for domain, here in self.sorted.each():
            found[domain] = quantiles_of_sorted(
                self.sorted.values[here], ordered[here], shares[domain], self.rule
            )
        return found

    def value(self, weight: Values) -> Values:
        """Return the quantiles, domain after domain, shape (n_domains * k,)."""
        wanted = np.broadcast_to(self.shares, (self.domains.n_domains, len(self.shares)))
        return self.at(weight, wanted).ravel()

    def is_at_most(self, quantiles: Values) -> NDArray[np.bool_]:
        """Say who is in a domain and not above its quantiles, shape (n, k).

        Parameters
        ----------
        quantiles : ndarray of float64, shape (n_domains, k)
        """
        with np.errstate(invalid="ignore"):
            below = self._values[:, None] <= quantiles[self.domains.code]
        return np.asarray(below & self.contributes[:, None])

    def influence(self, weight: Values, value: Values) -> Values:
        """Return ``-slope * ((x <= q) - F(q)) / W``, shape (n, n_domains * k).

        Raises
        ------
        NotLinearError
            Without ``slope``.
        """
        if self._slope is None:
            raise NotLinearError(estimator="quantiles")
        below = _SharesAtMost(self, value)
        return -self._slope * below.influence(weight, below.value(weight))


class _SharesAtMost:
    """Shares of domains at or below fixed values, as an ``Estimator``."""

    def __init__(self, quantiles: Quantiles, value: Values) -> None:
        self._domains = quantiles.domains
        self._below = quantiles.is_at_most(value.reshape(self._domains.n_domains, -1))
        self.contributes = quantiles.contributes

    def value(self, weight: Values) -> Values:
        below = self._domains.sums(self._below * weight[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(below / self._domains.sums(weight[:, None])).ravel()

    def influence(self, weight: Values, value: Values) -> Values:
        k = self._below.shape[1]
        total = self._domains.sums(weight[:, None])
        shares = value.reshape(-1, k)
        with np.errstate(divide="ignore", invalid="ignore"):
            rows = (self._below - shares[self._domains.code]) / total[self._domains.code]
        return self._domains.spread(rows)


@dataclass(frozen=True, slots=True, eq=False)
class QuantileFigures:
    """Quantiles of one variable with their uncertainty.

    Attributes
    ----------
    quantiles : Quantiles
        What was estimated.
    value, standard_error, low, high : ndarray of float64, shape (n_domains, k)
        In units of the variable; an end is NaN where the interval of the share
        leaves 0 to 1, or without degrees of freedom.
    below : SharesBelow
        The shares at or below the values, with their standard errors.
    options : Options
        Level, policy, degrees of freedom.
    method : IntervalMethod
        How the interval was made.
    is_flat : ndarray of bool, shape (n_domains, k)
        Where the share at or below does not vary in the sample.
    replicated : Joint, optional
        The quantiles of all replicates, where these made the standard errors.
    """

    quantiles: Quantiles
    value: Values
    standard_error: Values
    low: Values
    high: Values
    below: SharesBelow
    options: Options
    method: IntervalMethod
    is_flat: NDArray[np.bool_]
    replicated: Joint | None = None

    @property
    def slope(self) -> Values:
        """Change of the quantile per unit of the share below, (n_domains, k)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.standard_error / self.below.standard_error)

    def joint(self, design: Design) -> Joint:
        """Return all quantiles with their covariances, domain after domain.

        The shares at or below vary together as shares do; each moves its
        quantile by ``slope``. So the standard errors are those of the
        intervals, whatever the design. Replicated quantiles vary as they do
        from replicate to replicate.

        Parameters
        ----------
        design : Design
            The one the figures were made from.
        """
        if self.replicated is not None:
            return self.replicated
        fixed = self.value.ravel()
        slope = self.slope.ravel()
        shares = infer(_SharesAtMost(self.quantiles, fixed), design, lonely=self.options.lonely)
        centre = shares.value

        def quantiles(moved: Values) -> Values:
            # A quantile without an error of its own is known all the same.
            return np.asarray(fixed - np.where(moved == centre, 0.0, slope * (moved - centre)))

        return shares.transform(quantiles, -np.diag(slope))

    def estimates(self) -> tuple[tuple[Estimate, ...], ...]:
        """Return one row per share, one column per domain.

        The design effect is that of the share at or below the quantile, which
        to first order is its own.
        """
        n, df = self.below.n, self.below.df
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = self.below.standard_error**2 / self.below.srs_variance
            effect = np.where(self.is_flat, np.nan, effect)
            effective = np.where(self.is_flat, self.below.kish_n[:, None], n[:, None] / effect)
        return tuple(
            tuple(
                self._estimate(domain, k, int(n[domain]), float(df[domain]), effective, effect)
                for domain in range(len(n))
            )
            for k in range(self.value.shape[1])
        )

    def _estimate(
        self, domain: int, k: int, n: int, df: float, effective: Values, effect: Values
    ) -> Estimate:
        low, high = float(self.low[domain, k]), float(self.high[domain, k])
        method = IntervalMethod.NONE if np.isnan(low) and np.isnan(high) else self.method
        notes = [
            (n == 0, Note("empty-domain")),
            (n > 0 and df <= 0, Note("no-degrees-of-freedom")),
            (bool(self.is_flat[domain, k]) and df > 0, Note("no-variation")),
            (bool(self.below.sees_lonely[domain]), Note("lonely-psu", self.options.lonely.value)),
            (bool(self.below.is_short[domain, k]), REPLICATES_LOST),
        ]
        return Estimate(
            value=float(self.value[domain, k]),
            standard_error=float(self.standard_error[domain, k]),
            interval=Interval(low, high, self.options.level, method),
            n=n,
            effective_n=float(effective[domain, k]),
            df=int(df) if df.is_integer() else df,
            design_effect=float(effect[domain, k]),
            notes=tuple(note for holds, note in notes if holds),
        )


def woodruff(
    quantiles: Quantiles,
    design: Design,
    *,
    interval: IntervalMethod = IntervalMethod.MEAN,
    options: Options | None = None,
) -> QuantileFigures:
    """Estimate quantiles with intervals by way of the share below them.

    Parameters
    ----------
    quantiles : Quantiles
        What is to be estimated.
    design : Design
        How the n respondents were drawn.
    interval : IntervalMethod
        ``MEAN``, ``XLOGIT``, ``ASIN``, ``BETA`` and all others for shares:
        Woodruff's interval by way of that of the share. ``SCORE``: all values
        that a test of the share below them does not reject
        [FranciscoFuller1991].
    options : Options, optional
        Level, policy, degrees of freedom.

    Returns
    -------
    QuantileFigures
        As ``svyquantile`` of R: the standard error is the width of the
        interval over twice the quantile of t. Where everybody is at or below
        the quantile, R has no width; here the share's own interval on Kish's
        size is used, as for any share that does not vary.

    Raises
    ------
    UnequalLengthsError, LonelyPsuError
    """
    if quantiles.domains.n != design.n:
        raise UnequalLengthsError(values=quantiles.domains.n, design=design.n)
    n_domains = quantiles.domains.n_domains
    value = quantiles.value(design.weight).reshape(n_domains, -1)
    options = options or Options()
    level = options.level
    below = shares_below(quantiles.is_at_most(value), quantiles.domains, design, options)
    counts = {"n": below.n[:, None], "flat_n": below.kish_n[:, None], "df": below.df[:, None]}
    wanted = IntervalMethod.MEAN if interval is IntervalMethod.SCORE else interval
    low, high, is_flat = share_interval(
        wanted, below.value, below.standard_error, **counts, level=level
    )
    if interval is IntervalMethod.SCORE:
        low, high = score_ends(quantiles, design, below, options)
    else:
        low = quantiles.at(design.weight, np.where(low < 0, np.nan, low))
        high = quantiles.at(design.weight, np.where(high > 1, np.nan, high))
    return QuantileFigures(
        quantiles=quantiles,
        value=value,
        standard_error=(high - low) / (2.0 * t_quantile(below.df, level)[:, None]),
        low=low,
        high=high,
        below=below,
        options=options,
        method=interval,
        is_flat=is_flat,
    )


def replicated_quantiles(
    quantiles: Quantiles, design: Design, *, options: Options | None = None
) -> QuantileFigures:
    """Estimate quantiles with the spread of the quantiles of all replicates.

    As ``svyquantile(interval.type = "quantile")`` of R for replicate weights:
    value plus and minus t standard errors. The jackknife does not give the
    right standard error for quantiles however large the sample [Wolter2007,
    ch. 4]; BRR and the bootstrap do.

    Parameters
    ----------
    quantiles, options
        As for ``woodruff``.
    design : Design
        With replicates.

    Raises
    ------
    NoReplicatesError
    """
    if design.replicates is None:
        raise NoReplicatesError
    n_domains = quantiles.domains.n_domains
    joint = infer(quantiles, design)
    value = joint.value.reshape(n_domains, -1)
    options = options or Options()
    below = shares_below(quantiles.is_at_most(value), quantiles.domains, design, options)
    error = joint.standard_errors().reshape(n_domains, -1)
    low, high = mean_interval(value, error, below.df[:, None], options.level)
    return QuantileFigures(
        quantiles=quantiles,
        value=value,
        standard_error=error,
        low=low,
        high=high,
        below=below,
        options=options,
        method=IntervalMethod.MEAN,
        is_flat=np.zeros(value.shape, dtype=np.bool_),
        replicated=joint,
    )
