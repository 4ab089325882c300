"""Response patterns worth a second look."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.screening import patterns, straight_lining

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


def alike(rows, group=None, match=0.8, min_answers=5):
    answers = np.array(rows)
    items = tuple(f"i{k}" for k in range(answers.shape[1]))
    columns = dict(zip(items, answers.T, strict=True))
    group = np.zeros(len(rows), dtype=np.int64) if group is None else np.array(group)
    found = patterns.near_duplicates(columns, items, group, match=match, min_answers=min_answers)
    return found.tolist()


def test_forms_that_differ_in_one_of_five_answers_are_nearly_the_same():
    rows = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 4], [5, 4, 3, 2, 1]]
    assert alike(rows) == [True, True, False]
    assert alike(rows, match=0.81) == [False, False, False]


def test_forms_of_other_units_are_not_compared():
    rows = [[1, 2, 3, 4, 5]] * 2
    assert alike(rows) == [True, True]
    assert alike(rows, group=[0, 1]) == [False, False]
    assert alike(rows, group=[-1, -1]) == [False, False]


def test_one_answer_to_everything_is_no_copy_of_another():
    assert alike([[4] * 5, [4] * 5, [4, 4, 4, 4, 3]]) == [False, False, False]


def test_only_what_both_answered_is_compared():
    rows = [[1, 2, 3, 4, 5, MISSING], [1, 2, 3, 4, 5, 1]]
    assert alike(rows) == [True, True]
    assert alike(rows, min_answers=6) == [False, False]


def test_many_forms_are_compared_in_parts():
    rng = np.random.default_rng(1)
    rows = rng.integers(1, 6, (patterns.LIKE_COUNTED_AT_ONCE + 50, 22))
    rows[-1] = rows[0]
    found = np.flatnonzero(alike(rows, match=1.0))
    assert found.tolist() == [0, len(rows) - 1]


@given(st.permutations(range(12)), st.integers(0, 2**32 - 1))
def test_the_order_of_forms_changes_nothing(order, seed):
    rng = np.random.default_rng(seed)
    rows, group = rng.integers(1, 4, (12, 6)), rng.integers(0, 2, 12)
    found = np.array(alike(rows, group))
    assert alike(rows[list(order)], group[list(order)]) == found[list(order)].tolist()


def test_nobody_reads_a_hundred_words_in_half_a_minute():
    seconds = np.array([29.9, 30.0, np.nan])
    assert patterns.too_quick(seconds, 100).tolist() == [True, False, False]


def test_numbers_that_end_in_nought_or_five():
    assert patterns.heaped(np.array([20.0, 35.0, 36.0, np.nan])).tolist() == [
        True, True, False, False,
    ]  # fmt: skip


def test_hours_before_opening_and_after_closing():
    hours = np.array([6.9, 7.0, 17.4, 17.5, np.nan])
    assert patterns.outside_hours(hours).tolist() == [True, False, False, True, False]


def test_saturday_and_sunday():
    days = np.array([date(2026, 11, day).toordinal() for day in (20, 21, 22, 23)])
    assert patterns.on_days_off(days).tolist() == [False, True, True, False]


def test_a_device_may_serve_a_family():
    device = np.array(["x"] * 4 + ["y"] * 3 + ["x", None], dtype=object)
    group = np.array([0] * 7 + [1, 0])
    found = patterns.from_busy_device(device, group)
    assert found.tolist() == [True] * 4 + [False] * 5
