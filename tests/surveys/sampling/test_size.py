"""Sizes for a margin or a CV, and what a size gives."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveys.sampling.errors import OneOfError, OutOfRangeError
from surveys.sampling.precision import (
    EXHAUSTED,
    LEAVES_RANGE,
    NORMAL_POOR,
    NOTE_CODES,
    TAKEN_WHOLE,
    Conditions,
)
from surveys.sampling.size import (
    precision_of_mean,
    precision_of_proportion,
    size_by_unit,
    size_for_mean,
    size_for_proportion,
)

LAW = settings(deadline=None)

CONDITIONS = st.builds(
    Conditions,
    effect=st.floats(0.5, 4),
    response=st.floats(0.3, 1),
    eligibility=st.floats(0.5, 1),
)
SHARES = st.floats(0.05, 0.95)
MARGINS = st.floats(0.005, 0.2)


# By hand


def test_three_points_at_one_half():
    # 1.96**2 / 4 / 0.03**2 = 1067.07
    size = size_for_proportion(margin=0.03)
    assert size.exact == pytest.approx(1067.07, abs=0.01)
    assert (size.interviews, size.cases) == (1068, 1068)


def test_a_finite_population_needs_fewer():
    # S**2 = 0.25 * 1000 / 999; 1 / (1 / 1068.14 + 1 / 1000) = 516.47
    size = size_for_proportion(margin=0.03, population=1000)
    assert size.exact == pytest.approx(1 / (1 / (1067.0719 * 1000 / 999) + 1 / 1000), rel=1e-6)
    assert size.interviews == 517


def test_a_design_effect_of_two_doubles_the_size():
    simple = size_for_proportion(margin=0.03)
    doubled = size_for_proportion(margin=0.03, conditions=Conditions(effect=2))
    assert doubled.exact == pytest.approx(2 * simple.exact)
    assert doubled.simple == pytest.approx(simple.exact)


def test_those_who_do_not_answer_or_are_not_eligible_are_drawn_on_top():
    size = size_for_proportion(margin=0.05, conditions=Conditions(response=0.8, eligibility=0.95))
    assert size.interviews == 385
    assert size.cases == math.ceil(385 / 0.76) == 507


def test_a_cv_of_a_rare_trait_needs_many():
    # (1 - p) / p / cv**2 = 9 / 0.01
    assert size_for_proportion(cv=0.1, p=0.1).exact == pytest.approx(900)


def test_a_mean_needs_its_spread():
    # The square of 1.96 * 10 / 0.5 is 1536.6.
    assert size_for_mean(sd=10, margin=0.5).interviews == 1537
    assert size_for_mean(sd=10, mean=50, cv=0.02).exact == pytest.approx(100)


def test_the_margin_of_a_size():
    precision = precision_of_proportion(interviews=400, conditions=Conditions(effect=1.5))
    assert precision.standard_error == pytest.approx(math.sqrt(1.5 * 0.25 / 400))
    assert precision.margin == pytest.approx(1.959964 * precision.standard_error, rel=1e-6)
    assert precision.effective == pytest.approx(400 / 1.5)
    assert precision.cv == pytest.approx(precision.standard_error / 0.5)
    assert precision.notes == ()


def test_cases_give_fewer_interviews():
    by_cases = precision_of_proportion(cases=500, conditions=Conditions(response=0.8))
    assert by_cases == precision_of_proportion(interviews=400)


def test_the_minimum_of_a_unit_is_asked_in_any_case():
    assert size_for_proportion(margin=0.2, minimum=30).interviews == 30
    assert size_for_proportion(margin=0.2).interviews == 25


def test_a_population_that_answers_too_little_is_drawn_whole_and_says_so():
    size = size_for_proportion(margin=0.03, population=300, conditions=Conditions(response=0.5))
    assert (size.interviews, size.cases) == (150, 300)
    assert EXHAUSTED in size.precision.notes
    assert size.precision.margin > 0.03


def test_everybody_interviewed_leaves_no_error():
    precision = precision_of_proportion(interviews=40, population=40, p=0.3)
    assert precision.margin == 0
    assert precision.notes == (TAKEN_WHOLE,)


def test_a_rough_margin_says_so():
    assert precision_of_proportion(interviews=50, p=0.9).notes == (NORMAL_POOR,)
    assert precision_of_proportion(interviews=50, p=0.98).notes == (NORMAL_POOR, LEAVES_RANGE)
    assert precision_of_proportion(interviews=100, p=0.9).notes == ()
    assert precision_of_mean(interviews=5, sd=3).notes == ()


def test_no_interviews_say_nothing():
    precision = precision_of_proportion(interviews=0)
    assert math.isinf(precision.margin)


def test_every_unit_gets_its_own_size():
    units = size_by_unit({"a": 5000, "b": 200, "c": 20}, margin=0.1, minimum=30)
    sizes = dict(units.units)
    assert [size.interviews for size in sizes.values()] == [95, 66, 20]
    assert units.interviews == 181
    assert EXHAUSTED in sizes["c"].precision.notes


def test_every_unit_may_have_its_own_share():
    units = size_by_unit({"a": 5000, "b": 5000}, margin=0.1, p={"a": 0.5, "b": 0.9})
    assert units.units[0][1].interviews > units.units[1][1].interviews


@pytest.mark.parametrize(
    "call",
    [
        size_for_proportion,
        lambda: size_for_proportion(margin=0.1, cv=0.1),
        precision_of_proportion,
        lambda: precision_of_proportion(interviews=1, cases=1),
    ],
)
def test_one_of_two_has_to_be_given(call):
    with pytest.raises(OneOfError):
        call()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: size_for_proportion(margin=0.0), "margin"),
        (lambda: size_for_proportion(margin=math.nan), "margin"),
        (lambda: size_for_proportion(margin=0.1, p=1.0), "p"),
        (lambda: size_for_proportion(margin=0.1, level=1.0), "level"),
        (lambda: size_for_proportion(margin=0.1, population=0), "population"),
        (lambda: size_for_proportion(margin=0.1, minimum=-1), "minimum"),
        (lambda: size_for_proportion(cv=-1.0), "cv"),
        (lambda: size_for_mean(sd=-1, margin=1), "sd"),
        (lambda: size_for_mean(sd=1, mean=0, cv=0.1), "mean"),
        (lambda: size_for_mean(sd=1, cv=0.1), "mean"),
        (lambda: precision_of_proportion(interviews=101, population=100), "interviews"),
        (lambda: precision_of_proportion(cases=101, population=100), "cases"),
        (lambda: Conditions(effect=0), "effect"),
        (lambda: Conditions(response=0), "response"),
        (lambda: Conditions(eligibility=1.1), "eligibility"),
    ],
)
def test_numbers_that_may_not_be_are_refused_by_name(call, name):
    with pytest.raises(OutOfRangeError) as caught:
        call()
    assert caught.value.context["name"] == name


# Laws


@LAW
@given(SHARES, MARGINS, MARGINS, CONDITIONS, st.none() | st.integers(1, 1_000_000))
def test_a_wider_margin_never_needs_more(p, one, other, conditions, population):
    narrow, wide = sorted((one, other))
    sizes = [
        size_for_proportion(margin=margin, p=p, population=population, conditions=conditions)
        for margin in (narrow, wide)
    ]
    assert sizes[0].interviews >= sizes[1].interviews
    assert sizes[0].cases >= sizes[1].cases


@LAW
@given(SHARES, MARGINS, CONDITIONS, st.none() | st.integers(1, 1_000_000))
def test_the_size_keeps_the_margin_and_one_less_does_not(p, margin, conditions, population):
    size = size_for_proportion(margin=margin, p=p, population=population, conditions=conditions)
    assume(EXHAUSTED not in size.precision.notes)
    assert size.precision.margin <= margin * (1 + 1e-6)
    assume(size.interviews > 1)
    fewer = precision_of_proportion(
        interviews=size.interviews - 1, p=p, population=population, conditions=conditions
    )
    assert fewer.margin > margin * (1 - 1e-6)


@LAW
@given(SHARES, MARGINS, st.integers(2, 10_000_000), CONDITIONS)
def test_a_finite_population_never_needs_more_and_an_endless_one_is_its_limit(
    p, margin, population, conditions
):
    endless = size_for_proportion(margin=margin, p=p, conditions=conditions).exact
    finite = size_for_proportion(
        margin=margin, p=p, population=population, conditions=conditions
    ).exact
    eligible = population * conditions.eligibility
    # S**2 has N - 1 in place of N: at most so much more than p * (1 - p).
    assert finite <= endless * max(eligible, 2) / (max(eligible, 2) - 1) * (1 + 1e-9)
    assert finite <= eligible * (1 + 1e-9)
    huge = size_for_proportion(margin=margin, p=p, population=10**13, conditions=conditions)
    assert huge.exact == pytest.approx(endless, rel=1e-5)


@LAW
@given(SHARES, MARGINS, CONDITIONS, st.none() | st.integers(1, 100_000), st.integers(0, 500))
def test_drawn_cases_give_the_interviews_that_are_wanted(
    p, margin, conditions, population, minimum
):
    size = size_for_proportion(
        margin=margin, p=p, population=population, conditions=conditions, minimum=minimum
    )
    if population is not None:
        assert size.interviews >= 1
        assert size.cases <= population
    if EXHAUSTED in size.precision.notes:
        assert size.cases == population
    else:
        assert size.interviews >= min(minimum, size.interviews)
        if size.cases != population:
            assert size.cases * conditions.interviews_per_case >= size.interviews * (1 - 1e-8)


@LAW
@given(st.floats(0.1, 100), st.floats(0.05, 5), CONDITIONS, st.floats(0.5, 0.999))
def test_a_mean_and_its_inverse_agree(sd, margin, conditions, level):
    exact = size_for_mean(sd=sd, margin=margin, level=level, conditions=conditions).exact
    precision = precision_of_mean(interviews=exact, sd=sd, level=level, conditions=conditions)
    assert precision.margin == pytest.approx(margin, rel=1e-9)


@LAW
@given(SHARES, st.integers(1, 5000), CONDITIONS, st.floats(0.5, 0.999))
def test_every_reservation_has_a_known_code(p, interviews, conditions, level):
    precision = precision_of_proportion(
        interviews=interviews, p=p, level=level, conditions=conditions
    )
    assert set(precision.notes) <= NOTE_CODES
