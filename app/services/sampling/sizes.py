"""How many interviews, and where: strata, allocations side by side, and Slovin's size."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from app.services.sampling.choices import BY_TOTAL, Choices
from surveys.sampling.allocate import SIDE_BY_SIDE, allocate, compare
from surveys.sampling.effects import design_effect
from surveys.sampling.errors import SamplingError, TargetsUnreachableError
from surveys.sampling.frame import Frame
from surveys.sampling.power import Detectable, detectable_change
from surveys.sampling.precision import Conditions
from surveys.sampling.size import precision_of_proportion
from surveys.sampling.slovin import Slovin, slovin
from surveys.sampling.strata import SHARE, Strata
from surveys.sampling.table import AllocationTable, Method, Refused, ReportingRule
from surveys.sampling.targets import Scope, Target

WHOLE = ""
Rates = Mapping[str, Mapping[str, float]]
NO_RATES: Rates = MappingProxyType({})
_LOWEST = 0.02
# A unit whose share is known less well than this has no result of its own.
WIDEST = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Sizing:
    """What the choices about size lead to.

    Attributes
    ----------
    populations : dict of str to int
        Label of each reported unit → people or dossiers in the frame.
    too_small : tuple of str
        Labels of units that cannot reach the margin even if everybody is asked: all are drawn.
    is_overall_short : bool
        Whether the margin of the province cannot be reached, so that only those of units count.
    effect : float
        Design effect of clusters that is expected.
    tables : tuple of AllocationTable or Refused
        One per method, the one that aims at precision first.
    chosen : AllocationTable or Refused
        That of the method chosen.
    slovin : Slovin
        The formula officials know, beside what it gives under this design.
    change : Detectable or None
        Smallest change of the overall rate that two such rounds would show.
    """

    populations: Mapping[str, int]
    too_small: tuple[str, ...]
    is_overall_short: bool
    effect: float
    tables: tuple[AllocationTable | Refused, ...]
    chosen: AllocationTable | Refused
    slovin: Slovin
    change: Detectable | None


def sizing(frame: Frame, choices: Choices, rates: Rates = NO_RATES) -> Sizing:
    """Work out sizes and allocations.

    Parameters
    ----------
    rates : mapping of component to mapping of label to share
        What an earlier round found, where one is used; the label ``""`` is the province.

    Raises
    ------
    SamplingError
        The choices contradict each other or the frame; `surveys.sampling.errors` names the codes.
    """
    populations = populations_of(frame, choices)
    expected = expected_rates(list(populations), choices, rates)
    small = too_small(populations, expected, choices)
    conditions = _conditions(choices)
    strata = Strata.of(
        list(populations),
        list(populations.values()),
        rates=expected,
        effect=conditions.effect,
        response=conditions.response,
        eligibility=conditions.eligibility,
        interview_cost=float(choices.interview_cost or 1),
        minimum=min(2, choices.minimum),
        whole=[label in small for label in populations],
    )
    rule = ReportingRule(minimum=choices.minimum, margin=WIDEST)
    targets = _targets(choices, [label for label in populations if label not in small])
    first = _aimed(strata, choices, targets, rule)
    is_short = len(targets) > 1 and _is_unreachable(first)
    if is_short:
        # The province cannot be as precise as wished; its units can.
        targets = targets[:-1]
        first = _aimed(strata, choices, targets, rule)
    tables: tuple[AllocationTable | Refused, ...] = (first,)
    if isinstance(first, AllocationTable):
        tables += compare(
            strata, first.interviews, SIDE_BY_SIDE, targets=targets, level=choices.level, rule=rule
        )
    chosen = next((table for table in tables if table.method == choices.allocation), first)
    return Sizing(
        populations=populations,
        too_small=small,
        is_overall_short=is_short,
        effect=conditions.effect,
        tables=tables,
        chosen=chosen,
        slovin=slovin(
            sum(populations.values()), 0.05, p=choices.expected_rate, level=choices.level,
            conditions=conditions,
        ),
        change=_change(chosen, choices),
    )  # fmt: skip


def populations_of(frame: Frame, choices: Choices) -> dict[str, int]:
    """Count people or dossiers of each reported unit, by label.

    Units without any are left out: nothing can be drawn there.
    """
    size = frame.measure(measure_of_size(frame)) if frame.kind == "area" else None
    if not choices.report_by:
        return {WHOLE: frame.n if size is None else int(size.sum())}
    column = frame.categories[choices.report_by]
    counts = np.bincount(column.codes, weights=size, minlength=len(column.labels))
    return {
        label: int(count) for label, count in zip(column.labels, counts, strict=True) if count > 0
    }


def measure_of_size(frame: Frame) -> str:
    """Name the column that says how large a village is: households, or else people."""
    households = frame.measure("households")
    return "households" if households is not None and households.any() else "people"


def expected_rates(labels: list[str], choices: Choices, rates: Rates) -> dict[str, list[float]]:
    """List the share expected in each unit, by component.

    Units the earlier round says nothing of are expected to be like the province. Shares near 0
    and 1 are moved inwards: a sample without a dissatisfied person does not prove there is none.
    """
    if not rates:
        return {SHARE: [choices.expected_rate] * len(labels)}
    return {
        component: [
            min(
                max(found.get(label, found.get(WHOLE, choices.expected_rate)), _LOWEST), 1 - _LOWEST
            )
            for label in labels
        ]
        for component, found in rates.items()
    }


def too_small(
    populations: Mapping[str, int], expected: Mapping[str, list[float]], choices: Choices
) -> tuple[str, ...]:
    """List the units that cannot reach the margin of a unit even if everybody in them is asked."""
    if not choices.report_by:
        return ()
    conditions = _conditions(choices)
    worst = [
        min(shares, key=lambda p: abs(p - 0.5)) for shares in zip(*expected.values(), strict=True)
    ]

    def is_reached(population: int, p: float) -> bool:
        found = precision_of_proportion(
            cases=population, p=p, level=choices.level, population=population,
            conditions=conditions,
        )  # fmt: skip
        return found.margin <= choices.margin_unit

    return tuple(
        label
        for (label, n), p in zip(populations.items(), worst, strict=True)
        if not is_reached(n, p)
    )


def _conditions(choices: Choices) -> Conditions:
    effect = design_effect(
        take=choices.people_per_cluster if choices.is_clustered else 1.0,
        icc=choices.icc if choices.is_clustered else 0.0,
    )
    return Conditions(effect=effect, response=choices.response, eligibility=choices.eligibility)


def _targets(choices: Choices, units: list[str]) -> tuple[Target, ...]:
    """Ask for the margin of every unit that can reach it, and for that of the province."""
    overall = Target(Scope.OVERALL, margin=choices.margin_overall, level=choices.level)
    if not choices.report_by:
        return (overall,)
    each = (
        Target(Scope.UNIT, unit=unit, margin=choices.margin_unit, level=choices.level)
        for unit in units
    )
    return (*each, overall)


def _aimed(
    strata: Strata, choices: Choices, targets: tuple[Target, ...], rule: ReportingRule
) -> AllocationTable | Refused:
    """Allocate by the precision that is asked for, within the total if one is given."""
    total = choices.total if choices.size_by == BY_TOTAL else None
    try:
        return allocate(
            strata, total, Method.TARGETS, targets=targets, level=choices.level, rule=rule
        )
    except SamplingError as error:
        return Refused(Method.TARGETS, error.code, tuple(error.context.items()))


def _is_unreachable(table: AllocationTable | Refused) -> bool:
    return isinstance(table, Refused) and table.code == TargetsUnreachableError.code


def _change(table: AllocationTable | Refused, choices: Choices) -> Detectable | None:
    if isinstance(table, Refused):
        return None
    try:
        sample = table.components[0].sample
        return detectable_change(choices.expected_rate, sample, sample)
    except SamplingError:
        return None
