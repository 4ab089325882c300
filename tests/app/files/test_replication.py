"""The bundle gives the published table again, in Python and in R, without the program."""

import csv
import io
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from app.result_files.files import Kind, Wanted
from tests.app import desk
from tests.app.files.conftest import publish

BUNDLE = Wanted(Kind.BUNDLE, "zip", "vi")
LIMIT = 1e-9


def has_survey():
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def unpacked(made, folder):
    with zipfile.ZipFile(io.BytesIO(made.path.read_bytes())) as archive:
        archive.extractall(folder)
    return folder


def run(command, folder):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


def largest(printed):
    return float(re.search(r"largest difference: (\S+)", printed).group(1))


def n_compared(printed):
    return int(re.search(r"(\d+) numbers compared", printed).group(1))


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {tuple(row.values())[:4]: row for row in csv.DictReader(file)}


@pytest.fixture
def folder(sampled, make, tmp_path):
    return unpacked(make(sampled, BUNDLE), tmp_path)


def test_the_bundle_holds_what_is_needed(folder, sampled):
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "README.txt", "plan.toml", "method.toml", "answers.parquet", "published.csv", "rows.csv",
        "items.csv", "nodes.csv", "settings.csv", "recompute.py", "components.py", "intervals.py",
        "recompute.R", "manifest.json",
    }  # fmt: skip
    rows = list(csv.DictReader((folder / "rows.csv").open()))
    assert len(rows) == 160
    assert sum(float(row["weight"]) for row in rows) == 3200
    settings = dict(csv.reader((folder / "settings.csv").open()))
    assert settings["snapshot"] == sampled.facts.snapshot_hash


def test_python_gives_the_published_table(folder):
    printed = run([sys.executable, "recompute.py"], folder)
    assert largest(printed) <= LIMIT
    assert n_compared(printed) > 300
    assert "not worked out" not in printed


def test_the_python_script_knows_nothing_of_the_program(folder):
    for name in ("recompute.py", "components.py", "intervals.py"):
        text = (folder / name).read_text()
        assert "import app" not in text
        assert "from app" not in text
        assert "analysis" not in text


def test_a_changed_answer_is_seen(folder):
    path = folder / "rows.csv"
    lines = path.read_text().split("\n")
    head = lines[0].split(",")
    row = lines[1].split(",")
    row[head.index("officials_1")] = "1" if row[head.index("officials_1")] != "1" else "5"
    path.write_text("\n".join([lines[0], ",".join(row), *lines[2:]]))
    done = subprocess.run(
        [sys.executable, "recompute.py"], check=False, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert largest(done.stdout) > 1e-4


@pytest.mark.skipif(not has_survey(), reason="R with survey is not installed")
def test_r_survey_gives_the_published_table_and_that_of_python(folder):
    printed = run(["Rscript", "recompute.R"], folder)
    assert largest(printed) <= LIMIT
    assert n_compared(printed) > 300
    run([sys.executable, "recompute.py"], folder)
    ours, theirs = table(folder / "table-python.csv"), table(folder / "table-r.csv")
    assert set(ours) == set(theirs)
    for key, row in ours.items():
        for name in ("value", "standard_error", "low", "high", "n", "df"):
            one, other = float(row[name]), theirs[key][name]
            if not math.isnan(one):
                assert float(other) == pytest.approx(one, rel=LIMIT, abs=LIMIT), key


def skewed():
    """The same people, some without an answer and one stratum with a single PSU."""
    rows = desk.people()
    for number, row in enumerate(rows):
        row["base_weight"] *= 1 + (number % 7) / 3
        if number % 11 == 0:
            del row["answers"]["officials_1"]
        if number % 13 == 0:
            row["answers"]["results_1"] = 9
        if row["psu"] == "A00":
            row["stratum"] = "C"
    return rows


def test_unequal_weights_gaps_and_a_lonely_unit(database, settings, make, tmp_path):
    found = publish(database, settings, rows=skewed())
    folder = unpacked(make(found, BUNDLE), tmp_path)
    assert largest(run([sys.executable, "recompute.py"], folder)) <= LIMIT
    if has_survey():
        assert largest(run(["Rscript", "recompute.R"], folder)) <= LIMIT
