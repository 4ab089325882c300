"""Half-samples in full orthogonal balance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.variance.replicate import brr, fay, replicate_df
from analysis.variance.replicate.errors import BadRhoError, BrrNeedsPairsError
from tests.analysis.variance.samples import (
    assert_same,
    between_psus,
    replicate_covariance,
    stratified,
)

law = settings(max_examples=60, deadline=None, derandomize=True)


def test_two_strata_by_hand():
    made = brr(np.array([0, 0, 1, 1]))
    wanted = [[2, 0, 2, 0], [0, 2, 0, 2], [2, 2, 0, 0], [0, 0, 2, 2]]
    np.testing.assert_array_equal(made.factor, wanted)
    assert (made.scale, made.df, made.method) == (0.25, 2, "brr")


def test_nobody_is_left_out_by_fay():
    made = fay(np.array([0, 0, 1, 1]), 0.3)
    np.testing.assert_allclose(made.factor[0], [1.7, 0.3, 1.7, 0.3])
    assert made.scale == pytest.approx(1 / (4 * 0.49))
    np.testing.assert_array_equal(fay(np.array([0, 0]), 0.0).factor, brr(np.array([0, 0])).factor)


@pytest.mark.parametrize("n_strata", [1, 2, 3, 4, 7, 11, 19, 25, 51, 99])
def test_half_samples_are_in_full_orthogonal_balance(n_strata):
    made = brr(np.tile(np.arange(n_strata), 2))
    half = made.factor[:n_strata] - 1.0
    n_replicates = half.shape[1]
    assert (half.sum(1) == 0).all()
    np.testing.assert_array_equal(half @ half.T, n_replicates * np.eye(n_strata))
    np.testing.assert_array_equal(made.factor[n_strata:], 1.0 - half)
    assert made.df == n_strata == replicate_df(made.factor)
    assert n_strata < n_replicates <= max(n_strata + 4, 4)


@law
@given(stratified(most=2, max_strata=9), st.floats(0, 0.95))
def test_half_samples_are_the_variance_between_psus_for_totals(sample, rho):
    stratum, z = sample
    wanted = between_psus(stratum, z)
    for centre in ("estimate", "mean"):
        assert_same(replicate_covariance(brr(stratum), z, centre), wanted)
        assert_same(replicate_covariance(fay(stratum, rho), z, centre), wanted)


def test_strata_without_two_psus_are_named():
    with pytest.raises(BrrNeedsPairsError) as caught:
        brr(np.array([0, 0, 1, 2, 2, 2, 3, 3]))
    assert caught.value.code == "brr-needs-pairs"
    assert caught.value.context == {"strata": "1, 2", "n_psu": "1, 3"}
    with pytest.raises(BrrNeedsPairsError, match=r"9, \.\.\. \(40\)"):
        fay(np.arange(40), 0.5)


@pytest.mark.parametrize("rho", [-0.1, 1.0, float("nan"), None])
def test_rho_is_at_least_zero_and_below_one(rho):
    with pytest.raises(BadRhoError, match="bad-rho"):
        fay(np.array([0, 0]), rho)
