"""Variances, covariances, correlations and means: by hand, laws, derivatives."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.estimate import mean, ratio, total
from analysis.estimate.domains import Domains
from analysis.estimate.means import Means, Missing
from analysis.estimate.spread import Spread, SpreadKind, spread_estimates
from analysis.finish import Options
from analysis.results import IntervalMethod
from analysis.variance.joint import infer
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import one_psu_each, samples

law = settings(max_examples=60, deadline=None, derandomize=True)
NAN = np.nan


def variables(sample, k=3):
    """Columns that go together, one value in seven not known."""
    rng = np.random.default_rng(len(sample.weight))
    base = np.log(sample.weight)
    columns = np.column_stack([base * j + rng.normal(0, 1, len(base)) for j in range(1, k + 1)])
    columns[rng.random(columns.shape) < 1 / 7] = NAN
    return columns


def derivative(estimator, weight, row, step=1e-6):
    """Move one weight a little and look."""
    moved = weight.copy()
    moved[row] += step
    back = weight.copy()
    back[row] -= step
    return (estimator.value(moved) - estimator.value(back)) / (2 * step)


def assert_influence_is_the_derivative(estimator, weight):
    value = estimator.value(weight)
    influence = estimator.influence(weight, value)
    for row in range(len(weight)):
        np.testing.assert_allclose(
            influence[row], derivative(estimator, weight, row), rtol=2e-5, atol=1e-7
        )


def test_by_hand():
    # Weights 1, 2, 1: mean 2, weighted mean square 1/2, times 3/2.
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
    weight = np.array([1.0, 2.0, 1.0])
    pair = np.column_stack([x, y])
    of = {kind: Spread(pair, kind).value(weight) for kind in SpreadKind}
    assert of[SpreadKind.VARIANCE].tolist() == pytest.approx([0.75, 3.0])
    assert of[SpreadKind.STANDARD_DEVIATION].tolist() == pytest.approx([0.75**0.5, 3.0**0.5])
    assert of[SpreadKind.COVARIANCE].tolist() == pytest.approx([0.75, 1.5, 3.0])
    assert Spread(pair, SpreadKind.COVARIANCE).pairs == ((0, 0), (0, 1), (1, 1))
    assert of[SpreadKind.CORRELATION].tolist() == pytest.approx([1.0])


def test_without_weights_they_are_those_of_numpy():
    rng = np.random.default_rng(4)
    columns = rng.normal(1e6, 2, (50, 3))
    ones = np.ones(50)
    covariance = Spread(columns, SpreadKind.COVARIANCE).value(ones)
    np.testing.assert_allclose(covariance, np.cov(columns.T)[np.triu_indices(3)], rtol=1e-9)
    correlation = Spread(columns, SpreadKind.CORRELATION).value(ones)
    np.testing.assert_allclose(correlation, np.corrcoef(columns.T)[np.triu_indices(3, 1)])


@law
@given(samples(), st.sampled_from(SpreadKind), st.sampled_from(Missing))
def test_influences_are_derivatives(sample, kind, missing):
    estimator = Spread(variables(sample, 2), kind, missing=missing)
    assume((estimator.contributes.sum() > 3) & ~np.isnan(estimator.value(sample.weight)).any())
    assume(len(sample.weight) < 25)
    if kind is SpreadKind.CORRELATION:
        assume(abs(estimator.value(sample.weight)[0]) < 0.99)
    assert_influence_is_the_derivative(estimator, sample.weight)


@law
@given(samples())
def test_a_covariance_matrix_is_that_of_a_population(sample):
    columns = variables(sample)
    found = Spread(columns, SpreadKind.COVARIANCE)
    assume(found.contributes.sum() > 1)
    matrix = np.zeros((3, 3))
    for (j, k), covariance in zip(found.pairs, found.value(sample.weight), strict=True):
        matrix[j, k] = matrix[k, j] = covariance
    assert np.linalg.eigvalsh(matrix).min() >= -1e-9 * np.trace(matrix)
    correlation = Spread(columns, SpreadKind.CORRELATION).value(sample.weight)
    assert (np.abs(correlation[~np.isnan(correlation)]) <= 1 + 1e-12).all()


@law
@given(samples(), st.floats(-100, 100), st.floats(-5, 5).filter(lambda b: abs(b) > 0.01))
def test_shifting_does_nothing_to_a_variance_and_scaling_squares(sample, shift, scale):
    column = variables(sample, 1)
    assume((~np.isnan(column)).sum() > 2)
    options = Options(lonely=LonelyPolicy.ADJUST)
    for kind, factor in (
        (SpreadKind.VARIANCE, scale**2),
        (SpreadKind.STANDARD_DEVIATION, abs(scale)),
    ):
        before = spread_estimates(column, kind, sample.design, options=options)[0][0]
        after = spread_estimates(shift + scale * column, kind, sample.design, options=options)[0][0]
        assert after.value == pytest.approx(factor * before.value, rel=1e-7)
        assert after.standard_error == pytest.approx(
            factor * before.standard_error, rel=1e-6, nan_ok=True
        )


@law
@given(samples(), st.floats(0.01, 1000), st.sampled_from(SpreadKind))
def test_scaling_every_weight_changes_nothing(sample, factor, kind):
    columns = variables(sample)
    first = spread_estimates(columns, kind, sample.design)
    second = spread_estimates(columns, kind, sample.design.weighted(sample.weight * factor))
    for before, after in zip(first, second, strict=True):
        assert after[0].value == pytest.approx(before[0].value, rel=1e-9, nan_ok=True)
        assert after[0].standard_error == pytest.approx(
            before[0].standard_error, rel=1e-7, nan_ok=True
        )


@pytest.mark.parametrize("kind", list(SpreadKind))
def test_domains_at_once_are_domains_one_by_one_and_jointly_the_same(kind):
    rng = np.random.default_rng(8)
    psu = np.repeat(np.arange(40), 6)
    columns = rng.normal(0, 1, (240, 2)) + rng.normal(0, 1, 40)[psu, None]
    columns[rng.random(columns.shape) < 0.1] = NAN
    group = rng.integers(0, 3, 240)
    design = Design.from_columns(psu % 4, psu, rng.uniform(1, 5, 240))
    domains = Domains(group.astype(np.int32), 3)
    together = spread_estimates(columns, kind, design, domains=domains)
    joint = infer(Spread(columns, kind, domains=domains), design)
    ours = np.array([[[e.value, e.standard_error] for e in row] for row in together])
    np.testing.assert_allclose(joint.value.reshape(3, -1).T, ours[:, :, 0], rtol=1e-9)
    np.testing.assert_allclose(joint.standard_errors().reshape(3, -1).T, ours[:, :, 1], rtol=1e-9)
    for domain in range(3):
        alone = spread_estimates(columns, kind, design, domains=Domains.of_mask(group == domain))
        for row, one in zip(together, alone, strict=True):
            assert row[domain].value == pytest.approx(one[0].value, rel=1e-9)
            assert row[domain].standard_error == pytest.approx(one[0].standard_error, rel=1e-9)
            assert (row[domain].n, row[domain].df) == (one[0].n, one[0].df)


def test_listwise_leaves_people_out_of_everything_pairwise_of_what_needs_them():
    columns = np.array([[1, 2, NAN], [2, 1, 5], [3, 5, 6], [4, NAN, 9], [9, 9, 9.0]])
    ones = np.ones(5)
    listwise = Spread(columns, SpreadKind.COVARIANCE).value(ones)
    np.testing.assert_allclose(
        listwise, np.cov(columns[[1, 2, 4]].T)[np.triu_indices(3)], rtol=1e-12
    )
    pairwise = Spread(columns, SpreadKind.COVARIANCE, missing=Missing.PAIRWISE).value(ones)
    np.testing.assert_allclose(pairwise[0], np.var(columns[:, 0], ddof=1))
    np.testing.assert_allclose(pairwise[2], np.cov(columns[1:, 0], columns[1:, 2])[0, 1])
    assert Means.of(columns).value(ones)[1] == pytest.approx(17 / 4)
    assert Means.of(columns, missing=Missing.LISTWISE).value(ones)[1] == pytest.approx(5)


def test_n_counts_those_who_contribute_not_those_without_a_value_or_weight():
    values = np.array([1.0, 3.0, NAN, 50.0])
    design = one_psu_each(4).weighted(np.array([1.0, 1.0, 1.0, 0.0]))
    found = spread_estimates(values, SpreadKind.VARIANCE, design)[0][0]
    assert (found.n, found.value) == (2, pytest.approx(2))


def test_one_person_and_a_constant_have_no_spread_to_speak_of():
    lonely = spread_estimates(np.array([4.0, NAN]), SpreadKind.VARIANCE, one_psu_each(2))[0][0]
    assert math.isnan(lonely.value)
    same = np.full((5, 2), 4.0)
    flat = spread_estimates(same, SpreadKind.VARIANCE, one_psu_each(5))[0][0]
    assert flat.value == 0
    assert math.isnan(flat.interval.high)
    deviation = spread_estimates(same, SpreadKind.STANDARD_DEVIATION, one_psu_each(5))[0][0]
    assert deviation.value == 0
    assert math.isnan(deviation.standard_error)
    correlation = spread_estimates(same, SpreadKind.CORRELATION, one_psu_each(5))[0][0]
    assert math.isnan(correlation.value)


def test_the_logit_interval_of_a_correlation_is_fishers():
    rng = np.random.default_rng(5)
    columns = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 60)
    found = spread_estimates(
        columns, SpreadKind.CORRELATION, one_psu_each(60), interval=IntervalMethod.LOGIT
    )[0][0]
    half = 2.0009953780882688 * found.standard_error / (1 - found.value**2)
    assert found.interval.low == pytest.approx(math.tanh(math.atanh(found.value) - half), rel=1e-9)
    assert found.interval.high == pytest.approx(math.tanh(math.atanh(found.value) + half), rel=1e-9)


@law
@given(samples())
def test_means_ratios_and_totals_are_those_of_one_variable(sample):
    values = np.log(sample.weight)
    other = 1 + values**2
    design = sample.design
    options = {"lonely": LonelyPolicy.ADJUST}
    columns = np.column_stack([values, other])
    for estimator, ours in (
        (Means.of(columns), [mean(values, design, **options), mean(other, design, **options)]),
        (Means(columns), [total(values, design, **options), total(other, design, **options)]),
        (Means(values, other), [ratio(values, other, design, **options)]),
    ):
        joint = infer(estimator, design, **options)
        for k, one in enumerate(ours):
            assert joint.value[k] == pytest.approx(one.value, rel=1e-9, abs=1e-12)
            assert joint.standard_errors()[k] == pytest.approx(
                one.standard_error, rel=1e-7, abs=1e-10, nan_ok=True
            )


@law
@given(samples())
def test_shares_of_categories_add_to_one_in_every_domain_and_the_sum_does_not_vary(sample):
    answers = sample.columns["a"]
    code = np.where(answers > 0, answers - 1, -1)
    domains = Domains(np.searchsorted(["x", "y", "z"], sample.domain).astype(np.int32), 3)
    shares = Means.of_categories(code, 5, domains=domains)
    joint = infer(shares, sample.design, lonely=LonelyPolicy.ADJUST)
    sums = joint.value.reshape(3, 5).sum(axis=1)
    assert np.all(np.isclose(sums, 1) | np.isnan(sums))
    known = np.flatnonzero(~np.isnan(sums))
    assume(len(known))
    block = slice(5 * known[0], 5 * known[0] + 5)
    assert joint.covariance()[block, block].sum() == pytest.approx(0, abs=1e-12)


def test_influences_of_means_are_derivatives():
    rng = np.random.default_rng(6)
    values = rng.normal(3, 1, (12, 2))
    values[3, 0] = NAN
    domains = Domains(np.array([0, 1, 2] * 4, dtype=np.int32), 3)
    weight = rng.uniform(1, 3, 12)
    for estimator in (
        Means.of(values, domains=domains),
        Means(values, domains=domains),
        Means(values, values[:, ::-1], domains=domains),
    ):
        assert_influence_is_the_derivative(estimator, weight)


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(UnequalLengthsError):
        Means(np.ones((4, 2)), np.ones((4, 1)))
    with pytest.raises(UnequalLengthsError):
        spread_estimates(np.ones(4), SpreadKind.VARIANCE, one_psu_each(5))


def test_people_who_are_all_alike_in_a_replicate_have_no_correlation_there():
    # Two PSUs; the first, where everybody says 4, is left alone by the second replicate. The
    # distances from the mean of all, 4.3 here, leave rounding where there is no spread.
    x = np.array([4.0, 4.0, 4.0, 4.0, 5.0, 4.0, 5.0, 5.0, 4.0, 4.0])
    y = np.array([1.3, 5.9, 7.2, 0.9, 2.8, 5.1, 4.3, 2.1, 9.9, 4.0])
    psu = np.array([0] * 3 + [1] * 7)
    weight = np.full(10, 7.8890561)
    for alone in (0.00870, 0.33210, 2.24440):
        only_first = weight * np.where(psu == 0, alone, 0.0)
        value = Spread(np.column_stack([x, y]), SpreadKind.CORRELATION).value(only_first)
        assert np.isnan(value).all()
        for kind in (SpreadKind.VARIANCE, SpreadKind.STANDARD_DEVIATION):
            assert Spread(x, kind).value(only_first).tolist() == [0.0]
        covariance = Spread(np.column_stack([x, y]), SpreadKind.COVARIANCE).value(only_first)
        assert covariance[1] == pytest.approx(0.0, abs=1e-14)
