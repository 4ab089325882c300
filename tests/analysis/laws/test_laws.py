"""What holds for every sample."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.answers import MISSING
from analysis.coding import encode
from analysis.design import Design
from analysis.estimate import mean, proportion, ratio, total
from analysis.finish import Estimand, Options, finish
from analysis.index.algebra import node_values
from analysis.index.evaluate import Measure, evaluate
from analysis.index.layout import lay_out, units
from analysis.linear import identity_linears
from analysis.reduce import Units, merge, reduce
from analysis.results import IntervalMethod
from analysis.variance.between_psu import Cells, deviations
from analysis.variance.lonely import LonelyPolicy
from tests.analysis.samples import AB_AND_C, assert_same, leaf, method, samples

law = settings(max_examples=60, deadline=None, derandomize=True)

INDEX = method(AB_AND_C + leaf("score", "mean_score", "abc"))


def figures_of(sample, **options):
    return evaluate(INDEX, sample.columns, sample.design, {"domain": sample.domain}, **options)


@law
@given(samples(), st.floats(0.01, 1000))
def test_scaling_every_weight_changes_nothing(sample, factor):
    scaled = type(sample)(
        sample.stratum, sample.psu, sample.weight * factor, sample.columns, sample.domain
    )
    for before, after in zip(figures_of(sample), figures_of(scaled), strict=True):
        assert_same(after.estimate, before.estimate)


@law
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_respondents_changes_nothing(sample, random):
    rows = list(range(len(sample.weight)))
    random.shuffle(rows)
    for before, after in zip(figures_of(sample), figures_of(sample.taken(rows)), strict=True):
        assert (before.node, before.domain_code) == (after.node, after.domain_code)
        assert_same(after.estimate, before.estimate)


@law
@given(samples())
def test_those_without_a_trait_are_all_the_others(sample):
    has = proportion(sample.is_satisfied, sample.design)
    has_not = proportion(1 - sample.is_satisfied, sample.design)
    assert has.value + has_not.value == pytest.approx(1, rel=1e-12)
    assert has.standard_error == pytest.approx(has_not.standard_error, abs=1e-12, nan_ok=True)
    assert has.interval.low == pytest.approx(1 - has_not.interval.high, abs=1e-9, nan_ok=True)


@law
@given(samples())
def test_the_three_shares_add_to_one(sample):
    shares = {}
    for figure in figures_of(sample):
        if figure.measure is not Measure.VALUE:
            shares.setdefault((figure.node, figure.domain_code), []).append(figure.estimate.value)
    known = [three for three in shares.values() if not math.isnan(sum(three))]
    assert known
    for three in known:
        assert sum(three) == pytest.approx(1, rel=1e-12)


@law
@given(samples())
def test_a_domain_is_zeros_not_deletion(sample):
    inside = sample.domain == "x"
    assume(inside.any())
    by_mask = total(sample.weight, sample.design, inside)
    by_zeros = total(np.where(inside, sample.weight, 0.0), sample.design)
    assert by_mask.value == pytest.approx(by_zeros.value, rel=1e-12)
    assert by_mask.standard_error == pytest.approx(by_zeros.standard_error, rel=1e-9, abs=1e-9)
    inner = mean(sample.weight, sample.design, inside)
    share = ratio(sample.weight * inside, inside.astype(float), sample.design)
    assert inner.value == pytest.approx(share.value, rel=1e-12)
    if inner.df > 0:
        assert inner.standard_error == pytest.approx(share.standard_error, rel=1e-9, abs=1e-9)


@law
@given(samples())
def test_domains_add_up_to_the_whole(sample):
    units_ = Units(np.column_stack([sample.weight]), np.ones((len(sample.weight), 1), dtype=bool))
    coded = encode(sample.domain)
    parts = reduce(units_, sample.design, coded.codes, len(coded.levels)).totals
    whole = reduce(units_, sample.design).totals
    assert parts.of_domains(parts.values).sum() == pytest.approx(whole.values.sum(), rel=1e-12)
    assert parts.n.sum() == len(sample.weight)


@law
@given(samples(), st.randoms(use_true_random=False))
def test_parts_of_a_sample_merge_in_any_order(sample, random):
    layout = lay_out(INDEX)
    variables = units(INDEX, layout, sample.columns)
    whole = reduce(variables, sample.design).totals
    part_of = np.array([random.randrange(3) for _ in sample.weight])
    parts = []
    for part in range(3):
        codes = np.where(part_of == part, 0, -1).astype(np.int32)
        parts.append(reduce(variables, sample.design, codes).totals)
    random.shuffle(parts)
    merged = merge(parts)
    assert merged.cluster.tolist() == whole.cluster.tolist()
    np.testing.assert_allclose(merged.values, whole.values, rtol=1e-12)
    np.testing.assert_allclose((parts[0] + (parts[1] + parts[2])).values, merged.values, rtol=1e-12)
    np.testing.assert_allclose(merged.n, whole.n)


@law
@given(samples())
def test_every_interval_holds_its_value_and_stays_within_its_ends(sample):
    for figure in figures_of(sample):
        interval = figure.estimate.interval
        if interval.method is IntervalMethod.NONE:
            assert math.isnan(interval.low)
            assert math.isnan(interval.high)
            continue
        assert interval.low <= figure.estimate.value + 1e-12
        assert figure.estimate.value <= interval.high + 1e-12
        assert interval.low < interval.high
        if figure.measure is not Measure.VALUE:
            assert 0 <= interval.low < interval.high <= 1


@law
@given(samples())
def test_covariances_agree_with_the_variance_of_a_difference(sample):
    layout = lay_out(INDEX)
    reduced = reduce(units(INDEX, layout, sample.columns), sample.design)
    totals = reduced.totals.linears()
    first, second = totals[0] / totals[1], totals[2] / totals[1]
    influence = reduced.totals.influence([first, second, first - second])
    cells = Cells(reduced.totals.domain, reduced.totals.cluster, 1)
    spread = deviations(influence, cells, sample.design.clusters, LonelyPolicy.FAIL)
    covariance = spread.covariances()[0]
    np.testing.assert_allclose(np.diag(covariance), spread.variances()[0], rtol=1e-9, atol=1e-18)
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    np.testing.assert_allclose(spread.variances()[0, 2], difference, rtol=1e-7, atol=1e-15)


@settings(law, max_examples=6)
@given(st.integers(0, 2**32 - 1))
def test_the_algebra_agrees_with_leaving_out_one_psu_at_a_time(seed):
    rng = np.random.default_rng(seed)
    n_psu, size = 120, 6
    psu = np.repeat(np.arange(n_psu), size)
    stratum = psu % 3
    leaning = rng.normal(0.6, 0.1, n_psu)[psu]
    columns = {i: np.where(rng.random(psu.size) < leaning, 5, 2) for i in "abc"}
    columns["c"] = np.where(rng.random(psu.size) < 0.3, MISSING, columns["c"])
    weight = rng.uniform(1, 3, psu.size)

    def overall(weights):
        layout = lay_out(INDEX)
        variables = units(INDEX, layout, columns).values
        values = node_values(INDEX, layout, identity_linears((weights @ variables)[None, :]))
        return values["all", Measure.SATISFIED].linear.value[0]

    jackknife = 0.0
    for h in range(3):
        mine = np.unique(psu[stratum == h])
        m = len(mine)
        factor = np.where(stratum == h, m / (m - 1), 1.0) * weight
        left_out = np.array([overall(np.where(psu == j, 0.0, factor)) for j in mine])
        jackknife += (m - 1) / m * np.sum((left_out - overall(weight)) ** 2)
    design = Design.from_columns(stratum, psu, weight)
    found = next(f.estimate for f in evaluate(INDEX, columns, design, {}) if f.node == "all")
    assert found.standard_error == pytest.approx(math.sqrt(jackknife), rel=0.03)


@law
@given(samples())
def test_asking_for_more_estimands_changes_none(sample):
    layout = lay_out(INDEX)
    reduced = reduce(units(INDEX, layout, sample.columns), sample.design)

    def first(totals):
        return Estimand(totals[0] / totals[1], 0)

    def both(totals):
        return [Estimand(totals[2] / totals[1], 0), first(totals)]

    alone = finish(lambda totals: [first(totals)], reduced, Options())[0][0]
    together = finish(both, reduced, Options())[1][0]
    assert_same(alone, together, rel=1e-12)
