"""The plan that choices and an allocation lead to."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from app.services.sampling.choices import (
    CENTRES_DOSSIERS,
    DOSSIERS,
    MORE_CASES,
    VILLAGES_PEOPLE,
    Choices,
)
from app.services.sampling.sizes import measure_of_size
from surveys.sampling.frame import Frame
from surveys.sampling.plan import Coordination, Plan, Reserves, Stage
from surveys.sampling.plan_values import DIGITS
from surveys.sampling.schema import (
    CIRCULAR,
    POSITION,
    PPS_SYSTEMATIC,
    ROW,
    ROWS,
    SRS,
    SYSTEMATIC,
    joined,
)
from surveys.sampling.table import AllocationTable

# Fewer villages than this in a commune give no standard error.
_FEWEST_CLUSTERS = 2
# Chance does not spread people evenly over the circle: a draw may reach this much further.
_SPARE_ROOM = 1.25
Arc = tuple[int, int]
_SPREAD_OVER = ("field", "returned_on")


def plan_of(
    choices: Choices,
    frame: Frame,
    table: AllocationTable,
    *,
    title: str,
    avoid: Sequence[Arc] = (),
) -> Plan:
    """Write the plan.

    Parameters
    ----------
    table : AllocationTable
        Interviews and cases of each reported unit.
    title : str
        Name of the plan.
    avoid : sequence of pairs of int
        Arcs of the circle of permanent random numbers that draws of the last year used.
    """
    cases = {
        row.label: row.cases if choices.unanswered == MORE_CASES else row.interviews
        for row in table.strata
    }
    stages: tuple[Stage, ...]
    if choices.shape == DOSSIERS:
        stages = (_dossiers(choices, cases),)
    elif choices.shape == CENTRES_DOSSIERS:
        stages = _centres(choices, frame, cases)
    elif choices.shape == VILLAGES_PEOPLE:
        stages = _villages(choices, frame, cases)
    else:
        stages = _communes(choices, frame, cases)
    # As many digits as a plan may have; nobody has more than one reserve.
    share = min(Decimal(1), round(Decimal(str(choices.reserve_share)), DIGITS))
    return Plan(
        title=title,
        frame=frame.kind,
        stages=stages,
        reserves=Reserves(share=share) if share else None,
        coordination=_coordination(choices, table, avoid),
        one_per_person=choices.one_per_person and choices.shape == DOSSIERS,
    )


def _coordination(
    choices: Choices, table: AllocationTable, avoid: Sequence[Arc]
) -> Coordination | None:
    """Leave out whom earlier draws met, and keep as much of the circle as this one needs."""
    if not choices.once_a_year or choices.shape != DOSSIERS:
        return None
    if not avoid:
        return Coordination()
    widest = max(row.cases / row.population for row in table.strata)
    room = min(1.0, widest * (1.0 + choices.reserve_share) * _SPARE_ROOM)
    # Rounded up: the room of a small sample from a long list is not none.
    return Coordination(
        avoid=tuple(avoid), room=Decimal(math.ceil(room * 10**DIGITS)).scaleb(-DIGITS)
    )


def _dossiers(choices: Choices, cases: Mapping[str, int]) -> Stage:
    spread = choices.spread == "systematic"
    return Stage(
        unit=ROW,
        method=SYSTEMATIC if spread else SRS,
        strata=_strata(choices),
        order=tuple(name for name in _SPREAD_OVER if name != choices.report_by) if spread else (),
        take=_takes(choices, cases),
    )


def _centres(choices: Choices, frame: Frame, cases: Mapping[str, int]) -> tuple[Stage, Stage]:
    """Draw centres by their number of dossiers, then as many dossiers in each.

    Where there are too few centres all are taken, and of each the same share of its dossiers.
    """
    there = {label: len(frame.categories["centre"].labels) for label in cases}
    clusters = {label: _clusters(n, choices.per_village) for label, n in cases.items()}
    is_short = _is_short(clusters, there)
    return (
        Stage(
            unit="centre", method=PPS_SYSTEMATIC, size=ROWS, strata=_strata(choices),
            take=_takes(choices, _at_most(clusters, there)),
        ),
        Stage(
            unit=ROW, method=SYSTEMATIC, order=_SPREAD_OVER,
            take=None if is_short else choices.per_village,
            overall_take=_takes(choices, cases) if is_short else None,
        ),
    )  # fmt: skip


def _villages(choices: Choices, frame: Frame, cases: Mapping[str, int]) -> tuple[Stage, Stage]:
    """Draw villages of every reported unit by their size, then people from the village's list.

    A unit with too few villages gives all of them, and more people in each: the same share of
    every village, so that the weights of its people stay alike.
    """
    there = _villages_there(choices, frame)
    wanted = {label: _clusters(n, choices.per_village) for label, n in cases.items()}
    clusters = _at_most(wanted, there)
    people = {label: math.ceil(cases[label] / clusters[label]) for label in cases}
    is_short = _is_short(wanted, there)
    size = measure_of_size(frame)
    return (
        Stage(
            unit=ROW, method=PPS_SYSTEMATIC, size=size, strata=_strata(choices),
            take=_takes(choices, clusters),
        ),
        Stage(
            unit=POSITION, method=CIRCULAR, positions=size,
            take=None if is_short else _takes(choices, people),
            overall_take=_takes(choices, cases) if is_short else None,
            take_by=_strata(choices) if choices.report_by else (),
        ),
    )  # fmt: skip


def _communes(
    choices: Choices, frame: Frame, cases: Mapping[str, int]
) -> tuple[Stage, Stage, Stage]:
    """Draw communes, villages within them, and people from the village's list.

    Where there are too few communes all are taken, and people so that all have the same chance.
    """
    there = _communes_there(choices, frame)
    clusters = {label: _clusters(n, choices.people_per_cluster) for label, n in cases.items()}
    is_short = _is_short(clusters, there)
    size = measure_of_size(frame)
    return (
        Stage(
            unit="commune", method=PPS_SYSTEMATIC, size=size, strata=_strata(choices),
            take=_takes(choices, _at_most(clusters, there)),
        ),
        Stage(unit=ROW, method=PPS_SYSTEMATIC, size=size, take=choices.villages_per_commune),
        Stage(
            unit=POSITION, method=CIRCULAR, positions=size,
            take=None if is_short else choices.per_village,
            overall_take=_takes(choices, cases) if is_short else None,
            take_by=_strata(choices) if is_short else (),
        ),
    )  # fmt: skip


def _is_short(wanted: Mapping[str, int], there: Mapping[str, int]) -> bool:
    return any(n > there[label] for label, n in wanted.items())


def _at_most(wanted: Mapping[str, int], there: Mapping[str, int]) -> dict[str, int]:
    return {label: min(n, there[label]) for label, n in wanted.items()}


def _communes_there(choices: Choices, frame: Frame) -> dict[str, int]:
    """Count communes of each reported unit."""
    communes = frame.categories["commune"]
    if not choices.report_by:
        return {"": len(communes.labels)}
    column = frame.categories[choices.report_by]
    pairs = np.unique(np.stack([column.codes, communes.codes]), axis=1)[0]
    counts = np.bincount(pairs, minlength=len(column.labels)).tolist()
    return dict(zip(column.labels, counts, strict=True))


def _strata(choices: Choices) -> tuple[str, ...]:
    return (choices.report_by,) if choices.report_by else ()


def _takes(choices: Choices, numbers: Mapping[str, int]) -> int | dict[str, int]:
    """One number where there are no reported units, else one per unit."""
    if not choices.report_by:
        return next(iter(numbers.values()))
    return {joined((label,)): n for label, n in numbers.items()}


def _clusters(cases: int, per_cluster: int) -> int:
    return max(_FEWEST_CLUSTERS, math.ceil(cases / per_cluster))


def _villages_there(choices: Choices, frame: Frame) -> dict[str, int]:
    size = frame.measure(measure_of_size(frame))
    inhabited = np.ones(frame.n, dtype=bool) if size is None else size > 0
    if not choices.report_by:
        return {"": int(inhabited.sum())}
    column = frame.categories[choices.report_by]
    counts = np.bincount(column.codes, weights=inhabited, minlength=len(column.labels))
    return {label: int(n) for label, n in zip(column.labels, counts, strict=True)}
