"""From algebra to estimates: one variance, one interval, for every estimand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.finished import METHODS, DomainNotes, Finished
from analysis.intervals import EDGE, kish_n, mean_interval, share_interval
from analysis.linear import Linear, side_by_side
from analysis.results import Estimate, IntervalMethod, Note
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
    together : bool
        Whether estimands whose respondents lie in the same cells are worked out
        together: quicker, but the last bit of a product depends on how many are made at once.
    """

    level: float = 0.95
    lonely: LonelyPolicy = LonelyPolicy.ADJUST
    df: float | None = None
    together: bool = False


FLAT: Final = 1e-9
"""Standard errors below this share of the value may be rounding of zero."""

REPLICATES_LOST = Note("replicates-without-value")

Algebra: TypeAlias = Callable[[Sequence[Linear]], Sequence[Estimand]]
"""From the totals, one ``Linear`` per variable, to what is to be estimated."""


@dataclass(frozen=True, slots=True, eq=False)
class _Support:
    """Who contributes to estimands, shape (n_domains, n_estimands) each."""

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
    return finish_columns(algebra, sample, options).estimates()


def finish_columns(algebra: Algebra, sample: Sample, options: Options) -> Finished:
    """Do the same and leave the estimates side by side."""
    estimands = algebra(sample.totals.linears())
    spread, is_short = variances(estimands, algebra, sample, options)
    srs_variance = _srs_variances(estimands, sample)
    is_fixed = _fixed(estimands, spread, sample)
    support = _supports(estimands, sample, options.df)
    notes = [
        (*estimand.notes, (is_short[:, k], REPLICATES_LOST)) for k, estimand in enumerate(estimands)
    ]
    return _finished(estimands, notes, support, spread, srs_variance, is_fixed, options)


def variances(
    estimands: Sequence[Estimand], algebra: Algebra, sample: Sample, options: Options
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
            found[:, chosen] = calibrated_variances(
                linears, sample, explained, columns, options.lonely
            )
            continue
        for column, places in _by_cells(estimands, chosen, sample, options):
            of_support = [estimands[k].linear for k in places]
            for domains, totals in sample.totals.blocks():
                parts = [linear.of_domains(domains) for linear in of_support]
                cells, filled = totals.cells(column)
                influence = totals.influence(parts, columns)[filled]
                spread = spread_of(influence, cells, sample.design.clusters, options.lonely)
                found[domains, places] = spread.variances()
    return found, none_lost


def _by_cells(
    estimands: Sequence[Estimand], chosen: Sequence[int], sample: Sample, options: Options
) -> Iterator[tuple[int, list[int]]]:
    """Yield a support, and the chosen estimands whose respondents lie in the same cells."""
    by_support: dict[int, list[int]] = {}
    for k in chosen:
        by_support.setdefault(estimands[k].support, []).append(k)
    if not options.together:
        yield from by_support.items()
        return
    for alike in _filled_alike(sample.totals.n > 0, list(by_support)):
        yield alike[0], [k for support in alike for k in by_support[support]]


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


def _supports(estimands: Sequence[Estimand], sample: Sample, given: float | None) -> _Support:
    """Say who contributes to each estimand."""
    places = [estimand.support for estimand in estimands]
    totals, design = sample.totals, sample.design
    n, weight, squared_weight = (
        totals.of_domains(column) for column in (totals.n, totals.weight, totals.squared_weight)
    )
    df = np.zeros(n.shape)
    sees_lonely = np.zeros(n.shape, dtype=np.bool_)
    for alike in _filled_alike(totals.n > 0, sorted(set(places))):
        cells, _ = totals.cells(alike[0])
        if given is None:
            freedom = degrees_of_freedom(cells, design.clusters, design.replicates)
            df[:, alike] = freedom[:, None]
        else:
            df[:, alike] = np.where(n[:, alike] > 0, float(given), 0.0)
        sees_lonely[:, alike] = cells.sees_lonely(design.clusters)[:, None]
    if design.replicates is not None:
        sees_lonely[:] = False
    kish: Values = kish_n(weight, squared_weight)
    return _Support(n[:, places], df[:, places], kish[:, places], sees_lonely[:, places])


def _filled_alike(filled: NDArray[np.bool_], supports: Sequence[int]) -> list[list[int]]:
    """Put together the supports that somebody contributes to in the same cells."""
    groups: dict[bytes, list[int]] = {}
    for support in supports:
        groups.setdefault(np.packbits(filled[:, support]).tobytes(), []).append(support)
    return list(groups.values())


def _finished(
    estimands: Sequence[Estimand],
    of_estimands: Sequence[DomainNotes],
    support: _Support,
    variance: Values,
    srs_variance: Values,
    is_fixed: NDArray[np.bool_],
    options: Options,
) -> Finished:
    known = side_by_side([estimand.linear for estimand in estimands], len(variance))
    value = np.where(support.n > 0, known, np.nan)
    sampled = np.where(is_fixed, 0.0, standard_errors(variance, value))
    error = sampled.copy()
    is_fixed = is_fixed.copy()
    for k, estimand in enumerate(estimands):
        if estimand.outside is not None:
            error[:, k] = np.sqrt(sampled[:, k] ** 2 + estimand.outside)
            is_fixed[:, k] &= estimand.outside == 0
    low, high, method, is_flat = _intervals(estimands, value, error, support, options.level)
    low, high = np.where(is_fixed, value, low), np.where(is_fixed, value, high)
    method[is_fixed] = METHODS.index(IntervalMethod.FIXED)
    is_flat &= ~is_fixed
    # One PSU has nothing to differ from: its zero is ignorance, not precision.
    error = np.where(is_flat, np.where(support.df <= 0, np.nan, 0.0), error)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(is_flat | (srs_variance <= 0), np.nan, sampled**2 / srs_variance)
        effective = np.where(
            is_flat, support.kish_n, support.n / np.where(effect > 0, effect, np.nan)
        )
    noted: DomainNotes = (
        (support.n == 0, Note("empty-domain")),
        (np.isnan(error) & (variance < 0), NEGATIVE),
        ((support.n > 0) & (support.df <= 0), Note("no-degrees-of-freedom")),
        (is_flat & (support.df > 0), Note("no-variation")),
        (is_fixed, Note("fixed-by-design")),
        (support.sees_lonely, Note("lonely-psu", options.lonely.value)),
    )
    holds = [(np.asarray(where), note, np.any(where, axis=0)) for where, note in noted]
    notes = tuple(
        (
            *((where, note) for where, note in of_one if where.any()),
            *((where[:, k], note) for where, note, anywhere in holds if anywhere[k]),
        )
        for k, of_one in enumerate(of_estimands)
    )
    return Finished(
        value, error, low, high, support.n, effective, support.df, effect, support.kish_n,
        method, notes, options.level,
    )  # fmt: skip


def _intervals(
    estimands: Sequence[Estimand], value: Values, error: Values, support: _Support, level: float
) -> tuple[Values, Values, NDArray[np.int8], NDArray[np.bool_]]:
    """Return the ends, how they were made, and where nothing varies."""
    low, high = np.empty_like(value), np.empty_like(value)
    method = np.empty(value.shape, dtype=np.int8)
    is_flat = np.empty(value.shape, dtype=np.bool_)
    by_kind = _grouped(estimands, lambda e: (e.ends is None, e.interval if e.ends else None))
    for _, chosen in by_kind:
        here = _Support(
            support.n[:, chosen],
            support.df[:, chosen],
            support.kish_n[:, chosen],
            support.sees_lonely[:, chosen],
        )
        ends = [e for k in chosen if (e := estimands[k].ends) is not None]
        found = _interval(
            estimands[chosen[0]].interval, ends, value[:, chosen], error[:, chosen], here, level
        )
        low[:, chosen], high[:, chosen], method[:, chosen], is_flat[:, chosen] = found
    return low, high, method, is_flat


def _interval(
    wanted: IntervalMethod,
    bounds: Sequence[tuple[float, float]],
    value: Values,
    error: Values,
    support: _Support,
    level: float,
) -> tuple[Values, Values, NDArray[np.int8], NDArray[np.bool_]]:
    """Make the intervals of estimands that all have ends, and want one kind, or all have none."""
    if not bounds:
        low, high = mean_interval(value, error, support.df, level)
        is_flat = error <= EDGE * np.abs(value)
        low, high = np.where(is_flat, np.nan, low), np.where(is_flat, np.nan, high)
        flat_method, wanted = IntervalMethod.NONE, IntervalMethod.MEAN
    else:
        base = np.array([end for end, _ in bounds])
        width = np.array([end for _, end in bounds]) - base
        low, high, is_flat = share_interval(
            wanted,
            (value - base) / width,
            error / width,
            n=support.n,
            flat_n=support.kish_n,
            df=support.df,
            level=level,
        )
        low, high = low * width + base, high * width + base
        flat_method = IntervalMethod.BETA
    unknown = np.isnan(low) | np.isnan(high)
    none, flat, inside = (METHODS.index(one) for one in (IntervalMethod.NONE, flat_method, wanted))
    method = np.where(unknown, none, np.where(is_flat, flat, inside)).astype(np.int8)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high), method, is_flat
