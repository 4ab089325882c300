"""Successive differences around closed chains."""

import numpy as np
import pytest
from hypothesis import given, settings

from analysis.errors import LonelyPsuError, UnequalLengthsError
from analysis.variance.replicate import successive_difference
from analysis.variance.replicate.errors import TooFewReplicatesError
from tests.analysis.variance.samples import (
    assert_same,
    between_psus,
    replicate_covariance,
    stratified,
)

law = settings(max_examples=60, deadline=None, derandomize=True)


def chain_variance(z):
    """Half the sum of squared differences of neighbours, the last and first included."""
    apart = z - np.roll(z, -1, axis=0)
    return apart.T @ apart / 2


def quadratic_form(made):
    """Weights C of all pairs in ``z' C z``."""
    apart = (made.factor - 1.0) * np.sqrt(made.rscales)
    return made.scale * apart @ apart.T


def expectation_in_random_order(form, stratum, z):
    """Mean of z' C z over all orders of the PSUs within strata, worked out.

    Given rows of C that add up to zero within every two strata.
    """
    total = 0.0
    for h in np.unique(stratum):
        here = form[np.ix_(stratum == h, stratum == h)]
        n = len(here)
        np.testing.assert_allclose(here.sum(1), 0, atol=1e-9)
        spread = np.sum((z[stratum == h] - z[stratum == h].mean()) ** 2)
        total += np.trace(here) / (n - 1) * spread
    return total


def test_three_psus_by_hand():
    made = successive_difference(np.zeros(3, dtype=int))
    assert made.factor.shape == (3, 4)
    assert made.scale == 1.0
    # Rows + - + -, + + - - and + - - +: the first PSU has the first minus the second.
    step = 2**-0.5
    np.testing.assert_allclose(made.factor[0], [1, 1 - step, 1 + step, 1])
    z = np.array([[1.0], [2.0], [6.0]])
    assert replicate_covariance(made, z)[0, 0] == pytest.approx((1 + 16 + 25) / 2)
    assert made.df == 2


@law
@given(stratified(most=9))
def test_with_enough_rows_only_neighbours_are_compared(sample):
    stratum, z = sample
    fraction = np.linspace(0, 0.6, stratum.max() + 1)
    made = successive_difference(stratum, fraction=fraction)
    wanted = sum(
        (1 - fraction[h]) * chain_variance(z[stratum == h]) for h in range(stratum.max() + 1)
    )
    for centre in ("estimate", "mean"):
        assert_same(replicate_covariance(made, z, centre), wanted)


@law
@given(stratified(most=9))
def test_in_random_order_the_expectation_is_the_variance_between_psus(sample):
    stratum, z = sample
    # Eight replicates: rows are used again in other combinations.
    form = quadratic_form(successive_difference(stratum, n_replicates=8))
    found = expectation_in_random_order(form, stratum, z[:, 0])
    assert_same(np.array(found), between_psus(stratum, z[:, :1])[0, 0])


def test_many_psus_share_80_replicates_and_keep_the_expectation():
    stratum = np.repeat([0, 1, 2], [300, 57, 143])
    z = np.random.Generator(np.random.PCG64(3)).normal(50, 10, 500)
    made = successive_difference(stratum)
    assert made.factor.shape == (500, 80)
    assert made.df == 78  # 79 rows, whose differences lie in one dimension less
    found = expectation_in_random_order(quadratic_form(made), stratum, z)
    assert found == pytest.approx(between_psus(stratum, z[:, None])[0, 0], rel=1e-9)
    # PSUs that are not neighbours hardly meet: no pair has both rows in common.
    distinct = np.unique(made.factor[stratum == 0], axis=0)
    assert len(distinct) == 300


def test_a_trend_along_the_list_is_not_variance():
    stratum = np.zeros(40, dtype=int)
    z = np.arange(40.0)[:, None]
    order = np.random.Generator(np.random.PCG64(1)).permutation(40)
    made = successive_difference(stratum, order)
    along = replicate_covariance(made, order.astype(float)[:, None])[0, 0]
    assert along == pytest.approx((39 + 39**2) / 2)
    assert along < between_psus(stratum, z)[0, 0] / 5


def test_rows_in_any_order_with_their_place_are_the_same_sample():
    order = np.array([3.5, -1, 2, 7, 0])
    stratum = np.zeros(5, dtype=int)
    sorted_ = successive_difference(stratum).factor
    np.testing.assert_array_equal(
        successive_difference(stratum, order).factor[np.argsort(order)], sorted_
    )


def test_the_number_of_replicates_is_raised_to_an_order_that_exists():
    assert successive_difference(np.zeros(3, dtype=int), n_replicates=90).scale == 4 / 96


def test_broken_promises_are_named():
    with pytest.raises(LonelyPsuError):
        successive_difference(np.array([0, 0, 1]))
    with pytest.raises(UnequalLengthsError, match="order=2, psu_stratum=3"):
        successive_difference(np.zeros(3, dtype=int), np.arange(2))
    with pytest.raises(TooFewReplicatesError):
        successive_difference(np.zeros(3, dtype=int), n_replicates=3)
