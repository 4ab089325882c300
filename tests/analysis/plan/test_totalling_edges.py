"""Columns of every type, and what is wrong with plans, are the same by column as by row."""

import datetime as dt
import unicodedata
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.plan import by_column
from analysis.plan.read import parse_plan
from tests.analysis.plan.test_totalling import assert_same, result

N = 90
DAYS = [dt.date(2025, 1, 1 + day % 3) for day in range(N)]
HEAD = """\
plan = 1
[data]
file = "a.parquet"
TYPES
[design]
strata = "h"
clusters = "psu"
weight = "w"
lonely = "adjust"
"""


def marks(number):
    """A text with its marks apart, together, or none at all."""
    form = "NFD" if number % 3 else "NFC"
    return unicodedata.normalize(form, "ở xa") if number % 2 else "gần"


def table():
    """Columns of many types; answers to q are sometimes missing."""
    rng = np.random.default_rng(0)
    psu = rng.integers(0, 9, N)
    columns = {
        "h": psu % 3,
        "psu": psu,
        "w": rng.uniform(1, 3, N),
        "q": pa.array(rng.integers(1, 6, N).astype(np.int8), mask=rng.random(N) < 0.1),
        "none": pa.array([None] * N, pa.int32()),
        "nothing": pa.nulls(N),
        "nan": np.full(N, np.nan),
        "marks": np.array([marks(k) for k in range(N)], dtype=object),
        "large": 2**62 + rng.integers(0, 5, N),
        "larger": pa.array(np.uint64(2**63) + rng.integers(0, 3, N).astype(np.uint64)),
        "time": pa.array([dt.datetime.combine(day, dt.time(1)) for day in DAYS]),
        "day": pa.array(DAYS),
        "price": pa.array([Decimal(k % 3) for k in range(N)], pa.decimal128(5, 0)),
        "many": np.arange(N) * 1000,
        "zeros": rng.choice([0.5, 1.0, -0.0, 0.0], N),
        "lists": pa.array([["a", "b"] if k % 2 else ["c"] for k in range(N)]),
        'odd "name"': rng.integers(0, 3, N),
        "a.b": rng.integers(0, 3, N),
        "blank": np.array(["" if k % 4 == 0 else "x" if k % 3 else " x" for k in range(N)], object),
        "listed": pa.array(["u", "v", "w"] * 30).dictionary_encode(),
        "numbers_listed": pa.array([1, 2, 3] * 30).dictionary_encode(),
        "short": rng.normal(0, 1, N).astype(np.float32),
        "small": rng.integers(-128, 127, N).astype(np.int8),
        "truth": rng.random(N) < 0.5,
        "octets": pa.array([b"a"] * N),
        "half": pa.array(rng.normal(0, 1, N).astype(np.float16)),
    }
    return pa.table(columns)


TABLE = table()
COLUMNS = [name for name in TABLE.column_names if name not in {"h", "psu", "w"}]


def estimate(kind, of, **more):
    lines = f'[[estimate]]\nname = "e"\nkind = "{kind}"\nof = {of}\n'
    return lines + "".join(f"{key} = {value}\n" for key, value in more.items())


def both(folder, text, monkeypatch):
    """Return the result by row, the result by column, and whether rows were needed after all."""
    pq.write_table(TABLE, folder / "a.parquet", row_group_size=40)
    monkeypatch.setattr(by_column, "ROWS_WORTH_IT", 0)
    plan = parse_plan(text.replace("TYPES", ""), folder)
    expected, _ = result(plan, needs_rows=True)
    found, rows = result(plan, needs_rows=False)
    return expected, found, rows is not None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_any_type_are_the_same_either_way(tmp_path, name, monkeypatch):
    quoted = '"' + name.replace('"', '\\"') + '"'
    for head, body in (
        ("", estimate("mean", quoted)),
        ("", estimate("proportion", quoted)),
        ("", estimate("count", quoted)),
        ("", estimate("mean", '"q"', by=quoted)),
        (f'types = {{ {quoted} = "category" }}', estimate("proportion", quoted)),
        (f'types = {{ {quoted} = "number" }}', estimate("mean", quoted)),
    ):
        text = HEAD.replace("TYPES", head) + body
        expected, found, _ = both(tmp_path, text, monkeypatch)
        assert_same(expected, found)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("of", 'where = "q > 100"\nof'),
        ("of", 'where = "q + 1"\nof'),
        ("of", 'where = "none > 1"\nof'),
        ("[design]", '[[derive]]\nname = "z"\nexpression = "q / (q - 3)"\n[design]'),
        ("[design]", '[[derive]]\nname = "z"\nexpression = "CAST(blank AS INT)"\n[design]'),
        ("[design]", '[[derive]]\nname = "q"\nexpression = "q + 1"\n[design]'),
        ("[design]", '[[derive]]\nname = "z"\nexpression = "NULL"\n[design]'),
        ('strata = "h"', "nested = false"),
        ('strata = "h"', 'strata = "blank"'),
        ('strata = "h"', 'strata = "marks"'),
        ('clusters = "psu"', 'clusters = "zeros"'),
        ('clusters = "psu"', 'clusters = "time"'),
        ('weight = "w"', 'weight = "short"'),
        ('weight = "w"', 'weight = "many"'),
        ('weight = "w"', 'weight = "none"'),
        ('weight = "w"', 'weight = "truth"'),
        ('weight = "w"', 'weight = "w"\nfpc = "small"'),
        ('weight = "w"', 'weight = "w"\nfpc = 0.2'),
        ('weight = "w"', 'weight = "w"\nfpc = 2'),
        ('"q"', '"unknown"'),
        ('of = "q"', 'of = "q"\ncategories = [1, 77]'),
    ],
)
def test_what_is_wrong_is_the_same_either_way(tmp_path, old, new, monkeypatch):
    text = (HEAD + estimate("mean", '"q"')).replace(old, new, 1)
    expected, found, _ = both(tmp_path, text, monkeypatch)
    assert_same(expected, found)


@pytest.mark.parametrize("name", ["marks", "blank", "lists", "price", "listed", "larger", "truth"])
def test_columns_of_unusual_types_need_no_rows(tmp_path, name, monkeypatch):
    _, _, needed_rows = both(tmp_path, HEAD + estimate("proportion", f'"{name}"'), monkeypatch)
    assert not needed_rows
