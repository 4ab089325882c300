"""Intraclass correlation and design effects: by hand, laws, derivatives, the jackknife."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.errors import MissingDesignError, UnequalLengthsError
from analysis.estimate.design_effect import (
    DesignEffectKind,
    coefficient_of_variation,
    design_effect,
    kish_roh,
)
from analysis.estimate.domains import Domains
from analysis.estimate.errors import NoClustersError
from analysis.estimate.icc import IntraclassCorrelation
from analysis.variance.joint import infer
from tests.analysis.estimate.test_spread import assert_influence_is_the_derivative
from tests.analysis.samples import samples

law = settings(max_examples=40, deadline=None, derandomize=True)


def test_two_clusters_of_two_by_hand():
    # Mean squares 16 between and 2 within: (16 - 2) / 2 = 7 of 9.
    found = IntraclassCorrelation(np.array([1.0, 3, 5, 7]), [np.array([1, 1, 2, 2])])
    assert found.components(np.ones(4))[0].tolist() == pytest.approx([7, 2])
    assert found.value(np.ones(4)).tolist() == pytest.approx([7 / 9])


def test_two_stages_by_hand():
    # Mean squares 128, 8 (4 when halved) and 2 on 1, 2 and 4 df.
    value = np.array([1.0, 3, 4, 4, 9, 11, 14, 12])
    psu = np.repeat(["a", "b"], 4)
    unit = np.array([1, 1, 2, 2, 1, 1, 2, 2])
    means = np.array([2.0, 4, 10, 13])
    of_psu = np.array([3.0, 11.5])
    square_psu = 4 * np.sum((of_psu - 7.25) ** 2)
    square_unit = 2 * np.sum((means - np.repeat(of_psu, 2)) ** 2) / 2
    square_person = (2 + 0 + 2 + 2) / 4
    expected = [
        (square_psu - square_unit) / 4,
        (square_unit - square_person) / 2,
        square_person,
    ]
    found = IntraclassCorrelation(value, [psu, unit])
    assert found.components(np.ones(8))[0].tolist() == pytest.approx(expected)
    correlation = np.cumsum(expected)[:2] / sum(expected)
    assert found.value(np.ones(8)).tolist() == pytest.approx(correlation.tolist())


def test_people_less_alike_than_strangers_have_a_negative_correlation():
    found = IntraclassCorrelation(np.array([1.0, 9, 1, 9]), [np.array([1, 1, 2, 2])])
    assert found.value(np.ones(4))[0] == pytest.approx(-1)


def test_strata_can_be_taken_out():
    value = np.array([1.0, 3, 2, 4, 101, 103, 102, 104])
    psu, stratum = np.repeat([1, 2, 3, 4], 2), np.repeat([1, 2], 4)
    counted = IntraclassCorrelation(value, [psu]).value(np.ones(8))[0]
    taken_out = IntraclassCorrelation(value, [psu], within=stratum).value(np.ones(8))[0]
    assert counted > 0.99
    # Within strata: mean squares 1 between and 2 within.
    assert taken_out == pytest.approx((1 - 2) / 2 / ((1 - 2) / 2 + 2))


def test_where_no_cluster_holds_two_people_nothing_is_known():
    found = IntraclassCorrelation(np.arange(4.0), [np.arange(4)])
    assert np.isnan(found.value(np.ones(4))).all()
    assert np.isnan(found.components(np.ones(4))).all()


@law
@given(samples(), st.floats(0.01, 1000), st.floats(-50, 50), st.floats(0.1, 20))
def test_units_of_weights_and_values_do_not_matter(sample, factor, shift, scale):
    values = np.log(sample.weight)
    first = IntraclassCorrelation(values, [sample.stratum, sample.psu])
    before = first.value(sample.weight)
    assume(not np.isnan(before).any())
    assume(first.components(sample.weight).sum() > 1e-3)
    after = IntraclassCorrelation(shift + scale * values, [sample.stratum, sample.psu])
    np.testing.assert_allclose(after.value(sample.weight * factor), before, rtol=1e-6, atol=1e-8)


def clustered(n_psu=30, seed=1):
    """Values in units in PSUs of unequal size, unequal weights, a domain."""
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n_psu), rng.integers(2, 8, n_psu))
    unit = rng.integers(0, 3, len(psu))
    value = (
        rng.normal(0, 2, n_psu)[psu]
        + rng.normal(0, 1, (n_psu, 3))[psu, unit]
        + rng.normal(0, 1, len(psu))
    )
    value[::11] = np.nan
    domain = np.where(rng.random(len(psu)) < 0.3, 1, 0).astype(np.int32)
    return value, psu, unit, rng.uniform(1, 4, len(psu)), domain


def test_influences_are_derivatives():
    value, psu, unit, weight, domain = clustered(8)
    stratum = psu % 2
    for estimator in (
        IntraclassCorrelation(value, [psu]),
        IntraclassCorrelation(value, [psu, unit]),
        IntraclassCorrelation(value, [psu, unit], within=stratum),
        IntraclassCorrelation(value, [psu], domains=Domains(domain, 2)),
    ):
        assert_influence_is_the_derivative(estimator, weight)


def test_the_standard_error_is_nearly_that_of_the_jackknife():
    value, psu, unit, weight, _ = clustered(300)
    estimator = IntraclassCorrelation(value, [psu, unit])
    joint = infer(estimator, Design.from_columns(np.zeros(len(psu)), psu, weight))
    without = np.array([estimator.value(np.where(psu == j, 0, weight)) for j in range(300)])
    spread = (299 / 300 * np.sum((without - without.mean(axis=0)) ** 2, axis=0)) ** 0.5
    np.testing.assert_allclose(joint.standard_errors(), spread, rtol=0.03)
    true = np.array([4 / 6, 5 / 6])
    assert (np.abs(joint.value - true) < 4 * spread).all()


def test_domains_at_once_are_domains_one_by_one():
    value, psu, unit, weight, domain = clustered()
    together = IntraclassCorrelation(value, [psu, unit], domains=Domains(domain, 3))
    found = together.value(weight).reshape(3, 2)
    for d in (0, 1):
        here = domain == d
        alone = IntraclassCorrelation(value[here], [psu[here], unit[here]])
        np.testing.assert_allclose(found[d], alone.value(weight[here]), rtol=1e-9)
    assert np.isnan(found[2]).all()


def test_what_cannot_be_asked_for():
    with pytest.raises(NoClustersError):
        IntraclassCorrelation(np.ones(3), [])
    with pytest.raises(UnequalLengthsError):
        IntraclassCorrelation(np.ones(3), [np.ones(2)])
    with pytest.raises(MissingDesignError):
        IntraclassCorrelation(np.ones(2), [np.array(["a", None], dtype=object)])


def at(value):
    return np.array([float(value)])


def test_design_effects_by_hand():
    # Variance 6 against 2 with replacement, and against 2 * (1 - 100 / 400) without.
    args = at(6), at(2), at(100), at(400)
    assert design_effect(*args)[0] == 3
    without = design_effect(*args, DesignEffectKind.WITHOUT_REPLACEMENT)
    assert without[0] == 4
    assert math.isnan(design_effect(*args, DesignEffectKind.NONE)[0])


def test_weights_that_do_not_say_how_large_the_population_is_give_no_effect_without_replacement():
    found = design_effect(at(6), at(2), at(100), at(100), DesignEffectKind.WITHOUT_REPLACEMENT)
    assert math.isnan(found[0])
    assert math.isnan(design_effect(at(6), at(0), at(100), at(400))[0])


def test_roh_and_coefficient_of_variation_by_hand():
    assert kish_roh(at(1.9), at(100), at(10))[0] == pytest.approx(0.1)
    assert math.isnan(kish_roh(at(1.9), at(10), at(10))[0])
    assert math.isnan(kish_roh(at(1.9), at(10), at(0))[0])
    assert coefficient_of_variation(at(-8), at(2))[0] == 0.25
    assert math.isnan(coefficient_of_variation(at(0), at(2))[0])
