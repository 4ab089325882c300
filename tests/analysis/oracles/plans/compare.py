"""What R said about a plan, beside what the plan's result says.

A figure of ``*.json`` names the section of the result, the row by its labels,
and the field. Labels it leaves out are not compared; a domain it leaves out is
the whole.
"""

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
EXACT = 1e-9
ITERATED = 1e-6


@dataclass(frozen=True, slots=True)
class Expected:
    """One figure made outside."""

    id: str
    plan: str
    figure: dict
    value: float | None
    tolerance: float


def read_expected():
    """Return the figures of all files of this folder, by plan."""
    by_plan = defaultdict(list)
    for path in sorted(HERE.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            tolerance = ITERATED if case.get("iterated") else EXACT
            by_plan[case["plan"]].append(
                Expected(case["id"], case["plan"], case["figure"], case["value"], tolerance)
            )
    return dict(by_plan)


def differences(result, expected):
    """List where a result is not what was expected of it."""
    return [line for one in expected if (line := difference(result, one)) is not None]


def difference(result, expected):
    """Say how one figure differs, or None."""
    field = expected.figure["field"]
    if expected.figure["section"] == "covariances":
        rows = [{field: covariance} for covariance in covariances(result, expected.figure)]
    else:
        rows = matching(result, expected.figure)
    if len(rows) != 1:
        return f"{expected.id}: {len(rows)} rows"
    if field not in rows[0]:
        return f"{expected.id}: no field"
    ours = rows[0][field]
    if close(ours, expected.value, expected.tolerance):
        return None
    return f"{expected.id}: {ours!r} is not {expected.value!r}"


def matching(result, figure):
    """Return the rows of a result that a figure is about."""
    section = result[figure["section"]]
    if isinstance(section, dict):
        return [section]
    if figure["section"] == "weights":
        return [row[figure["part"]] for row in section if row["step"] == figure["name"]]
    rows = [row for row in section if row["name"] == figure["name"]]
    if "part" in figure:
        rows = [part for row in rows for part in row[figure["part"]]]
    labels = {"variable", "category", "quantile", "term"} & figure.keys()
    if figure["section"] in {"estimates", "contrasts"}:
        rows = [row for row in rows if row["domain"] == figure.get("domain", {})]
    return [row for row in rows if all(row[label] == figure[label] for label in labels)]


def covariances(result, figure):
    """Return how the two figures of an estimate that are named vary together."""
    found = []
    for one in result["covariances"]:
        if one["name"] == figure["name"]:
            first = [fits(row, figure["first"]) for row in one["rows"]].index(True)
            second = [fits(row, figure["second"]) for row in one["rows"]].index(True)
            found.append(one["matrix"][first][second])
    return found


def fits(row, labels):
    """Say whether a row has these labels."""
    return all(row[label] == value for label, value in labels.items())


def close(ours, theirs, tolerance):
    """Say whether two numbers are the same; None is no number."""
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=1e-15)
