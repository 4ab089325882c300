"""Formulas in SQL keep every digit."""

import polars as pl
import pytest

from analysis.plan.positions import find_positions
from analysis.plan.reader import Reader
from analysis.plan.sql import floating, parse_sql


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.0 * a / b", 1 / 3),
        ("100.0*a/b", 100 / 3),
        ("a / 3.0 + .5", 1 / 3 + 0.5),
        ("a / 3.", 1 / 3),
        ("1.5e0 * a / b", 0.5),
        ("CASE WHEN name = '1.0' THEN 0.1 ELSE 0.7 END", 0.1),
        ('"x 2.5" * 1.0', 4.0),
    ],
)
def test_decimal_numbers_are_floating_point(written, expected):
    frame = pl.DataFrame({"a": [1], "b": [3], "name": ["1.0"], "x 2.5": [4]})
    reader = Reader(find_positions(""))
    found = frame.select(parse_sql(written, ("derive", 0), reader).alias("found"))["found"]
    assert reader.faults == []
    assert found.dtype == pl.Float64
    assert found[0] == expected


def test_what_is_quoted_stays_as_it_is():
    text = "name = 'it''s 1.0' AND \"x 2.5\" > 2 AND t1.0 IS NULL"
    assert floating(text) == text
