"""The scripts of the bundle work out every operation of a method, or name what they do not."""

import csv
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.answers import MISSING, SampledAnswers
from analysis.quality import QualityRules
from analysis.snapshot import Layout, Source
from app.services.figures import estimate_figures
from app.services.replication import bundle, tables
from tests.analysis.samples import LIKERT, method
from tests.app.files.test_replication import LIMIT, has_survey, largest, n_compared, run

EVERYTHING = """
[nodes.total]
operation = "sum"
of = ["points", "appraisal", "opinion"]
when_absent = "rescale"
[nodes.points]
operation = "linear_points"
of = ["a"]
points = 10
[nodes.opinion]
operation = "linear_points"
of = ["c"]
points = 5
[nodes.appraisal]
operation = "given"
value = 3.0
standard_error = 0.4
ends = [0, 5]
values.commune = { x = 2.5, y = 4.0 }
standard_errors.commune = { x = 0.5 }
[nodes.relative]
operation = "change"
of = ["a", "before"]
relative = true
[nodes.change]
operation = "change"
of = ["a", "before"]
[nodes.before]
operation = "given"
value = 0.5
standard_error = 0.02
ends = [0, 1]
unit = "share"
[nodes.exact]
operation = "deduct"
of = ["a", "known"]
[nodes.known]
operation = "given"
value = 0.25
ends = [0, 1]
unit = "share"
[nodes.both]
operation = "mean"
of = ["a", "before"]
[nodes.a]
operation = "pooled_top_box"
items = ["a", "b"]
[nodes.c]
operation = "top_box"
items = ["c"]
"""
CORNER = """
[nodes.capped]
operation = "cap"
of = ["points"]
limit = 8.0
"""
RULES = QualityRules(min_n=10, max_half_width=10.0)
N = 240


def answers():
    """Answers of people in 24 PSUs; nobody of commune z has answered c."""
    rng = np.random.default_rng(5)
    commune = np.repeat(np.array(["x", "y", "z"], dtype=object), N // 3)
    columns = {
        item: np.where(rng.random(N) < 0.95, rng.integers(1, 6, N), MISSING) for item in "abc"
    }
    columns["c"][commune == "z"] = MISSING
    stratum = np.repeat(["1", "2"], N // 2)
    psu = np.repeat([f"u{k:02d}" for k in range(N // 10)], 10)
    weight = rng.uniform(1, 4, N)
    return SampledAnswers(columns, stratum, psu, weight, {"place.commune": commune})


@pytest.fixture(params=[EVERYTHING, EVERYTHING + CORNER], ids=["smooth", "with a corner"])
def folder(request, tmp_path):
    made = method(request.param, index="total")
    given = answers()
    layout = Layout(
        Source.SAMPLE, tuple("abc"), ("place.commune",), "design.stratum", "design.psu", "w"
    )
    rows = pl.DataFrame(
        {"design.stratum": given.stratum, "design.psu": given.psu}
        | {name: [None if v == MISSING else v for v in of.tolist()]
           for name, of in given.columns.items()}
        | {"place.commune": given.domains["place.commune"].tolist()}
    )  # fmt: skip
    figures = [asdict(one) for one in estimate_figures(made, given, 0.95, RULES)]
    write = {
        "rows.csv": tables.rows(rows, layout, given.base_weight),
        "items.csv": tables.items(dict.fromkeys("abc", LIKERT), "abc"),
        "nodes.csv": tables.nodes(made, "vi"),
        "given.csv": tables.given(made),
        "settings.csv": tables.settings({"level": 0.95}),
        "published.csv": tables.lines_of(
            figures[0], [["" if v is None else v for v in one.values()] for one in figures]
        ),
    }
    for name, content in write.items():
        (tmp_path / name).write_bytes(content)
    for name in bundle.SCRIPTS:
        (tmp_path / name).write_bytes(bundle.script(name))
    return tmp_path


def shown(folder: Path, node: str) -> list[dict]:
    with (folder / "published.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if row["node"] == node and row["suppressed"] == "False"]


def commands():
    yield "python", [sys.executable, "recompute.py"]
    if has_survey():
        yield "R", ["Rscript", "recompute.R"]


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_given_values_relative_changes_and_stretched_sums_are_worked_out(folder, name, command):
    for node in ("total", "relative", "change", "exact", "both"):
        assert len(shown(folder, node)) == 4, (name, node)
    printed = run(command, folder)
    assert largest(printed) <= LIMIT
    assert n_compared(printed) > 100
    has_corner = bool(shown(folder, "capped"))
    assert ("not worked out" in printed) == has_corner
    assert ("standard errors and intervals of capped (by a bootstrap)" in printed) == has_corner


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_an_operation_that_a_script_does_not_know_is_named(folder, name, command):
    path = folder / "nodes.csv"
    path.write_text(path.read_text().replace(",linear_points,", ",points_of_tomorrow,"))
    printed = run(command, folder)
    assert "not worked out by this script: points (" in printed, name
    assert largest(printed) <= LIMIT
