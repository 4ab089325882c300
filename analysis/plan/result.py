"""The result of a plan as plain tables: for JSON, for files of rows, for the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from analysis.plan.contrasts import Compared
from analysis.plan.doubts import doubts
from analysis.plan.figures import Estimated, Figure, Label
from analysis.plan.nodes import NUMBER, bands_of, index_row, unit_of
from analysis.plan.result_models import model_of, model_parts, test_row
from analysis.plan.run import Outcome
from analysis.plan.schema.estimates import IndexEstimate
from analysis.results import Note
from analysis.weights import Adjusted

Row = dict[str, Any]

MOST_COVARIANCES = 3_000
"""Figures of one estimate whose covariances are written out."""


def result_of(outcome: Outcome) -> dict[str, Any]:
    """Return everything as a tree of plain values, as it is written to JSON.

    Returns
    -------
    dict
        See ``docs/analysis-plan.md``. Floats may be NaN.
    """
    facts, units = outcome.facts, _Units(outcome)
    return {
        "plan": {"version": 1, "title": outcome.plan.title},
        "data": {
            "rows": facts.rows,
            "labels": labels_of(outcome),
            "notes": notes_of(outcome.notes),
        },
        "design": {
            "n": facts.n,
            "n_psu": facts.n_psu,
            "n_strata": facts.n_strata,
            "df": facts.df,
            "sum_of_weights": facts.sum_of_weights,
            "notes": notes_of(facts.notes),
        },
        "weights": [step_row(one) for one in facts.steps],
        "indices": units.indices(),
        "estimates": [
            units.estimate_row(figure) for one in outcome.estimates for figure in one.figures
        ],
        "covariances": [covariances_of(one) for one in outcome.estimates if one.is_joint],
        "contrasts": [units.contrast_row(one) for one in outcome.contrasts],
        "models": [model_of(one) for one in outcome.models],
        "tests": [test_row(one) for one in outcome.hypotheses],
    }


def labels_of(outcome: Outcome) -> dict[str, dict[str, str]]:
    """Return what codes mean, of the columns that were read."""
    if outcome.prepared is None:
        return {}
    table = outcome.prepared.table
    return {name: dict(table.labels[name]) for name in table.frame.columns if name in table.labels}


class _Units:
    """What the plan says of its figures: shares or numbers, nodes of an index, bands."""

    def __init__(self, outcome: Outcome) -> None:
        self._methods = outcome.methods
        self._sections = {section.name: section for section in outcome.plan.estimates}
        self._contrasts = {contrast.name: contrast for contrast in outcome.plan.contrasts}

    def indices(self) -> list[Row]:
        """Return what every index is made of."""
        return [
            index_row(section, self._methods[section.method])
            for section in self._sections.values()
            if isinstance(section, IndexEstimate)
        ]

    def estimate_row(self, figure: Figure) -> Row:
        """Return one figure; those of an index with their bands."""
        section = self._sections[figure.name]
        row = estimate_row(figure, unit_of(section, figure.label, self._methods))
        if isinstance(section, IndexEstimate):
            ends = (figure.value, figure.low, figure.high)
            row |= bands_of(self._methods[section.method], figure.label, ends)
        return row

    def contrast_row(self, one: Compared) -> Row:
        """Return one figure of a contrast; a difference of shares is one."""
        contrast, unit = self._contrasts[one.name], NUMBER
        if contrast.estimate is not None and (contrast.difference or contrast.against):
            unit = unit_of(self._sections[contrast.estimate], one.label, self._methods)
        return contrast_row(one, unit)


def step_row(adjusted: Adjusted) -> Row:
    """Return what a step did to the weights."""
    found = adjusted.diagnostics()
    row: Row = {
        "step": adjusted.step.name,
        "before": asdict(found.before),
        "after": asdict(found.after),
        "factor": asdict(found.factor),
        "cells": [],
        "totals": [],
        "iterations": None,
        "distance": None,
        "notes": notes_of(adjusted.notes),
    }
    cells, totals, fit = adjusted.cells, adjusted.totals, adjusted.fit
    if cells is not None:
        columns = (cells.n.tolist(), cells.before.tolist(), cells.after.tolist())
        row["cells"] = [
            {"cell": list(label), "n": n, "before": before, "after": after, "factor": factor}
            for label, n, before, after, factor in zip(
                cells.labels, *columns, cells.factor.tolist(), strict=True
            )
        ]
    if totals is not None:
        columns = (totals.target.tolist(), totals.before.tolist(), totals.after.tolist())
        row["totals"] = [
            {"name": name, "target": target, "before": before, "after": after}
            for name, target, before, after in zip(totals.names, *columns, strict=True)
        ]
    if fit is not None:
        row |= {"iterations": fit.iterations, "distance": fit.distance}
    return row


def estimate_row(figure: Figure, unit: str) -> Row:
    """Return one figure of an estimate in its unit, share or number."""
    return {
        "name": figure.name,
        "kind": figure.kind,
        **label_of(figure.label),
        "domain": dict(figure.domain),
        "unit": unit,
        "value": figure.value,
        "standard_error": figure.standard_error,
        "low": figure.low,
        "high": figure.high,
        "level": figure.level,
        "interval": figure.interval,
        "n": figure.n,
        "effective_n": figure.effective_n,
        "df": figure.df,
        "design_effect": figure.design_effect,
        "cv": figure.cv,
        "notes": notes_of((*figure.notes, *_open_ends(figure))),
    }


def _open_ends(figure: Figure) -> tuple[Note, ...]:
    """Say so where an interval of a quantile ends beyond the data."""
    is_open = math.isnan(figure.low) or math.isnan(figure.high)
    is_known = not math.isnan(figure.value) and not figure.notes
    return (Note("end-beyond-data"),) if figure.kind == "quantile" and is_open and is_known else ()


def label_of(label: Label) -> Row:
    """Return which figure this is."""
    return {
        "variable": label.variable,
        "category": label.category,
        "quantile": label.quantile,
    }


def notes_of(notes: Sequence[Note]) -> list[Row]:
    """Return reservations by code."""
    return [{"code": note.code, "detail": note.detail} for note in notes]


def contrast_row(one: Compared, unit: str) -> Row:
    """Return one figure of a contrast in its unit, a difference of shares or a number."""
    return {
        "name": one.name,
        **label_of(one.label),
        "domain": dict(one.domain),
        "unit": unit,
        "value": one.tested.value,
        "standard_error": one.tested.standard_error,
        "low": one.tested.interval.low,
        "high": one.tested.interval.high,
        "level": one.tested.interval.level,
        "interval": one.tested.interval.method.value,
        "df": one.tested.df,
        "statistic": one.tested.statistic,
        "p_value": one.tested.p_value,
        "notes": notes_of((*one.notes, *_doubts(one))),
    }


def _doubts(one: Compared) -> tuple[Note, ...]:
    tested = one.tested
    if math.isnan(tested.value):
        return ()
    return doubts(tested.p_value, tested.df, has_error=tested.standard_error > 0)


def covariances_of(estimated: Estimated) -> Row:
    """Return how all figures of an estimate vary together."""
    figures = estimated.figures
    matrix = estimated.gather(range(len(figures))).covariance()
    return {
        "name": estimated.name,
        "rows": [{**label_of(figure.label), "domain": dict(figure.domain)} for figure in figures],
        "matrix": matrix.tolist(),
    }


def flat_rows(result: Mapping[str, Any]) -> list[Row]:
    """Return one row per figure, sections below each other, for CSV and Parquet.

    Domains become columns of their own, ``domain.`` and the name.
    """
    rows = []
    for section, single in (("estimates", "estimate"), ("contrasts", "contrast")):
        rows += [_flat(single, row) for row in result[section]]
    rows += [_flat(*part) for one in result["models"] for part in model_parts(one)]
    rows += [
        _flat("test", {k: v for k, v in row.items() if k != "table"}) for row in result["tests"]
    ]
    domains = dict.fromkeys(name for row in rows for name in row if name.startswith("domain."))
    order = ["section", "name", "kind", "variable", "category", "quantile", "term", *domains]
    order += [name for row in rows for name in row]
    names = [name for name in dict.fromkeys(order) if any(name in row for row in rows)]
    if "notes" in names:
        names.remove("notes")
        names.append("notes")
    return [{name: row.get(name) for name in names} for row in rows]


def _flat(section: str, row: Row) -> Row:
    flat: Row = {"section": section}
    for name, value in row.items():
        if name == "domain":
            flat |= {f"domain.{column}": category for column, category in value.items()}
        elif name == "notes":
            flat["notes"] = "; ".join(
                note["code"] + (f"={note['detail']}" if note["detail"] else "") for note in value
            )
        else:
            flat[name] = value
    return flat


def without_nan(value: Any) -> Any:
    """Return plain values with None for what is no number: JSON has no NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [without_nan(entry) for entry in value]
    return value
