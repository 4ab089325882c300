"""Regressions of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.answers import Column
from analysis.coding import Coded
from analysis.design import Design
from analysis.models import (
    Averaging,
    Link,
    Margins,
    ModelFit,
    ModelKind,
    fit_model,
    predicted_margins,
)
from analysis.plan.faults import nearest
from analysis.plan.reader import Reader
from analysis.plan.schema.models import LogisticModel, ModelSection, OrdinalModel
from analysis.plan.table import Table
from analysis.plan.terms import columns_of
from analysis.variance.lonely import LonelyPolicy

SHOWN_LEVELS: Final = 20
"""How many categories a sentence lists."""

Columns = dict[str, Column | Coded]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A regression with its margins.

    Attributes
    ----------
    section : ModelSection
    fit : ModelFit
    margins : tuple of Margins
        In the order of the section.
    """

    section: ModelSection
    fit: ModelFit
    margins: tuple[Margins, ...]


def run_model(
    section: ModelSection, table: Table, design: Design, lonely: LonelyPolicy, reader: Reader
) -> Fitted | None:
    """Fit one regression; None after noting a fault.

    Raises
    ------
    AnalysisError
        What cannot be fitted.
    """
    where = table.mask(section.where, (*section.place, "where"), reader)
    _check_reference(section, table, reader)
    if reader.faults:
        return None
    fit = fit_model(
        ModelKind(section.kind),
        section.response,
        section.terms,
        explanatory(section, table),
        design,
        where=where,
        reference=section.reference,
        levels=_levels(section),
        link=Link(section.link) if isinstance(section, OrdinalModel) else Link.LOGIT,
        lonely=lonely,
    )
    averaging = Averaging(section.averaging)
    margins = tuple(predicted_margins(fit, one, averaging=averaging) for one in section.margins)
    return Fitted(section, fit, margins)


def _check_reference(section: ModelSection, table: Table, reader: Reader) -> None:
    """Note levels that no row has, and columns that have no levels."""
    for name, level in section.reference.items():
        place = (*section.place, "reference", name)
        if table.is_number(name):
            reader.fault(place, "model.reference-of-numbers", column=name, level=level)
        elif level not in table.coded(name).levels:
            levels = table.coded(name).levels
            known = ", ".join(levels[:SHOWN_LEVELS]) + (", …" if levels[SHOWN_LEVELS:] else "")
            meant = nearest(level, levels)
            reader.fault(
                place, "model.unknown-level", column=name, level=level, meant=meant, known=known
            )


def explanatory(section: ModelSection, table: Table) -> Columns:
    """Return the columns of a model: numbers as numbers, text as categories."""
    names = dict.fromkeys(
        [section.response, *(name for term in section.terms for name in columns_of(term))]
    )
    return {
        name: table.numbers(name) if table.is_number(name) else table.coded(name) for name in names
    }


def _levels(section: ModelSection) -> tuple[str, ...] | None:
    if isinstance(section, LogisticModel | OrdinalModel) and section.levels:
        return section.levels
    return None
