"""Reserves: which comes next, and what the weights must know of cases that were replaced.

A substitute does not undo the nonresponse of the case it stands in for: rates without substitutes
are the ones to publish, and a replaced case keeps its outcome. For the weights, reserves that were
called up make the sample of their group larger: main cases and reserves were drawn at random in one
draw and in a random order, so the first ``m`` of a group are a random sample of ``m``. Everybody
called up gets the base weight times ``n / m``, where ``n`` cases of the group were meant to be
worked, and those who gave no answers, replaced or not, are then nonrespondents as any other. Exact
where the chances within a group are equal, as in the last stage of a plan with reserves. Bias from
those who do not answer remains; substitution does not remove it. [Vehovar1999]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.fieldwork.dispositions import ANSWERED, BY_CODE, UNKNOWN, Category


class Role(StrEnum):
    """What a case is to the sample."""

    MAIN = "main"
    REPLACED = "replaced"
    SUBSTITUTE = "substitute"
    # A substitute that was itself replaced.
    REPLACED_SUBSTITUTE = "replaced-substitute"
    UNUSED_RESERVE = "unused-reserve"


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """What is known of a case after fieldwork.

    Attributes
    ----------
    group : str
        Within which a reserve may stand in.
    reserve : int
        0 in the main sample, else the place among the reserves of the group.
    active : bool
        Whether it was worked on: always in the main sample, reserves once called up.
    replaced : bool
        Whether a reserve was called up in its place.
    """

    number: int
    group: str
    reserve: int
    active: bool
    replaced: bool
    disposition: str
    base_weight: float


@dataclass(frozen=True, slots=True)
class WeightedCase:
    """What the weight step needs of a case.

    Attributes
    ----------
    weight : float
        Base weight of the enlarged sample; 0 for a reserve never called up.
    responded : bool
        Whether there is an interview, whole or in part.
    eligible : bool or None
        Whether the case belongs to the population; None where nobody knows.
    """

    number: int
    role: Role
    category: Category
    weight: float
    responded: bool
    eligible: bool | None


def next_reserve(reserves: Iterable[int], used: Collection[int]) -> int | None:
    """Order number of the reserve that is next in a group; None when all are used.

    Raises
    ------
    ValueError
        One was used before its turn, so that the order no longer holds.
    """
    in_order = sorted(reserves)
    n_used = len(set(used))
    if set(in_order[:n_used]) != set(used):
        raise ValueError("a reserve was used out of order")
    return in_order[n_used] if n_used < len(in_order) else None


def role_of(case: DrawnCase) -> Role:
    """Say what a case is to the sample."""
    if case.reserve == 0:
        return Role.REPLACED if case.replaced else Role.MAIN
    if not case.active:
        return Role.UNUSED_RESERVE
    return Role.REPLACED_SUBSTITUTE if case.replaced else Role.SUBSTITUTE


def weighted_cases(cases: Sequence[DrawnCase], kind: str) -> tuple[WeightedCase, ...]:
    """Make ready what the weight step needs of every case of a draw, in the order given.

    Parameters
    ----------
    kind : {'dossier', 'area'}
        Kind of the frame, which decides where some outcomes belong.

    Raises
    ------
    ValueError
        A case of the main sample is not active.
    """
    if any(case.reserve == 0 and not case.active for case in cases):
        raise ValueError("a case of the main sample was never given out")
    meant = Counter(case.group for case in cases if case.reserve == 0)
    called = Counter(case.group for case in cases if case.active)
    made = []
    for case in cases:
        category = BY_CODE[case.disposition].category_in(kind)
        factor = meant[case.group] / called[case.group] if case.active else 0.0
        made.append(
            WeightedCase(
                number=case.number,
                role=role_of(case),
                category=category,
                weight=case.base_weight * factor,
                responded=case.active and category in ANSWERED,
                eligible=None if category in UNKNOWN else category is not Category.NOT_ELIGIBLE,
            )
        )
    return tuple(made)
