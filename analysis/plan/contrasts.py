"""Contrasts: smooth functions of figures, with what the design says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.plan.expression import Formula, parse_formula
from analysis.plan.faults import Place
from analysis.plan.figures import Estimated, Figure, Label, Together, side_by_side
from analysis.plan.reader import Reader
from analysis.plan.schema.contrasts import Contrast, Input
from analysis.results import Note
from analysis.testing.tested import ValueTest, t_tests
from analysis.variance.joint import Joint

Known = Mapping[str, Estimated]


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
    known : mapping of str to Estimated
        Estimates by name.
    reader : Reader
        Takes the faults.
    """
    if contrast.expression is not None:
        return _in_full(contrast, contrast.expression, known, reader)
    estimated = known[contrast.estimate or ""]
    pairs = _pairs(contrast, estimated, reader)
    if not pairs:
        return []
    positions = sorted({position for pair in pairs for position in pair})
    together = estimated.gather(positions)
    column = {position: c for c, position in enumerate(positions)}
    rows = []
    for one, other in pairs:
        joint = together.part([column[one], column[other]])
        difference = joint.contrast(np.array([[1.0, -1.0]]))
        figure = estimated.figures[one]
        domain = figure.domain
        if contrast.difference:
            domain = {k: v for k, v in domain.items() if k not in contrast.difference[0]}
        rows.append(_row(contrast, figure.label, domain, difference))
    return rows


def _row(contrast: Contrast, label: Label, domain: Mapping[str, str], joint: Joint) -> Compared:
    tested = t_tests(
        joint, [contrast.name], df=contrast.df, null=contrast.null, level=contrast.level
    )[0]
    return Compared(contrast.name, label, domain, tested, joint.notes)


def _in_full(contrast: Contrast, text: str, known: Known, reader: Reader) -> list[Compared]:
    """Work out a formula of named inputs."""
    formula = parse_formula(text)
    names = list(contrast.inputs)
    parts: list[Together] = []
    for name in names:
        one = contrast.inputs[name]
        position = _position(one, known[one.estimate], reader)
        if position is not None:
            parts.append(known[one.estimate].gather([position]))
    if len(parts) < len(names):
        return []
    together = side_by_side(parts)
    joint = together.part(range(len(names)))
    found = formula.evaluate(names, joint.value)
    if np.isnan(found.value) and not np.isnan(joint.value).any():
        reader.fault((*contrast.place, "expression"), "formula-without-value", formula=text)
        return []
    return [_row(contrast, Label(), {}, _transformed(joint, formula, names))]


def _transformed(joint: Joint, formula: Formula, names: Sequence[str]) -> Joint:
    found = formula.evaluate(names, joint.value)
    return joint.transform(
        lambda value: np.array([formula.evaluate(names, value).value]), found.slope[None, :]
    )


def _position(one: Input, estimated: Estimated, reader: Reader) -> int | None:
    """Find the figure an input means."""
    figures = list(enumerate(estimated.figures))
    for key, wanted in (("variable", one.variable), ("category", one.category)):
        if wanted is not None:
            figures = _matching(figures, key, wanted, one, reader)
    if one.quantile is not None:
        figures = _matching(figures, "quantile", repr(one.quantile), one, reader)
    for column, category in one.domain.items():
        kept = [pair for pair in figures if pair[1].domain.get(column) == category]
        if figures and not kept:
            known = _listed(figure.domain.get(column, "") for _, figure in figures)
            _nothing((*one.place, "domain", column), category, known, reader)
        figures = kept
    if not figures:
        return None
    for key in ("variable", "category", "quantile"):
        found = _listed(_shown(figure.label, key) for _, figure in figures)
        if len(found) > 1:
            code = "input-ambiguous"
            reader.fault(one.place, code, key=key, name=estimated.name, known=", ".join(found))
            return None
    return figures[0][0]


def _matching(
    figures: list[tuple[int, Figure]], key: str, wanted: str, one: Input, reader: Reader
) -> list[tuple[int, Figure]]:
    kept = [pair for pair in figures if _shown(pair[1].label, key) == wanted]
    if figures and not kept:
        known = _listed(_shown(figure.label, key) for _, figure in figures)
        _nothing((*one.place, key), wanted, known, reader)
    return kept


def _shown(label: Label, key: str) -> str:
    found = getattr(label, key)
    return "" if found is None else str(found)


def _listed(texts: object) -> list[str]:
    return list(dict.fromkeys(texts))  # type: ignore[call-overload]


def _nothing(place: Place, wanted: str, known: Sequence[str], reader: Reader) -> None:
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    reader.fault(place, "no-such-figure", wanted=wanted, known=shown)


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
            known = _listed(
                ", ".join(figure.domain[name] for name in names) for figure in estimated.figures
            )
            _nothing(place, ", ".join(domain.values()), known, reader)
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
