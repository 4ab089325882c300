"""Response patterns worth a second look."""

import numpy as np

from analysis.answers import MISSING
from analysis.screening import straight_lining

ITEMS = ("a", "b", "c")


def flags(rows, min_answers=3):
    answers = np.array(rows)
    columns = dict(zip(ITEMS, answers.T, strict=True))
    return straight_lining(columns, ITEMS, min_answers=min_answers).tolist()


def test_the_same_answer_to_everything_is_flagged():
    assert flags([[4, 4, 4], [4, 4, 5]]) == [True, False]


def test_few_answers_are_no_pattern():
    assert flags([[4, 4, MISSING]]) == [False]
    assert flags([[4, 4, MISSING]], min_answers=2) == [True]
    assert flags([[MISSING] * 3], min_answers=1) == [False]


def test_floats_with_nan_are_read():
    assert flags([[4.0, np.nan, 4.0]], min_answers=2) == [True]
