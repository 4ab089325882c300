"""What the estimation of variances needs to know of a draw, as columns and a description.

The columns are those of a plan of analysis: strata, units and numbers of units per stage,
the probability of the first stage, the base weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from surveys.sampling.joint import UNITS_AT_MOST
from surveys.sampling.schema import (
    ALL,
    CIRCULAR,
    PARETO,
    PPS,
    PPS_SYSTEMATIC,
    RANDOM_SIZE,
    SAMPFORD,
    SYSTEMATIC,
)
from surveys.sampling.selection import Selection, StageDraw

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

WHOLE: Final = "all"
"""Stratum where there are no strata; an empty cell would count as missing."""

UNITS: Final = ("psu", "ssu", "tsu")
"""Columns of units, by stage."""

NOTE_CODES: Final = frozenset(
    {
        "variance.systematic-as-random",  # a list is taken for one in random order
        "variance.systematic-as-brewer",  # the same, with unequal probabilities
        "variance.pareto-as-brewer",
        "variance.poisson-as-brewer",
        "variance.sampford-as-brewer",  # joint probabilities are for one stage only
        "variance.later-unequal-as-equal",  # of stages after the first, the number drawn counts
        "variance.size-left-to-chance",  # as if the number drawn had been fixed
        "variance.person-first",  # choosing one dossier of each person is not counted
    }
)
"""Where a description is an approximation, for whoever makes sentences of it."""


@dataclass(frozen=True, slots=True)
class VarianceDescription:
    """How variances are to be estimated from ``design_columns``.

    Attributes
    ----------
    approximation : str
        ``"srs-fpc"``, ``"brewer"``, ``"hartley-rao"`` or ``"sampford-joint"``.
    selection : str
        The same as a plan of analysis says it: ``"simple"``, ``"pps-brewer"``,
        ``"pps-hartley-rao"``, ``"pps-joint"``.
    strata, clusters, fpc : tuple of str
        Columns, one per stage.
    probability : str
        Column of the probability of the first stage; empty for ``"simple"``.
    weight : str
        Column of base weights.
    lonely : str
        What a stratum with one unit adds: ``"fail"`` for one stage, else
        ``"average"``, since a village of which one person is left is no mistake.
    methods : tuple of str
        Methods of the stages.
    notes : tuple of str
        Of ``NOTE_CODES``.
    """

    approximation: str
    selection: str
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    fpc: tuple[str, ...]
    probability: str
    weight: str
    lonely: str
    methods: tuple[str, ...]
    notes: tuple[str, ...]


def describe_variance(selection: Selection) -> VarianceDescription:
    """Say how variances of a draw are to be estimated.

    One stage by Sampford's method: Yates and Grundy's estimator with the joint
    probabilities of ``joint_probabilities``. One systematic stage along a list in random order,
    in proportion to size: Hartley and Rao's. All other unequal probabilities: Brewer's.
    Equal ones: as for simple random sampling within strata. Units drawn with certainty
    are strata of their own.
    """
    first = selection.stages[0]
    n_stages = len(selection.stages)
    notes = _notes(selection)
    approximation = "srs-fpc"
    if first.method in PPS:
        approximation = "brewer"
        if n_stages == 1 and first.method == SAMPFORD and selection.n_main <= UNITS_AT_MOST:
            approximation = "sampford-joint"
        elif n_stages == 1 and _is_shuffled(selection):
            approximation = "hartley-rao"
        else:
            notes = (_BREWER[first.method], *notes)
    words = {
        "srs-fpc": "simple",
        "brewer": "pps-brewer",
        "hartley-rao": "pps-hartley-rao",
        "sampford-joint": "pps-joint",
    }
    is_equal = approximation == "srs-fpc"
    is_one = approximation in ("hartley-rao", "sampford-joint")
    later = tuple(f"fpc{number}" for number in range(2, n_stages + 1))
    return VarianceDescription(
        approximation=approximation,
        selection=words[approximation],
        strata=tuple(f"stratum{number}" for number in range(1, n_stages + 1)),
        clusters=UNITS[:n_stages],
        fpc=() if is_one else ("fpc1" if is_equal else "", *later),
        probability="" if is_equal else "probability1",
        weight="weight",
        lonely="fail" if n_stages == 1 else "average",
        methods=tuple(stage.method for stage in selection.stages),
        notes=notes,
    )


_BREWER: Final = {
    PPS_SYSTEMATIC: "variance.systematic-as-brewer",
    PARETO: "variance.pareto-as-brewer",
    "poisson": "variance.poisson-as-brewer",
    SAMPFORD: "variance.sampford-as-brewer",
}


def _is_shuffled(selection: Selection) -> bool:
    stage = selection.plan.stages[0]
    return stage.method == PPS_SYSTEMATIC and not stage.order and stage.ties == "random"


def _notes(selection: Selection) -> tuple[str, ...]:
    found: list[str] = []
    stages = selection.stages
    if any(stage.method in (SYSTEMATIC, CIRCULAR) for stage in stages):
        found.append("variance.systematic-as-random")
    if any(stage.method in PPS for stage in stages[1:]):
        found.append("variance.later-unequal-as-equal")
    if any(stage.method in RANDOM_SIZE for stage in stages):
        found.append("variance.size-left-to-chance")
    if selection.person_probability is not None:
        found.append("variance.person-first")
    return tuple(found)


def design_columns(selection: Selection) -> Mapping[str, list[str] | Whole | Real]:
    """Return the columns that variances are estimated from, one element per case.

    Units drawn with certainty at the first stages do not vary: what was drawn within them is
    their variance, so that they become strata and the units below them take their place. Units
    drawn with certainty elsewhere form a stratum that was drawn completely.

    Returns
    -------
    mapping
        ``stratum1``, …, ``psu``, ``ssu``, ``tsu`` (texts), as many as there are stages;
        ``fpc1``, … (int64), numbers of units to draw from; ``probability1`` (float64), of
        the PSU; ``weight`` (float64). Reserves are in, with what a main case in their place
        would have.
    """
    n_stages = len(selection.stages)
    levels = [_Level(selection, number) for number in range(n_stages)]
    level = _first_by_chance(selection)
    columns: dict[str, list[str] | Whole | Real] = {}
    for place in range(n_stages):
        at = np.minimum(level + place, n_stages - 1)
        is_below = level + place > n_stages - 1
        stratum = _chosen([one.stratum for one in levels], at)
        if place == 0:
            above = _chosen([[""] * selection.n, *(one.unit for one in levels[:-1])], at)
            stratum = [
                f"{text}||{outer}" if outer else text
                for text, outer in zip(stratum, above, strict=True)
            ]
        columns[f"stratum{place + 1}"] = stratum
        columns[UNITS[place]] = _chosen([one.unit for one in levels], at)
        fpc = np.choose(at, [one.population for one in levels])
        columns[f"fpc{place + 1}"] = np.where(is_below, 1, fpc)
    columns["probability1"] = np.choose(level, [one.draw.probability for one in levels])
    columns["weight"] = selection.weight
    return columns


class _Level:
    """Strata and units of one stage, units drawn with certainty in strata of their own."""

    def __init__(self, selection: Selection, number: int) -> None:
        self.draw: StageDraw = selection.stages[number]
        draw = self.draw
        self.unit = selection.paths(number)
        certain = draw.is_certain & (draw.method != ALL)
        self.stratum = [
            f"{text}||" if is_certain else text or WHOLE
            for text, is_certain in zip(selection.strata(number), certain.tolist(), strict=True)
        ]
        left = draw.population - np.where(draw.method == ALL, 0, draw.certain)
        self.population = np.where(certain, draw.certain, left)


def _first_by_chance(selection: Selection) -> Whole:
    """Return the first stage, from 0, at which each case was left to chance; at most the last."""
    level = np.zeros(selection.n, dtype=np.int64)
    for number, stage in enumerate(selection.stages[:-1]):
        level = np.where((level == number) & stage.is_certain, number + 1, level)
    return level


def _chosen(texts: list[list[str]], which: Whole) -> list[str]:
    return [texts[number][row] for row, number in enumerate(which.tolist())]


def design_section(selection: Selection, *, joint: str = "joint.csv") -> str:
    """Write the section ``[design]`` of a plan of analysis for these columns.

    Parameters
    ----------
    selection : Selection
    joint : str
        File of joint probabilities, where they are needed.
    """
    told = describe_variance(selection)
    lines = [
        "[design]",
        f"strata = {_texts(told.strata)}",
        f"clusters = {_texts(told.clusters)}",
        f'weight = "{told.weight}"',
        f'selection = "{told.selection}"',
    ]
    if any(told.fpc):
        lines.append(f"fpc = {_texts(told.fpc)}")
        lines.append('fpc_kind = "size"')
    if told.probability:
        lines.append(f'probability = "{told.probability}"')
    if told.selection == "pps-joint":
        lines.append(f'joint = "{joint}"')
    if told.lonely != "fail":
        lines.append(f'lonely = "{told.lonely}"')
    return "\n".join(lines) + "\n"


def _texts(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
