"""Weights of pairs of PSUs drawn without replacement with unequal probabilities."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import LonelyPsuError, UnequalLengthsError
from analysis.variance.pps import (
    DensePairs,
    PairVariance,
    brewer_fraction,
    check_joint,
    hartley_rao,
    overton,
    pair_matrix,
)
from analysis.variance.pps.errors import (
    BadProbabilityError,
    JointDiagonalError,
    JointNotSymmetricError,
    JointRangeError,
    JointShapeError,
    JointTooLargeError,
    JointTooSmallError,
    NotFixedSizeError,
    TooManyPairsError,
)
from tests.analysis.variance.samples import assert_same, between_psus, stratified

law = settings(max_examples=60, deadline=None, derandomize=True)
HT, YG = PairVariance.HORVITZ_THOMPSON, PairVariance.YATES_GRUNDY


def simple_joint(stratum, size):
    """Joint probabilities of simple random samples from strata of known size."""
    n = np.bincount(stratum)[stratum]
    p = n / size[stratum]
    same = p * ((n - 1) / (size[stratum] - 1))
    joint = np.where(stratum[:, None] == stratum, same[:, None], np.outer(p, p))
    np.fill_diagonal(joint, p)
    return joint


def rejective_design(odds, n):
    """All samples of n from few PSUs with their probabilities; p and p_ij follow by counting."""
    samples = list(combinations(range(len(odds)), n))
    chance = np.array([np.prod(odds[list(sample)]) for sample in samples])
    chance /= chance.sum()
    joint = np.zeros((len(odds), len(odds)))
    for sample, probability in zip(samples, chance, strict=True):
        joint[np.ix_(sample, sample)] += probability
    return samples, chance, joint


@law
@given(stratified(least=2, most=5), st.integers(1, 20))
def test_simple_random_samples_have_their_closed_form(sample, unseen):
    stratum, z = sample
    size = np.bincount(stratum) + unseen
    fraction = np.bincount(stratum) / size
    joint = simple_joint(stratum, size)
    wanted = between_psus(stratum, z, fraction)
    for kind in (HT, YG):
        assert_same(pair_matrix(joint, kind).quadratic(z), wanted)
        assert_same(pair_matrix(joint, kind, stratum=stratum).quadratic(z), wanted)


@law
@given(stratified(least=2, most=5), st.integers(1, 20))
def test_for_equal_probabilities_every_approximation_is_exact(sample, unseen):
    stratum, z = sample
    size = np.bincount(stratum) + unseen
    fraction = np.bincount(stratum) / size
    p = fraction[stratum]
    wanted = between_psus(stratum, z, fraction)
    for kind in (HT, YG):
        assert_same(overton(p, stratum, kind=kind).quadratic(z), wanted)
        assert_same(hartley_rao(p, stratum, kind=kind).quadratic(z), wanted)
    np.testing.assert_array_equal(brewer_fraction(p), p)


@pytest.mark.parametrize("kind", [HT, YG])
def test_over_all_samples_the_mean_is_the_true_variance(kind):
    y = np.array([3.0, 10, 4, 8, 21])
    samples, chance, joint = rejective_design(np.array([0.5, 1, 1.5, 2, 4]), 3)
    p = np.diagonal(joint)
    totals = np.array([np.sum((y / p)[list(sample)]) for sample in samples])
    assert chance @ totals == pytest.approx(y.sum())
    truth = chance @ (totals - y.sum()) ** 2
    found = [
        pair_matrix(joint[np.ix_(sample, sample)], kind).quadratic((y / p)[list(sample), None])[
            0, 0
        ]
        for sample in samples
    ]
    assert chance @ np.array(found) == pytest.approx(truth)


def test_yates_grundy_is_a_sum_over_differences():
    _, _, joint = rejective_design(np.array([0.5, 1, 1.5, 2, 4]), 4)
    p, z = np.diagonal(joint), np.array([3.0, -1, 4, 1, 5])
    wanted = sum(
        (p[i] * p[j] - joint[i, j]) / joint[i, j] * (z[i] - z[j]) ** 2
        for i, j in combinations(range(5), 2)
    )
    assert pair_matrix(joint, YG).quadratic(z[:, None])[0, 0] == pytest.approx(wanted)
    assert pair_matrix(joint, YG).quadratic(np.ones((5, 1)))[0, 0] == pytest.approx(0, abs=1e-12)


def test_hartley_rao_is_its_published_sum():
    p, z = np.array([0.1, 0.35, 0.2, 0.6]), np.array([3.0, -1, 4, 1])
    constant = 0.4
    wanted = sum(
        (1 - p[i] - p[j] + constant) / 3 * (z[i] - z[j]) ** 2 for i, j in combinations(range(4), 2)
    )
    found = hartley_rao(p, kind=YG, constant=constant).quadratic(z[:, None])[0, 0]
    assert found == pytest.approx(wanted)
    assert_same(
        hartley_rao(p, kind=YG).quadratic(z[:, None]),
        hartley_rao(p, kind=YG, constant=p.mean()).quadratic(z[:, None]),
    )


@law
@given(stratified(least=2, most=6), st.integers(0, 2**31))
def test_sums_over_psus_are_sums_over_pairs(sample, seed):
    stratum, z = sample
    p = np.random.Generator(np.random.PCG64(seed)).uniform(0.01, 0.99, len(stratum))
    p[::7] = 1.0
    assume(not (np.bincount(stratum, p < 1) == 1).any())
    for kind in (HT, YG):
        for pairs in (hartley_rao(p, stratum, kind=kind), overton(p, stratum, kind=kind)):
            assert_same(pairs.quadratic(z), DensePairs(pairs.dense()).quadratic(z))


@pytest.mark.parametrize("kind", [HT, YG])
def test_psus_drawn_with_certainty_add_nothing(kind):
    p, z = np.array([0.1, 1.0, 0.35, 0.2, 1.0]), np.array([[3.0], [90], [4], [1], [-50]])
    is_open = p < 1
    for approximate in (overton, hartley_rao):
        both = approximate(p, kind=kind).quadratic(z)
        assert_same(both, approximate(p[is_open], kind=kind).quadratic(z[is_open]))
    _, _, joint = rejective_design(np.array([0.5, 1, 1.5, 2]), 3)
    with_certain = np.ones((5, 5))
    with_certain[:4, :4] = joint
    with_certain[4, :4] = with_certain[:4, 4] = np.diagonal(joint)
    assert_same(
        pair_matrix(with_certain, kind).quadratic(z), pair_matrix(joint, kind).quadratic(z[:4])
    )


def test_influences_of_few_psus_are_those_with_zeros():
    _, _, joint = rejective_design(np.linspace(0.3, 3, 9), 5)
    pairs = pair_matrix(joint, YG)
    z = np.zeros((9, 2))
    z[[2, 5]] = [[3, 1], [-2, 4]]
    assert_same(pairs.quadratic(z), z.T @ pairs.matrix @ z)


def test_fixed_size_is_a_promise_of_yates_grundy():
    p = np.array([0.2, 0.5, 0.7])
    independent = np.outer(p, p)
    np.fill_diagonal(independent, p)
    z = np.array([[3.0], [1], [2]])
    found = pair_matrix(independent, HT).quadratic(z)[0, 0]
    assert found == pytest.approx(np.sum((1 - p) * z[:, 0] ** 2))
    with pytest.raises(NotFixedSizeError, match="not-fixed-size"):
        pair_matrix(independent, YG)


def good():
    return rejective_design(np.array([0.5, 1, 1.5, 2]), 3)[2]


def changed(first, second, value, mirrored=None):
    joint = good()
    joint[first, second] = value
    joint[second, first] = value if mirrored is None else mirrored
    return joint


@pytest.mark.parametrize(
    ("error", "joint"),
    [
        (JointRangeError, changed(1, 3, 0.0)),
        (JointRangeError, changed(1, 3, np.nan)),
        (JointRangeError, changed(1, 3, 1.2)),
        (JointNotSymmetricError, changed(1, 3, 0.7, 0.71)),
        (JointTooLargeError, changed(1, 3, 0.999)),
        (JointTooSmallError, changed(1, 3, 0.3)),
    ],
)
def test_impossible_pairs_are_named(error, joint):
    with pytest.raises(error) as caught:
        pair_matrix(joint, YG)
    assert (caught.value.context["first"], caught.value.context["second"]) == ("1", "3")
    assert caught.value.code.startswith("joint-")


def test_rounding_is_no_contradiction_and_other_strata_are_not_looked_at():
    rounded = np.round(good(), 7)
    check_joint(rounded, np.diagonal(good()))
    strata = np.array([0, 0, 1, 1])
    blank = np.where(strata[:, None] == strata, good(), np.nan)
    assert_same(
        pair_matrix(blank, YG, stratum=strata).matrix,
        pair_matrix(good(), YG, stratum=strata).matrix,
    )


def test_other_broken_promises_are_named():
    with pytest.raises(JointDiagonalError, match="first=2"):
        check_joint(good(), np.diagonal(good()) + np.array([0, 0, 0.01, 0]))
    with pytest.raises(JointShapeError):
        check_joint(good()[:3])
    with pytest.raises(JointShapeError):
        check_joint(good(), np.array([0.5]))
    with pytest.raises(UnequalLengthsError):
        check_joint(good(), stratum=np.zeros(3, dtype=int))
    with pytest.raises(TooManyPairsError, match="n_psu=20001"):
        check_joint(np.broadcast_to(np.float64(0.5), (20_001, 20_001)))
    with pytest.raises(BadProbabilityError, match=r"psu=1, value=0\.0"):
        overton(np.array([0.5, 0.0]), kind=YG)
    with pytest.raises(BadProbabilityError, match="constant"):
        hartley_rao(np.array([0.5, 0.2]), kind=YG, constant=3.0)
    with pytest.raises(UnequalLengthsError):
        hartley_rao(np.array([0.5, 0.2]), kind=YG, constant=np.array([0.1, 0.2]))
    with pytest.raises(UnequalLengthsError):
        overton(np.array([0.5, 0.2]), np.array([0]), kind=YG)


def test_lonely_psus_are_refused_unless_certain():
    stratum = np.array([0, 0, 1])
    p = np.array([0.5, 0.4, 0.3])
    for approximate in (overton, hartley_rao):
        with pytest.raises(LonelyPsuError):
            approximate(p, stratum, kind=YG)
        approximate(np.array([0.5, 0.4, 1.0]), stratum, kind=YG)
    with pytest.raises(LonelyPsuError):
        pair_matrix(good()[:3, :3], HT, stratum=stratum)
    with pytest.raises(LonelyPsuError):
        pair_matrix(np.array([[0.5]]), HT)
