"""From algebra to estimates: one variance, one interval, for every estimand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.intervals import EDGE, kish_n, mean_interval, share_interval
from analysis.linear import Linear
from analysis.results import Estimate, Interval, IntervalMethod, Note
from analysis.sample import Sample
from analysis.variance.between_psu import spread_of
from analysis.variance.calibrated import calibrated_variances
from analysis.variance.freedom import degrees_of_freedom
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicated import replicate_variances
from analysis.variance.root import NEGATIVE, standard_errors
from analysis.variance.unit import unit_variance

Values = NDArray[np.float64]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Estimand:
    """What is to be estimated from the totals.

    Attributes
    ----------
    linear : Linear
        Its value and gradient in every domain.
    support : int
        Column of ``Totals.n``: who contributes.
    ends : (float, float) or None
        Smallest and largest possible value, (0, 1) for shares; None if there
        are none.
    interval : IntervalMethod
        Which interval is wanted.
    columns : tuple of int, optional
        The totals it depends on; estimands with the same columns are worked
        out together.
    notes : tuple of (ndarray of bool, Note)
        Reservations and the domains, shape (n_domains,), they hold for.
    outside : ndarray of float64, shape (n_domains,), optional
        Variance that comes from elsewhere than this sample, independent of it;
        it widens the interval and is no part of the design effect.
    """

    linear: Linear
    support: int
    ends: tuple[float, float] | None = (0.0, 1.0)
    interval: IntervalMethod = IntervalMethod.LOGIT
    columns: tuple[int, ...] | None = None
    notes: tuple[tuple[NDArray[np.bool_], Note], ...] = ()
    outside: Values | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How estimates are finished.

    Attributes
    ----------
    level : float
        Confidence level between 0 and 1.
    lonely : LonelyPolicy
        What strata with one PSU contribute to the variance.
    df : float, optional
        Degrees of freedom to use instead of those counted in each domain.
    """

    level: float = 0.95
    lonely: LonelyPolicy = LonelyPolicy.ADJUST
    df: float | None = None


FLAT: Final = 1e-9
"""Standard errors below this share of the value may be rounding of zero."""

REPLICATES_LOST = Note("replicates-without-value")

Algebra: TypeAlias = Callable[[Sequence[Linear]], Sequence[Estimand]]
"""From the totals, one ``Linear`` per variable, to what is to be estimated."""


@dataclass(frozen=True, slots=True, eq=False)
class _Support:
    """Who contributes to one estimand, per domain; shape (n_domains,) each."""

    n: Values
    df: Values
    kish_n: Values
    sees_lonely: NDArray[np.bool_]


def finish(algebra: Algebra, sample: Sample, options: Options) -> tuple[tuple[Estimate, ...], ...]:
    """Turn estimands into estimates.

    Parameters
    ----------
    algebra : callable
        Makes the estimands from ``sample.totals.linears()``; with replicate
        weights it is called again with the totals under each of them.
    sample : Sample
        Reduced by one partition into domains.
    options : Options
        Level and policy.

    Returns
    -------
    tuple of tuple of Estimate
        One row per estimand, one column per domain.

    Raises
    ------
    LonelyPsuError
        A stratum has one PSU and the policy is to fail.
    """
    estimands = algebra(sample.totals.linears())
    spread, is_short = variances(estimands, algebra, sample, options.lonely)
    srs_variance = _srs_variances(estimands, sample)
    is_fixed = _fixed(estimands, spread, sample)
    supports = {
        support: _support(sample, support, options.df)
        for support in sorted({estimand.support for estimand in estimands})
    }
    return tuple(
        _finish_one(
            replace(estimand, notes=(*estimand.notes, (is_short[:, k], REPLICATES_LOST))),
            supports[estimand.support],
            spread[:, k],
            srs_variance[:, k],
            is_fixed[:, k],
            options,
        )
        for k, estimand in enumerate(estimands)
    )


def variances(
    estimands: Sequence[Estimand], algebra: Algebra, sample: Sample, lonely: LonelyPolicy
) -> tuple[Values, NDArray[np.bool_]]:
    """Return design-based variances, and which miss a replicate.

    Returns
    -------
    ndarray of float64, shape (n_domains, n_estimands)
    ndarray of bool, shape (n_domains, n_estimands)
        Whether some replicate has no such estimate.
    """
    if sample.design.replicates is not None:
        return replicate_variances(
            lambda totals: [estimand.linear for estimand in algebra(totals)], sample
        )
    found = np.empty((sample.totals.n_domains, len(estimands)))
    none_lost = np.zeros(found.shape, dtype=np.bool_)
    explained = sample.explained
    for columns, chosen in _grouped(estimands, lambda estimand: estimand.columns):
        linears = [estimands[k].linear for k in chosen]
        if explained is not None:
            found[:, chosen] = calibrated_variances(linears, sample, explained, columns, lonely)
            continue
        for column, same in _grouped([estimands[k] for k in chosen], lambda e: e.support):
            of_support = [linears[k] for k in same]
            places = [chosen[k] for k in same]
            for domains, totals in sample.totals.blocks():
                parts = [linear.of_domains(domains) for linear in of_support]
                cells, filled = totals.cells(column)
                influence = totals.influence(parts, columns)[filled]
                spread = spread_of(influence, cells, sample.design.clusters, lonely)
                found[domains, places] = spread.variances()
    return found, none_lost


def _srs_variances(estimands: Sequence[Estimand], sample: Sample) -> Values:
    """Return variances of simple random samples, shape (n_domains, n_estimands)."""
    found = np.empty((sample.totals.n_domains, len(estimands)))
    for columns, chosen in _grouped(estimands, lambda estimand: estimand.columns):
        linears = [estimands[k].linear for k in chosen]
        support = [estimands[k].support for k in chosen]
        found[:, chosen] = unit_variance(linears, support, sample, columns)
    return found


def _fixed(estimands: Sequence[Estimand], variance: Values, sample: Sample) -> NDArray[np.bool_]:
    """Say which figures the design fixes, shape (n_domains, n_estimands)."""
    is_flat = np.zeros(variance.shape, dtype=np.bool_)
    for k, estimand in enumerate(estimands):
        value = estimand.linear.value
        error = np.sqrt(np.abs(variance[:, k]))
        is_flat[:, k] = error <= FLAT * np.abs(value)
        if estimand.ends is not None:
            base, width = estimand.ends[0], estimand.ends[1] - estimand.ends[0]
            share = (value - base) / width
            is_flat[:, k] = (error <= FLAT * width) & (share > EDGE) & (share < 1.0 - EDGE)
    if not is_flat.any():
        return is_flat
    return sample.fixed([estimand.linear for estimand in estimands], is_flat)


def _grouped(
    estimands: Sequence[Estimand], key: Callable[[Estimand], Key]
) -> Iterator[tuple[Key, list[int]]]:
    """Yield the positions of estimands with the same key, in order of appearance."""
    groups: dict[Key, list[int]] = {}
    for position, estimand in enumerate(estimands):
        groups.setdefault(key(estimand), []).append(position)
    yield from groups.items()


def _support(sample: Sample, column: int, given: float | None) -> _Support:
    totals = sample.totals
    cells, _ = totals.cells(column)
    columns = np.column_stack(
        [totals.n[:, column], totals.weight[:, column], totals.squared_weight[:, column]]
    )
    n, weight, squared_weight = totals.of_domains(columns).T
    replicates = sample.design.replicates
    if given is None:
        df = degrees_of_freedom(cells, sample.design.clusters, replicates)
    else:
        df = np.where(n > 0, float(given), 0.0)
    return _Support(
        n=n,
        df=df,
        kish_n=kish_n(weight, squared_weight),
        sees_lonely=cells.sees_lonely(sample.design.clusters) & (replicates is None),
    )


def _finish_one(
    estimand: Estimand,
    support: _Support,
    variance: Values,
    srs_variance: Values,
    is_fixed: NDArray[np.bool_],
    options: Options,
) -> tuple[Estimate, ...]:
    value = np.where(support.n > 0, estimand.linear.value, np.nan)
    sampled = np.where(is_fixed, 0.0, standard_errors(variance, value))
    error = sampled
    if estimand.outside is not None:
        error = np.sqrt(sampled**2 + estimand.outside)
        is_fixed = is_fixed & (estimand.outside == 0)
    low, high, method, is_flat = _interval(estimand, value, error, support, options.level)
    low, high = np.where(is_fixed, value, low), np.where(is_fixed, value, high)
    method = [IntervalMethod.FIXED if is_fixed[d] else one for d, one in enumerate(method)]
    is_flat &= ~is_fixed
    # One PSU has nothing to differ from: its zero is ignorance, not precision.
    error = np.where(is_flat, np.where(support.df <= 0, np.nan, 0.0), error)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(is_flat | (srs_variance <= 0), np.nan, sampled**2 / srs_variance)
        effective = np.where(
            is_flat, support.kish_n, support.n / np.where(effect > 0, effect, np.nan)
        )
    notes = (
        *estimand.notes,
        (support.n == 0, Note("empty-domain")),
        (np.isnan(error) & (variance < 0), NEGATIVE),
        ((support.n > 0) & (support.df <= 0), Note("no-degrees-of-freedom")),
        (is_flat & (support.df > 0), Note("no-variation")),
        (is_fixed, Note("fixed-by-design")),
        (support.sees_lonely, Note("lonely-psu", options.lonely.value)),
    )
    columns = zip(
        value.tolist(),
        error.tolist(),
        low.tolist(),
        high.tolist(),
        support.n.tolist(),
        effective.tolist(),
        support.df.tolist(),
        effect.tolist(),
        support.kish_n.tolist(),
        strict=True,
    )
    return tuple(
        Estimate(
            value=row[0],
            standard_error=row[1],
            interval=Interval(row[2], row[3], options.level, method[d]),
            n=int(row[4]),
            effective_n=row[5],
            df=int(row[6]) if row[6].is_integer() else row[6],
            design_effect=row[7],
            notes=tuple(note for holds, note in notes if holds[d]),
            kish_n=row[8],
        )
        for d, row in enumerate(columns)
    )


def _interval(
    estimand: Estimand, value: Values, error: Values, support: _Support, level: float
) -> tuple[Values, Values, list[IntervalMethod], NDArray[np.bool_]]:
    """Return the ends, how they were made, and where nothing varies."""
    if estimand.ends is None:
        low, high = mean_interval(value, error, support.df, level)
        is_flat = error <= EDGE * np.abs(value)
        low, high = np.where(is_flat, np.nan, low), np.where(is_flat, np.nan, high)
        flat_method, wanted = IntervalMethod.NONE, IntervalMethod.MEAN
    else:
        base, width = estimand.ends[0], estimand.ends[1] - estimand.ends[0]
        low, high, is_flat = share_interval(
            estimand.interval,
            (value - base) / width,
            error / width,
            n=support.n,
            flat_n=support.kish_n,
            df=support.df,
            level=level,
        )
        low, high = low * width + base, high * width + base
        flat_method, wanted = IntervalMethod.BETA, estimand.interval
    unknown = np.isnan(low) | np.isnan(high)
    method = [
        IntervalMethod.NONE if unknown[d] else flat_method if is_flat[d] else wanted
        for d in range(len(value))
    ]
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high), method, is_flat
