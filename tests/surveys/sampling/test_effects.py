"""Design effects and the best take, by hand and as laws."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.sampling.effects import cluster_effect, design_effect, optimal_take, weighting_effect
from surveys.sampling.errors import OutOfRangeError

LAW = settings(deadline=None)


def test_sixteen_interviews_per_village_that_are_a_little_alike():
    assert cluster_effect(16, 0.05) == pytest.approx(1.75)


def test_one_interview_per_village_costs_nothing():
    assert cluster_effect(1, 0.8) == 1


def test_people_who_are_all_the_same_count_as_one():
    assert cluster_effect(20, 1) == 20


def test_equal_weights_cost_nothing():
    assert weighting_effect([3.5] * 7) == pytest.approx(1)


def test_weights_of_one_and_three():
    # n = 2, sum of squares 10, square of the sum 16.
    assert weighting_effect([1, 3]) == pytest.approx(20 / 16)


def test_clusters_and_weights_multiply():
    assert design_effect(take=11, icc=0.05, weight_cv=0.5) == pytest.approx(1.5 * 1.25)


def test_a_dear_journey_makes_the_take_larger():
    # sqrt(9 * 0.9 / 0.1) = 9
    assert optimal_take(90, 10, 0.1) == pytest.approx(9)
    assert optimal_take(1, 10, 0.5) == 1


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: cluster_effect(0.5, 0.1), "take"),
        (lambda: cluster_effect(10, 1.1), "icc"),
        (lambda: cluster_effect(11, -0.1), "icc"),
        (lambda: cluster_effect(math.nan, 0.1), "take"),
        (lambda: weighting_effect([]), "weights"),
        (lambda: weighting_effect([1, 0]), "weights"),
        (lambda: design_effect(weight_cv=-0.1), "weight_cv"),
        (lambda: optimal_take(0, 1, 0.1), "psu_cost"),
        (lambda: optimal_take(1, 1, 0), "icc"),
    ],
)
def test_numbers_that_may_not_be_are_refused_by_name(call, name):
    with pytest.raises(OutOfRangeError) as caught:
        call()
    assert caught.value.context["name"] == name


@LAW
@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=40))
def test_unequal_weights_never_help_and_cost_no_more_than_all_but_one(weights):
    assert 1 - 1e-9 <= weighting_effect(weights) <= len(weights) + 1e-9


@LAW
@given(st.floats(0.01, 50), st.floats(0.01, 50), st.floats(0.01, 0.99), st.floats(1.0, 60.0))
def test_no_other_take_gives_more_for_the_money(psu_cost, interview_cost, icc, other):
    def dear(take):
        return (psu_cost / take + interview_cost) * cluster_effect(take, icc)

    assert dear(optimal_take(psu_cost, interview_cost, icc)) <= dear(other) * (1 + 1e-9)
