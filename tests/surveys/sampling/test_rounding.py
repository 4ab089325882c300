"""Shares within bounds, and whole numbers that add up."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from surveys.sampling.bounds import share_within_bounds
from surveys.sampling.errors import SizeAboveMaximumError, SizeBelowMinimumError
from surveys.sampling.rounding import round_to_total

LAW = settings(deadline=None)


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


def real(*numbers):
    return np.array(numbers, dtype=np.float64)


# Whole numbers, by hand


def test_the_largest_remainders_get_what_is_left():
    sizes = real(2.5, 3.2, 4.3)
    rounded = round_to_total(sizes, 10, whole(0, 0, 0), whole(9, 9, 9))
    assert rounded.tolist() == [3, 3, 4]


def test_equal_remainders_go_to_the_larger_and_then_to_the_first():
    assert round_to_total(real(1.5, 2.5), 4, whole(0, 0), whole(9, 9)).tolist() == [1, 3]
    assert round_to_total(real(1.5, 1.5), 3, whole(0, 0), whole(9, 9)).tolist() == [2, 1]


def test_a_bound_passes_what_is_left_on():
    sizes = real(2.9, 3.6, 3.5)
    assert round_to_total(sizes, 10, whole(0, 0, 0), whole(2, 9, 9)).tolist() == [2, 4, 4]
    assert round_to_total(sizes, 10, whole(0, 0, 5), whole(9, 9, 9)).tolist() == [2, 3, 5]


def test_almost_whole_numbers_stay():
    sizes = real(2.9999999999999996, 3.0000000000000004, 4.0)
    assert round_to_total(sizes, 10, whole(0, 0, 0), whole(9, 9, 9)).tolist() == [3, 3, 4]


def test_a_total_outside_the_bounds_is_refused():
    with pytest.raises(SizeBelowMinimumError):
        round_to_total(real(1, 1), 1, whole(1, 1), whole(5, 5))
    with pytest.raises(SizeAboveMaximumError):
        round_to_total(real(5, 5), 11, whole(1, 1), whole(5, 5))


# Whole numbers, laws


@st.composite
def sizes_of_a_total(draw):
    """Real sizes that add up to a whole total."""
    weights = draw(st.lists(st.floats(0.01, 100), min_size=1, max_size=12))
    total = draw(st.integers(0, 500))
    return np.array(weights) / sum(weights) * total, total


@LAW
@given(sizes_of_a_total())
def test_without_bounds_the_total_is_kept_and_nobody_moves_by_one(case):
    sizes, total = case
    free = np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), 10_000)
    rounded = round_to_total(sizes, total, *free)
    assert rounded.sum() == total
    assert np.all(np.abs(rounded - sizes) < 1)


@LAW
@given(sizes_of_a_total())
def test_the_larger_never_gets_less(case):
    sizes, total = case
    free = np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), 10_000)
    rounded = round_to_total(sizes, total, *free)
    for (a, na), (b, nb) in itertools.permutations(zip(sizes, rounded, strict=True), 2):
        assert na >= nb or a <= b + 1e-6


@LAW
@given(sizes_of_a_total(), st.data())
def test_bounds_and_total_are_kept_whatever_they_are(case, data):
    sizes, total = case
    lower = np.array([data.draw(st.integers(0, 30)) for _ in sizes])
    upper = lower + np.array([data.draw(st.integers(0, 200)) for _ in sizes])
    if lower.sum() <= total <= upper.sum():
        rounded = round_to_total(sizes, total, lower, upper)
        assert rounded.sum() == total
        assert np.all((rounded >= lower) & (rounded <= upper))


@LAW
@given(st.lists(st.floats(0.1, 4), min_size=2, max_size=5), st.integers(0, 9))
def test_no_other_whole_numbers_are_nearer(weights, total):
    sizes = np.array(weights) / sum(weights) * total
    free = np.zeros(len(sizes), dtype=np.int64), np.full(len(sizes), total)
    rounded = round_to_total(sizes, total, *free)
    others = itertools.product(range(total + 1), repeat=len(sizes))
    for other in others:
        if sum(other) == total:
            assert ((rounded - sizes) ** 2).sum() <= ((np.array(other) - sizes) ** 2).sum() + 1e-6


# Shares, by hand


def test_a_stratum_at_its_end_leaves_the_rest_to_the_others():
    # 100 to 1 : 2 : 7 would be 10, 20, 70.
    shares = share_within_bounds(100, real(1, 2, 7), real(0, 0, 0), real(99, 99, 40))
    assert shares == pytest.approx(real(20, 40, 40))


def test_a_minimum_takes_from_the_others():
    shares = share_within_bounds(100, real(1, 2, 7), real(28, 0, 0), real(99, 99, 99))
    assert shares == pytest.approx(real(28, 16, 56))


def test_a_minimum_that_frees_a_maximum():
    # Without the minimum the third would be at 60; with it only 55 is left for two.
    shares = share_within_bounds(100, real(1, 2, 7), real(40, 5, 0), real(50, 99, 60))
    assert shares == pytest.approx(real(40, 60 * 2 / 9, 60 * 7 / 9))


def test_strata_in_which_nothing_varies_get_what_the_others_have_no_room_for():
    shares = share_within_bounds(
        100, real(1, 0, 0), real(0, 2, 2), real(50, 90, 90), fallback=real(1, 1, 2)
    )
    assert shares == pytest.approx(real(50, 50 / 3, 100 / 3))
    assert share_within_bounds(4, real(0, 0), real(0, 0), real(9, 9)) == pytest.approx(real(2, 2))


def test_costs_use_the_total_up():
    cost = real(1, 4)
    shares = share_within_bounds(60, real(1, 1), real(0, 0), real(99, 99), unit_cost=cost)
    assert cost @ shares == pytest.approx(60)
    assert shares == pytest.approx(real(12, 12))


# Shares, laws


@st.composite
def bounded(draw):
    """A measure, bounds, and a total between the sums of the bounds."""
    n = draw(st.integers(1, 8))
    measure = np.array([draw(st.floats(0.01, 50)) for _ in range(n)])
    lower = np.array([draw(st.floats(0, 20)) for _ in range(n)])
    upper = lower + np.array([draw(st.floats(0, 60)) for _ in range(n)])
    share = draw(st.floats(0, 1))
    return measure, lower, upper, float(lower.sum() + share * (upper - lower).sum())


@LAW
@given(bounded())
def test_shares_use_the_total_up_within_their_bounds(case):
    measure, lower, upper, total = case
    shares = share_within_bounds(total, measure, lower, upper)
    assert shares.sum() == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert np.all((shares >= lower - 1e-9) & (shares <= upper + 1e-9))


@LAW
@given(bounded())
def test_free_shares_are_in_proportion_and_the_others_lean_on_their_bound(case):
    measure, lower, upper, total = case
    shares = share_within_bounds(total, measure, lower, upper)
    ratio = shares / measure
    free = (shares > lower + 1e-7) & (shares < upper - 1e-7)
    if free.any():
        t = np.median(ratio[free])
        assert ratio[free] == pytest.approx(np.full(free.sum(), t), rel=1e-6)
        has_room = upper > lower + 1e-6
        assert np.all(ratio[has_room & (shares <= lower + 1e-7)] >= t * (1 - 1e-6))
        assert np.all(ratio[has_room & (shares >= upper - 1e-7)] <= t * (1 + 1e-6))


@LAW
@given(bounded(), st.integers(0, 2**32 - 1))
def test_no_other_shares_have_a_smaller_variance(case, seed):
    measure, lower, upper, total = case
    lower, upper = lower + 0.5, upper + 0.5
    total += 0.5 * len(measure)
    shares = share_within_bounds(total, measure, lower, upper)
    least = (measure**2 / shares).sum()
    random = np.random.default_rng(seed)
    for _ in range(20):
        other = share_within_bounds(total, random.exponential(1, len(measure)), lower, upper)
        assert least <= (measure**2 / other).sum() * (1 + 1e-9)


def test_a_general_solver_finds_the_same():
    measure = real(144, 316, 380, 32, 90)
    lower, upper = real(20, 30, 5, 25, 10), real(80, 60, 200, 90, 70)
    shares = share_within_bounds(220, measure, lower, upper)
    solved = minimize(
        lambda x: (measure**2 / x).sum() / 1e3,
        np.full(5, 44.0),
        jac=lambda x: -(measure**2) / x**2 / 1e3,
        bounds=list(zip(lower, upper, strict=True)),
        constraints={"type": "eq", "fun": lambda x: x.sum() - 220},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert shares == pytest.approx(solved.x, rel=1e-4)
