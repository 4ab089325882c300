"""Slovin's formula, and what it really gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.sampling.effects import design_effect
from surveys.sampling.errors import OutOfRangeError
from surveys.sampling.precision import SIMPLE, Conditions
from surveys.sampling.size import precision_of_proportion
from surveys.sampling.slovin import (
    ASSUMED_CONDITIONS,
    ASSUMED_LEVEL,
    ASSUMED_P,
    ASSUMED_Z,
    slovin,
    slovin_value,
)

LAW = settings(deadline=None)


def test_a_thousand_dossiers():
    answer = slovin(1000)
    assert answer.value == pytest.approx(285.714, abs=5e-4)
    assert answer.size == 286


def test_what_it_assumes_is_written_down():
    assert (ASSUMED_P, ASSUMED_Z, ASSUMED_CONDITIONS) == (0.5, 2.0, SIMPLE)
    assert round(ASSUMED_LEVEL, 4) == 0.9545


def test_two_standard_errors_are_what_it_promises():
    # An endless population: n = 1 / margin**2, and 2 * sqrt(0.25 / n) = margin.
    size = slovin_value(10**12, 0.05)
    error = precision_of_proportion(interviews=size).standard_error
    assert ASSUMED_Z * error == pytest.approx(0.05, rel=1e-6)


def test_under_its_own_assumptions_it_keeps_its_promise():
    answer = slovin(10_000)
    assert answer.if_all_answer.margin < 0.05
    assert answer.if_drawn == answer.if_all_answer
    assert answer.needed.interviews == 370


def test_villages_and_silence_break_its_promise():
    conditions = Conditions(effect=design_effect(take=16, icc=0.05), response=0.8)
    answer = slovin(10_000, conditions=conditions)
    assert answer.if_all_answer.margin == pytest.approx(0.0648, abs=1e-4)
    assert answer.if_drawn.interviews == pytest.approx(385 * 0.8)
    assert answer.if_drawn.margin > answer.if_all_answer.margin > 0.05
    assert answer.needed.interviews > answer.size
    assert answer.needed.cases > answer.needed.interviews


def test_a_share_that_nearly_everybody_has_needs_less_than_it_asks():
    assert slovin(10_000, p=0.9).needed.interviews < slovin(10_000, p=0.9).size


@pytest.mark.parametrize(("population", "margin"), [(0, 0.05), (100, 0.0), (100, 1.0)])
def test_numbers_that_may_not_be_are_refused(population, margin):
    with pytest.raises(OutOfRangeError):
        slovin(population, margin)


@LAW
@given(st.integers(1, 10**9), st.floats(0.001, 0.5))
def test_it_never_asks_for_more_than_there_are_nor_than_one_over_the_square(population, margin):
    answer = slovin(population, margin)
    assert 1 <= answer.size <= population
    assert answer.value <= min(population, 1 / margin**2)


@LAW
@given(st.integers(2, 10**6), st.floats(0.01, 0.3), st.floats(1, 3), st.floats(0.4, 1))
def test_its_real_margin_is_never_narrower_than_all_answering(population, margin, effect, response):
    answer = slovin(population, margin, conditions=Conditions(effect=effect, response=response))
    assert answer.if_drawn.margin >= answer.if_all_answer.margin - 1e-12
