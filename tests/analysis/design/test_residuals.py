"""Variance after calibration: the derivative of what is really computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Calibration, Design
from analysis.estimate import mean, ratio, total
from analysis.variance.joint import infer
from analysis.variance.residuals import Residuals

N = 40


def calibrated_to(weight, auxiliary, totals):
    """Return weights of the linear distance, in closed form."""
    cross = auxiliary.T @ (weight[:, None] * auxiliary)
    return weight * (1 + auxiliary @ np.linalg.solve(cross, totals - weight @ auxiliary))


class Sample:
    """Twenty PSUs of two, weights calibrated twice to different totals."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.psu = np.repeat(np.arange(N // 2), 2)
        self.base = rng.uniform(1, 3, N)
        self.y = rng.normal(3, 1, N)
        self.domain = rng.random(N) < 0.6
        self.first = np.column_stack([np.ones(N), rng.normal(size=N)])
        self.second = np.column_stack([np.ones(N), rng.normal(size=N) + 0.4 * self.first[:, 1]])
        self.first_totals = np.array([90.0, 5.0])
        self.second_totals = np.array([90.0, -4.0])

    def weights(self, base):
        before = calibrated_to(base, self.first, self.first_totals)
        return before, calibrated_to(before, self.second, self.second_totals)

    @property
    def design(self):
        before, after = self.weights(self.base)
        design = Design.from_columns(np.zeros(N), self.psu, self.base)
        design = design.weighted(before, Calibration(self.first, self.base))
        return design.weighted(after, Calibration(self.second, before))


laws = settings(deadline=None, max_examples=25, derandomize=True)


@laws
@given(st.integers(0, 2**32 - 1))
def test_residuals_are_the_derivative_of_the_adjusted_estimate(seed):
    sample = Sample(seed)

    def estimate(base):
        weight = sample.weights(base)[1] * sample.domain
        return weight @ sample.y / weight.sum()

    _, final = sample.weights(sample.base)
    inside = final * sample.domain
    influence = (sample.y - estimate(sample.base)) * inside / inside.sum()
    found = Residuals.of(sample.design).of_rows(influence[:, None])[:, 0]
    for row in range(0, N, 7):
        step = np.zeros(N)
        step[row] = 1e-5
        slope = (estimate(sample.base + step) - estimate(sample.base - step)) / 2e-5
        assert found[row] == pytest.approx(slope * sample.base[row], rel=1e-4, abs=1e-7)


@laws
@given(st.integers(0, 2**32 - 1))
def test_a_total_that_was_calibrated_to_last_has_no_variance(seed):
    sample = Sample(seed)
    design = sample.design
    found = total(sample.second[:, 1], design)
    assert found.value == pytest.approx(-4.0, abs=1e-9)
    assert found.standard_error == pytest.approx(0.0, abs=1e-7)
    assert total(sample.y, design).standard_error > 0.1


@laws
@given(st.integers(0, 2**32 - 1))
def test_domains_at_once_agree_with_rows_one_by_one(seed):
    sample = Sample(seed)

    class Mean:
        def value(self, weight):
            weight = weight * sample.domain
            return np.array([weight @ sample.y / weight.sum()])

        def influence(self, weight, value):
            return ((sample.y - value) * sample.domain / (weight @ sample.domain))[:, None]

    by_rows = infer(Mean(), sample.design)
    by_totals = mean(sample.y, sample.design, sample.domain)
    assert by_totals.value == pytest.approx(by_rows.value[0], rel=1e-12)
    assert by_totals.standard_error == pytest.approx(by_rows.standard_errors()[0], rel=1e-9)


def test_auxiliary_variables_that_say_the_same_twice_change_nothing():
    sample = Sample(1)
    design = Design.from_columns(np.zeros(N), sample.psu, sample.base)
    weight = calibrated_to(sample.base, sample.first, sample.first_totals)
    once = design.weighted(weight, Calibration(sample.first, sample.base))
    doubled = np.column_stack([sample.first, sample.first @ [1.0, 1.0]])
    twice = design.weighted(weight, Calibration(doubled, sample.base))
    one = np.ones(N)
    assert ratio(sample.y, one, twice).standard_error == pytest.approx(
        ratio(sample.y, one, once).standard_error, rel=1e-10
    )


def test_trimming_between_and_after_is_carried_along():
    sample = Sample(3)
    chance = np.random.default_rng(4)
    between, after = chance.uniform(0.7, 1.3, N), chance.uniform(0.7, 1.3, N)

    def weights(base):
        first = calibrated_to(base, sample.first, sample.first_totals)
        second = calibrated_to(first * between, sample.second, sample.second_totals)
        return first, second, second * after

    def estimate(base):
        weight = weights(base)[-1]
        return weight @ sample.y / weight.sum()

    first, second, final = weights(sample.base)
    design = Design.from_columns(np.zeros(N), sample.psu, sample.base)
    design = design.weighted(first, Calibration(sample.first, sample.base, first))
    design = design.weighted(second, Calibration(sample.second, first * between, second))
    design = design.weighted(final)
    influence = (sample.y - estimate(sample.base)) * final / final.sum()
    found = Residuals.of(design).of_rows(influence[:, None])[:, 0]
    for row in range(0, N, 3):
        step = np.zeros(N)
        step[row] = 1e-5
        slope = (estimate(sample.base + step) - estimate(sample.base - step)) / 2e-5
        assert found[row] == pytest.approx(slope * sample.base[row], rel=1e-4, abs=1e-7)


def test_weights_made_negative_keep_the_derivative():
    sample = Sample(5)
    far = np.array([90.0, 60.0])
    before = calibrated_to(sample.base, sample.first, far)
    assert (before < 0).any()

    def estimate(base):
        first = calibrated_to(base, sample.first, far)
        return calibrated_to(first, sample.second, sample.second_totals) @ sample.y

    after = calibrated_to(before, sample.second, sample.second_totals)
    design = Design.from_columns(np.zeros(N), sample.psu, sample.base)
    design = design.weighted(before, Calibration(sample.first, sample.base))
    design = design.weighted(after, Calibration(sample.second, before))
    found = Residuals.of(design).of_rows((sample.y * after)[:, None])[:, 0]
    for row in range(0, N, 5):
        step = np.zeros(N)
        step[row] = 1e-5
        slope = (estimate(sample.base + step) - estimate(sample.base - step)) / 2e-5
        assert found[row] == pytest.approx(slope * sample.base[row], rel=1e-3, abs=1e-5)


def test_ignoring_the_calibration_overstates_the_error():
    """The trap: weights are calibrated, the variance formula does not know."""
    sample = Sample(2)
    explained = sample.first @ [1.0, 2.0] + 0.1 * sample.y
    naive = Design.from_columns(np.zeros(N), sample.psu, sample.design.weight)
    known = sample.design
    assert total(explained, known).standard_error < 0.5 * total(explained, naive).standard_error
