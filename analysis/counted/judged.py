"""What may be published of figures that lie side by side, as long as none needs company.

``analysis.quality`` judges figure by figure; here the same thresholds are laid on
columns. Where somebody could be recognised, masks are its business.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.counted.evaluate import KindFigures
from analysis.counted.partitions import Counts
from analysis.finished import METHODS, DomainNotes, Finished
from analysis.index.leaves import Measure
from analysis.intervals import logit_interval
from analysis.quality import TINY, QualityRules
from analysis.results import IntervalMethod, Note
from analysis.sums import sum_rows
from analysis.suppression import Within

Values = NDArray[np.float64]
Keys = Sequence[tuple[str, Measure]]

_MAIN = {Measure.SATISFIED, Measure.VALUE}


@dataclass(frozen=True, slots=True, eq=False)
class KindVerdicts:
    """What may be published in the domains of one kind.

    Attributes
    ----------
    publishable : ndarray of bool, shape (n_domains, n_estimands)
    reasons : tuple of (ndarray of bool, Note)
        Why not, and where, shape (n_domains, n_estimands).
    """

    publishable: NDArray[np.bool_]
    reasons: DomainNotes


def judged(
    found: KindFigures, keys: Keys, rules: QualityRules, changes: Collection[str] = ()
) -> KindVerdicts:
    """Judge all measures of a node in a domain by its main one, as ``judge_all`` does.

    Parameters
    ----------
    found : KindFigures
        Nobody is to be masked among them: see ``needs_company``.
    keys : sequence of (str, Measure)
        Node and measure of each column.
    rules : QualityRules
    changes : collection of str
        Nodes that say by how much something changed.
    """
    main = _main_columns(keys)
    chosen = sorted(set(main))
    place = [chosen.index(column) for column in main]
    finished = found.finished
    n, df = finished.n[:, chosen], finished.df[:, chosen]
    logit = finished.method[:, chosen] == METHODS.index(IntervalMethod.LOGIT)
    is_share = logit | np.array([keys[k][1] is not Measure.VALUE for k in chosen])
    half_width = _half_width(finished, chosen, is_share, rules)
    value = finished.value[:, chosen]
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(value != 0, half_width / np.abs(value), math.inf)
    nobody = n == 0
    is_change = np.array([keys[k][0] in changes for k in chosen])
    is_spared = is_change & rules.spares_changes
    relative_counts = ~is_spared & math.isfinite(rules.max_relative_half_width)
    # Compared by "not <=": an interval without ends is not a narrow one.
    is_wide = ~(half_width <= rules.max_half_width + TINY)
    is_relatively_wide = ~(relative <= rules.max_relative_half_width + TINY)
    checks = (
        (nobody, Note("suppressed.no-respondents")),
        (~nobody & (n < rules.min_n), Note("suppressed.few-respondents", str(rules.min_n))),
        (~nobody & (df < rules.min_df), Note("suppressed.few-psus", str(rules.min_df))),
        (
            ~nobody & is_share & is_wide,
            Note("suppressed.wide-interval", str(rules.max_half_width)),
        ),
        (
            ~nobody & relative_counts & is_relatively_wide,
            Note("suppressed.wide-interval-relative", str(rules.max_relative_half_width)),
        ),
    )
    broken = np.logical_or.reduce([where for where, _ in checks])
    reasons = tuple((where[:, place], note) for where, note in checks if where.any())
    return KindVerdicts(~broken[:, place], reasons)


def needs_company(
    found: Sequence[KindFigures], keys: Keys, counts: Counts, rules: QualityRules, within: Within
) -> bool:
    """Say whether anything about fewer people than ``min_cell`` is told or could be worked out.

    If nobody is masked, the people outside all parts of a whole are nobody or enough, and every
    group of people who cannot be told apart is large enough, then whatever is worked out is about
    enough people: it is about one such group at least.
    """
    main = sorted(set(_main_columns(keys)))
    people = {one.kind: one.finished.n[:, main] for one in found}
    codes = {one.kind: one.codes for one in found}
    looked_at = [*people.values(), *_unplaced(people, codes, within)]
    if rules.audits_overlaps:
        looked_at.append(_alike(counts))
    return any(bool(((n > 0) & (n < rules.min_cell)).any()) for n in looked_at)


def _unplaced(
    people: Mapping[str, Values], codes: Mapping[str, tuple[str, ...]], within: Within
) -> Iterator[Values]:
    """Yield how many people of each whole are in none of its parts."""
    for kind, n in people.items():
        if not kind:
            continue
        yield people[""] - n.sum(axis=0)
        around = within.get(kind, {})
        parts: dict[str, Values] = {}
        for number, code in enumerate(codes[kind]):
            if code in around:
                larger = around[code]
                parts[larger] = parts.get(larger, np.zeros(n.shape[1])) + n[number]
        for larger, inside in parts.items():
            told = [
                people[other][codes[other].index(larger)]
                for other in people
                if other not in ("", kind) and larger in codes[other]
            ]
            if told:
                yield np.max(told, axis=0) - inside


def _alike(counts: Counts) -> Values:
    """Count who contributes among people who are in the same groups, (n_classes, n_supports)."""
    key = np.zeros(counts.design.n, dtype=np.int64)
    for coded in counts.codes.values():
        crossed = key * (len(coded.levels) + 1) + coded.codes + 1
        key = np.asarray(np.unique(crossed, return_inverse=True)[1], dtype=np.int64)
    return sum_rows(counts.counts.contribute, key, int(key.max(initial=-1)) + 1)


def _main_columns(keys: Keys) -> list[int]:
    """Return, for each column, that of the main measure of its node."""
    main: dict[str, int] = {}
    for column, (node, measure) in enumerate(keys):
        is_main = measure in _MAIN
        if node not in main or (is_main and keys[main[node]][1] not in _MAIN):
            main[node] = column
    return [main[node] for node, _ in keys]


def _half_width(
    finished: Finished, chosen: Sequence[int], is_share: NDArray[np.bool_], rules: QualityRules
) -> Values:
    """Return the half widths to be judged."""
    found: Values = (finished.high[:, chosen] - finished.low[:, chosen]) / 2
    if not rules.width_by_kish:
        return found
    value, error = finished.value[:, chosen], finished.error[:, chosen]
    kish, df = finished.kish_n[:, chosen], finished.df[:, chosen]
    with np.errstate(invalid="ignore", divide="ignore"):
        floor = np.sqrt(value * (1.0 - value) / kish)
        is_below = is_share & (value > 0) & (value < 1) & (kish > 0) & (error < floor)
    if is_below.any():
        low, high = logit_interval(value[is_below], floor[is_below], df[is_below], finished.level)
        wider = (high - low) / 2.0
        found[is_below] = np.where(wider > found[is_below], wider, found[is_below])
    return found
