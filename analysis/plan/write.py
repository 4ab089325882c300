"""Writing the result with full precision: JSON, CSV or Parquet, by the file's ending."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.plan.faults import PlanFault, PlanFaults
from analysis.plan.result import flat_rows, without_nan
from analysis.weights import Adjusted

ENDINGS: Final = (".json", ".csv", ".parquet")
WHOLE: Final = frozenset({"n"})
TEXTS: Final = frozenset(
    {
        *("section", "name", "kind", "variable", "category", "term", "interval", "notes"),
        *("unit", "band", "band_low", "band_high"),
    }
)


def check_endings(paths: Sequence[Path], weights: Path | None = None) -> None:
    """Refuse files of an unknown kind, before any work is done.

    Parameters
    ----------
    paths : sequence of Path
        For the result.
    weights : Path, optional
        For the weights, which are rows.

    Raises
    ------
    PlanFaults
    """
    wanted: list[tuple[Path, tuple[str, ...]]] = [(path, ENDINGS) for path in paths]
    wanted += [] if weights is None else [(weights, ENDINGS[1:])]
    faults = [
        PlanFault("unknown-output", context={"file": str(path), "known": ", ".join(endings)})
        for path, endings in wanted
        if path.suffix.lower() not in endings
    ]
    faults += [
        PlanFault("no-folder", context={"file": str(path), "folder": str(path.parent)})
        for path, _ in wanted
        if not path.parent.is_dir()
    ]
    if faults:
        raise PlanFaults(faults)


def write_result(result: Mapping[str, Any], path: Path) -> None:
    """Write a result.

    Raises
    ------
    PlanFaults
        The file cannot be written.
    """
    try:
        match path.suffix.lower():
            case ".json":
                text = json.dumps(without_nan(result), ensure_ascii=False, indent=1)
                path.write_text(text + "\n", encoding="utf-8")
            case ".csv":
                path.write_text(as_csv(flat_rows(result)), encoding="utf-8", newline="")
            case _:
                as_frame(flat_rows(result)).write_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        context = {"file": str(path), "reason": str(error)}
        raise PlanFaults([PlanFault("cannot-write", context=context)]) from error


def write_weights(base: NDArray[np.float64], steps: Sequence[Adjusted], path: Path) -> None:
    """Write the weights of all rows: before any step, after each, and the last again.

    Raises
    ------
    PlanFaults
        The file cannot be written.
    """
    columns = {"row": np.arange(1, len(base) + 1), "base_weight": base}
    columns |= {f"step_{number}": step.after for number, step in enumerate(steps, start=1)}
    columns["final_weight"] = steps[-1].after if steps else base
    frame = pl.DataFrame(columns)
    try:
        if path.suffix.lower() == ".csv":
            frame.write_csv(path)
        else:
            frame.write_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        context = {"file": str(path), "reason": str(error)}
        raise PlanFaults([PlanFault("cannot-write", context=context)]) from error


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as CSV; nothing for what is no number."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(rows[0] if rows else ["section"])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return file.getvalue()


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def as_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a frame, null for what is no number."""
    names = list(rows[0]) if rows else ["section"]
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        if name in TEXTS or name.startswith("domain."):
            columns.append(pl.Series(name, values, dtype=pl.String))
        elif name in WHOLE:
            columns.append(pl.Series(name, values, dtype=pl.Int64))
        else:
            numbers = [None if value is None else float(value) for value in values]
            columns.append(pl.Series(name, numbers, dtype=pl.Float64).fill_nan(None))
    return pl.DataFrame(columns)
