"""Differences that a design can see."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from surveys.sampling.errors import OutOfRangeError
from surveys.sampling.power import (
    Comparison,
    Sample,
    Scale,
    detectable_change,
    detectable_change_of_mean,
    power_of_difference,
    size_for_change,
    size_for_change_of_mean,
)
from surveys.sampling.precision import Conditions

SHARES = st.floats(0.03, 0.97)
SAMPLES = st.builds(Sample, st.floats(20, 5000), st.floats(0.5, 3))
TESTS = st.builds(
    Comparison,
    level=st.sampled_from([0.9, 0.95, 0.99]),
    sides=st.sampled_from([1, 2]),
    scale=st.sampled_from(Scale),
)
FEW = settings(max_examples=40, deadline=None)


# By hand


def test_no_difference_is_seen_as_often_as_it_is_wrongly_seen():
    # One of the two directions.
    assert power_of_difference(0.4, 0.4, Sample(500), Sample(500)) == pytest.approx(0.025)


def test_a_difference_of_its_quantile_is_seen_half_the_time():
    error = math.sqrt(2 * 0.25 / 1000)
    d = stats.norm.ppf(0.975) * error
    # The variance at 0.5 + d is a little less than a quarter.
    found = power_of_difference(0.5, 0.5 + d, Sample(1000), Sample(1000))
    assert found == pytest.approx(0.5, abs=0.01)


def test_a_mean_needs_two_point_eight_errors():
    # 1.96 + 0.84 standard errors of the difference.
    seen = detectable_change_of_mean(10, Sample(200), Sample(200))
    assert seen == pytest.approx(2.8016 * 10 * math.sqrt(2 / 200), rel=1e-4)


def test_asking_the_same_people_again_shows_smaller_changes():
    once = detectable_change(0.8, Sample(400), Sample(400))
    again = detectable_change(
        0.8, Sample(400), Sample(400), test=Comparison(overlap=1, correlation=0.6)
    )
    assert again.rise < once.rise
    assert again.fall < once.fall
    # All the same people: the variance is 1 - 0.6 of what it was.
    means = [
        detectable_change_of_mean(1, Sample(400), Sample(400), test=test)
        for test in (Comparison(), Comparison(overlap=1, correlation=0.6))
    ]
    assert means[1] == pytest.approx(means[0] * math.sqrt(0.4))


def test_nothing_is_far_enough_from_nearly_everybody():
    seen = detectable_change(0.98, Sample(40), Sample(40))
    assert math.isnan(seen.rise)
    assert seen.fall > 0.05


def test_a_list_of_which_everybody_was_asked_shows_every_difference():
    whole = Sample(80, population=80)
    seen = detectable_change(0.5, whole, whole)
    assert seen.rise < 0.001
    assert power_of_difference(0.5, 0.51, whole, whole) == 1


def test_twice_the_design_effect_is_twice_the_interviews():
    simple = size_for_change(0.8, 0.85)
    doubled = size_for_change(0.8, 0.85, conditions=Conditions(effect=2, response=0.5))
    assert doubled.exact == pytest.approx(2 * simple.exact)
    assert doubled.first_cases == 2 * doubled.first


def test_a_larger_first_sample_spares_the_second():
    even = size_for_change(0.8, 0.85)
    uneven = size_for_change(0.8, 0.85, ratio=3)
    assert uneven.second < even.second < uneven.first


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: Sample(0), "interviews"),
        (lambda: Sample(10, effect=0), "effect"),
        (lambda: Sample(10, population=9), "population"),
        (lambda: Comparison(level=0), "level"),
        (lambda: Comparison(sides=3), "sides"),
        (lambda: Comparison(overlap=1.5), "overlap"),
        (lambda: Comparison(correlation=-2), "correlation"),
        (lambda: power_of_difference(1.2, 0.5, Sample(9), Sample(9)), "p1"),
        (lambda: power_of_difference(0.2, -0.5, Sample(9), Sample(9)), "p2"),
        (lambda: detectable_change(0.5, Sample(9), Sample(9), power=1), "power"),
        (lambda: size_for_change(0.5, 0.5), "p2"),
        (lambda: size_for_change(0.5, 0.6, ratio=0), "ratio"),
        (lambda: size_for_change(0.5, 0.6, ratio=2, test=Comparison(overlap=0.8)), "overlap"),
        (lambda: size_for_change_of_mean(0, 1), "difference"),
        (lambda: detectable_change_of_mean(-1, Sample(9), Sample(9)), "sd"),
    ],
)
def test_numbers_that_may_not_be_are_refused_by_name(call, name):
    with pytest.raises(OutOfRangeError) as caught:
        call()
    assert caught.value.context["name"] == name


def test_more_people_in_both_than_the_second_has_are_refused():
    with pytest.raises(OutOfRangeError, match="overlap"):
        detectable_change(0.5, Sample(100), Sample(50), test=Comparison(overlap=0.6))


def test_an_overlap_within_a_list_is_refused():
    with pytest.raises(OutOfRangeError, match="population"):
        detectable_change(
            0.5, Sample(100, population=200), Sample(100), test=Comparison(overlap=0.6)
        )


# Laws


@FEW
@given(SHARES, SAMPLES, SAMPLES, TESTS, st.floats(0.5, 0.95))
def test_what_is_detectable_is_seen_with_the_power_asked_for(p, first, second, test, power):
    seen = detectable_change(p, first, second, power=power, test=test)
    for other in (p + seen.rise, p - seen.fall):
        if not math.isnan(other):
            found = power_of_difference(p, min(1, max(0, other)), first, second, test)
            assert found == pytest.approx(power, abs=1e-6)


@FEW
@given(SHARES, SAMPLES, TESTS, st.floats(1.1, 5))
def test_more_interviews_show_smaller_differences(p, sample, test, times):
    more = Sample(sample.interviews * times, sample.effect)
    few = detectable_change(p, sample, sample, test=test)
    many = detectable_change(p, more, more, test=test)
    for wide, narrow in ((few.rise, many.rise), (few.fall, many.fall)):
        assert math.isnan(wide) or narrow <= wide + 1e-12


@FEW
@given(SHARES, SHARES, TESTS, st.floats(0.5, 0.95), st.floats(0.3, 3))
def test_the_size_for_a_change_has_the_power_asked_for(p1, p2, test, power, ratio):
    assume(abs(p1 - p2) > 0.01)
    size = size_for_change(p1, p2, power=power, ratio=ratio, test=test)
    assume(size.exact / ratio > 1)
    found = power_of_difference(p1, p2, Sample(size.exact), Sample(size.exact / ratio), test)
    assert found == pytest.approx(power, abs=1e-7)


@FEW
@given(SHARES, SHARES, st.floats(20, 3000), st.floats(0.2, 5), st.sampled_from([1, 2]))
def test_arcsines_agree_with_statsmodels(p1, p2, n, ratio, sides):
    assume(abs(p1 - p2) > 1e-3)
    test = Comparison(sides=sides, scale=Scale.ARCSINE)
    ours = power_of_difference(p1, p2, Sample(n), Sample(n * ratio), test)
    theirs = NormalIndPower().power(
        abs(proportion_effectsize(p1, p2)), n, (1 - test.level) / sides, ratio, "larger"
    )
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_sizes_on_the_arcsine_scale_are_those_of_statsmodels():
    h = proportion_effectsize(0.9, 0.86)
    theirs = NormalIndPower().solve_power(h, power=0.8, alpha=0.025, alternative="larger")
    ours = size_for_change(0.9, 0.86, test=Comparison(scale=Scale.ARCSINE))
    assert ours.exact == pytest.approx(theirs, rel=1e-6)


def test_differences_are_seen_as_often_as_said():
    """Draw two rounds many times and test the difference as the results pages do."""
    random = np.random.default_rng(20250701)
    p1, p2, n, rounds = 0.82, 0.87, 600, 20_000
    one = random.binomial(n, p1, rounds) / n
    other = random.binomial(n, p2, rounds) / n
    error = np.sqrt(one * (1 - one) / n + other * (1 - other) / n)
    seen = ((other - one) / error > stats.norm.ppf(0.975)).mean()
    said = power_of_difference(p1, p2, Sample(n), Sample(n))
    assert seen == pytest.approx(said, abs=4 * math.sqrt(0.25 / rounds))
