"""Which counts may be shown: about enough people, and never the whole minus the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.overlaps import People, protect_overlaps
from analysis.quality import QualityRules, Verdict, covered
from analysis.results import Note
from analysis.suppression import Cell, Within
from analysis.tally import Tally


@dataclass(frozen=True, slots=True)
class JudgedTally:
    """A count with its verdict."""

    tally: Tally
    verdict: Verdict


def judge_tallies(
    tallies: Sequence[Tally],
    rules: QualityRules,
    within: Within | None = None,
    items: Mapping[str, tuple[str, ...]] | None = None,
    people: People | None = None,
) -> tuple[JudgedTally, ...]:
    """Judge all counts that are shown together.

    Fewer than ``min_n`` respondents are too few to speak of a unit; fewer
    than ``min_cell`` could be recognised, and then n is masked too. Where a
    group is masked, its neighbours give it cover, so that it is not the whole
    minus the rest. Neighbours are the groups of the same kind within the same
    larger group, where ``within`` names one, and all groups of the kind:
    larger groups and the whole are counted as well. Within a group, a masked
    item is not its node minus the other items, nor a masked node the sum of
    its items.

    Parameters
    ----------
    tallies : sequence of Tally
        All counts that would be shown, all answers and every group.
    rules : QualityRules
        ``min_n`` and ``min_cell`` apply; there are no intervals to judge.
    within : mapping, optional
        Which groups are parts of which.
    items : mapping of node to items, optional
        Which items nodes are about, themselves or through their branches.
    people : People, optional
        Who is behind the counts, and what was told of them before: then
        groups that overlap and earlier publications are looked at as well.

    Returns
    -------
    tuple of JudgedTally
        In the order given.
    """
    verdicts = [_judge(tally, rules) for tally in tallies]
    cells = [_cell(*pair, items or {}) for pair in zip(tallies, verdicts, strict=True)]
    audience = people if rules.audits_overlaps else None
    found = protect_overlaps(
        cells, within or {}, rules.min_cell, audience, is_exhaustive=rules.audits_every_sum
    )
    for place in found:
        if not cells[place].is_masked:
            verdicts[place] = covered(verdicts[place])
    return tuple(JudgedTally(*pair) for pair in zip(tallies, verdicts, strict=True))


def _cell(tally: Tally, verdict: Verdict, items: Mapping[str, tuple[str, ...]]) -> Cell:
    return Cell(
        subject=(tally.code, tally.is_node),
        kind=tally.domain_kind,
        code=tally.domain_code,
        n=tally.n,
        is_masked=verdict.n_shown is None,
        is_shown=verdict.publishable,
        items=frozenset(items.get(tally.code, ()) if tally.is_node else (tally.code,)),
        is_node=tally.is_node,
    )


def _judge(tally: Tally, rules: QualityRules) -> Verdict:
    is_recognisable = 0 < tally.n < rules.min_cell
    checks = (
        (tally.n == 0, "suppressed.no-respondents", ""),
        (is_recognisable, "suppressed.confidential", rules.min_cell),
        (0 < tally.n < rules.min_n, "suppressed.few-respondents", rules.min_n),
    )
    notes = tuple(Note(code, str(limit)) for is_broken, code, limit in checks if is_broken)
    return Verdict(not notes, notes, None if is_recognisable else tally.n)
