"""What each step did to the weights, as plain figures that are kept with them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.weights import Adjusted, Spread
from app.services.weighting.chain import Chain, Made

Values = NDArray[np.float64]

BINS: Final = 24
MOST_CELLS: Final = 2_000


def histogram(before: Values, after: Values) -> dict[str, list[float]]:
    """Count weights before and after in the same bins, from 0 to the largest of both.

    Returns
    -------
    dict
        ``edges`` (one more than bins), ``before``, ``after``: numbers of answers.
    """
    largest = float(max(before.max(initial=0.0), after.max(initial=0.0))) or 1.0
    edges = np.linspace(0.0, largest, BINS + 1)
    return {
        "edges": [float(edge) for edge in edges],
        "before": [float(n) for n in np.histogram(before, edges)[0]],
        "after": [float(n) for n in np.histogram(after, edges)[0]],
    }


def step_json(made: Made, answered: NDArray[np.bool_], column: str) -> dict[str, Any]:
    """Write what a step did.

    Parameters
    ----------
    answered : ndarray of bool, shape (n,)
        Which rows are answers: the pictures are about their weights.
    column : str
        Where the weights after it are kept.
    """
    adjusted = made.adjusted
    before, after = adjusted.before[answered], adjusted.after[answered]
    factor = after / np.where(before == 0, 1.0, before)
    notes = [*made.notes, *adjusted.notes]
    return {
        "number": made.number,
        "step": made.kind,
        "column": column,
        "before": spread_json(Spread.of(before)),
        "after": spread_json(Spread.of(after)),
        "factor": spread_json(Spread.of(factor)),
        "all_before": float(adjusted.before.sum()),
        "all_after": float(adjusted.after.sum()),
        "histogram": histogram(before, after),
        "cells": _cells(adjusted),
        "merged": _merged(adjusted),
        "totals": _totals(adjusted),
        "fit": _fit(adjusted),
        "notes": [{"code": note.code, "detail": note.detail} for note in notes],
    }


def summary_json(chain: Chain, account: Mapping[str, Any] | None) -> dict[str, Any]:
    """Write what the weights are as a whole."""
    answered = chain.rows.answered
    base = chain.rows.frame["weight.base"].to_numpy()[answered]
    start, final = chain.rows.start[answered], chain.weight[answered]
    spread = Spread.of(final)
    mean = float(final.mean())
    return {
        "n": int(answered.sum()),
        "n_more": chain.rows.n_more,
        "total": float(final.sum()),
        "base": spread_json(Spread.of(base)),
        "start": spread_json(Spread.of(start)),
        "final": spread_json(spread),
        "largest_by_mean": spread.largest / mean,
        "smallest_by_mean": spread.smallest / mean,
        "histogram": histogram(base, final),
        "account": account,
        "rates": None if account is None else rates(account),
        "plan": chain.plan,
    }


def rates(account: Mapping[str, Any]) -> dict[str, float | None]:
    """Share of the cases given out, known not to be eligible left out, that answered.

    The unknown are all counted as eligible, as in AAPOR's RR2: by cases, and by weight after
    reserves.
    """

    def rate(counts: Mapping[str, float]) -> float | None:
        below = math.fsum(n for status, n in counts.items() if status != "ineligible")
        return float(counts.get("interview", 0)) / below if below else None

    return {"cases": rate(account["outcomes"]), "weighted": rate(account["weighted"])}


def spread_json(spread: Spread) -> dict[str, Any]:
    """Write a distribution; what is not a number is null."""
    return {
        name: [_known(one) for one in value] if isinstance(value, tuple) else _known(value)
        for name, value in asdict(spread).items()
    }


def _known(value: float) -> float | int | None:
    if isinstance(value, int):
        return value
    return float(value) if math.isfinite(value) else None


def _cells(adjusted: Adjusted) -> list[dict[str, Any]]:
    cells = adjusted.cells
    if cells is None:
        return []
    thin = set(cells.thin)
    return [
        {
            "of": list(label),
            "n": int(n),
            "before": float(before),
            "after": float(after),
            "factor": float(factor),
            "thin": label in thin,
        }
        for label, n, before, after, factor in list(
            zip(cells.labels, cells.n, cells.before, cells.after, cells.factor, strict=True)
        )[:MOST_CELLS]
    ]


def _merged(adjusted: Adjusted) -> list[list[list[str]]]:
    if adjusted.cells is None:
        return []
    return [[list(label) for label in group] for group in adjusted.cells.merged[:MOST_CELLS]]


def _totals(adjusted: Adjusted) -> list[dict[str, Any]]:
    known = adjusted.totals
    if known is None:
        return []
    rows: Sequence[tuple[str, float, float, float]] = list(
        zip(known.names, known.target, known.before, known.after, strict=True)
    )
    return [
        {
            "name": name,
            "target": float(target),
            "before": float(before),
            "after": float(after),
        }
        for name, target, before, after in rows[:MOST_CELLS]
    ]


def _fit(adjusted: Adjusted) -> dict[str, Any] | None:
    fit = adjusted.fit
    if fit is None:
        return None
    return {
        "iterations": fit.iterations,
        "distance": _known(float(fit.distance)),
        "coefficients": [_known(float(one)) for one in fit.coefficients[:200]],
    }
