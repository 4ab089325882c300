"""Columns as codes."""

import numpy as np
import pytest

from analysis.answers import MISSING, join_choices
from analysis.coding import encode


@pytest.mark.parametrize(
    ("column", "levels", "codes"),
    [
        (np.array(["b", "a", "b"]), ("a", "b"), [1, 0, 1]),
        (np.array(["b", None, ""], dtype=object), ("b",), [0, -1, -1]),
        (np.array([10, 9, MISSING]), ("9", "10"), [1, 0, -1]),
        (np.array([2.0, np.nan, 1.5, MISSING]), ("1.5", "2"), [1, -1, 0, -1]),
        (np.array([True, False]), ("0", "1"), [1, 0]),
        (np.array([3, "a", None], dtype=object), ("3", "a"), [0, 1, -1]),
        (np.array(["ố", "Đ", "d"]), ("d", "Đ", "ố"), [2, 1, 0]),
        (np.array([], dtype=object), (), []),
        (np.array([None, None], dtype=object), (), [-1, -1]),
    ],
)
def test_levels_are_sorted_and_missing_is_minus_one(column, levels, codes):
    coded = encode(column)
    assert coded.levels == levels
    assert coded.codes.tolist() == codes
    assert coded.codes.dtype == np.int32


def test_choices_are_joined():
    assert join_choices([["a", "b"], [], None]).tolist() == ["a b", None, None]
