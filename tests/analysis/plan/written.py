"""Plans and files that the tests write."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.plan.faults import PlanFault, PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run

ROWS = """\
region,commune,w,q1,sex,income,area.code
north,c1,10,5,f,1.5,01
north,c1,10,4,m,2.5,01
north,c2,10,1,f,,02
north,c2,10,,m,4.0,02
south,c1,20,2,f,3.0,03
south,c1,20,5,m,1.0,03
south,c3,20,4,f,2.0,04
south,c3,20,3,m,5.5,04
"""

HEAD = """\
plan = 1
[data]
file = "rows.csv"
[design]
strata = "region"
clusters = "commune"
weight = "w"
"""


def result(folder: Path, body: str, *, head: str = HEAD, rows: str | None = ROWS):
    """Run a plan over a small file and return its result."""
    if rows is not None:
        (folder / "rows.csv").write_text(rows, encoding="utf-8")
    return result_of(run(parse_plan(head + body, folder)))


def faults(
    folder: Path, body: str, *, head: str = HEAD, rows: str | None = ROWS
) -> list[PlanFault]:
    """Return what is wrong with a plan."""
    with pytest.raises(PlanFaults) as caught:
        result(folder, body, head=head, rows=rows)
    return list(caught.value.faults)


def only(found: list[PlanFault]) -> PlanFault:
    """Return the one fault there is."""
    assert len(found) == 1, found
    return found[0]


def figure(result, name: str, **wanted):
    """Return the one row of an estimate with what is wanted."""
    rows = [
        row
        for row in result["estimates"]
        if row["name"] == name and all(row[key] == value for key, value in wanted.items())
    ]
    assert len(rows) == 1, rows
    return rows[0]
