"""From a snapshot to the figures that are published: nothing read from the database here.

The same snapshot, method, level and rules give the same figures, so anybody who has them can
check a publication.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from analysis.answers import Column, OpenAnswers, SampledAnswers
from analysis.design import Design
from analysis.disclosure import Release
from analysis.index.evaluate import NodeEstimate, evaluate
from analysis.index.method import Method
from analysis.index.raters import raters
from analysis.overlaps import People
from analysis.quality import QualityRules, Verdict, judge_all
from analysis.results import Note
from analysis.tally import Tally, tally_open
from analysis.tally_quality import judge_tallies
from app.services.columns import domain_kind
from app.services.weighting.rows import Weighing, padded

# Groups that are parts of larger groups which are counted as well.
PARTS = (("counter", "centre"), ("centre", "commune"), ("commune", "commune_kind"))


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What was told of the same people before.

    Attributes
    ----------
    person : ndarray of int64
        Number of each respondent, over all releases.
    releases : tuple of Release
        Earlier publications.
    """

    person: NDArray[np.int64]
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class EstimateFigure:
    """One estimate as it is published; shares are 0 to 1, and what is not known is None."""

    node: str
    measure: str
    domain_kind: str
    domain_code: str
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    interval_method: str | None
    n: int | None
    effective_n: float | None
    df: float | None
    design_effect: float | None
    suppressed: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, row: object) -> "EstimateFigure":
        """Read of a stored row what belongs to a figure."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class TallyFigure:
    """One count as it is published; it has no standard error."""

    subject: str
    is_node: bool
    domain_kind: str
    domain_code: str
    n: int | None
    n_ratings: int | None
    satisfied: int | None
    neutral: int | None
    dissatisfied: int | None
    counts: Mapping[str, int] | None
    value: float | None
    suppressed: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, row: object) -> "TallyFigure":
        """Read of a stored row what belongs to a figure."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})


def estimate_figures(
    method: Method,
    answers: SampledAnswers,
    level: float,
    rules: QualityRules,
    weighing: Weighing | None = None,
    before: Before | None = None,
) -> tuple[EstimateFigure, ...]:
    """Estimate every node in the whole and in every domain, and suppress what the rules say.

    Parameters
    ----------
    level : float
        Confidence level of the intervals, between 0 and 1.
    weighing : Weighing, optional
        Without it, answers count by their base weights. With it, the cases without answers keep
        their place in the design, and variances are those of what control totals leave.
    before : Before, optional
        What earlier publications of the same answers told.
    """
    design = Design.from_answers(answers) if weighing is None else weighing.design
    n_more = 0 if weighing is None else weighing.n_more
    columns = {item: padded(column, n_more) for item, column in answers.columns.items()}
    domains = {kind: padded(codes, n_more) for kind, codes in _by_kind(answers.domains).items()}
    figures = evaluate(method, columns, design, domains, level)
    return judged_figures(method, answers, figures, rules, before)


def judged_figures(
    method: Method,
    answers: SampledAnswers,
    figures: Sequence[NodeEstimate],
    rules: QualityRules,
    before: Before | None,
) -> tuple[EstimateFigure, ...]:
    """Judge estimates of a sample together, and write them as they are published."""
    domains = _by_kind(answers.domains)
    people = _people(method, answers.columns, domains, before)
    judged = judge_all(
        figures, rules, parts_within(domains), _items(method), people, method.changes
    )
    return tuple(estimate_figure(one.figure, one.verdict) for one in judged)


def tally_figures(
    method: Method, answers: OpenAnswers, rules: QualityRules, before: Before | None = None
) -> tuple[TallyFigure, ...]:
    """Count every node and item in all answers and in every group, and suppress small groups."""
    groups = _by_kind(answers.groups)
    tallies = tally_open(method, OpenAnswers(answers.columns, groups))
    people = _people(method, answers.columns, groups, before)
    judged = judge_tallies(tallies, rules, parts_within(groups), _items(method), people)
    return tuple(_tally(one.tally, one.verdict) for one in judged)


def written_notes(notes: Iterable[Note]) -> tuple[str, ...]:
    """Write notes as they are stored: the code, then a colon and the detail if there is one."""
    return tuple(f"{note.code}:{note.detail}" if note.detail else note.code for note in notes)


def differences(
    published: Sequence[EstimateFigure | TallyFigure],
    computed: Sequence[EstimateFigure | TallyFigure],
) -> tuple[int, ...]:
    """Places at which two sets of figures are not the same to the last digit."""
    pairs = enumerate(zip_longest(published, computed))
    return tuple(place for place, (was, would_be) in pairs if was != would_be)


def told_by(
    method: Method, figures: Iterable[EstimateFigure | TallyFigure]
) -> dict[Hashable, frozenset[tuple[str, str]]]:
    """Say of which groups a count or a value is told, by the items it is about."""
    told: dict[Hashable, set[tuple[str, str]]] = defaultdict(set)
    for one in figures:
        if one.n is None or one.n == 0:
            continue
        is_item = isinstance(one, TallyFigure) and not one.is_node
        subject = one.subject if isinstance(one, TallyFigure) else one.node
        items = (subject,) if is_item else method.leaf_items(subject)
        told[frozenset(items)].add((one.domain_kind, one.domain_code))
    return {items: frozenset(places) for items, places in told.items()}


def release_of(
    method: Method,
    answers: SampledAnswers | OpenAnswers,
    figures: Iterable[EstimateFigure | TallyFigure],
    person: NDArray[np.int64],
) -> Release:
    """Say what a publication told of whom."""
    groups = answers.domains if isinstance(answers, SampledAnswers) else answers.groups
    return Release(
        person=person,
        kinds=_by_kind(groups),
        rated=raters(method, answers.columns),
        told=told_by(method, figures),
    )


def _people(
    method: Method,
    columns: Mapping[str, Column],
    kinds: Mapping[str, Column],
    before: Before | None,
) -> People:
    rated = raters(method, columns)
    n = len(next(iter(columns.values()), ()))
    person = np.arange(n) if before is None else before.person
    return People(kinds, rated, person, () if before is None else before.releases)


def _by_kind(domains: Mapping[str, Column]) -> dict[str, Column]:
    return {domain_kind(column): codes for column, codes in domains.items()}


def _items(method: Method) -> dict[str, tuple[str, ...]]:
    return {node.code: method.leaf_items(node.code) for node in method.nodes}


def parts_within(domains: Mapping[str, Column]) -> dict[str, dict[str, str]]:
    """Say which groups are parts of larger ones, as the answers themselves show it."""
    return {
        small: {
            code: larger
            for code, larger in zip(domains[small].tolist(), domains[large].tolist(), strict=True)
            if code and larger
        }
        for small, large in PARTS
        if small in domains and large in domains
    }


def estimate_figure(figure: NodeEstimate, verdict: Verdict) -> EstimateFigure:
    """Write an estimate as it is published: without value where its verdict says so."""
    estimate = figure.estimate
    interval = estimate.interval
    shown = verdict.publishable and estimate.is_known
    notes = estimate.notes if shown else verdict.notes or (Note("suppressed.no-value"),)
    has_ends = shown and math.isfinite(interval.low) and math.isfinite(interval.high)
    return EstimateFigure(
        node=figure.node,
        measure=figure.measure.value,
        domain_kind=figure.domain_kind,
        domain_code=figure.domain_code,
        value=estimate.value if shown else None,
        standard_error=_known(estimate.standard_error, shown),
        low=interval.low if has_ends else None,
        high=interval.high if has_ends else None,
        interval_method=interval.method.value if has_ends else None,
        n=verdict.n_shown,
        effective_n=_known(estimate.effective_n, shown),
        df=_known(estimate.df, shown),
        design_effect=_known(estimate.design_effect, shown),
        suppressed=not shown,
        notes=written_notes(notes),
    )


def _tally(tally: Tally, verdict: Verdict) -> TallyFigure:
    shown = verdict.publishable
    return TallyFigure(
        subject=tally.code,
        is_node=tally.is_node,
        domain_kind=tally.domain_kind,
        domain_code=tally.domain_code,
        n=verdict.n_shown,
        n_ratings=tally.n_answers if shown else None,
        satisfied=tally.satisfied if shown else None,
        neutral=tally.neutral if shown else None,
        dissatisfied=tally.dissatisfied if shown else None,
        counts=dict(tally.counts) if shown else None,
        value=_known(tally.value, shown),
        suppressed=not shown,
        notes=written_notes(verdict.notes),
    )


def _known(value: float, shown: bool) -> float | None:
    return float(value) if shown and math.isfinite(value) else None
