"""Bootstraps: what is drawn, that it is repeatable, and what it says on average."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import LonelyPsuError
from analysis.variance.replicate import canty_davison, rao_wu_yue, replicate_df
from analysis.variance.replicate.errors import TooFewReplicatesError, TooManyReplicatesError
from tests.analysis.variance.samples import between_psus, replicate_covariance, stratified

law = settings(max_examples=40, deadline=None, derandomize=True)
STRATUM = np.array([0, 1, 0, 1, 1, 2, 2, 2, 2, 2, 2])
Z = np.array([3.0, 1, 7, 5, 2, 9, 4, 4, 0, -3, 6])[:, None]
FRACTION = np.array([0.4, 0.0, 0.75])
OF_FOUR = np.repeat([0, 1, 2], 4)
Z_OF_FOUR = np.append(Z, [[8.0]], axis=0)
FRACTION_OF_FOUR = np.array([1 / 2, 0.0, 1 / 3])  # populations of 8 and 12
MANY = 40_000
DRAWN = [[1, 0, 1, 1], [0, 1, 2, 0], [1, 1, 0, 1], [0, 3, 0, 0], [1, 0, 0, 2]]


@law
@given(stratified(), st.integers(0, 2**31))
def test_one_psu_fewer_is_drawn_in_every_stratum(sample, seed):
    stratum, _ = sample
    made = rao_wu_yue(stratum, 20, seed=seed)
    size = np.bincount(stratum)[stratum]
    times = made.factor * ((size - 1) / size)[:, None]
    np.testing.assert_allclose(times, np.round(times), atol=1e-9)
    for h in np.unique(stratum):
        assert times[stratum == h].sum(0) == pytest.approx((stratum == h).sum() - 1)
    assert (made.scale, made.method) == (pytest.approx(1 / 19), "bootstrap")


def test_the_same_seed_gives_the_same_factors_and_fewer_are_the_first_of_more():
    many, again = (rao_wu_yue(STRATUM, 100, seed=7).factor for _ in range(2))
    np.testing.assert_array_equal(many, again)
    np.testing.assert_array_equal(many[:, :30], rao_wu_yue(STRATUM, 30, seed=7).factor)
    assert (many != rao_wu_yue(STRATUM, 100, seed=8).factor).any()
    # Written down once: the draws must not change with versions of numpy.
    times = rao_wu_yue(np.zeros(4, dtype=int), 5, seed=20261120).factor * 0.75
    np.testing.assert_allclose(times.T, DRAWN, atol=1e-12)


def test_draws_in_pieces_are_the_draws_at_once(monkeypatch):
    whole = rao_wu_yue(STRATUM, 50, seed=3).factor
    monkeypatch.setattr("analysis.variance.replicate.bootstrap.DRAWS_AT_ONCE", 100)
    np.testing.assert_array_equal(rao_wu_yue(STRATUM, 50, seed=3).factor, whole)


@pytest.mark.parametrize("fraction", [None, FRACTION], ids=["open", "finite"])
def test_on_average_rao_wu_yue_is_the_variance_between_psus(fraction):
    made = rao_wu_yue(STRATUM, MANY, seed=20261120, fraction=fraction)
    wanted = between_psus(STRATUM, Z, fraction)[0, 0]
    assert_within_noise(made, wanted)


@pytest.mark.parametrize("fraction", [None, FRACTION_OF_FOUR], ids=["open", "finite"])
def test_on_average_canty_davison_is_the_variance_between_psus_for_equal_strata(fraction):
    made = canty_davison(OF_FOUR, MANY, seed=5, fraction=fraction)
    # Without replacement from N copies: (N - n) / (N - 1) instead of 1 - f.
    shrink = np.zeros(3) if fraction is None else np.array([3 / 7, 0.0, 3 / 11])
    assert_within_noise(made, between_psus(OF_FOUR, Z_OF_FOUR, shrink)[0, 0], Z_OF_FOUR)


def test_copies_that_do_not_come_out_even_favour_nobody():
    fraction = np.array([4 / 6, 4 / 9, 4 / 7])
    times = canty_davison(OF_FOUR, 20_000, seed=5, fraction=fraction).factor
    # Five standard errors of a mean of numbers whose variance is below 1.
    assert times.mean(1) == pytest.approx(1.0, abs=5 / np.sqrt(20_000))


def assert_within_noise(made, wanted, z=Z):
    """Five standard errors of a mean of squares; their kurtosis is below that of normal ones."""
    found = replicate_covariance(made, z)[0, 0]
    assert found == pytest.approx(wanted, rel=5 * np.sqrt(2 / MANY))


def test_strata_drawn_whole_do_not_move():
    stratum = np.array([0, 1, 1, 1, 2, 2])
    made = rao_wu_yue(stratum, 30, seed=1, fraction=np.array([1.0, 1.0, 0.2]))
    np.testing.assert_array_equal(made.factor[:4], 1.0)
    assert (made.factor[4:] != 1.0).any()
    copied = canty_davison(stratum[1:] - 1, 30, seed=1, fraction=np.array([1.0, 0.2]))
    np.testing.assert_array_equal(copied.factor[:3], 1.0)


def test_degrees_of_freedom_are_no_more_than_replicates_allow():
    enough = rao_wu_yue(STRATUM, 500, seed=1)
    assert enough.df == 8 == replicate_df(enough.factor)
    few = rao_wu_yue(STRATUM, 5, seed=1)
    assert few.df == 4 == replicate_df(few.factor)


@pytest.mark.parametrize("make", [rao_wu_yue, canty_davison])
def test_broken_promises_are_named(make):
    with pytest.raises(LonelyPsuError) as caught:
        make(np.array([0, 0, 1]), seed=1)
    assert caught.value.context["strata"] == "1"
    with pytest.raises(TooFewReplicatesError, match="n_replicates=1"):
        make(STRATUM, 1, seed=1)
    with pytest.raises(TooManyReplicatesError):
        make(STRATUM, 2**27, seed=1)
