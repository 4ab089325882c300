"""Units of each stratum in the frame, and how many of them a draw takes: expected, then drawn."""

from collections import Counter
from typing import Any

from surveys.sampling.frame import Frame
from surveys.sampling.plan import Plan
from surveys.sampling.preview import expect, expect_by
from surveys.sampling.selection import Selection

Count = dict[str, Any]


def expected_strata(plan: Plan, frame: Frame) -> list[Count]:
    """Count what a draw is expected to take of each first-stage stratum.

    Of strata that several columns make, in several stages, those of the first column are told.
    """
    columns = plan.stages[0].strata
    if not columns:
        found = expect(plan, frame)
        return [_count("", found.population, found.cases, found.reserves)]
    if len(columns) > 1 and len(plan.stages) == 1:
        groups = expect(plan, frame).stages[0]
        return [_count(g.stratum, g.population, g.expected, g.reserves) for g in groups]
    labels = expect_by(plan, frame, columns[0])
    return [_count(each.label, each.population, each.expected, each.reserves) for each in labels]


def drawn_strata(selection: Selection) -> list[Count]:
    """Count what a draw took of each stratum; those of which it took nothing too."""
    plan, frame = selection.plan, selection.frame
    columns = plan.stages[0].strata
    if not columns:
        labels = [""] * selection.n
    elif len(columns) > 1 and len(plan.stages) == 1:
        labels = selection.strata(0)
    else:
        column = frame.categories[columns[0]]
        labels = [column.labels[code] for code in column.codes[selection.row].tolist()]
    main: Counter[str] = Counter()
    spare: Counter[str] = Counter()
    for label, reserve in zip(labels, selection.reserve.tolist(), strict=True):
        (spare if reserve else main)[label] += 1
    return [
        {**each, "main": main[each["name"]], "reserve": spare[each["name"]]}
        for each in expected_strata(plan, frame)
    ]


def _count(name: str, population: int, main: float, reserve: float) -> Count:
    return {
        "name": name,
        "population": int(population),
        "main": round(main),
        "reserve": round(reserve),
    }
