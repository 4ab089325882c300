"""Random plans over random files give by column what they give by row."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.plan import by_column
from analysis.plan.faults import PlanFaults
from analysis.plan.read import parse_plan
from analysis.plan.result import result_of
from analysis.plan.run import run
from analysis.plan.totalling.row_by_row import is_row_by_row
from tests.analysis.plan import totalled_plans

SAME = 1e-12
"""Largest difference, as a share of the figure, its error, or what it is made of."""
LOOSE = {"design_effect": 1e-9, "effective_n": 1e-9, "p_value": 1e-10, "statistic": 1e-10}
"""What is made of differences that cancel in rows as well, or of tails of distributions."""


def result(plan, *, needs_rows):
    """Return the result of a plan with how it was come by, or its faults."""
    try:
        found = run(plan, needs_rows=needs_rows)
    except PlanFaults as faults:
        return sorted((one.code, one.place) for one in faults.faults), None
    return result_of(found), found.prepared


def assert_same(one, other, place="result", scale=0.0):
    """Equal but for rounding, place by place."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        if "standard_error" in one:
            numbers = [one[key] for key in ("value", "standard_error", "low", "high")]
            scale = max([1e-3, *(abs(x) for x in numbers if x is not None and math.isfinite(x))])
        for name in one:
            assert_same(one[name], other[name], f"{place}.{name}", scale)
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), place
        for number, pair in enumerate(zip(one, other, strict=True)):
            if ".matrix" not in place:
                assert_same(*pair, f"{place}[{number}]", scale)
    elif isinstance(one, float) and not math.isnan(one):
        if place.endswith("distance"):
            scale = 1e3  # from totals that are met but for rounding
        loose = LOOSE.get(place.rpartition(".")[2], SAME)
        assert other == pytest.approx(one, rel=loose, abs=SAME * scale), place
    else:
        assert one == other or (one != one and other != other), place  # noqa: PLR0124


def assert_same_covariances(one, other):
    """Equal but for the rounding of the variances they belong to, or of the figures."""
    for expected, found in zip(one["covariances"], other["covariances"], strict=True):
        first, second = np.array(expected["matrix"]), np.array(found["matrix"])
        figures = [row["value"] for row in one["estimates"] if row["name"] == expected["name"]]
        errors = np.sqrt(np.abs(np.nan_to_num(np.diag(first))))
        least = max(1e-4 * errors.max(initial=0.0), 1e-9 * np.abs(np.nan_to_num(figures)).max())
        errors = np.maximum(errors, least)
        known = ~np.isnan(first)
        np.testing.assert_array_equal(known, ~np.isnan(second))
        size = np.outer(errors, errors)[known]
        assert (np.abs(first - second)[known] <= 100 * SAME * size).all(), expected["name"]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 100_000), is_weighted=st.booleans())
@example(seed=7, is_weighted=False)
@example(seed=27, is_weighted=False)
@example(seed=73, is_weighted=True)
@example(seed=281, is_weighted=True)
def test_random_plans_give_the_same_either_way(tmp_path, seed, is_weighted):
    rng = np.random.default_rng(seed)
    table = totalled_plans.sample(rng)
    data = totalled_plans.written(table, tmp_path, rng)
    steps = totalled_plans.weighting(rng, table) if is_weighted else ()
    plan = parse_plan(totalled_plans.plan(rng, data, steps), tmp_path)
    expected, _ = result(plan, needs_rows=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_column, "ROWS_WORTH_IT", 0)
        found, rows = result(plan, needs_rows=False)
    if isinstance(expected, list):
        assert found == expected
        return
    assert rows is None, "rows were not needed"
    assert_same(expected, found)
    assert_same_covariances(expected, found)


def listed(text):
    return [one.strip() for one in text.split(";")]


ONE_ROW = """
a + b; a / b; -a; a > 1 AND NOT b = 2; a <> b; a IN (1, 2); s NOT IN ('x'); a BETWEEN 1 AND 2;
COALESCE(a, b, 0); CAST(s AS DOUBLE); s LIKE 'x%'; s ILIKE '%y_'; LN(a); SQRT(a); POW(a, 2);
ROUND(a, 1); ABS(a); GREATEST(a, b); CASE WHEN a > 1 THEN b ELSE 2 END; a IS NULL; NULL; 1;
NULLIF(a, b); UPPER(s); LENGTH(s); SUBSTR(s, 1, 2); REPLACE(s, 'a', 'b'); s || 'x';
SPLIT_PART(s, '-', 1); MOD(a, 2)
"""
OTHER_ROWS = """
COUNT(*) OVER (PARTITION BY a); AVG(a); a - AVG(a); ROW_NUMBER() OVER (ORDER BY a);
LAG(a) OVER (ORDER BY b); FIRST(a); a > MEDIAN(a); COUNT(a); MAX(a); UNNEST(a);
DENSE_RANK() OVER (ORDER BY a); a / SUM(a); CASE WHEN a > AVG(a) THEN 1 END;
COALESCE(a, MAX(a)); s || MIN(s)
"""


@pytest.mark.parametrize("text", listed(ONE_ROW))
def test_expressions_about_one_row_are_known_to_be(text):
    assert is_row_by_row(pl.sql_expr(text))


@pytest.mark.parametrize("text", listed(OTHER_ROWS))
def test_expressions_about_other_rows_are_not_taken_for_such(text):
    assert not is_row_by_row(pl.sql_expr(text))
