"""Indices of a plan: method files over items whose scales the plan tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from analysis.answers import MISSING, Column
from analysis.errors import MethodFaults
from analysis.index.evaluate import index_estimands, keys_of
from analysis.index.layout import lay_out, units
from analysis.index.method import load_method
from analysis.index.tree import ItemScale, Method
from analysis.plan.figures import Label
from analysis.plan.measured import Measured
from analysis.plan.reader import Reader
from analysis.plan.references import Reference
from analysis.plan.schema.estimates import IndexEstimate
from analysis.plan.schema.plan import Plan
from analysis.plan.table import Table


def load_methods(plan: Plan, reader: Reader) -> dict[str, Method]:
    """Read the method files that a plan names.

    Returns
    -------
    dict of str to Method
        By the path as written; those with faults are left out.
    """
    scales = _scales(plan, reader)
    found: dict[str, Method] = {}
    for section in plan.estimates:
        if isinstance(section, IndexEstimate) and section.method not in found:
            method = _load(section, plan.folder, scales, reader)
            if method is not None:
                found[section.method] = method
    return found


def _scales(plan: Plan, reader: Reader) -> dict[str, ItemScale]:
    scales: dict[str, ItemScale] = {}
    for section in plan.scales:
        scale = ItemScale(
            section.codes,
            section.satisfied,
            section.neutral,
            section.dissatisfied,
            section.not_rated,
        )
        for number, item in enumerate(section.items):
            if item in scales:
                reader.fault((*section.place, "items", number), "repeated", value=item)
            scales[item] = scale
        for key in ("satisfied", "neutral", "dissatisfied"):
            for number, code in enumerate(getattr(section, key)):
                if code not in section.codes:
                    place = (*section.place, key, number)
                    reader.fault(place, "not-on-scale", answer=code, codes=list(section.codes))
    return scales


def _load(
    section: IndexEstimate, folder: Path, scales: Mapping[str, ItemScale], reader: Reader
) -> Method | None:
    place = (*section.place, "method")
    try:
        text = (folder / section.method).read_bytes().decode("utf-8-sig")
        return load_method(text, scales)
    except OSError:
        reader.fault(place, "no-file", file=section.method)
    except UnicodeDecodeError:
        reader.fault(place, "not-utf8", file=section.method)
    except MethodFaults as faults:
        for fault in faults.faults:
            reader.fault(
                place,
                "method-fault",
                file=section.method,
                what=fault.code,
                where=fault.place,
                value=fault.value,
            )
    return None


def item_references(plan: Plan, methods: Mapping[str, Method]) -> list[Reference]:
    """Return the columns that the methods read."""
    return [
        Reference(item, (*section.place, "method"))
        for section in plan.estimates
        if isinstance(section, IndexEstimate) and section.method in methods
        for item in methods[section.method].items
    ]


def measure_index(method: Method, table: Table) -> Measured:
    """Read the columns of an index.

    Raises
    ------
    BadColumnError
        An answer is not on the scale of its item.
    """
    layout = lay_out(method)
    columns = {item: _answers(table.frame[item]) for item in method.items}
    return Measured(
        units(method, layout, columns),
        lambda totals: index_estimands(method, layout, totals),
        tuple(Label(code, measure.value) for code, measure in keys_of(method)),
    )


def _answers(column: pl.Series) -> Column:
    """Return a column as items are read: integers, floats with NaN, or names."""
    if column.dtype == pl.String:
        return np.array(column.to_list(), dtype=object)
    if column.dtype == pl.Float64:
        return column.fill_null(np.nan).to_numpy()
    return column.fill_null(MISSING).to_numpy()
