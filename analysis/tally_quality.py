"""Which counts may be shown: about enough people, and never the whole minus the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.quality import QualityRules, Verdict, Within, covered
from analysis.results import Note
from analysis.suppression import Part, cover
from analysis.tally import Tally


@dataclass(frozen=True, slots=True)
class JudgedTally:
    """A count with its verdict."""

    tally: Tally
    verdict: Verdict


def judge_tallies(
    tallies: Sequence[Tally], rules: QualityRules, within: Within | None = None
) -> tuple[JudgedTally, ...]:
    """Judge all counts that are shown together.

    Fewer than ``min_n`` respondents are too few to speak of a unit; fewer
    than ``min_cell`` could be recognised, and then n is masked too. Where a
    group is masked, its neighbours give it cover, so that it is not the whole
    minus the rest. Neighbours are the groups of the same kind within the same
    larger group, where ``within`` names one, and all groups of the kind:
    larger groups and the whole are counted as well.

    Parameters
    ----------
    tallies : sequence of Tally
        All counts that would be shown, all answers and every group.
    rules : QualityRules
        ``min_n`` and ``min_cell`` apply; there are no intervals to judge.
    within : mapping, optional
        Which groups are parts of which.

    Returns
    -------
    tuple of JudgedTally
        In the order given.
    """
    verdicts = [_judge(tally, rules) for tally in tallies]
    for neighbours in _neighbourhoods(tallies, within or {}):
        for place in _cover(neighbours, tallies, verdicts, rules):
            verdicts[place] = covered(verdicts[place])
    return tuple(JudgedTally(*pair) for pair in zip(tallies, verdicts, strict=True))


def _judge(tally: Tally, rules: QualityRules) -> Verdict:
    is_recognisable = 0 < tally.n < rules.min_cell
    checks = (
        (tally.n == 0, "suppressed.no-respondents", ""),
        (is_recognisable, "suppressed.confidential", rules.min_cell),
        (0 < tally.n < rules.min_n, "suppressed.few-respondents", rules.min_n),
    )
    notes = tuple(Note(code, str(limit)) for is_broken, code, limit in checks if is_broken)
    return Verdict(not notes, notes, None if is_recognisable else tally.n)


def _neighbourhoods(tallies: Sequence[Tally], within: Within) -> Iterable[list[int]]:
    """Put groups together that are parts of one shown whole, smaller wholes first."""
    parts: dict[tuple[str, bool, str, str], list[int]] = defaultdict(list)
    alike: dict[tuple[str, bool, str], list[int]] = defaultdict(list)
    for place, tally in enumerate(tallies):
        if tally.domain_kind:
            subject = (tally.code, tally.is_node, tally.domain_kind)
            larger = within.get(tally.domain_kind, {}).get(tally.domain_code)
            if larger is not None:
                parts[*subject, larger].append(place)
            alike[subject].append(place)
    return (*parts.values(), *alike.values())


def _cover(
    neighbours: Sequence[int],
    tallies: Sequence[Tally],
    verdicts: Sequence[Verdict],
    rules: QualityRules,
) -> Iterable[int]:
    """Yield the places that must be suppressed to protect a masked neighbour."""
    parts = [
        Part(
            n=tallies[place].n,
            is_masked=verdicts[place].n_shown is None,
            is_shown=verdicts[place].publishable,
        )
        for place in neighbours
    ]
    return (neighbours[place] for place in cover(parts, rules.min_cell))
