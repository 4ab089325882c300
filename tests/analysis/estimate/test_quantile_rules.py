"""Definitions of quantiles: by hand, and without weights as numpy defines them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimate.quantile_rules import QuantileRule, quantiles_of_sorted

law = settings(max_examples=150, deadline=None, derandomize=True)

AS_NUMPY = {
    QuantileRule.MATH: "inverted_cdf",
    QuantileRule.HF1: "inverted_cdf",
    QuantileRule.SCHOOL: "averaged_inverted_cdf",
    QuantileRule.HF2: "averaged_inverted_cdf",
    QuantileRule.HF4: "interpolated_inverted_cdf",
    QuantileRule.HF5: "hazen",
    QuantileRule.HF6: "weibull",
    QuantileRule.HF7: "linear",
    QuantileRule.HF8: "median_unbiased",
    QuantileRule.HF9: "normal_unbiased",
}
WITHOUT_ORDER = (
    QuantileRule.MATH,
    QuantileRule.SCHOOL,
    QuantileRule.HF1,
    QuantileRule.HF2,
    QuantileRule.HF3,
)
# Shares that meet no sum of up to forty equal weights but the simplest.
shares = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 0.0321, 0.123, 0.3777, 0.618, 0.9337])
values = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=40).map(sorted)


def of(numbers, weight, share, rule):
    found = quantiles_of_sorted(
        np.array(numbers, dtype=float), np.array(weight, dtype=float), np.array([share]), rule
    )
    return float(found[0])


# 1, 2, 4, 8 with weights 1, 2, 3, 4: reached at 0.1, 0.3, 0.6, 1.
@pytest.mark.parametrize(
    ("rule", "share", "expected"),
    [
        ("math", 0.05, 1),
        ("math", 0.3, 2),
        ("math", 0.31, 4),
        ("math", 1, 8),
        ("school", 0.3, 3),
        ("school", 0.31, 4),
        ("school", 1, 8),
        ("hf1", 0.6, 4),
        ("hf2", 0.6, 6),
        ("hf3", 0.1, 2),  # the first is odd: the next
        ("hf3", 0.3, 2),  # the second is even
        ("hf3", 0.31, 4),
        ("hf4", 0.05, 1),  # not below the smallest
        ("hf4", 0.2, 1.5),
        ("hf4", 1, 8),
        ("hf5", 0.05, 1),  # points 0.05, 0.2, 0.45, 0.8
        ("hf5", 0.325, 3),
        ("hf5", 0.9, 8),
        ("hf6", 1 / 14, 1),  # points 1, 3, 6, 10 out of 14
        ("hf6", 8 / 14, 6),
        ("hf7", 0, 1),  # points 0, 1, 3, 6 out of 6
        ("hf7", 2 / 6, 3),
        ("hf8", (3 - 2 / 3) / (10 + 4 / 3), 2),
        ("hf9", (6 - 9 / 8) / 11, 4),
        # weights of mean 1: 0.4, 0.8, 1.2, 1.6; points 0.7, 1.3, 2.3, 3.7 out of 5
        ("shahvaish", 0.14, 1),
        ("shahvaish", 0.25, 1),
        ("shahvaish", 0.26, 2),
        ("shahvaish", 0.46, 4),
        ("shahvaish", 0.99, 8),
    ],
)
def test_by_hand(rule, share, expected):
    found = of([1, 2, 4, 8], [1, 2, 3, 4], share, QuantileRule(rule))
    assert found == pytest.approx(expected, rel=1e-14)


@law
@given(values, shares, st.sampled_from(sorted(AS_NUMPY)), st.floats(0.01, 1000))
def test_with_equal_weights_they_are_those_of_numpy(numbers, share, rule, weight):
    ours = of(numbers, np.full(len(numbers), weight), share, rule)
    theirs = np.quantile(numbers, share, method=AS_NUMPY[rule])
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@law
@given(values, shares, st.sampled_from(QuantileRule), st.data())
def test_the_unit_of_the_weights_does_not_matter(numbers, share, rule, data):
    weight = data.draw(
        st.lists(st.integers(1, 9), min_size=len(numbers), max_size=len(numbers)).map(np.array)
    )
    scaled = of(numbers, weight * 1234.567, share, rule)
    assert of(numbers, weight, share, rule) == pytest.approx(scaled, rel=1e-9, abs=1e-9)


@law
@given(values, shares, st.sampled_from(WITHOUT_ORDER), st.data())
def test_a_weight_of_three_is_three_people(numbers, share, rule, data):
    weight = data.draw(
        st.lists(st.integers(0, 4), min_size=len(numbers), max_size=len(numbers)).filter(any)
    )
    people = np.repeat(numbers, weight)
    assert of(numbers, weight, share, rule) == of(people, np.ones(len(people)), share, rule)


@law
@given(values, shares, st.sampled_from(QuantileRule))
def test_quantiles_lie_within_the_values_and_rise_with_the_share(numbers, share, rule):
    weight = np.arange(1, len(numbers) + 1)
    low, high = of(numbers, weight, share, rule), of(numbers, weight, min(share + 0.1, 1), rule)
    assert numbers[0] <= low <= high <= numbers[-1]


@pytest.mark.parametrize("rule", list(QuantileRule))
def test_one_person_is_every_quantile_and_nobody_none(rule):
    assert of([7], [3], 0.4, rule) == 7
    assert np.isnan(of([], [], 0.4, rule))
    assert np.isnan(of([7], [0], 0.4, rule))
    assert np.isnan(of([7], [3], np.nan, rule))


@pytest.mark.parametrize("rule", list(QuantileRule))
def test_people_of_no_weight_are_nobody(rule):
    assert of([1, 2, 3, 9], [1, 1, 1, 0], 0.99, rule) == of([1, 2, 3], [1, 1, 1], 0.99, rule)


def test_a_share_is_reached_where_negative_weights_do_not_lose_it_again():
    # 0.5, 0.4, 1.0 of the whole are at or below 1, 2, 3.
    assert of([1, 2, 3], [5, -1, 6], 0.45, QuantileRule.MATH) == 3
    assert of([1, 2, 3], [5, -1, 6], 0.35, QuantileRule.MATH) == 1
