"""What is known of replicate weights that somebody else made."""

import numpy as np
import pytest

from analysis.variance.replicate import default_scales, jkn, jkn_rscales, replicate_df
from analysis.variance.replicate.errors import (
    BadReplicateWeightError,
    BadRhoError,
    ScalesNeededError,
    TooFewReplicatesError,
)


@pytest.mark.parametrize(
    ("method", "scale"),
    [
        ("jk1", 0.9),
        ("jk2", 1.0),
        ("brr", 0.1),
        ("fay", 0.4),
        ("bootstrap", 1 / 9),
        ("sdr", 0.4),
    ],
)
def test_scales_of_ten_replicates(method, scale):
    found, rscales = default_scales(method, 10, rho=0.5)
    assert found == pytest.approx(scale)
    np.testing.assert_array_equal(rscales, np.ones(10))


@pytest.mark.parametrize("method", ["jkn", "other"])
def test_methods_without_a_scale_of_their_own_say_so(method):
    with pytest.raises(ScalesNeededError, match=f"replicate-scales-needed: method={method}"):
        default_scales(method, 10)


def test_fay_needs_its_coefficient_and_jackknives_two_replicates():
    with pytest.raises(BadRhoError):
        default_scales("fay", 10)
    with pytest.raises(TooFewReplicatesError):
        default_scales("jk1", 1)
    with pytest.raises(TooFewReplicatesError):
        default_scales("brr", 0)


def test_scales_of_a_jackknife_are_read_off_its_factors():
    made = jkn(np.array([0, 0, 0, 1, 1, 2, 2, 2, 2]))
    np.testing.assert_allclose(jkn_rscales(made.factor), made.rscales)


def test_degrees_of_freedom_are_the_rank_minus_one():
    weights = np.array([[1.0, 2, 3, 1], [2, 4, 1, 2], [3, 6, 8, 3], [0, 0, 5, 0]])
    assert replicate_df(weights) == 1  # the second is twice the first, the fourth the first
    assert replicate_df(np.eye(6)) == 5
    assert replicate_df(np.zeros((3, 2))) == 0
    assert replicate_df(np.ones((3, 5))) == 0


def test_rounded_weights_are_no_new_replicates_but_real_changes_are():
    base = np.linspace(1, 2, 50)
    nearly = base + 1e-7 * np.sin(np.arange(50))
    apart = base + 1e-3 * np.sin(np.arange(50))
    assert replicate_df(np.column_stack([base, nearly])) == 0
    assert replicate_df(np.column_stack([base, apart])) == 1


def test_rows_may_come_in_pieces(monkeypatch):
    made = jkn(np.repeat(np.arange(7), 3))
    weights = np.repeat(made.factor, 4, axis=0) * np.linspace(1, 9, 84)[:, None]
    assert replicate_df(weights) == 14
    monkeypatch.setattr("analysis.variance.replicate.degrees.NUMBERS_AT_ONCE", 50)
    assert replicate_df(weights) == 14
    weights[61, 3] = np.nan
    with pytest.raises(BadReplicateWeightError, match="row=61"):
        replicate_df(weights)
