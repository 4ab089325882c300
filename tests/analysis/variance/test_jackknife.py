"""Leaving out PSUs: by hand, and as the variance between PSUs for totals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.errors import BadFractionError, EmptySampleError, LonelyPsuError, UnequalLengthsError
from analysis.variance.between_psu import Cells, spread_of
from analysis.variance.lonely import LonelyPolicy
from analysis.variance.replicate import jk1, jk2, jkn, replicate_df
from analysis.variance.replicate.errors import (
    Jk1NeedsOneStratumError,
    Jk2NeedsPairsError,
    TooManyReplicatesError,
)
from tests.analysis.variance.samples import (
    assert_same,
    between_psus,
    replicate_covariance,
    stratified,
)

law = settings(max_examples=60, deadline=None, derandomize=True)


def test_three_psus_by_hand():
    made = jk1(np.zeros(3, dtype=int), fraction=np.array([0.1]))
    np.testing.assert_array_equal(made.factor, [[0, 1.5, 1.5], [1.5, 0, 1.5], [1.5, 1.5, 0]])
    assert made.scale == pytest.approx(0.9 * 2 / 3)
    assert (made.df, made.method) == (2, "jk1")
    # Totals without each of 1, 2, 6: 12, 10.5, 4.5 against 9: 9 + 2.25 + 20.25.
    z = np.array([[1.0], [2.0], [6.0]])
    assert replicate_covariance(made, z)[0, 0] == pytest.approx(0.6 * 31.5)


def test_two_strata_by_hand():
    made = jkn(np.array([0, 1, 0, 1, 1]), fraction=np.array([0.5, 0.0]))
    np.testing.assert_array_equal(made.factor[:, 0], [0, 1, 2, 1, 1])
    np.testing.assert_array_equal(made.factor[:, 1], [1, 0, 1, 1.5, 1.5])
    np.testing.assert_allclose(made.rscales, [0.25, 2 / 3, 0.25, 2 / 3, 2 / 3])
    assert (made.scale, made.df, made.method) == (1.0, 3, "jkn")


def test_pairs_by_hand():
    made = jk2(np.array([1, 0, 1, 0]), fraction=np.array([0.0, 0.5]))
    np.testing.assert_array_equal(made.factor, [[1, 0], [0, 1], [1, 2], [2, 1]])
    np.testing.assert_array_equal(made.rscales, [1.0, 0.5])
    assert (made.scale, made.df, made.method) == (1.0, 2, "jk2")


@law
@given(stratified(), st.floats(0, 0.9))
def test_leaving_out_psus_is_the_variance_between_psus_for_totals(sample, share):
    stratum, z = sample
    fraction = np.linspace(0, share, stratum.max() + 1)
    made = jkn(stratum, fraction=fraction)
    assert_same(replicate_covariance(made, z), between_psus(stratum, z, fraction))
    # Replicates of a stratum have the full total as their mean: the centre is no matter.
    assert_same(replicate_covariance(made, z, "mean"), between_psus(stratum, z, fraction))
    assert made.df == len(stratum) - len(fraction) == replicate_df(made.factor)


@law
@given(stratified(max_strata=1, most=9))
def test_without_strata_both_jackknives_are_the_same(sample):
    stratum, z = sample
    fraction = np.array([0.2])
    one, many = jk1(stratum, fraction=fraction), jkn(stratum, fraction=fraction)
    np.testing.assert_array_equal(one.factor, many.factor)
    assert_same(replicate_covariance(one, z), replicate_covariance(many, z))


@law
@given(stratified(most=2))
def test_one_of_each_pair_is_enough_for_totals(sample):
    stratum, z = sample
    fraction = np.linspace(0, 0.5, stratum.max() + 1)
    made = jk2(stratum, fraction=fraction)
    assert_same(replicate_covariance(made, z), between_psus(stratum, z, fraction))
    assert made.df == stratum.max() + 1


def test_strata_drawn_whole_have_no_replicates():
    stratum = np.array([0, 0, 1, 1, 2])
    made = jkn(stratum, fraction=np.array([1.0, 0.0, 1.0]))
    np.testing.assert_array_equal(made.factor, [[1, 1], [1, 1], [0, 2], [2, 0], [1, 1]])


@pytest.mark.parametrize("policy", [policy for policy in LonelyPolicy if policy != "fail"])
def test_lonely_psus_contribute_what_they_do_between_psus(policy):
    stratum = np.array([0, 0, 0, 1, 2, 2, 3])
    fraction = np.array([0.1, 0.2, 0.3, 0.4])
    z = np.array([3.0, 1, 7, 5, 2, 9, 4])[:, None]
    design = Design.from_columns(stratum, np.arange(7), np.ones(7), fraction=fraction[stratum])
    cells = Cells.full(1, 7)
    between = spread_of(z, cells, design.clusters, policy).covariances()[0]
    made = jkn(stratum, fraction=fraction, lonely=policy)
    assert_same(replicate_covariance(made, z), between)


def test_lonely_psus_are_refused_unless_told_otherwise():
    with pytest.raises(LonelyPsuError) as caught:
        jkn(np.array([0, 0, 1, 2]))
    assert caught.value.context == {"strata": "2", "stage": "1"}
    with pytest.raises(LonelyPsuError):
        jk1(np.array([0]))


def test_broken_promises_are_named():
    with pytest.raises(Jk1NeedsOneStratumError, match="jk1-needs-one-stratum"):
        jk1(np.array([0, 0, 1, 1]))
    with pytest.raises(Jk2NeedsPairsError, match="jk2-needs-pairs: strata=1, 2"):
        jk2(np.array([0, 0, 1, 1, 1, 2]))
    with pytest.raises(BadFractionError, match=r"stratum=1, value=1\.5"):
        jkn(np.array([0, 0, 1, 1]), fraction=np.array([0.5, 1.5]))
    with pytest.raises(UnequalLengthsError):
        jkn(np.array([0, 0, 1, 1]), fraction=np.array([0.5]))
    with pytest.raises(EmptySampleError):
        jkn(np.array([], dtype=int))
    with pytest.raises(TooManyReplicatesError, match="n_psu=20000, n_replicates=20000"):
        jkn(np.repeat(np.arange(10_000), 2))
