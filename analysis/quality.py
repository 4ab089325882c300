"""What may be published: precise enough, and about enough people.

Two different reasons keep a figure back. It may be too imprecise to mean
anything [Parker2017], or so few people may stand behind it that they could be
recognised [Hundepool2012, ch. 4]. The second also needs company: a unit that
is suppressed alone could be worked out as the whole minus all the others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.index.evaluate import Measure, NodeEstimate
from analysis.intervals import logit_interval
from analysis.overlaps import People, protect_overlaps
from analysis.results import Estimate, IntervalMethod, Note
from analysis.suppression import Cell, Within

TINY: Final = 1e-12
"""What rounding may add to a width that is exactly at its threshold."""


@dataclass(frozen=True, slots=True)
class QualityRules:
    """Thresholds of a campaign.

    Attributes
    ----------
    min_n : int
        Fewer contributing respondents are too few to be reliable.
    min_df : int
        Fewer degrees of freedom make the standard error itself unreliable.
    max_half_width : float
        Wider intervals of shares say too little (0.15 is 15 percentage
        points); not applied to other units.
    min_cell : int
        Fewer people could be recognised; then even n is masked.
    max_relative_half_width : float
        Half width over the value; infinite means not applied.
    spares_changes : bool
        Whether changes are not judged by it: near nought every interval is wide beside its value.
    width_by_kish : bool
        Whether the width of a share is judged with a standard error of at
        least that of Kish's effective size: what is published because its
        interval happens to be narrow is covered too seldom.
    audits_overlaps : bool
        Whether groups that overlap, and earlier publications of the round,
        are looked at too.
    audits_every_sum : bool
        Whether that search has no gaps: sums with signs, of any told figures.
    """

    min_n: int = 30
    min_df: int = 1
    max_half_width: float = 0.15
    min_cell: int = 10
    max_relative_half_width: float = math.inf
    spares_changes: bool = False
    width_by_kish: bool = False
    audits_overlaps: bool = False
    audits_every_sum: bool = False


LEAST_DF: Final = 8
"""Degrees of freedom below which new publications show no figure."""


def rules_of_publication(min_n: int, max_relative_half_width: float | None = None) -> QualityRules:
    """Return the rules of new publications.

    Rules that were added later do not hold for publications made before: those
    name their own.

    Parameters
    ----------
    min_n : int
        Fewest respondents, set by the round.
    max_relative_half_width : float, optional
        Half width over the value, set by the round; None if not applied.
    """
    relative = math.inf if max_relative_half_width is None else max_relative_half_width
    return QualityRules(
        min_n=min_n,
        min_df=LEAST_DF,
        max_relative_half_width=relative,
        spares_changes=True,
        width_by_kish=True,
        audits_overlaps=True,
        audits_every_sum=True,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a figure may be published, and why not.

    Attributes
    ----------
    publishable : bool
        Whether value, standard error and interval may be shown.
    notes : tuple of Note
        Reasons, e.g. ``Note("suppressed.few-respondents", "30")``.
    n_shown : int or None
        The number of respondents that may be shown; None when it is masked.
    """

    publishable: bool
    notes: tuple[Note, ...]
    n_shown: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure with its verdict."""

    figure: NodeEstimate
    verdict: Verdict


def judge(
    estimate: Estimate, rules: QualityRules, *, is_share: bool = True, is_change: bool = False
) -> Verdict:
    """Judge one estimate by itself.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    rules : QualityRules
        Thresholds.
    is_share : bool
        Whether it is a share, so that ``max_half_width`` applies.
    is_change : bool
        Whether it says by how much something changed.

    Returns
    -------
    Verdict
        With every reason, not only the first.
    """
    if estimate.n == 0:
        return Verdict(False, (Note("suppressed.no-respondents"),), 0)
    # Compared by "not <=": an interval without ends is not a narrow one.
    half_width = _half_width(estimate, rules, is_share=is_share)
    relative = half_width / abs(estimate.value) if estimate.value else math.inf
    is_recognisable = estimate.n < rules.min_cell
    checks = (
        (is_recognisable, "suppressed.confidential", rules.min_cell),
        (estimate.n < rules.min_n, "suppressed.few-respondents", rules.min_n),
        (estimate.df < rules.min_df, "suppressed.few-psus", rules.min_df),
        (
            is_share and not half_width <= rules.max_half_width + TINY,
            "suppressed.wide-interval",
            rules.max_half_width,
        ),
        (
            math.isfinite(rules.max_relative_half_width)
            and not (is_change and rules.spares_changes)
            and not relative <= rules.max_relative_half_width + TINY,
            "suppressed.wide-interval-relative",
            rules.max_relative_half_width,
        ),
    )
    notes = tuple(Note(code, str(limit)) for is_broken, code, limit in checks if is_broken)
    return Verdict(not notes, notes, None if is_recognisable else estimate.n)


def _half_width(estimate: Estimate, rules: QualityRules, *, is_share: bool) -> float:
    """Return the half width to be judged."""
    found = estimate.interval.half_width
    value, error = estimate.value, estimate.standard_error
    if not (rules.width_by_kish and is_share and 0 < value < 1 and estimate.kish_n > 0):
        return found
    floor = math.sqrt(value * (1.0 - value) / estimate.kish_n)
    if not error < floor:
        return found
    low, high = logit_interval(
        np.array([value]), np.array([floor]), np.array([estimate.df]), estimate.interval.level
    )
    return max(found, float(high[0] - low[0]) / 2.0)


def judge_all(
    figures: Sequence[NodeEstimate],
    rules: QualityRules,
    within: Within | None = None,
    items: Mapping[str, tuple[str, ...]] | None = None,
    people: People | None = None,
    changes: Collection[str] = (),
) -> tuple[Judged, ...]:
    """Judge all figures of a publication together.

    The measures of one node in one domain stand or fall together: satisfied,
    neutral and dissatisfied shares add up to one, so none of them can hide
    behind the others. Where a domain is confidential, its neighbours give it
    cover, so that it is not the whole minus the rest: the domains of the same
    kind within the same larger domain, where ``within`` names one, and all
    domains of the kind. Where a component is confidential in a domain, the
    indices made of it are kept back there.

    Parameters
    ----------
    figures : sequence of NodeEstimate
        All figures that would be published.
    rules : QualityRules
        Thresholds.
    within : mapping, optional
        Which domains are parts of which.
    items : mapping of node to items, optional
        Which items nodes are about, themselves or through their branches.
    people : People, optional
        Who is behind the figures, and what was told of them before: then
        groups that overlap and earlier publications are looked at as well.
    changes : collection of str
        Nodes that say by how much something changed.

    Returns
    -------
    tuple of Judged
        In the order given.
    """
    cells: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, figure in enumerate(figures):
        cells[figure.node, figure.domain_kind, figure.domain_code].append(place)
    groups = tuple(cells.values())
    verdicts: dict[int, Verdict] = {}
    for places in groups:
        verdicts.update(dict.fromkeys(places, _main_verdict(places, figures, rules, changes)))
    told = [_cell(figures[p[0]], verdicts[p[0]], items or {}) for p in groups]
    audience = people if rules.audits_overlaps else None
    found = protect_overlaps(
        told, within or {}, rules.min_cell, audience, is_exhaustive=rules.audits_every_sum
    )
    for k in found:
        if not told[k].is_masked:
            verdicts.update(dict.fromkeys(groups[k], covered(verdicts[groups[k][0]])))
    return tuple(Judged(figure, verdicts[place]) for place, figure in enumerate(figures))


def _cell(figure: NodeEstimate, verdict: Verdict, items: Mapping[str, tuple[str, ...]]) -> Cell:
    return Cell(
        subject=figure.node,
        kind=figure.domain_kind,
        code=figure.domain_code,
        n=figure.estimate.n,
        is_masked=verdict.n_shown is None,
        is_shown=verdict.publishable,
        items=frozenset(items.get(figure.node, ())),
    )


def covered(verdict: Verdict) -> Verdict:
    """Keep back a figure, and its n, for the sake of another."""
    return Verdict(False, (*verdict.notes, Note("suppressed.protects-another")), None)


def _main_verdict(
    places: Sequence[int],
    figures: Sequence[NodeEstimate],
    rules: QualityRules,
    changes: Collection[str],
) -> Verdict:
    """Judge the measures of one node in one domain by the main one.

    A small neutral share is always wide in relation to itself, which is no
    reason to hide the satisfied share.
    """
    main = next(
        (p for p in places if figures[p].measure in {Measure.SATISFIED, Measure.VALUE}), places[0]
    )
    figure = figures[main]
    is_logit = figure.estimate.interval.method is IntervalMethod.LOGIT
    is_share = is_logit or figure.measure is not Measure.VALUE
    is_change = figure.node in changes
    return judge(figure.estimate, rules, is_share=is_share, is_change=is_change)
