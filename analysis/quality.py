"""What may be published: precise enough, and about enough people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.index.evaluate import NodeEstimate
from analysis.results import Estimate, Note


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
        Wider intervals say too little; units of the estimate (0.15 is 15
        percentage points).
    min_cell : int
        Fewer people could be recognised; then even n is masked.
    max_relative_half_width : float
        Half width over the value; infinite means not applied.
    """

    min_n: int = 30
    min_df: int = 1
    max_half_width: float = 0.15
    min_cell: int = 10
    max_relative_half_width: float = float("inf")


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


def judge(estimate: Estimate, rules: QualityRules) -> Verdict:
    """Judge one estimate by itself."""
    raise NotImplementedError


def judge_all(figures: Sequence[NodeEstimate], rules: QualityRules) -> tuple[Judged, ...]:
    """Judge all figures of a publication together.

    Besides the rules for each figure, a unit that is suppressed alone in its
    group could be worked out as the total minus the rest; then the next
    smallest unit of that group is suppressed as well.
    """
    raise NotImplementedError
