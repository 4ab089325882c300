"""Totals by a group-by of the database, against a pass over the rows."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.columnar import (
    Number,
    Request,
    StageNames,
    Trait,
    by_database,
    merge,
    reduce,
    reduce_parquet,
)
from analysis.columnar.by_database import reduce_in_database
from analysis.columnar.by_rows import reduce_rows
from analysis.columnar.order import numbered, order_of
from analysis.errors import BadWeightError, MissingDesignError
from tests.analysis.columnar.tables import Table
from tests.analysis.columnar.test_reduce_parquet import bits

in_files = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WEIGHTS = ("near", "far", "zeros", "short", "whole")
STAGES = (StageNames("psu", "stratum"),)
ITEMS = ("a", "b", "flag")
KNOWN = tuple(Trait((item,)) for item in ITEMS)
WANTED = Request(
    STAGES,
    "weight",
    (*map(Number, ITEMS), *KNOWN, Number("b", is_squared=True), Trait(ITEMS)),
    (*KNOWN, Trait(), Trait(("a", "b"))),
    ((), ("domain", "group"), ("stratum", "flag")),
)


def weights(rng, n, kind):
    if kind == "whole":
        return pa.array(rng.integers(1, 50, n), pa.int32())
    values = rng.lognormal(3, 4.0 if kind == "far" else 0.7, n)
    if kind == "far":
        values = np.clip(values, 1e-2, 1e4)
    if kind == "zeros":
        values[rng.random(n) < 0.3] = 0.0
    return pa.array(values, pa.float32() if kind == "short" else pa.float64())


@st.composite
def tables(draw, least=1, most=80):
    """Draw respondents, all of whose columns are numbers, with gaps or without."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(least, most))
    gaps = draw(st.sampled_from([0.0, 0.05]))

    def some(values, kind):
        return pa.array(values, kind, mask=rng.random(n) < gaps)

    psu = rng.integers(0, 6, n)
    return Table(
        {
            "stratum": pa.array(psu // 3, pa.int8()),
            "psu": pa.array(10**12 * psu - 7),
            "weight": weights(rng, n, draw(st.sampled_from(WEIGHTS))),
            "domain": some(rng.integers(-2, 2, n), pa.int16()),
            "group": some(rng.integers(0, 3, n), pa.uint8()),
            "a": some(rng.integers(1, 6, n), pa.int8()),
            "b": some(rng.integers(0, 12, n), pa.uint16()),
            "flag": some(rng.random(n) < 0.5, pa.bool_()),
        }
    )


@pytest.fixture(autouse=True, scope="module")
def _even_for_small_files_with_many_missing_answers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_database, "MOST_MISSING", 3.0)
        patch.setattr(reduce, "LEAST_BYTES", 0)
        yield


def both(path, wanted=WANTED):
    paths = [path] if isinstance(path, str) or not isinstance(path, list) else path
    database = reduce_in_database(paths, wanted, is_part=True, n_threads=2)
    rows = reduce_rows(paths, wanted, is_part=True, n_threads=2)
    return database, rows


@in_files
@given(tables())
def test_same_bits_as_a_pass_over_the_rows(tmp_path, table):
    database, rows = both(table.write(tmp_path / "a.parquet"))
    assert database is not None
    assert database.layout == rows.layout
    assert bits(database) == bits(rows)


@in_files
@given(tables(least=2), st.randoms(use_true_random=False), st.integers(1, 4))
def test_parts_in_any_order_make_the_same_bits(tmp_path, table, chance, n_parts):
    rows = list(range(table.n))
    chance.shuffle(rows)
    edges = sorted([0, *(chance.randint(0, table.n) for _ in range(n_parts - 1)), table.n])
    parts = [table.taken(rows[begin:end]) for begin, end in pairwise(edges) if end > begin]
    paths = [part.write(tmp_path / f"{place}.parquet") for place, part in enumerate(parts)]
    whole = table.write(tmp_path / "whole.parquet")
    together = reduce_in_database(paths, WANTED, is_part=True, n_threads=2)
    assert bits(together) == bits(reduce_in_database([whole], WANTED, is_part=True, n_threads=1))
    alone = [reduce_in_database([path], WANTED, is_part=True, n_threads=1) for path in paths]
    mixed = [
        reduce_rows([path], WANTED, is_part=True, n_threads=1) if place % 2 else part
        for place, (path, part) in enumerate(zip(paths, alone, strict=True))
    ]
    assert bits(merge(alone)) == bits(merge(alone[::-1])) == bits(merge(mixed))


def respondents(n=300, **changes):
    rng = np.random.default_rng(3)
    psu = rng.integers(0, 9, n)
    columns = {
        "stratum": pa.array(psu // 3, pa.int8()),
        "psu": pa.array(psu, pa.int32()),
        "weight": pa.array(rng.lognormal(3, 1, n)),
        "domain": pa.array(rng.integers(0, 4, n), pa.int8()),
        "a": pa.array(rng.integers(1, 6, n), pa.int8(), mask=rng.random(n) < 0.05),
    }
    return Table(columns | {name: pa.array(values) for name, values in changes.items()})


OF_RESPONDENTS = Request(
    STAGES, "weight", (Number("a"), Trait(("a",))), (Trait(("a",)),), (("domain",),)
)


@pytest.mark.parametrize("options", [{"write_statistics": False}, {"row_group_size": 7}])
def test_footers_change_nothing(tmp_path, options):
    expected = reduce_rows(
        [respondents().write(tmp_path / "a.parquet")], OF_RESPONDENTS, is_part=True, n_threads=1
    )
    path = respondents().write(tmp_path / "b.parquet", **options)
    assert bits(reduce_parquet(path, OF_RESPONDENTS, is_part=True)) == bits(expected)


@pytest.mark.parametrize(
    ("weight", "value"), [(np.nan, "nan"), (np.inf, "inf"), (-1.0, "-1.0"), (None, "missing")]
)
def test_a_bad_weight_is_refused_with_its_row(tmp_path, weight, value):
    given_weights = respondents().columns["weight"].to_pylist()
    given_weights[123] = weight
    path = respondents(weight=given_weights).write(tmp_path / "a.parquet")
    assert reduce_in_database([path], OF_RESPONDENTS, is_part=False, n_threads=2) is None
    if weight is not None and np.isnan(weight):
        value = "missing"
    with pytest.raises(BadWeightError) as refused:
        reduce_parquet(path, OF_RESPONDENTS)
    assert refused.value.context["row"] == "123"
    assert refused.value.context["value"] == value


def test_a_missing_design_is_refused_with_its_row(tmp_path):
    psu = respondents().columns["psu"].to_pylist()
    psu[200] = None
    path = respondents(psu=psu).write(tmp_path / "a.parquet")
    assert reduce_in_database([path], OF_RESPONDENTS, is_part=False, n_threads=2) is None
    with pytest.raises(MissingDesignError) as refused:
        reduce_parquet(path, OF_RESPONDENTS)
    assert refused.value.context["row"] == "200"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"domain": ["x", "y", "z"] * 100}, OF_RESPONDENTS),
        ({"a": np.linspace(0, 1, 300)}, OF_RESPONDENTS),
        ({"a": [None, 1, 2] * 100, "weight": np.geomspace(1e-12, 1e12, 300)}, OF_RESPONDENTS),
        ({"a": [-1, 1, 2] * 100}, OF_RESPONDENTS),
        ({"a": [np.nan, 1.0, 2.0] * 100}, Request(STAGES, "weight", (Trait(("a",)),))),
        ({}, Request(STAGES, "weight", (Trait(("a",), (4, 5)),))),
    ],
)
def test_what_is_left_to_a_pass_over_the_rows(tmp_path, changes, wanted):
    path = respondents(**changes).write(tmp_path / "a.parquet")
    database, rows = both(path, wanted)
    assert database is None
    assert bits(reduce_parquet(path, wanted, is_part=True)) == bits(rows)


def test_many_missing_answers_are_left_to_a_pass_over_the_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(by_database, "MOST_MISSING", 0.5)
    path = respondents(a=[None, None, 2] * 100).write(tmp_path / "a.parquet")
    assert both(path, OF_RESPONDENTS)[0] is None


def test_many_small_cells_are_left_to_a_pass_over_the_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(by_database, "FEW_CELLS", 20)
    path = respondents(domain=range(300)).write(tmp_path / "a.parquet")
    assert both(path, OF_RESPONDENTS)[0] is None
    few = respondents().write(tmp_path / "b.parquet")
    assert both(few, OF_RESPONDENTS)[0] is not None


def test_names_of_columns_and_files_are_taken_as_they_are(tmp_path):
    name = 'a"; DROP TABLE x --'
    columns = dict(respondents().columns)
    columns[name] = columns.pop("a")
    wanted = Request(STAGES, "weight", (Number(name),), (Trait((name,)),), (("domain",),))
    path = Table(columns).write(tmp_path / "it's a file.parquet")
    database, rows = both(path, wanted)
    assert database is not None
    assert bits(database) == bits(rows)
    pattern = Table(columns).write(tmp_path / "[ab]*.parquet")
    assert both(pattern, wanted)[0] is None
    assert bits(reduce_parquet(pattern, wanted, is_part=True)) == bits(rows)


def test_names_that_differ_in_case_only_are_different_columns(tmp_path):
    columns = respondents().columns | {"A": pa.array(range(300))}
    path = Table(columns).write(tmp_path / "a.parquet")
    database, rows = both(path, OF_RESPONDENTS)
    assert bits(reduce_parquet(path, OF_RESPONDENTS, is_part=True)) == bits(rows)
    assert database is None or bits(database) == bits(rows)


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.sampled_from([-(2**62), 0, 5, 2**62])), max_size=30)
)
def test_combinations_are_numbered_in_their_order(rows):
    columns = [np.array([row[k] for row in rows], dtype=np.int64) for k in range(2)]
    values, number = numbered(columns, len(rows))
    distinct = sorted(set(rows))
    assert list(zip(*(column.tolist() for column in values), strict=True)) == distinct
    assert number.tolist() == [distinct.index(row) for row in rows]


@given(st.sets(st.integers(0, 2**20), max_size=40), st.sampled_from([2**20 + 1, 2**40]))
def test_the_order_of_keys_is_that_of_sorting(keys, bound):
    given_keys = np.array(list(keys), dtype=np.int64)
    assert given_keys[order_of(given_keys, bound)].tolist() == sorted(keys)
    close = given_keys % 7919
    _, first = np.unique(close, return_index=True)
    assert close[first][order_of(close[first], 7919)].tolist() == sorted(set(close.tolist()))


def test_neither_arrow_nor_scipy_is_imported_where_the_database_is_enough(tmp_path):
    path = respondents().write(tmp_path / "a.parquet")
    program = f"""
import sys
from analysis.columnar import Number, Request, StageNames, TotalsSample, reduce, reduce_parquet
from analysis.finish import Estimand, Options, finish
from analysis.results import IntervalMethod
reduce.LEAST_BYTES = 0
wanted = Request((StageNames("psu", "stratum"),), "weight", (Number("a"),))
found = reduce_parquet({str(path)!r}, wanted)
one = lambda totals: [Estimand(totals[0], 0, None, IntervalMethod.MEAN)]
finish(one, TotalsSample.of(found), Options())
sys.exit(bool({{"pyarrow", "scipy", "polars"}} & sys.modules.keys()))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
