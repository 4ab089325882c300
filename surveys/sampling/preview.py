"""What a plan is expected to give from a frame, before there is a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.drawing import reserves_of
from surveys.sampling.evaluate import Stand, evaluate
from surveys.sampling.frame import Frame
from surveys.sampling.layout import Groups, Layout
from surveys.sampling.plan_faults import PlanRefusedError
from surveys.sampling.plan_fit import fit
from surveys.sampling.schema import Plan, joined
from surveys.sampling.warnings import Warned, warnings_of

Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupPreview:
    """One group of a stage: a stratum within a unit above.

    Attributes
    ----------
    above : str
        Codes of the units above, joined by ``|``; empty at the first stage.
    stratum : str
    population : int
        Units there are.
    size : int
        Sum of their sizes, for methods with probabilities proportional to size; else 0.
    take : float
        Main units drawn if the unit above is drawn; expected ones where chance decides.
    certain : int
        Of them, drawn whatever happens.
    above_probability : float
        Of the unit above being drawn.
    lowest, highest : float
        Inclusion probabilities of the units, given the unit above.
    expected, reserves : float
        Units expected of the whole draw: main ones and reserves.
    """

    above: str
    stratum: str
    population: int
    size: int
    take: float
    certain: int
    above_probability: float
    lowest: float
    highest: float
    expected: float
    reserves: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a plan is expected to give.

    Attributes
    ----------
    stages : tuple of tuple of GroupPreview
        The groups of each stage; units above that cannot be drawn have none.
    cases, reserves : float
        Main cases and reserves expected.
    population : int
        Units of the last stage in the frame.
    weighting_effect : float
        Factor by which unequal weights alone are expected to raise the variance: 1 if all
        cases have the same probability [Kish1992].
    warnings : tuple of Warned
    """

    stages: tuple[tuple[GroupPreview, ...], ...]
    cases: float
    reserves: float
    population: int
    weighting_effect: float
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """Units of the last stage with one label, e.g. of one commune.

    Attributes
    ----------
    label : str
    population : int
    expected, reserves : float
        Main cases and reserves expected.
    """

    label: str
    population: int
    expected: float
    reserves: float


def expect(plan: Plan, frame: Frame) -> Expectation:
    """Say what a plan is expected to give.

    With ``one_per_person`` all dossiers of a person are counted, as nobody knows
    before the draw which of them stay.

    Raises
    ------
    PlanRefusedError
        The plan has faults, or does not fit the frame.
    """
    layout = _fitting(plan, frame)
    stands = evaluate(layout)
    last = stands[-1]
    reserves = _reserves(layout, last)
    population, effect = _weighting(last)
    return Expectation(
        stages=tuple(
            _previews(layout, stand, reserves if stand is last else np.zeros(stand.groups.n))
            for stand in stands
        ),
        cases=float(last.above @ _drawn(last)),
        reserves=float(last.above @ reserves),
        population=population,
        weighting_effect=effect,
        warnings=warnings_of(layout, stands),
    )


def expect_by(plan: Plan, frame: Frame, column: str) -> tuple[LabelPreview, ...]:
    """Say how many cases are expected of each label of a column, e.g. of each commune.

    Parameters
    ----------
    plan : Plan
    frame : Frame
    column : str
        Of codes. For positions, a unit counts for the label of its first row.

    Raises
    ------
    PlanRefusedError
    """
    layout = _fitting(plan, frame)
    last = evaluate(layout)[-1]
    groups, codes = last.groups, frame.categories[column]
    label = codes.codes[last.here.units.row[groups.unit]]
    per_unit = np.divide(
        _reserves(layout, last),
        groups.population,
        out=np.zeros(groups.n),
        where=groups.population > 0,
    )
    if last.chances is None:
        population = groups.population.astype(np.float64)
        cases = last.above * last.takes.expected
        reserves = last.above * per_unit * population
    else:
        population = np.ones(len(groups.unit))
        place = np.arange(len(groups.unit))
        cases = last.chances.at(place, groups.group) * last.above[groups.group]
        reserves = (per_unit * last.above)[groups.group]
    sums = [
        np.bincount(label, weights=values, minlength=len(codes.labels)).tolist()
        for values in (population, cases, reserves)
    ]
    rows = zip(codes.labels, *sums, strict=True)
    return tuple(
        LabelPreview(name, int(there), main, spare) for name, there, main, spare in rows if there
    )


def _fitting(plan: Plan, frame: Frame) -> Layout:
    faults, layout = fit(plan, frame)
    if layout is None:
        raise PlanRefusedError(faults)
    return layout


def _drawn(stand: Stand) -> Real:
    """Return the units expected of each group if the unit above is drawn.

    Less than the plan wants where units of size 0 cannot be drawn.
    """
    if stand.chances is None:
        return stand.takes.expected
    groups = stand.groups
    p = stand.chances.at(np.arange(len(groups.unit)), groups.group)
    return _sums(groups, p)


def _sums(groups: Groups, values: Real) -> Real:
    sums = np.bincount(groups.group, weights=values, minlength=groups.n)
    return np.asarray(sums, dtype=np.float64)


def _reserves(layout: Layout, last: Stand) -> Real:
    """Return the reserves expected of each group if the unit above is drawn."""
    wanted = reserves_of(layout.plan.reserves, last.takes.n)
    left = np.maximum(last.groups.population - last.takes.n, 0)
    return np.asarray(np.minimum(wanted, left), dtype=np.float64)


def _weighting(last: Stand) -> tuple[int, float]:
    """Return the population and the effect of unequal weights on the variance."""
    groups = last.groups
    if last.chances is None:
        count = groups.population.astype(np.float64)
        p = last.above * last.takes.expected / count
    else:
        p = last.chances.at(np.arange(len(groups.unit)), groups.group) * last.above[groups.group]
        count = np.ones(len(p))
    population = int(count.sum())
    can = p > 0
    covered = float(count[can].sum())
    if covered == 0:
        return population, 1.0
    return population, float((count[can] / p[can]).sum() * (count[can] * p[can]).sum() / covered**2)


def _previews(layout: Layout, stand: Stand, reserves: Real) -> tuple[GroupPreview, ...]:
    groups, takes = stand.groups, stand.takes
    size, certain = np.zeros(groups.n), np.zeros(groups.n)
    drawn = _drawn(stand)
    if stand.chances is None:
        lowest = highest = takes.expected / groups.population
    else:
        p = stand.chances.at(np.arange(len(groups.unit)), groups.group)
        lowest, highest = np.ones(groups.n), np.zeros(groups.n)
        np.minimum.at(lowest, groups.group, p)
        np.maximum.at(highest, groups.group, p)
        certain = _sums(groups, (p >= 1.0).astype(np.float64))
        if stand.here.size is not None:
            size = _sums(groups, stand.here.size[groups.unit].astype(np.float64))
    return tuple(
        GroupPreview(above, groups.strata[stratum], population, int(total), take, int(sure), *rest)
        for above, stratum, population, total, take, sure, *rest in zip(
            _names_above(layout, stand),
            groups.stratum.tolist(),
            groups.population.tolist(),
            size.tolist(),
            drawn.tolist(),
            certain.tolist(),
            stand.above.tolist(),
            lowest.tolist(),
            highest.tolist(),
            (stand.above * drawn).tolist(),
            (stand.above * reserves).tolist(),
            strict=True,
        )
    )


def _names_above(layout: Layout, stand: Stand) -> list[str]:
    if stand.here.number == 1:
        return [""] * stand.groups.n
    found: list[list[str]] = []
    unit = stand.groups.parent
    for here in reversed(layout.stages[: stand.here.number - 1]):
        found.insert(0, here.units.codes(layout.frame, unit))
        unit = here.units.parent[unit].astype(np.int64)
    return [joined(path) for path in zip(*found, strict=True)]


WARNING_CODES: Final = Warned.CODES
"""Every code a warning may have."""
