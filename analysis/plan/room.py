"""Whether rows fit into memory, before they are read.

A program that asks for more than there is gets killed without a word. So the
memory that a plan takes by rows is estimated from the footers of its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.plan.faults import Place, PlanFault, PlanFaults
from analysis.plan.read_data import needed_columns
from analysis.plan.reader import Reader
from analysis.plan.schema.estimates import EstimateSection, IndexEstimate
from analysis.plan.schema.known_totals import Totals
from analysis.plan.schema.plan import Plan
from analysis.plan.schema.weights import (
    CalibrateStep,
    PoststratifyStep,
    RakeStep,
    WeightSection,
)
from analysis.plan.source import ENDINGS

GIGABYTE: Final = 1e9

# Bytes per row, as measured on plans over 4 million rows.
OF_ROW: Final = 60
OF_COLUMN: Final = 16
OF_TOTAL: Final = 12
OF_AUXILIARY: Final = 48
"""Of each known total: its variable, and the regression on all of them."""

MEMORY: Final = Path("/proc/meminfo")
LIMITS: Final = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def check_room(plan: Plan, place: Place, free: float | None = None) -> None:
    """Refuse rows that would not fit into memory.

    Parameters
    ----------
    plan : Plan
    place : Place
        What in the plan needs rows; empty if nothing in particular.
    free : float, optional
        Bytes that are free; without it, as the system says.

    Raises
    ------
    PlanFaults
    """
    rows = rows_of(plan)
    left = free_memory() if free is None else free
    if rows is None or left is None:
        return
    needed = rows * bytes_per_row(plan)
    if needed > left:
        raise no_room(plan, place, rows, needed, left)


def no_room(
    plan: Plan, place: Place, rows: int | None, needed: float | None, free: float | None
) -> PlanFaults:
    """Say that rows do not fit into memory."""
    where = place or plan.data.place
    reader = Reader(plan.positions)
    sizes = {"needed": needed, "free": free}
    shown = {
        name: "?" if size is None else f"{size / GIGABYTE:.3g}" for name, size in sizes.items()
    }
    reader.fault(where, "no-room-for-rows", rows=rows or "?", **shown)
    faults: list[PlanFault] = reader.faults
    return PlanFaults(faults)


def rows_of(plan: Plan) -> int | None:
    """Return how many rows the files hold; None if they do not tell at once."""
    names = [plan.data.file, *plan.data.files, *(one.file for one in plan.data.rounds)]
    found = 0
    for name in names:
        if name is None:
            continue
        path = plan.folder / name
        if (plan.data.format or ENDINGS.get(path.suffix.lower())) != "parquet":
            return None
        try:
            found += pq.read_metadata(path).num_rows
        except (OSError, pa.ArrowException):
            return None
    return found


def bytes_per_row(plan: Plan) -> float:
    """Estimate what a row takes at the height of the work."""
    reader = Reader(plan.positions)
    columns = len(needed_columns(plan, _columns(plan), (), reader)) + len(plan.derive)
    totals = max((_totals(section) for section in plan.estimates), default=0)
    auxiliaries = sum(_auxiliaries(section, plan.folder) for section in plan.weights)
    return OF_ROW + OF_COLUMN * columns + OF_TOTAL * totals + OF_AUXILIARY * auxiliaries


def _columns(plan: Plan) -> list[str]:
    name = plan.data.file or [*plan.data.files, *(one.file for one in plan.data.rounds)][0]
    return list(pq.read_schema(plan.folder / name).names)


def _totals(section: EstimateSection) -> int:
    if isinstance(section, IndexEstimate):
        return 0
    return 2 * max(len(getattr(section, "of", ())), len(getattr(section, "numerator", ())), 1)


def _auxiliaries(section: WeightSection, folder: Path) -> int:
    """Return how many totals a step meets."""
    match section:
        case PoststratifyStep() | CalibrateStep():
            return _n_totals(section.totals, folder)
        case RakeStep():
            return sum(_n_totals(margin.totals, folder) for margin in section.margins)
        case _:
            return 0


def _n_totals(totals: Totals, folder: Path) -> int:
    if isinstance(totals, Mapping):
        return len(totals)
    try:
        with (folder / totals).open("rb") as file:
            return max(sum(1 for _ in file) - 1, 0)
    except OSError:
        return 0


def free_memory() -> float | None:
    """Return the bytes that may still be asked for; None if the system does not say."""
    found = [_kilobytes("MemAvailable")]
    for most, used in LIMITS:
        limit, taken = _number(most), _number(used)
        if limit is not None and taken is not None:
            found.append(limit - taken)
    known = [size for size in found if size is not None]
    return min(known) if known else None


def _kilobytes(name: str) -> float | None:
    try:
        lines = MEMORY.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    values = [line.split()[1] for line in lines if line.startswith(name + ":")]
    return 1024.0 * float(values[0]) if values else None


def _number(path: Path) -> float | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return float(text) if text.isdigit() else None
