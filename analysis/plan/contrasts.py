"""Contrasts: smooth functions of figures, with what the design says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis.intervals import EDGE
from analysis.plan.expression import Formula, parse_formula
from analysis.plan.figures import Estimated, Figure, Label
from analysis.plan.inputs import find_figure, listed, no_such_figure, part_of_model
from analysis.plan.models import Fitted
from analysis.plan.reader import Reader
from analysis.plan.schema.contrasts import Contrast, Input
from analysis.results import Note
from analysis.testing.tested import ValueTest, t_tests
from analysis.variance.joint import Joint, join

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Everything a contrast may be made of, by name.

    Attributes
    ----------
    estimates : mapping of str to Estimated
    models : mapping of str to Fitted
    """

    estimates: Mapping[str, Estimated]
    models: Mapping[str, Fitted] = field(default_factory=dict)

    def has_all_of(self, contrast: Contrast) -> bool:
        """Say whether everything a contrast names was worked out."""
        estimates = {one.estimate for one in contrast.inputs.values()} | {contrast.estimate}
        models = {one.model for one in contrast.inputs.values()}
        return estimates - {None} <= self.estimates.keys() and models - {None} <= self.models.keys()


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of a contrast.

    Attributes
    ----------
    name : str
    label : Label
    domain : mapping of str to str
    tested : ValueTest
    notes : tuple of Note
    """

    name: str
    label: Label
    domain: Mapping[str, str]
    tested: ValueTest
    notes: tuple[Note, ...]


def run_contrast(contrast: Contrast, known: Known, reader: Reader) -> list[Compared]:
    """Work out one contrast of the plan.

    Parameters
    ----------
    contrast : Contrast
        Checked.
    known : Known
        All that it names among them.
    reader : Reader
        Takes the faults.
    """
    if contrast.expression is not None:
        return _in_full(contrast, contrast.expression, known, reader)
    estimated = known.estimates[contrast.estimate or ""]
    pairs = _pairs(contrast, estimated, reader)
    if not pairs:
        return []
    positions = sorted({position for pair in pairs for position in pair})
    together = estimated.gather(positions)
    column = {position: c for c, position in enumerate(positions)}
    rows = []
    for one, other in pairs:
        joint = together.part([column[one], column[other]])
        slope = np.array([1.0, -1.0])
        difference = _without_noise(joint.contrast(slope[None, :]), joint, slope)
        figure = estimated.figures[one]
        domain = figure.domain
        if contrast.difference:
            domain = {k: v for k, v in domain.items() if k not in contrast.difference[0]}
        rows.append(_row(contrast, figure.label, domain, difference))
    return rows


def _row(
    contrast: Contrast, label: Label, domain: Mapping[str, str], joint: Joint, lost: float = 0.0
) -> Compared:
    df = joint.df - lost if contrast.df is None else contrast.df
    tested = t_tests(joint, [contrast.name], df=df, null=contrast.null, level=contrast.level)[0]
    return Compared(contrast.name, label, domain, tested, joint.notes)


def _in_full(contrast: Contrast, text: str, known: Known, reader: Reader) -> list[Compared]:
    """Work out a formula of named inputs."""
    formula = parse_formula(text)
    names = list(contrast.inputs)
    parts, lost = [], [0.0]
    for name in names:
        one = contrast.inputs[name]
        part = _part(one, known, reader)
        if part is not None:
            parts.append(part)
        if one.model is not None and one.coefficient is not None:
            lost.append(known.models[one.model].fit.df_lost)
    if len(parts) < len(names):
        return []
    joint = join(parts)
    found = formula.evaluate(names, joint.value)
    if np.isnan(found.value) and not np.isnan(joint.value).any():
        reader.fault((*contrast.place, "expression"), "formula-without-value", formula=text)
        return []
    return [_row(contrast, Label(), {}, _transformed(joint, formula, names), max(lost))]


def _part(one: Input, known: Known, reader: Reader) -> Joint | None:
    """Return the figure an input means; None after noting a fault."""
    if one.model is not None:
        return part_of_model(one, known.models[one.model], reader)
    estimated = known.estimates[one.estimate or ""]
    position = find_figure(one, estimated, reader)
    return None if position is None else estimated.gather([position])


def _transformed(joint: Joint, formula: Formula, names: Sequence[str]) -> Joint:
    found = formula.evaluate(names, joint.value)
    made = joint.transform(
        lambda value: np.array([formula.evaluate(names, value).value]), found.slope[None, :]
    )
    return _without_noise(made, joint, found.slope)


def _without_noise(made: Joint, inputs: Joint, slope: Values) -> Joint:
    """Take what rounding leaves of inputs that do not vary, or cancel, for nothing.

    It would be tested against itself.
    """
    size = float(np.nansum(np.abs(slope * inputs.value)))
    if not made.standard_errors()[0] <= EDGE * size:
        return made
    again = None
    if made.replicated is not None:
        again = np.broadcast_to(made.value, made.replicated.shape)
    return replace(made, influence=np.zeros_like(made.influence), replicated=again)


def _pairs(contrast: Contrast, estimated: Estimated, reader: Reader) -> list[tuple[int, int]]:
    """Find the pairs of figures of a short form, within every other domain and label."""
    key = "difference" if contrast.difference else "against"
    minuend = contrast.difference[0] if contrast.difference else None
    subtrahend = contrast.difference[1] if contrast.difference else contrast.against
    if subtrahend is None:
        return []
    for number, domain in enumerate(contrast.difference or (subtrahend,)):
        place = (*contrast.place, key, number) if contrast.difference else (*contrast.place, key)
        if not any(_is_in(figure, domain) for figure in estimated.figures):
            names = list(domain)
            known = listed(
                ", ".join(figure.domain[name] for name in names) for figure in estimated.figures
            )
            no_such_figure(place, ", ".join(domain.values()), known, reader)
            return []
    others = {
        _apart(figure, subtrahend): position
        for position, figure in enumerate(estimated.figures)
        if _is_in(figure, subtrahend)
    }
    pairs = []
    for position, figure in enumerate(estimated.figures):
        is_meant = not _is_in(figure, subtrahend) if minuend is None else _is_in(figure, minuend)
        other = others.get(_apart(figure, subtrahend))
        if is_meant and other is not None:
            pairs.append((position, other))
    if not pairs:
        reader.fault((*contrast.place, key), "nothing-to-compare")
    return pairs


def _is_in(figure: Figure, domain: Mapping[str, str]) -> bool:
    return all(figure.domain.get(name) == category for name, category in domain.items())


def _apart(figure: Figure, domain: Mapping[str, str]) -> tuple[object, ...]:
    """Return what a figure is about, the columns that are compared aside."""
    rest = tuple(item for item in figure.domain.items() if item[0] not in domain)
    return (figure.label, rest)
