"""Quantiles under a design: laws, domains, joint covariances, notes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.errors import UnequalLengthsError
from analysis.estimate.domains import Domains
from analysis.estimate.errors import BadShareError, NoReplicatesError, NotLinearError
from analysis.estimate.quantile import Quantiles, replicated_quantiles, woodruff
from analysis.estimate.quantile_rules import QuantileRule
from analysis.finish import Options
from analysis.results import IntervalMethod
from analysis.variance.joint import infer
from tests.analysis.samples import one_psu_each, samples

law = settings(max_examples=60, deadline=None, derandomize=True)

SHARES = [0.25, 0.5, 0.9]
INTERVALS = (
    IntervalMethod.MEAN,
    IntervalMethod.XLOGIT,
    IntervalMethod.ASIN,
    IntervalMethod.BETA,
    IntervalMethod.SCORE,
)


def ages(sample):
    """Whole numbers with ties, one in ten not known, out of the weights."""
    found = np.round(10 * np.log(sample.weight))
    return np.where(np.arange(len(found)) % 10 == 9, np.nan, found)


def clustered(n=400, seed=3):
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(n // 10), 10)
    value = np.round(rng.normal(50, 9, n) + rng.normal(0, 5, n // 10)[psu], 3)
    weight = rng.uniform(1, 4, n)
    return value, Design.from_columns(psu % 4, psu, weight), rng.integers(0, 3, n)


def assert_same(first, second):
    for name in ("value", "standard_error", "low", "high"):
        np.testing.assert_allclose(
            getattr(first, name), getattr(second, name), rtol=1e-9, err_msg=name
        )


@law
@given(samples(), st.sampled_from(INTERVALS))
def test_growing_transforms_move_quantiles_and_ends_along(sample, interval):
    before = woodruff(Quantiles(ages(sample), SHARES), sample.design, interval=interval)
    after = woodruff(Quantiles(ages(sample) ** 3, SHARES), sample.design, interval=interval)
    for name in ("value", "low", "high"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name) ** 3, rtol=1e-12)


@law
@given(samples(), st.floats(0.01, 1000), st.sampled_from(QuantileRule), st.sampled_from(INTERVALS))
def test_scaling_every_weight_changes_nothing(sample, factor, rule, interval):
    quantiles = Quantiles(ages(sample), SHARES, rule=rule)
    scaled = sample.design.weighted(sample.weight * factor)
    assert_same(
        woodruff(quantiles, sample.design, interval=interval),
        woodruff(quantiles, scaled, interval=interval),
    )


@law
@given(samples(), st.randoms(use_true_random=False), st.sampled_from(["math", "school", "hf3"]))
def test_the_order_of_respondents_changes_nothing(sample, random, rule):
    rows = list(range(len(sample.weight)))
    random.shuffle(rows)
    before = Quantiles(ages(sample), SHARES, rule=QuantileRule(rule))
    after = Quantiles(ages(sample)[rows], SHARES, rule=QuantileRule(rule))
    assert_same(woodruff(before, sample.design), woodruff(after, sample.taken(rows).design))


@pytest.mark.parametrize("interval", INTERVALS)
def test_domains_at_once_are_domains_one_by_one(interval):
    value, design, group = clustered()
    domains = Domains(group.astype(np.int32), 4)
    together = woodruff(Quantiles(value, SHARES, domains=domains), design, interval=interval)
    for domain in range(3):
        alone = Quantiles(value, SHARES, domains=Domains.of_mask(group == domain))
        one = woodruff(alone, design, interval=interval)
        for name in ("value", "standard_error", "low", "high"):
            np.testing.assert_allclose(getattr(together, name)[domain], getattr(one, name)[0])
    assert np.isnan(together.value[3]).all()
    assert [note.code for note in together.estimates()[0][3].notes] == ["empty-domain"]


def test_values_outside_a_domain_do_not_matter():
    value, design, group = clustered()
    inside = Domains.of_mask(group == 0)
    before = woodruff(Quantiles(value, SHARES, domains=inside), design)
    after = woodruff(Quantiles(np.where(group == 0, value, np.nan), SHARES, domains=inside), design)
    assert_same(before, after)


def test_the_median_of_nine_by_hand():
    value = np.arange(1.0, 10.0)
    found = woodruff(Quantiles(value, [0.5]), one_psu_each(9))
    # F(5) = 5/9, error sqrt(20/81/8), t of 8 df: ends at 0.151 and 0.960.
    assert found.value.tolist() == [[5]]
    assert (found.low[0, 0], found.high[0, 0]) == (2, 9)
    assert found.standard_error[0, 0] == pytest.approx(7 / 2 / 2.306004135204166, rel=1e-12)
    estimate = found.estimates()[0][0]
    assert estimate.design_effect == pytest.approx(1, rel=1e-12)
    assert (estimate.n, estimate.df) == (9, 8)
    assert estimate.effective_n == pytest.approx(9, rel=1e-12)


def test_a_bound_beyond_the_sample_is_not_known():
    found = woodruff(Quantiles(np.arange(1.0, 10.0), [0.1]), one_psu_each(9))
    assert math.isnan(found.low[0, 0])
    assert math.isnan(found.standard_error[0, 0])
    assert found.high[0, 0] > found.value[0, 0]


@pytest.mark.parametrize("interval", INTERVALS)
def test_where_everybody_gives_the_highest_answer_the_sample_still_speaks_of_others(interval):
    # Sixty percent answered 5, the rest 1: the median is 5 and everybody is at or below it.
    value = np.array([5.0] * 6 + [1.0] * 4)
    found = woodruff(Quantiles(value, [0.5]), one_psu_each(10), interval=interval)
    assert found.value[0, 0] == 5
    assert found.low[0, 0] in {1, 5}
    if interval is not IntervalMethod.SCORE:
        assert found.is_flat[0, 0]
        assert [note.code for note in found.estimates()[0][0].notes] == ["no-variation"]


def test_the_score_interval_is_the_smallest_answer_alone_when_it_is_the_median_beyond_doubt():
    value = np.array([1.0] * 90 + [2.0] * 10)
    found = woodruff(Quantiles(value, [0.5]), one_psu_each(100), interval=IntervalMethod.SCORE)
    assert (found.low[0, 0], found.high[0, 0]) == (1, 1)
    few = woodruff(Quantiles(value[[0, 99]], [0.5]), one_psu_each(2), interval=IntervalMethod.SCORE)
    assert np.isnan([few.low[0, 0], few.high[0, 0]]).all()


def test_without_degrees_of_freedom_there_are_no_ends():
    design = Design.from_columns(np.zeros(6), np.zeros(6), np.ones(6))
    for interval in INTERVALS:
        found = woodruff(Quantiles(np.arange(6.0), [0.5]), design, interval=interval)
        assert np.isnan([found.low, found.high, found.standard_error]).all()
        estimate = found.estimates()[0][0]
        assert estimate.interval.method is IntervalMethod.NONE
        assert "no-degrees-of-freedom" in [note.code for note in estimate.notes]


def test_given_degrees_of_freedom_are_used():
    value, design, _ = clustered()
    few = woodruff(Quantiles(value, [0.5]), design, options=Options(df=2))
    many = woodruff(Quantiles(value, [0.5]), design)
    assert few.low < many.low < many.high < few.high


def test_jointly_they_vary_as_their_intervals_say():
    value, design, group = clustered()
    domains = Domains(group.astype(np.int32), 3)
    figures = woodruff(Quantiles(value, SHARES, domains=domains), design)
    joint = figures.joint(design)
    np.testing.assert_allclose(joint.value, figures.value.ravel())
    np.testing.assert_allclose(joint.standard_errors(), figures.standard_error.ravel(), rtol=1e-9)
    covariance = joint.covariance()
    assert np.linalg.eigvalsh(covariance).min() > -1e-9
    spacing = joint.contrast(np.array([[-1.0, 0, 1, 0, 0, 0, 0, 0, 0]]))
    assert spacing.value[0] == pytest.approx(figures.value[0, 2] - figures.value[0, 0])
    separate = math.hypot(*figures.standard_error[0, [0, 2]])
    assert 0 < spacing.standard_errors()[0] != pytest.approx(separate)


def test_with_a_slope_they_are_linear_and_without_they_say_so():
    value, design, _ = clustered()
    plain = Quantiles(value, SHARES)
    with pytest.raises(NotLinearError):
        infer(plain, design)
    figures = woodruff(plain, design)
    sloped = Quantiles(value, SHARES, slope=figures.slope.ravel())
    np.testing.assert_allclose(
        infer(sloped, design).covariance(), figures.joint(design).covariance(), rtol=1e-9
    )


def test_what_cannot_be_asked_for():
    value, design, _ = clustered()
    with pytest.raises(BadShareError):
        Quantiles(value, [0.5, 1.2])
    with pytest.raises(BadShareError):
        Quantiles(value, [])
    with pytest.raises(NoReplicatesError):
        replicated_quantiles(Quantiles(value, SHARES), design)
    with pytest.raises(UnequalLengthsError):
        woodruff(Quantiles(value[:-1], SHARES), design)
    with pytest.raises(UnequalLengthsError):
        Quantiles(value, SHARES, domains=Domains.whole(3))
