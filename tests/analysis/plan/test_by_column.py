"""A plan over Parquet gives the same result by column as by row."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.plan import by_column
from analysis.plan.faults import PlanFaults
from analysis.plan.read import read_plan
from analysis.plan.result import result_of
from analysis.plan.run import run

PLAN = """
plan = 1
[data]
file = "a.parquet"
[design]
strata = "stratum"
clusters = "psu"
weight = "w"
lonely = "adjust"
"""

ESTIMATES = """
[[estimate]]
name = "whole"
kind = "mean"
of = ["q", "income", "half"]
[[estimate]]
name = "shares"
kind = "proportion"
of = ["q", "place", "half"]
by = ["unit", "code"]
covariance = true
[[estimate]]
name = "fours"
kind = "proportion"
of = "q"
categories = ["4", "5"]
by = "unit"
interval = "beta"
design_effect = "without-replacement"
[[estimate]]
name = "people"
kind = "count"
by = "code"
[[estimate]]
name = "counted"
kind = "count"
of = ["place", "half"]
[[estimate]]
name = "sum"
kind = "total"
of = ["q", "income"]
by = "unit"
level = 0.9
df = 7
[[contrast]]
name = "change"
estimate = "fours"
difference = [{ unit = "x" }, { unit = "y" }]
"""


def write(folder, n=120, **changes):
    """Rows with missing answers and domains, texts as texts and as categories."""
    rng = np.random.default_rng(7)

    def some(values, share=0.1):
        return pa.array(values, mask=rng.random(n) < share)

    psu = rng.integers(0, 12, n)
    columns = {
        "stratum": pa.array(np.array(["north", "south", "west"], dtype=object)[psu // 4]),
        "psu": pa.array((psu % 4 + 1).astype(np.int16)),
        "w": pa.array(rng.lognormal(3, 0.5, n)),
        "unit": some(rng.choice(np.array(["x", "y", "10", "9"], dtype=object), n)),
        "code": some(rng.integers(8, 12, n).astype(np.int32)).cast(pa.int32()),
        "q": some(rng.integers(1, 6, n).astype(np.int8)),
        "half": some(rng.integers(0, 2, n).astype(np.int8)),
        "place": some(rng.choice(np.array(["far", "near", "ở xa"], dtype=object), n))
        .dictionary_encode(),
        "income": some(rng.normal(5e6, 2e6, n)),
        "communes": pa.array(np.array([20, 30, 40])[psu // 4]),
        "share": pa.array(np.array([0.2, 0.3, 0.4])[psu // 4]),
    }  # fmt: skip
    pq.write_table(pa.table(columns | changes), folder / "a.parquet", row_group_size=50)


def both(folder, text):
    """The result of a plan by row and by column."""
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    plan = read_plan(folder / "plan.toml")
    by_row = run(plan, needs_rows=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_column, "ROWS_WORTH_IT", 0)
        without_rows = run(plan)
    return by_row, without_rows


def assert_same(one, other, place="result"):
    """Equal but for rounding, place by place."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for name in one:
            assert_same(one[name], other[name], f"{place}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), place
        for number, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{place}[{number}]")
    elif isinstance(one, float) and not math.isnan(one):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9), place
    else:
        assert one == other or (one != one and other != other), place  # noqa: PLR0124


@pytest.mark.parametrize(
    "design",
    [
        "",
        'fpc = "communes"',
        'fpc = "share"',
        'fpc = "communes"\nfpc_kind = "size"\nnested = true',
    ],
)
def test_same_result_by_column_as_by_row(tmp_path, design):
    write(tmp_path)
    by_row, without_rows = both(tmp_path, PLAN + design + ESTIMATES)
    assert without_rows.prepared is None
    assert by_row.prepared is not None
    assert_same(result_of(by_row), result_of(without_rows))


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(8, "certainty")
@given(st.integers(1, 60), st.sampled_from(["certainty", "remove", "average"]))
def test_same_result_for_small_samples_and_other_policies(tmp_path, n, policy):
    write(tmp_path, n)
    text = (PLAN + ESTIMATES[: ESTIMATES.index("[[contrast]]")]).replace("adjust", policy)
    try:
        by_row, without_rows = both(tmp_path, text)
    except PlanFaults:
        return  # e.g. only one category: the same faults either way, told by the way by rows
    assert_same(result_of(by_row), result_of(without_rows))


@pytest.mark.parametrize(
    "text",
    [
        PLAN + '[[estimate]]\nname = "m"\nkind = "quantile"\nof = "q"\n',
        PLAN + '[[derive]]\nname = "d"\nexpression = "q - AVG(q)"\n'
        '[[estimate]]\nname = "m"\nkind = "mean"\nof = "d"\n',
        PLAN + '[[estimate]]\nname = "m"\nkind = "mean"\nof = "q"\n'
        'where = "COUNT(*) OVER (PARTITION BY psu) > 5"\n',
        PLAN.replace('clusters = "psu"\n', "") + '[[estimate]]\nname = "m"\nkind = "count"\n',
        PLAN + '[[weights]]\nstep = "trim"\nupper = 30\n'
        '[[estimate]]\nname = "m"\nkind = "mean"\nof = "q"\n',
        PLAN + '[[estimate]]\nname = "m"\nkind = "mean"\nof = "q"\n'
        '[[test]]\nname = "t"\nkind = "t"\nof = "q"\nvalue = 3\n',
    ],
)
def test_what_needs_rows_is_done_by_rows(tmp_path, text):
    write(tmp_path)
    _, other = both(tmp_path, text)
    assert other.prepared is not None


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("w", pa.array([-1.0] + [1.0] * 119), "bad-weight"),
        ("psu", pa.array([None] + [1] * 119), "missing-design-cell"),
        ("income", pa.array([math.inf] + [1.0] * 119), "infinite-number"),
    ],
)
def test_faults_are_told_as_by_rows(tmp_path, column, values, code):
    write(tmp_path, **{column: values})
    (tmp_path / "plan.toml").write_text(PLAN + ESTIMATES, encoding="utf-8")
    plan = read_plan(tmp_path / "plan.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_column, "ROWS_WORTH_IT", 0)
        with pytest.raises(PlanFaults) as faults:
            run(plan)
    assert code in {fault.code for fault in faults.value.faults}


def test_few_rows_are_not_worth_it(tmp_path):
    write(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN + ESTIMATES, encoding="utf-8")
    assert run(read_plan(tmp_path / "plan.toml")).prepared is not None
