"""Estimates side by side: covariances say what differences vary by."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.design import Calibration, Design, Replicates
from analysis.errors import UnequalDesignsError
from analysis.estimate import mean
from analysis.finish import Estimand, Options, finish
from analysis.reduce import Units, reduce
from analysis.variance.joint import infer, join
from analysis.variance.of_totals import joint_of_totals

RNG = np.random.default_rng(7)
N_PSU, SIZE = 20, 6
PSU = np.repeat(np.arange(N_PSU), SIZE)
STRATUM = PSU % 2
WEIGHT = RNG.uniform(1, 3, PSU.size)
Y = RNG.normal(3, 1, PSU.size) + 0.5 * RNG.normal(size=N_PSU)[PSU]
GROUP = RNG.integers(0, 2, PSU.size).astype(np.int32)
AUXILIARY = np.column_stack([np.ones(PSU.size), Y + RNG.normal(size=PSU.size)])
PLAIN = Design.from_columns(STRATUM, PSU, WEIGHT)
LEFT_OUT = np.where(
    np.eye(N_PSU) == 1,
    0.0,
    np.where(np.arange(N_PSU)[:, None] % 2 == np.arange(N_PSU) % 2, 10 / 9, 1.0),
)
DESIGNS = {
    "linearised": PLAIN,
    "calibrated": PLAIN.weighted(WEIGHT * 1.1, Calibration(AUXILIARY, WEIGHT)),
    "jackknife": replace(
        PLAIN,
        replicates=Replicates(
            "jkn", 1.0, np.full(N_PSU, 0.9), factor=LEFT_OUT[np.argsort(np.arange(N_PSU) % 2)]
        ),
    ),
}


def means(totals):
    return [totals[0] / totals[1], totals[0]]


def side_by_side(design):
    units = Units(np.column_stack([Y, np.ones(Y.size)]), np.ones((Y.size, 1), dtype=bool))
    sample = reduce(units, design, GROUP, 2)
    return joint_of_totals(means, sample, [0, 0], [(0, 0), (1, 0), (1, 1)])


class Difference:
    """The difference of two domain means, linearised by hand."""

    def value(self, weight):
        shares = [weight * (d == GROUP) for d in (0, 1)]
        return np.array([shares[0] @ Y / shares[0].sum() - shares[1] @ Y / shares[1].sum()])

    def influence(self, weight, value):
        found = np.zeros(Y.size)
        for d, sign in ((0, 1.0), (1, -1.0)):
            inside = weight * (d == GROUP)
            centre = inside @ Y / inside.sum()
            found += sign * (d == GROUP) * (Y - centre) / inside.sum()
        return found[:, None]


@pytest.mark.parametrize("name", list(DESIGNS))
def test_a_difference_of_domains_varies_as_if_estimated_at_once(name):
    design = DESIGNS[name]
    contrast = side_by_side(design).contrast(np.array([[1.0, -1.0, 0.0]]))
    at_once = infer(Difference(), design)
    assert contrast.value[0] == pytest.approx(at_once.value[0], rel=1e-12)
    assert contrast.standard_errors()[0] == pytest.approx(at_once.standard_errors()[0], rel=1e-9)


@pytest.mark.parametrize("name", list(DESIGNS))
def test_variances_are_those_of_the_figures_alone(name):
    design = DESIGNS[name]
    errors = side_by_side(design).standard_errors()
    for d in (0, 1):
        assert errors[d] == pytest.approx(mean(Y, design, d == GROUP).standard_error, rel=1e-9)


@pytest.mark.parametrize("name", list(DESIGNS))
def test_what_nobody_answered_has_no_standard_error_nor_has_a_difference_from_it(name):
    answered = GROUP == 0
    units = Units(np.column_stack([Y, np.ones(Y.size)]), answered[:, None])
    sample = reduce(units, DESIGNS[name], np.where(answered, 0, -1).astype(np.int32), 2)

    def only_mean(totals):
        return [Estimand(means(totals)[0], 0, None)]

    asked, unasked = finish(only_mean, sample, Options())[0]
    assert asked.standard_error > 0
    assert np.isnan([unasked.value, unasked.standard_error]).all()
    joint = joint_of_totals(means, sample, [0, 0], [(0, 0), (1, 0)])
    assert np.isnan(joint.standard_errors()).tolist() == [False, True]
    assert np.isnan(joint.contrast(np.array([[1.0, -1.0]])).standard_errors()).all()


def test_the_domains_of_one_psu_vary_together():
    covariance = side_by_side(PLAIN).covariance()
    assert covariance[0, 1] > 0.1 * np.sqrt(covariance[0, 0] * covariance[1, 1])
    np.testing.assert_allclose(covariance, covariance.T)


def test_a_function_moves_with_its_slope():
    joint = side_by_side(PLAIN)
    odds = joint.transform(np.exp, np.diag(np.exp(joint.value)))
    assert odds.standard_errors()[0] == pytest.approx(
        np.exp(joint.value[0]) * joint.standard_errors()[0], rel=1e-12
    )


def test_figures_are_joined_only_within_one_design():
    joint = side_by_side(PLAIN)
    both = join([joint, infer(Difference(), PLAIN)])
    alike = both.contrast(np.array([[1.0, -1.0, 0.0, -1.0]]))
    assert alike.value[0] == pytest.approx(0.0, abs=1e-12)
    assert alike.standard_errors()[0] == pytest.approx(0.0, abs=1e-9)
    other = Design.from_columns(STRATUM, PSU, WEIGHT)
    with pytest.raises(UnequalDesignsError):
        join([joint, infer(Difference(), other)])


@pytest.mark.parametrize("name", list(DESIGNS))
def test_degrees_of_freedom_are_counted_among_all_who_contribute_however_put_together(name):
    design = DESIGNS[name]
    units = Units(np.column_stack([Y, np.ones(Y.size)]), np.ones((Y.size, 1), dtype=bool))
    sample = reduce(units, design, STRATUM.astype(np.int32), 2)
    apart = [joint_of_totals(means, sample, [0, 0], [(d, 0)]) for d in (0, 1)]
    together = joint_of_totals(means, sample, [0, 0], [(0, 0), (1, 0)])
    assert [joint.df for joint in apart] == [9, 9]
    assert together.df == join(apart).df == infer(Difference(), design).df == 18
    assert together.contrast(np.array([[1.0, -1.0]])).df == 18
    assert together.part([1]).df == 9
    assert join([apart[0], apart[0]]).df == 9


def test_a_difference_within_one_psu_of_two_counts_both():
    few = PSU < 4
    units = Units(np.column_stack([Y, np.ones(Y.size)]), np.ones((Y.size, 1), dtype=bool))
    domain = np.where(few, PSU // 2, -1).astype(np.int32)
    joint = joint_of_totals(means, reduce(units, PLAIN, domain, 2), [0, 0], [(0, 0), (1, 0)])
    # Each domain has one PSU in either stratum: alone neither leaves a degree of freedom.
    assert [joint.part([d]).df for d in (0, 1)] == [0, 0]
    assert joint.df == 2
