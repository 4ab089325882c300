"""Whatever a plan or a file holds: figures or sentences, never a traceback."""

import copy
import json
import math
import random
import tomllib
import warnings

import polars as pl
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.plan.command import main
from analysis.plan.faults import PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.result import flat_rows, result_of, without_nan
from analysis.plan.run import run
from analysis.plan.show import show
from analysis.plan.words import LANGUAGES, fault_sentence
from analysis.plan.write import as_csv, as_frame
from tests.analysis.plan.random_plans import lines, plans
from tests.analysis.plan.test_docs import DOCS, EXAMPLES, whole

PLANS = [tomllib.loads(whole(text)) for text in EXAMPLES]

TEXTS = ["", " ", "w", "area", "commune", "minutes", "q1", "sex", "no such", "1", "mean", "q1:sex"]
TEXTS += ["rw*", "q1 >= 4", "q1 +", "SUM(w)", "1/0", "../no.csv", "examples/joint.csv", "\x00"]
NUMBERS = [0, 1, -3, 10, 2**63 - 1, -0.5, 0.3, 1.5, 1e308, math.inf, math.nan]
VALUES = st.one_of(
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from(["area", "sex", "q1", "w", 3, 0.5, "", "x"]), max_size=4),
    st.dictionaries(
        st.sampled_from(["area", "sex", "rural", "female", "1", "x"]),
        st.sampled_from([1, 0, -5, 100, "female", "urban", 0.5, {"male": 3}]),
        max_size=3,
    ),
)


def places(value, place=()):
    """List every place of a plan that can be changed."""
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*place, key)
        if isinstance(entry, dict | list):
            yield from places(entry, (*place, key))


def change(plan, draw):
    """Change, drop, add or swap something."""
    known = list(places(plan))
    place = draw(st.sampled_from(known))
    holder = plan
    for step in place[:-1]:
        holder = holder[step]
    match draw(st.sampled_from(["change", "change", "drop", "add", "swap"])):
        case "change":
            holder[place[-1]] = draw(VALUES)
        case "drop":
            holder.pop(place[-1])
        case "add" if isinstance(holder, dict):
            names = sorted({step for path in known for step in path if isinstance(step, str)})
            holder[draw(st.sampled_from(names))] = draw(VALUES)
        case _:
            other = draw(st.sampled_from(PLANS))
            if place[0] in other:
                plan[place[0]] = copy.deepcopy(other[place[0]])


@st.composite
def changed_plans(draw):
    plan = copy.deepcopy(draw(st.sampled_from(PLANS)))
    for _ in range(draw(st.integers(1, 4))):
        if plan:
            change(plan, draw)
    return lines(plan)


def faults_of(text, folder):
    """Run a plan and everything that is done with its result; return what is wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = result_of(run(parse_plan(text, folder)))
    except PlanFaults as faults:
        return faults.faults
    json.dumps(without_nan(result), allow_nan=False)
    rows = flat_rows(result)
    as_csv(rows)
    as_frame(rows)
    assert all(show(result, language) for language in LANGUAGES)
    return None


def attempt(text, folder):
    """Run a plan; whatever is wrong must have a sentence."""
    faults = faults_of(text, folder)
    assert faults is None or len(faults) > 0
    for fault in faults or ():
        for language in LANGUAGES:
            said = fault_sentence(fault, language, "p.toml")
            assert "-" not in fault.code or fault.code not in said


HOSTILE = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@HOSTILE
@given(changed_plans())
def test_plans_that_were_changed_at_random_end_in_figures_or_sentences(text):
    attempt(text, DOCS)


@HOSTILE
@given(plans())
def test_plans_made_at_random_end_in_figures_or_sentences(text):
    attempt(text, DOCS)


@given(st.text(max_size=200) | st.text("[]{}=.'\"\n#abc123, ", max_size=80))
def test_any_text_is_a_plan_or_refused(text):
    attempt(text, DOCS)


PLAN = """\
plan = 1
[data]
file = "rows.csv"
[design]
strata = "a"
clusters = "b"
weight = "w"
lonely = "adjust"
[[weights]]
step = "scale"
to = "sample"
[[estimate]]
name = "share"
kind = "proportion"
of = "x"
by = "a"
covariance = true
[[estimate]]
name = "mean"
kind = "mean"
of = "y"
[[estimate]]
name = "median"
kind = "quantile"
of = "y"
[[estimate]]
name = "spread"
kind = "variance"
of = "y"
[[test]]
name = "t"
kind = "chi-square"
rows = "a"
columns = "x"
[[model]]
name = "m"
kind = "linear"
response = "y"
terms = ["x", "a"]
"""

CELLS = st.sampled_from(
    ["", "0", "1", "2", "3.5", "-1", "1e300", "1e-300", "nan", "inf", "x", "x y", "01", "NA", '"q"']
)
SOME = st.sampled_from(["1", "2", "3"])
NUMBER_CELLS = st.sampled_from(["1", "2.5", "0", "-4", ""])


@HOSTILE
@given(
    st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["1", "2.5", "0", ""]), CELLS, CELLS)),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_rows_end_in_figures_or_sentences(tmp_path_factory, rows, end):
    attempt_rows(tmp_path_factory.mktemp("rows"), rows, end)


@HOSTILE
@given(
    st.lists(
        st.tuples(SOME, SOME, st.sampled_from(["1", "2.5", "0"]), SOME, NUMBER_CELLS), min_size=1
    )
)
def test_few_numbers_end_in_figures_or_sentences(tmp_path_factory, rows):
    attempt_rows(tmp_path_factory.mktemp("rows"), rows, "\n")


def attempt_rows(folder, rows, end):
    written = ["a,b,w,x,y", *(",".join(row) for row in rows)]
    (folder / "rows.csv").write_text(end.join(written) + end, newline="")
    attempt(PLAN, folder)


@HOSTILE
@given(st.binary(max_size=300))
def test_any_bytes_are_a_file_or_refused(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("rows.csv", "rows.parquet", "rows.sav", "rows.dta"):
        (folder / name).write_bytes(content)
        attempt(PLAN.replace("rows.csv", name), folder)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.sav", "rows.dta"])
def test_damaged_files_are_refused(tmp_path, name):
    frame = pl.DataFrame({c: [1.0, 2.0, 3.0] * 20 for c in "abwxy"})
    path = tmp_path / name
    match path.suffix:
        case ".parquet":
            frame.write_parquet(path)
        case ".sav":
            pyreadstat.write_sav(frame, str(path))
        case _:
            pyreadstat.write_dta(frame, str(path))
    undamaged = path.read_bytes()
    generator = random.Random(20261120)
    for _ in range(60):
        damaged = bytearray(undamaged)
        for _ in range(generator.randint(1, 8)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        path.write_bytes(damaged[: generator.choice([len(damaged), len(damaged) // 2])])
        attempt(PLAN.replace("rows.csv", name), tmp_path)


@pytest.mark.parametrize("arguments", [[], ["run"], ["nothing"], ["run", "a", "--lang", "fr"]])
def test_a_wrong_command_line_is_explained(arguments, capsys, monkeypatch):
    for language, word in (("vi_VN.UTF-8", "cách dùng:"), ("C", "usage:")):
        monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert capsys.readouterr().err.startswith(word)
