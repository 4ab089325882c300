"""What may be published: precise enough, and about enough people.

Two different reasons keep a figure back. It may be too imprecise to mean
anything [Parker2017], or so few people may stand behind it that they could be
recognised [Hundepool2012, ch. 4]. The second also needs company: a unit that
is suppressed alone could be worked out as the whole minus all the others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.index.evaluate import Measure, NodeEstimate
from analysis.results import Estimate, IntervalMethod, Note


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
    """

    min_n: int = 30
    min_df: int = 1
    max_half_width: float = 0.15
    min_cell: int = 10
    max_relative_half_width: float = math.inf


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


def judge(estimate: Estimate, rules: QualityRules, *, is_share: bool = True) -> Verdict:
    """Judge one estimate by itself.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    rules : QualityRules
        Thresholds.
    is_share : bool
        Whether it is a share, so that ``max_half_width`` applies.

    Returns
    -------
    Verdict
        With every reason, not only the first.
    """
    half_width = estimate.interval.half_width
    relative = half_width / abs(estimate.value) if estimate.value else math.inf
    is_recognisable = 0 < estimate.n < rules.min_cell
    checks = (
        (estimate.n == 0, "suppressed.no-respondents", ""),
        (is_recognisable, "suppressed.confidential", rules.min_cell),
        (0 < estimate.n < rules.min_n, "suppressed.few-respondents", rules.min_n),
        (estimate.n > 0 and estimate.df < rules.min_df, "suppressed.few-psus", rules.min_df),
        (
            is_share and half_width > rules.max_half_width,
            "suppressed.wide-interval",
            rules.max_half_width,
        ),
        (
            math.isfinite(rules.max_relative_half_width)
            and relative > rules.max_relative_half_width,
            "suppressed.wide-interval-relative",
            rules.max_relative_half_width,
        ),
    )
    notes = tuple(Note(code, str(limit)) for is_broken, code, limit in checks if is_broken)
    return Verdict(not notes, notes, None if is_recognisable else estimate.n)


def judge_all(figures: Sequence[NodeEstimate], rules: QualityRules) -> tuple[Judged, ...]:
    """Judge all figures of a publication together.

    The measures of one node in one domain stand or fall together: satisfied,
    neutral and dissatisfied shares add up to one, so none of them can hide
    behind the others. Where a domain is confidential, as many of its
    neighbours of the same kind are masked as it takes to bring at least two
    domains and ``min_cell`` people under cover, so that none of them is the
    whole minus the rest: first those that are suppressed anyway, then the
    smallest.

    Parameters
    ----------
    figures : sequence of NodeEstimate
        All figures that would be published.
    rules : QualityRules
        Thresholds.

    Returns
    -------
    tuple of Judged
        In the order given.
    """
    own = [judge(figure.estimate, rules, is_share=_is_share(figure)) for figure in figures]
    cells: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, figure in enumerate(figures):
        cells[figure.node, figure.domain_kind, figure.domain_code].append(place)
    verdicts = {}
    for places in cells.values():
        verdicts.update(_together(places, figures, own))
    for cover in _covers(cells, figures, verdicts, rules):
        verdicts.update({place: _covered(verdicts[place]) for place in cover})
    return tuple(Judged(figure, verdicts[place]) for place, figure in enumerate(figures))


def _together(
    places: Sequence[int], figures: Sequence[NodeEstimate], own: Sequence[Verdict]
) -> dict[int, Verdict]:
    """Give the measures of one node in one domain the verdict of the main one.

    The main measure decides: a small neutral share is always wide in relation
    to itself, which is no reason to hide the satisfied share.
    """
    main = next(
        (p for p in places if figures[p].measure in {Measure.SATISFIED, Measure.VALUE}), places[0]
    )
    return dict.fromkeys(places, own[main])


def _covers(
    cells: dict[tuple[str, str, str], list[int]],
    figures: Sequence[NodeEstimate],
    verdicts: dict[int, Verdict],
    rules: QualityRules,
) -> Iterable[list[int]]:
    """Yield the figures that must be suppressed to protect others."""
    groups: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for (node, kind, _), places in cells.items():
        if kind:
            groups[node, kind].append(places)
    for domains in groups.values():
        masked = [places for places in domains if verdicts[places[0]].n_shown is None]
        if not masked:
            continue
        people = sum(_n(figures, places) for places in masked)
        count = len(masked)
        others = [p for p in domains if p not in masked and _n(figures, p) > 0]
        others.sort(key=lambda p: (verdicts[p[0]].publishable, _n(figures, p), p))
        for places in others:
            if count >= 2 and people >= rules.min_cell:
                break
            count, people = count + 1, people + _n(figures, places)
            yield places


def _is_share(figure: NodeEstimate) -> bool:
    """Say whether a figure lies between 0 and 1 by its nature."""
    is_logit = figure.estimate.interval.method is IntervalMethod.LOGIT
    return is_logit or figure.measure is not Measure.VALUE


def _n(figures: Sequence[NodeEstimate], places: Sequence[int]) -> int:
    return figures[places[0]].estimate.n


def _covered(verdict: Verdict) -> Verdict:
    """Suppress a figure, and its n, for the sake of another."""
    return Verdict(False, (*verdict.notes, Note("suppressed.protects-another")), None)
