"""The result of a plan as plain tables: for JSON, for files of rows, for the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from analysis.plan.contrasts import Compared
from analysis.plan.figures import Estimated, Figure, Label
from analysis.plan.result_models import model_of, model_parts, test_row
from analysis.plan.run import Outcome
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
    facts = outcome.facts
    return {
        "plan": {"version": 1, "title": outcome.plan.title},
        "data": {"rows": facts.rows},
        "design": {
            "n": facts.n,
            "n_psu": facts.n_psu,
            "n_strata": facts.n_strata,
            "df": facts.df,
            "sum_of_weights": facts.sum_of_weights,
            "notes": notes_of(facts.notes),
        },
        "weights": [step_row(one) for one in facts.steps],
        "estimates": [estimate_row(figure) for one in outcome.estimates for figure in one.figures],
        "covariances": [covariances_of(one) for one in outcome.estimates if one.is_joint],
        "contrasts": [contrast_row(one) for one in outcome.contrasts],
        "models": [model_of(one) for one in outcome.models],
        "tests": [test_row(one) for one in outcome.hypotheses],
    }


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


def estimate_row(figure: Figure) -> Row:
    """Return one figure of an estimate."""
    return {
        "name": figure.name,
        "kind": figure.kind,
        **label_of(figure.label),
        "domain": dict(figure.domain),
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
        "notes": notes_of(figure.notes),
    }


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


def contrast_row(one: Compared) -> Row:
    """Return one figure of a contrast."""
    return {
        "name": one.name,
        **label_of(one.label),
        "domain": dict(one.domain),
        "value": one.tested.value,
        "standard_error": one.tested.standard_error,
        "low": one.tested.interval.low,
        "high": one.tested.interval.high,
        "level": one.tested.interval.level,
        "interval": one.tested.interval.method.value,
        "df": one.tested.df,
        "statistic": one.tested.statistic,
        "p_value": one.tested.p_value,
        "notes": notes_of(one.notes),
    }


def covariances_of(estimated: Estimated) -> Row:
    """Return how all figures of an estimate vary together."""
    figures = estimated.figures
    matrix = estimated.gather(range(len(figures))).joint.covariance()
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
