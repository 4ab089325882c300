"""Steps that are done already, kept while a run is not over, so that it goes on after the last one.

A file for every step of the recipe: the weights after it and what is to be said of it. A run knows
its files by their hashes; steps of other answers, cases or programs are not taken up again. The
files go when the run is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from analysis.results import Note
from analysis.weights import CellReport, Fit, KnownTotals
from app.services.weighting import store
from app.services.weighting.chain import Done, Made
from app.services.weighting.store import WeightsDamagedError

_KIND: Final = "step"
_AFTER, _REGRESSION = "after", "regression"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a step, as the run remembers it."""

    file: str
    hash: str


def write(run_id: int, basis: str, number: int, made: Sequence[Made], var_dir: Path) -> KeptFile:
    """Keep what a step of the recipe made, with what it brought with it.

    Parameters
    ----------
    basis : str
        What the weights are made of; see `read`.
    number : int
        Of the step in the recipe, from 1.
    """
    columns = {}
    for place, one in enumerate(made):
        columns[f"{_AFTER}.{place}"] = one.adjusted.after
        if one.adjusted.regression_weight is not None:
            columns[f"{_REGRESSION}.{place}"] = one.adjusted.regression_weight
    about = {
        "kind": _KIND, "run": run_id, "basis": basis, "number": number,
        "made": [_written(one) for one in made],
    }  # fmt: skip
    kept = store.keep(pl.DataFrame(columns), about, var_dir)
    return KeptFile(kept.file_name, kept.content_hash)


def read(files: Sequence[KeptFile], basis: str, var_dir: Path) -> list[tuple[Done, ...]]:
    """Read steps from the first on, up to one that is missing, damaged, or of another basis."""
    found: list[tuple[Done, ...]] = []
    for number, each in enumerate(files, start=1):
        try:
            kept = store.read(each.file, each.hash, var_dir)
        except WeightsDamagedError:
            break
        about = kept.about
        if (about.get("kind"), about.get("basis"), about.get("number")) != (_KIND, basis, number):
            break
        found.append(
            tuple(_read(one, kept.table, place) for place, one in enumerate(about["made"]))
        )
    return found


def forget(files: Sequence[KeptFile], var_dir: Path) -> None:
    """Delete files of steps; those already gone are no fault."""
    for each in files:
        (store.folder(var_dir) / each.file).unlink(missing_ok=True)


def _written(made: Made) -> dict[str, Any]:
    adjusted = made.adjusted
    cells, totals, fit = adjusted.cells, adjusted.totals, adjusted.fit
    return {
        "number": made.number,
        "kind": made.kind,
        "section": made.section,
        "notes": _notes(made.notes),
        "of_step": _notes(adjusted.notes),
        "cells": None if cells is None else {
            "labels": [list(label) for label in cells.labels],
            "n": cells.n.tolist(),
            "before": cells.before.tolist(),
            "after": cells.after.tolist(),
            "factor": cells.factor.tolist(),
            "minimum": int(cells.minimum),
            "merged": [[list(label) for label in group] for group in cells.merged],
        },
        "totals": None if totals is None else {
            "names": list(totals.names),
            "target": totals.target.tolist(),
            "before": totals.before.tolist(),
            "after": totals.after.tolist(),
        },
        "fit": None if fit is None else {
            "iterations": int(fit.iterations),
            "distance": float(fit.distance),
            "coefficients": fit.coefficients.tolist(),
        },
    }  # fmt: skip


def _read(written: Mapping[str, Any], table: pl.DataFrame, place: int) -> Done:
    regression = f"{_REGRESSION}.{place}"
    return Done(
        number=int(written["number"]),
        kind=written["kind"],
        section=written["section"],
        after=table[f"{_AFTER}.{place}"].to_numpy(),
        regression_weight=table[regression].to_numpy() if regression in table.columns else None,
        cells=_cells(written["cells"]),
        totals=_totals(written["totals"]),
        fit=_fit(written["fit"]),
        notes=_noted(written["notes"]),
        of_step=_noted(written["of_step"]),
    )


def _cells(written: Mapping[str, Any] | None) -> CellReport | None:
    if written is None:
        return None
    return CellReport(
        labels=tuple(tuple(label) for label in written["labels"]),
        n=np.array(written["n"], dtype=np.int64),
        before=_floats(written["before"]),
        after=_floats(written["after"]),
        factor=_floats(written["factor"]),
        minimum=written["minimum"],
        merged=tuple(tuple(tuple(label) for label in group) for group in written["merged"]),
    )


def _totals(written: Mapping[str, Any] | None) -> KnownTotals | None:
    if written is None:
        return None
    return KnownTotals(
        names=tuple(written["names"]),
        target=_floats(written["target"]),
        before=_floats(written["before"]),
        after=_floats(written["after"]),
    )


def _fit(written: Mapping[str, Any] | None) -> Fit | None:
    if written is None:
        return None
    return Fit(written["iterations"], written["distance"], _floats(written["coefficients"]))


def _floats(written: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(written, dtype=np.float64)


def _notes(notes: Sequence[Note]) -> list[list[str]]:
    return [[note.code, note.detail] for note in notes]


def _noted(written: Sequence[Sequence[str]]) -> tuple[Note, ...]:
    return tuple(Note(code, detail) for code, detail in written)
