"""The figures that inputs of contrasts mean."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan.faults import Place
from analysis.plan.figures import Estimated, Figure, Label
from analysis.plan.models import Fitted
from analysis.plan.reader import Reader
from analysis.plan.schema.contrasts import Input
from analysis.variance.joint import Joint


def part_of_model(one: Input, fitted: Fitted, reader: Reader) -> Joint | None:
    """Return the coefficient or the predicted margin an input means.

    Returns
    -------
    Joint or None
        Of one estimate; None after noting a fault.
    """
    if one.coefficient is not None:
        key, wanted, parts = "coefficient", one.coefficient, [(fitted.fit.names, fitted.fit.joint)]
    else:
        key, wanted = "margin", one.margin or ""
        parts = [(margins.names, margins.joint) for margins in fitted.margins]
    for names, joint in parts:
        if wanted in names:
            return joint.part([names.index(wanted)])
    no_such_figure(
        (*one.place, key), wanted, listed(n for names, _ in parts for n in names), reader
    )
    return None


def find_figure(one: Input, estimated: Estimated, reader: Reader) -> int | None:
    """Find the figure an input means.

    Returns
    -------
    int or None
        Its position; None after noting a fault.
    """
    figures = list(enumerate(estimated.figures))
    for key, wanted in (("variable", one.variable), ("category", one.category)):
        if wanted is not None:
            figures = _matching(figures, key, wanted, one, reader)
    if one.quantile is not None:
        figures = _matching(figures, "quantile", repr(one.quantile), one, reader)
    for column, category in one.domain.items():
        kept = [pair for pair in figures if pair[1].domain.get(column) == category]
        if figures and not kept:
            known = listed(figure.domain.get(column, "") for _, figure in figures)
            no_such_figure((*one.place, "domain", column), category, known, reader)
        figures = kept
    if not figures:
        return None
    for key in ("variable", "category", "quantile"):
        found = listed(_shown(figure.label, key) for _, figure in figures)
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
        known = listed(_shown(figure.label, key) for _, figure in figures)
        no_such_figure((*one.place, key), wanted, known, reader)
    return kept


def _shown(label: Label, key: str) -> str:
    found = getattr(label, key)
    return "" if found is None else str(found)


def listed(texts: object) -> list[str]:
    """Return texts, each once."""
    return list(dict.fromkeys(texts))  # type: ignore[call-overload]


def no_such_figure(place: Place, wanted: str, known: Sequence[str], reader: Reader) -> None:
    """Note that there is no such figure, and which there are."""
    shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    reader.fault(place, "no-such-figure", wanted=wanted, known=shown)
