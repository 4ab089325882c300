"""Estimates one can check with a pencil."""

import math

import numpy as np
import pytest
from scipy.stats import beta, t

from analysis.design import Design
from analysis.errors import EmptyDomainError, UnequalLengthsError
from analysis.estimate import mean, proportion, ratio, total
from analysis.results import IntervalMethod, Note
from tests.analysis.samples import one_psu_each

YES, NO = True, False


def test_a_share_of_people_drawn_one_by_one_is_the_textbook_share():
    estimate = proportion(np.array([YES, YES, YES, NO]), one_psu_each(4))
    # p = 3/4 and, with n = 4, variance p (1 - p) / (n - 1) = 3/16/3.
    assert estimate.value == 0.75
    assert estimate.standard_error == pytest.approx(0.25, rel=1e-14)
    assert (estimate.n, estimate.df) == (4, 3)
    assert estimate.design_effect == pytest.approx(1, rel=1e-14)
    assert estimate.effective_n == pytest.approx(4, rel=1e-14)
    assert estimate.notes == ()


def test_weights_count_people():
    design = Design.from_columns(np.zeros(3), np.arange(3), np.array([1.0, 1.0, 2.0]))
    estimate = proportion(np.array([NO, NO, YES]), design)
    # Influences: -1/8, -1/8, 2/8; their squares add to 6/64; times 3/2.
    assert estimate.value == 0.5
    assert estimate.standard_error == pytest.approx(3 / 8, rel=1e-14)


def test_people_of_one_psu_are_counted_together():
    design = Design.from_columns(np.zeros(6), np.repeat([0, 1, 2], 2), np.ones(6))
    estimate = proportion(np.array([YES, YES, YES, YES, NO, NO]), design)
    # PSU influences 1/9, 1/9, -2/9: squares 6/81, times 3/2 = 1/9.
    assert estimate.value == pytest.approx(2 / 3, rel=1e-14)
    assert estimate.standard_error == pytest.approx(1 / 3, rel=1e-14)
    assert estimate.df == 2
    # 1/9 against p (1 - p) / 5 = 2/45.
    assert estimate.design_effect == pytest.approx(2.5, rel=1e-14)
    assert estimate.effective_n == pytest.approx(2.4, rel=1e-14)


def test_differences_between_strata_do_not_count():
    stratum = np.repeat([0, 1], 4)
    estimate = proportion(
        np.array([YES, YES, YES, NO, NO, NO, NO, YES]),
        Design.from_columns(stratum, np.arange(8), np.ones(8)),
    )
    # Within each stratum squares add to 3/4 / 64; times 4/3, two strata.
    assert estimate.value == 0.5
    assert estimate.standard_error == pytest.approx(math.sqrt(1 / 32), rel=1e-14)
    assert estimate.df == 6


def test_the_finite_population_correction_shrinks_the_variance():
    answers = np.array([YES, YES, YES, NO])
    half = Design.from_columns(np.zeros(4), np.arange(4), np.ones(4), fraction=np.full(4, 0.5))
    assert proportion(answers, half).standard_error == pytest.approx(0.25 / math.sqrt(2))


def test_a_census_has_no_sampling_error():
    census = Design.from_columns(np.zeros(4), np.arange(4), np.ones(4), fraction=np.ones(4))
    assert mean(np.array([1.0, 2.0, 3.0, 6.0]), census).standard_error == 0


def test_a_total_counts_the_population():
    design = Design.from_columns(np.zeros(3), np.arange(3), np.array([10.0, 10.0, 20.0]))
    estimate = total(np.array([1.0, 2.0, 3.0]), design)
    # PSU totals 10, 20, 60: mean 30, squared distances 1400, times 3/2.
    assert estimate.value == 90
    assert estimate.standard_error == pytest.approx(math.sqrt(2100), rel=1e-14)


def test_a_ratio_is_total_over_total():
    estimate = ratio(np.array([1.0, 3.0]), np.array([2.0, 2.0]), one_psu_each(2))
    # 4/4 = 1; influences -1/4, 1/4: squares 1/8, times 2.
    assert estimate.value == 1
    assert estimate.standard_error == pytest.approx(0.5, rel=1e-14)


def test_the_logit_interval_is_made_on_the_log_odds_scale():
    estimate = proportion(np.array([YES, YES, YES, NO]), one_psu_each(4), level=0.9)
    half = t.ppf(0.95, 3) * 0.25 / (0.75 * 0.25)
    low = 1 / (1 + math.exp(-(math.log(3) - half)))
    assert estimate.interval.low == pytest.approx(low, rel=1e-12)
    assert estimate.interval.level == 0.9
    assert estimate.interval.method is IntervalMethod.LOGIT


def test_the_mean_interval_is_t_standard_errors_wide():
    estimate = mean(np.array([1.0, 2.0, 3.0]), one_psu_each(3))
    assert estimate.interval.half_width == pytest.approx(
        t.ppf(0.975, 2) * estimate.standard_error, rel=1e-12
    )


def test_everybody_satisfied_is_not_certainty():
    estimate = proportion(np.ones(20), one_psu_each(20))
    # Nothing is lost to clustering or weights: Clopper and Pearson's 20 of 20.
    assert estimate.value == 1
    assert estimate.interval.low == pytest.approx(beta.ppf(0.025, 20, 1), rel=1e-12)
    assert estimate.interval.high == 1
    assert estimate.interval.method is IntervalMethod.BETA
    assert estimate.effective_n == 20
    assert math.isnan(estimate.design_effect)
    assert estimate.notes == (Note("no-variation"),)


def test_equal_shares_in_every_psu_are_not_certainty_either():
    design = Design.from_columns(np.zeros(8), np.repeat([0, 1, 2, 3], 2), np.ones(8))
    estimate = proportion(np.array([YES, NO] * 4), design)
    assert estimate.standard_error == pytest.approx(0, abs=1e-15)
    assert estimate.interval.low < 0.3
    assert estimate.interval.high > 0.7
    assert Note("no-variation") in estimate.notes


def test_one_psu_says_nothing_about_its_error():
    design = Design.from_columns(np.zeros(6), np.repeat([0, 1], 3), np.ones(6))
    domain = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
    estimate = proportion(np.array([YES, YES, NO, NO, NO, NO]), design, domain)
    assert estimate.value == pytest.approx(2 / 3)
    assert estimate.df == 0
    assert math.isnan(estimate.standard_error)
    assert math.isnan(estimate.interval.low)
    assert math.isnan(estimate.interval.high)
    assert estimate.interval.method is IntervalMethod.NONE
    assert estimate.notes == (Note("no-degrees-of-freedom"),)


def test_a_total_of_nobody_has_no_narrow_interval():
    estimate = total(np.zeros(5), one_psu_each(5))
    assert estimate.value == 0
    assert math.isnan(estimate.interval.high)


def test_zero_weights_do_not_count_as_respondents():
    design = Design.from_columns(np.zeros(4), np.arange(4), np.array([1.0, 1.0, 1.0, 0.0]))
    estimate = proportion(np.array([YES, NO, YES, YES]), design)
    assert (estimate.n, estimate.df) == (3, 2)
    assert estimate.value == pytest.approx(2 / 3)


def test_an_empty_domain_is_an_error():
    with pytest.raises(EmptyDomainError) as caught:
        proportion(np.ones(3), one_psu_each(3), np.zeros(3, dtype=bool))
    assert caught.value.code == "empty-domain"


@pytest.mark.parametrize("estimator", [total, mean, proportion])
def test_columns_must_fit_the_design(estimator):
    with pytest.raises(UnequalLengthsError):
        estimator(np.ones(4), one_psu_each(3))
    with pytest.raises(UnequalLengthsError):
        estimator(np.ones(3), one_psu_each(3), np.ones(2, dtype=bool))


def test_both_parts_of_a_ratio_must_fit():
    with pytest.raises(UnequalLengthsError):
        ratio(np.ones(3), np.ones(4), one_psu_each(3))


def test_a_ratio_of_answers_can_be_a_share():
    estimate = ratio(np.array([1.0, 2.0, 0.0]), np.full(3, 2.0), one_psu_each(3), is_share=True)
    assert estimate.value == 0.5
    assert 0 < estimate.interval.low < estimate.interval.high < 1
